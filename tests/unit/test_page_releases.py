"""The part of the page that tells of released SDKs."""

import json

import pytest
import sample_records
from sample_records import CONTRACT, FACTS

from contracts.errors import UsageError
from contracts.ledger import Ledger
from contracts.reports import compliance, headline, releases
from contracts.reports.html import page
from contracts.reports.markdown import MAX_BYTES, markdown

REPORT = compliance.compliance(CONTRACT, Ledger(), FACTS)
GREEN = sample_records.green()
QUESTIONS = ("declares", "sends")
SEVERITIES = ("breaks customers", "cosmetic")


def check(name, outcome="as promised", question="sends", detail=""):
    return {
        "id": name,
        "question": question,
        "title": name,
        "outcome": outcome,
        "findings": [],
        "detail": detail,
        "seconds": 0.1,
    }


def finding(name, severity="cosmetic"):
    return {
        "id": name,
        "question": "sends",
        "severity": severity,
        "sentence": f"sentence of {name}",
        "place": "",
        "expected": "<b>",
        "actual": "</script>",
        "exchange": None,
        "key": f"python:a {name}",
        "is_waived": False,
    }


def release(name, checks, findings=()):
    return {
        "name": name,
        "language": "python",
        "package": "a",
        "version": "1",
        "is_reference": False,
        "runtime": "Python 3",
        "modes": ["default"],
        "method": "client.list",
        "seconds": 1.5,
        "ended_early": "",
        "outcomes": {question: {} for question in QUESTIONS},
        "severities": dict.fromkeys(SEVERITIES, 0),
        "checks": checks,
        "findings": list(findings),
    }


RECORD = {
    "format": "contract-sdk",
    "version": releases.VERSION,
    "suite": {"version": "1"},
    "started": "2026-11-24T09:00:00+00:00",
    "finished": "2026-11-24T09:01:00+00:00",
    "seconds": 60,
    "as_of": "2026-11-24",
    "fragment": {"title": "t", "file": "f", "sha256": CONTRACT.fragment.digest, "clauses": 183},
    "fails_on": ["breaks customers"],
    "comparisons": [],
    "baseline": [],
    "ended_early": "",
    "releases": [
        release("a==1", [check("one"), check("two", "differs", detail="sends both")], [finding("f")]),
        release("b@2", [check("one"), check("three")], [finding("f"), finding("g", "breaks customers")]),
    ],
}


def test_a_check_that_is_as_promised_everywhere_is_only_counted():
    rows, others = releases.grid(RECORD)["sends"]

    assert others == 1
    assert [row.title for row in rows] == ["two", "three"] or [row.title for row in rows] == ["three", "two"]
    two = next(row for row in rows if row.title == "two")
    assert (two.cells[0]["detail"], two.cells[1]) == ("sends both", None)


def test_a_check_with_numbers_to_tell_is_told_where_it_is_as_promised():
    tried = check("tried", detail="returns after 3 tries") | {"counts": {"tries": 3}, "seconds": 1.5}
    record = RECORD | {"releases": [release("a==1", [tried])]}

    assert [row.title for row in releases.grid(record)["sends"][0]] == ["tried"]
    assert "returns after 3 tries, 1.5 s" in page(REPORT, sdk=record)


def test_a_long_name_of_a_table_may_be_broken_between_its_parts():
    named = check("page of `client.a_b.list`", "differs", detail="adds: result[].name, 1.5 <b>")

    told = page(REPORT, sdk=RECORD | {"releases": [release("python:a==1.5", [named])]})

    assert "page of <code>client.<wbr>a_b.<wbr>list</code>" in told
    assert "adds: result[].<wbr>name, 1.5 &lt;b&gt;" in told
    assert "<code>python:<wbr>a==1.5</code>" in told


def test_findings_come_once_with_their_releases_and_the_gravest_first():
    found = releases.findings(RECORD)

    assert [(one.finding["id"], one.releases) for one in found] == [("g", ("b@2",)), ("f", ("a==1", "b@2"))]


