"""What an audit says of the clauses that no recording can show: why it cannot, not what a run would need."""

import json
import re

import audited
import pytest
import samples
from audited import record

from contracts.audit.command import AuditOptions, audit
from contracts.audit.lines import write
from contracts.audit.telling import told
from contracts.reports.folder import FORMS
from contracts.reports.terminal import broken_entry

LAID = "recorded traffic cannot show it: it takes several answers that belong together"
REFUSED = "recorded traffic cannot show it kept: it does not tell why a request was refused"
TRUSTED = (
    "recorded traffic cannot show it: it does not tell whose an account is, or which credentials are good"
)
ELSEWHERE = (
    "recorded traffic cannot show it: what was sent to other routes, or with other methods, is passed over"
)
SHOWN = {
    "x-pagination/complete": LAID,
    "query.page:default": LAID,
    "query.status:x-filters/all-matching": LAID,
    "query.page:minimum": REFUSED,
    "query.status:enum": REFUSED,
    "path.account_id:maxLength": TRUSTED,
    "path.account_id:x-tenant/other": TRUSTED,
    "security:no-credentials": TRUSTED,
    "security:x-permissions": TRUSTED,
    "security/api_key:wrong-credentials": TRUSTED,
    "x-refuses/unknown-route": ELSEWHERE,
}
OTHERS = ("x-pagination/page-size", "query.status:x-filters/only-matching", "security/api_token:accepted")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    path = folder / "recorded.jsonl"
    refused = [record(query=query, status=400) for query in ("page=0", "status=NONE")]
    lines = [record(), *refused, record(status=401, request_headers=())]
    path.write_bytes(b"".join(map(write, lines)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*next(iter(audited.KEY.items())))
        assert audit(audited.FRAGMENT, AuditOptions([str(path)], samples.AS_OF, folder)) == 0
    return json.loads((folder / "compliance.json").read_text())


def entries(report):
    return {entry["id"]: entry for entry in report["clauses"]}


@pytest.mark.parametrize(("clause", "said"), SHOWN.items(), ids=SHOWN)
def test_of_a_clause_that_no_recording_shows_it_is_said_why(report, clause, said):
    entry = entries(report)[clause]

    assert (entry["verdict"], entry["reason"], entry["shown_by"]) == (
        "unobserved",
        f"not seen, and {said}",
        "",
    )


@pytest.mark.parametrize("clause", OTHERS)
def test_of_one_that_a_recording_can_show_it_is_said_what_would(report, clause):
    entry = entries(report)[clause]

    assert entry["shown_by"]
    assert (entry["verdict"] == "verified") == (entry["reason"] == "")
    assert "cannot" not in entry["reason"]


def test_nothing_that_only_a_run_needs_is_asked_of_a_recording(report):
    reasons = "\n".join(entry["reason"] for entry in report["clauses"])

    assert not re.search("unsafe probes|such a|budget", reasons)


def test_what_a_recording_shows_is_none_of_those(report):
    """A clause that is said to be beyond a recording is never seen kept in one, however much is in it."""
    said = [entry["id"] for entry in report["clauses"] if not entry["shown_by"]]

    assert set(SHOWN) <= set(said)
    assert {entries(report)[clause]["verdict"] for clause in said} == {"unobserved"}


def test_a_forbidden_value_that_was_served_is_broken_all_the_same():
    assert "query.status:enum" in audited.broken(record(query="status=NONE"))


def test_each_form_tells_it(report):
    page = FORMS["compliance.html"](report)

    assert f"Not seen, and {TRUSTED}" in page
    assert "what would show it: </span>" not in page
    assert f"Not seen, and {REFUSED}" in page
    assert f"not seen, and {LAID}" in FORMS["junit.xml"](report)
    assert "Seen by: ." not in FORMS["contract.sarif"](report)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    path = folder / "recorded.jsonl"
    path.write_bytes(write(record(query="status=NONE&token=hunter2hunter2")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*next(iter(audited.KEY.items())))
        assert audit(audited.FRAGMENT, AuditOptions([str(path)], samples.AS_OF, folder)) == 1
    return folder


def test_no_command_is_offered_in_which_pseudonyms_stand(broken):
    report = json.loads((broken / "compliance.json").read_text())

    (entry,) = (entry for entry in report["clauses"] if entry["exemplars"])
    assert entry["exemplars"][0]["curl"] == ""
    assert entry["exemplars"][0]["request"].startswith("GET /accounts/")
    assert {exchange["request"]["curl"] for exchange in report["exchanges"]} == {""}


@pytest.mark.parametrize("form", FORMS)
def test_no_form_offers_to_ask_again_where_nobody_can(broken, form):
    written = FORMS[form](json.loads((broken / "compliance.json").read_text()))

    assert "To ask again" not in written
    assert "curl -g" not in written
    assert "```sh\n\n```" not in written


def test_the_terminal_does_not_offer_it_either(broken):
    report = json.loads((broken / "compliance.json").read_text())
    (entry,) = (entry for entry in report["clauses"] if entry["exemplars"])

    told = broken_entry(entry, "fragment.yaml", "").splitlines()

    assert [line.split()[0] for line in told[1:]] == [
        "promised",
        "broken",
        "request",
        "answer",
        "expected",
        "actual",
    ]


def test_the_terminal_tells_of_the_first_broken_clauses_where_it_is_recorded_and_what_came(broken):
    report = json.loads((broken / "compliance.json").read_text())
    (entry,) = (entry for entry in report["clauses"] if entry["exemplars"])
    (exemplar, *_) = entry["exemplars"]

    lines = list(told(report))

    after = next(place for place, line in enumerate(lines) if line.startswith(f"broken: {entry['id']}: ")) + 1
    assert lines[after : after + 6] == [
        f"  promised  {report['fragment']['file']}:{entry['line']}: {entry['promise']}",
        f"  recorded  in {exemplar['origin']} at {exemplar['offset']}",
        f"  request   {exemplar['request']}",
        f"  answer    {exemplar['status']}, the answer as a whole",
        f"  expected  {exemplar['expected']}",
        f"  actual    {exemplar['actual']}",
    ]


def test_of_many_broken_clauses_the_others_are_told_in_a_line(broken):
    report = json.loads((broken / "compliance.json").read_text())
    (entry,) = (entry for entry in report["clauses"] if entry["exemplars"])
    report["clauses"] = [entry | {"id": f"clause-{number}"} for number in range(7)]
    report["recording"]["answers_broken"] = {f"clause-{number}": 1 for number in range(7)}

    lines = [line for line in told(report) if line.startswith(("broken: ", "  promised "))]

    assert [line.split()[0] for line in lines] == ["broken:", "promised"] * 5 + ["broken:"] * 2