def test_a_finding_that_is_said_in_other_words_of_another_release_is_told_of_each():
    other = finding("f") | {"sentence": "another sentence"}
    releases_of = [release("a==1", [], [finding("f")]), release("b@2", [], [other])]

    found = releases.findings(RECORD | {"releases": releases_of})

    assert [(one.finding["sentence"], one.releases) for one in found] == [
        ("sentence of f", ("a==1",)),
        ("another sentence", ("b@2",)),
    ]


def test_the_page_has_the_grid_only_where_there_is_a_record_and_escapes_it():
    told = page(REPORT, sdk=RECORD)

    assert 'id="sdk"' not in page(REPORT)
    assert 'id="sdk"' in told
    assert "sentence of g" in told
    assert "&lt;/script&gt;" in told
    assert "another version of the contract" not in told


def compared(*changes):
    old = release("a==1", [check("one", "differs")], [finding("f")]) | {"is_reference": True}
    changed = [{"release": "a==2", "changes": list(changes)}]
    return RECORD | {"releases": [release("a==2", []), old], "comparisons": changed}


def change(sentence="page is not sent", **members):
    usual = {"id": "sends:page", "question": "sends", "kind": "changed", "severity": "breaks customers"}
    return usual | {"sentence": sentence, "was": "page=1", "is_now": "<none>"} | members


def test_the_page_tells_what_changed_since_the_reference():
    told = page(REPORT, sdk=compared(change(), change(kind="new", severity=None, was="", is_now="")))

    assert "from <code>a==1</code> to <code>a==2</code>" in told
    assert "<strong>changed, breaks customers</strong>: page is not sent" in told
    assert "before: page=1; now: &lt;none&gt;" in told
    assert "<strong>new</strong>: page is not sent" in told
    assert "the reference" in told
    assert "Nothing that could be seen here." in page(REPORT, sdk=compared())


def test_markdown_tells_of_releases_what_is_grave_and_what_changed():
    told = markdown(REPORT, compared(change())).partition("### Released SDKs")[2].splitlines()
    grave = markdown(REPORT, RECORD)

    assert "| `a==1` (the reference) | 0 | 0 |" in told
    way = "- from `a==1` to `a==2`: changed, breaks customers: page is not sent"
    assert f"{way} (before: page=1; now: &lt;none&gt;)" in told
    assert "- breaks customers: sentence of g (`b@2`)" in grave.splitlines()
    assert "sentence of f" not in grave
    stopped = compared(change())
    stopped["releases"][1]["findings"] = [finding("h", "breaks customers")]
    assert "sentence of h" not in markdown(REPORT, stopped)


def test_markdown_says_of_which_releases_not_all_is_known_and_why():
    unfinished = release("python:b==1", []) | {"ended_early": "the driver `d` ended"}

    told = markdown(REPORT, RECORD | {"releases": [*RECORD["releases"], unfinished]})

    said = told.partition("### Released SDKs")[2].splitlines()
    assert "| `python:b==1` (not judged to the end) | 0 | 0 |" in said
    assert "- `python:b==1` was not judged to the end: the driver `d` ended" in said
    assert "not judged to the end" not in markdown(REPORT, RECORD)


@pytest.mark.parametrize("judged", [[], RECORD["releases"]], ids=["nothing was judged", "some was"])
def test_markdown_says_that_the_gate_ended_early_and_why(judged):
    told = markdown(REPORT, RECORD | {"releases": judged, "ended_early": "interrupted; run again"})

    said = told.partition("### Released SDKs")[2].splitlines()
    assert "- It ended early: interrupted; run again" in said


def test_markdown_counts_the_changes_that_do_not_fit():
    written = markdown(REPORT, compared(*[change("x" * 200)] * 500))

    assert len(written.encode()) < MAX_BYTES
    assert "more, see sdk.json" in written


def test_the_page_says_where_the_gate_judged_another_contract():
    assert "another version of the contract" in page(REPORT, sdk=RECORD | {"fragment": {"sha256": "0"}})


STOPPED = "`b@2` breaks customers (1 finding that is not waived)"
NOTHING = "of `a==1` nothing that was seen breaks customers"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, f"Released SDKs: {STOPPED}; {NOTHING}"),
        ({"ended_early": "interrupted"}, f"Released SDKs, not all of them judged: {STOPPED}; {NOTHING}"),
        ({"releases": [], "ended_early": "interrupted"}, "Released SDKs: none was judged"),
        (
            {"releases": [release("a==1", []) | {"ended_early": "the driver ended"}]},
            "Released SDKs: `a==1` was not judged to the end",
        ),
        (
            {"releases": [release("a==1", [], [finding("g", "breaks customers") | {"is_waived": True}])]},
            "Released SDKs: `a==1` breaks customers only where that is waived",
        ),
        (
            {"releases": [release("a==1", []), RECORD["releases"][1] | {"is_reference": True}]},
            f"Released SDKs: {NOTHING}",
        ),
    ],
    ids=["stopped", "interrupted", "none", "unfinished", "waived", "reference"],
)
def test_in_a_sentence_it_is_said_what_became_of_the_releases(changed, told):
    assert releases.told(RECORD | changed) == told


def test_who_reads_the_top_or_signs_learns_that_a_release_is_stopped():
    top, _, rest = page(GREEN, sdk=RECORD).partition("</section>")
    signed = rest.partition('id="sign-off"')[2]

    title = "The contract is kept; 1 released SDK is stopped"
    told = "<code>b@2</code> breaks customers (1 finding that is not waived)"
    assert f'<h1 id="verdict-title">{title}</h1>' in top
    assert told in top
    assert title in signed
    assert told in signed
    assert "released SDK" not in page(GREEN)
    told_first = markdown(GREEN, RECORD).partition("###")[0]
    assert f"⚠️ {title}" in told_first
    assert releases.told(RECORD) in told_first


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"releases": [release("a==1", [])]}, ""),
        ({"ended_early": "interrupted"}, "1 released SDK is stopped"),
        (
            {"releases": [release("a==1", []) | {"ended_early": "x"}]},
            "1 released SDK is not judged to the end",
        ),
        ({"releases": [], "ended_early": "interrupted"}, "released SDKs are not all judged"),
    ],
    ids=["none is stopped", "stopped", "unfinished", "interrupted"],
)
def test_a_title_says_of_releases_only_what_nobody_should_miss(changed, title):
    assert releases.title(RECORD | changed) == title


def test_a_server_that_keeps_all_and_a_release_that_is_stopped_are_no_reason_to_be_at_ease():
    fine = RECORD | {"releases": [release("a==1", [check("one")])]}

    assert headline.seriousness(GREEN) == headline.seriousness(GREEN, fine) == "kept"
    assert headline.seriousness(GREEN, RECORD) == "incomplete"
    assert headline.seriousness(GREEN, fine | {"ended_early": "interrupted"}) == "incomplete"
    assert headline.seriousness(REPORT, fine) == headline.seriousness(REPORT)


def test_the_page_says_of_which_releases_not_all_is_known_and_why():
    unfinished = release("python:b==1", []) | {"ended_early": "the driver ended"}

    html = page(REPORT, sdk=RECORD | {"releases": [*RECORD["releases"], unfinished]})

    assert "<code>python:b==1</code> was not judged to the end: the driver ended" in html


@pytest.mark.parametrize(
    "value",
    [
        "",
        "[]",
        '{"format": "contract-sdk", "version": 99}',
        json.dumps(RECORD | {"releases": [{}]}),
        json.dumps(RECORD | {"started": "yesterday"}),
    ],
    ids=["nothing", "an array", "a newer version", "a release without members", "no moment"],
)
def test_what_is_no_record_of_the_gate_is_refused(tmp_path, value):
    path = tmp_path / "sdk.json"
    path.write_text(value)

    with pytest.raises(UsageError, match="is not a record of the gate"):
        releases.read(path)


def test_a_record_of_the_gate_is_read_as_it_is(tmp_path):
    path = tmp_path / "sdk.json"
    path.write_text(json.dumps(RECORD))

    assert releases.read(path) == RECORD


def test_a_record_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        releases.read(tmp_path / "none")
