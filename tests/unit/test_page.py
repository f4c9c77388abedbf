"""The page of the report: what it says, what it lets run, and how a stranger's text stands in it."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
import samples
from sample_records import BROKEN, CONTRACT, FACTS, UNSEEN, WAIVERS

from contracts.baseline import Baseline
from contracts.ledger import Ledger
from contracts.reports import compliance, history
from contracts.reports.html import charts, escaping, page, view, words
from contracts.reports.past import past
from contracts.run import RunOptions, open_run
from contracts.session import written
from contracts.unstarted import write_unstarted


class Reader(HTMLParser):
    """Notes the elements of a page, its ids, and what stands in its styles and scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.own, self.within = [], [], {"style": [], "script": []}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self.within = tag

    def handle_endtag(self, tag):
        self.within = ""

    def handle_data(self, data):
        if self.within in self.own:
            self.own[self.within].append(data)

    def values(self, name):
        return [value for each, value in self.attributes if each == name]


@pytest.fixture
def record(ledger):
    """The record of a run in which one of two pages had an unknown status."""
    return compliance.compliance(CONTRACT, ledger, replace(FACTS, exit_status=1))


def entry(record, started, *, target=(), fragment=None, **changes):
    """Give what a history holds of a run."""
    return {
        "started": started,
        "outcome": record["outcome"]["word"],
        "verdicts": record["verdicts"],
        "clauses": {clause["id"]: clause["verdict"] for clause in record["clauses"]} | changes,
        "fragment_sha256": fragment or record["fragment"]["sha256"],
        "target": record["target"] | dict(target),
    }


def test_the_policy_names_the_digests_of_all_styles_and_scripts_and_allows_no_request(record):
    read = Reader(page(record))

    policy = dict(
        directive.split(" ", 1)
        for directive in next(one for one in read.values("content") if one.startswith("default-src")).split(
            "; "
        )
    )
    for name, texts in read.own.items():
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert policy[f"{name}-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert policy["default-src"] == "'none'"
    assert set(policy) == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}


def test_the_page_has_no_style_and_no_handler_in_an_attribute_and_nothing_to_fetch(record):
    read = Reader(page(record))

    names = {name for name, _ in read.attributes}
    assert not [name for name in names if name in ("style", "src", "srcset") or name.startswith("on")]
    assert [value for value in read.values("href") if not value.startswith(("#", "https://", "data:,"))] == []


def test_every_promise_has_a_place_of_its_own_and_every_link_within_the_page_leads_somewhere(record):
    read = Reader(page(record))

    ids = read.values("id")
    assert len(ids) == len(set(ids))
    assert {f"clause-{clause}" for clause in CONTRACT.clauses} <= set(ids)
    targets = {escaping.to(id_) for id_ in ids}
    assert [link for link in read.values("href") if link.startswith("#") and link not in targets] == []


def test_the_page_of_a_run_without_an_answer_says_that_nothing_was_seen():
    text = page(
        compliance.compliance(CONTRACT, Ledger(), replace(FACTS, exit_status=6, sentence="too little"))
    )

    assert "Nothing was seen that could tell whether the contract is kept</h1>" in text
    assert "Nothing was seen, so nothing can be called broken." in text
    assert "Nothing was answered." in text


def test_a_run_that_did_not_start_leaves_a_page_that_says_why(tmp_path):
    write_unstarted(CONTRACT, RunOptions("live"), tuple(CONTRACT.clauses), "no account is named", tmp_path)

    text = (tmp_path / "compliance.html").read_text("utf-8")
    assert "The contract could not be tested" in text
    assert "no account is named" in text


def test_the_page_names_each_waiver_with_owner_and_end(ledger):
    baseline = Baseline("known.yaml", date(2026, 11, 24), WAIVERS)

    text = page(compliance.compliance(CONTRACT, ledger, replace(FACTS, baseline=baseline)))

    assert text.count("Holds until <strong>31 December 2026</strong>") == len(WAIVERS)
    assert "In use: the promise is broken, and the run does not fail for it." in text


def test_the_sensitivity_and_the_faults_that_prove_a_promise_are_told(record):
    measured = {"measured": "2026-11-20", "suite": "0.1.0", "faults": 495, "caught": 494}
    record["sensitivity"] = measured | {"variants": 42, "passed": 41, "proven": 182}
    record["clauses"][0]["proven_by"] = ["status/418"]

    text = page(record)

    for told in ("494 of 495", "41 of 42", "182 of 183", "20 November 2026", "status/418"):
        assert told in text


def test_the_forms_of_dates_are_told_with_their_counts(record):
    clause = next(one for one in record["clauses"] if one["keyword"] == "format")
    clause["shapes"] = {"0000-00-00T00:00:00Z": 12_345}

    text = page(record)

    assert "0000-00-00T00:00:00Z" in text
    assert "12,345" in text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example", "http://[", ""]
)
def test_only_an_address_of_the_web_becomes_a_link(record, address):
    record["fragment"]["documentation"] = address

    assert address not in Reader(page(record)).values("href")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 漢", "plain ü 漢"),
        ("two\nlines", "two\nlines"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x00\t\x7f", "\\x00\\t\\x7f"),
        ("\ud800", "\\ud800"),
        ("\u200b\u2066", "\\u200b\\u2066"),
    ],
)
def test_what_cannot_be_seen_is_written_by_its_number(text, shown):
    assert escaping.visible(text) == shown


def test_text_between_backticks_is_code_and_all_of_it_is_escaped():
    assert escaping.ticked("`a<b` is <i>") == "<code>a&lt;b</code> is &lt;i&gt;"
    assert escaping.ticked("one ` alone") == "one ` alone"


def test_what_is_highlighted_is_found_as_it_stands_and_escaped():
    marked = escaping.marked('{"a": "<", "b": "<"}', frozenset({'"b": "<"'}))

    assert marked == "{&#34;a&#34;: &#34;&lt;&#34;, <mark>&#34;b&#34;: &#34;&lt;&#34;</mark>}"


def test_a_text_in_a_style_cannot_end_it(record):
    record["target"]["base_url"] = '"}</style><script>x'

    read = Reader(page(record))

    assert read.elements.count("script") == 1
    assert len(read.own["style"]) == 2
    assert re.search(r'content:"\\22 \\7d \\3c \\2f style', read.own["style"][1])


def test_an_exchange_stands_once_and_every_other_promise_that_it_breaks_leads_to_it(record):
    broken = next(one for one in record["clauses"] if one["id"] == BROKEN)
    broken["exemplars"][0]["exchange"] = "test/1"
    exchange = {"id": "test/1"}
    other = broken | {"id": "other"}

    cards = view.cards({"clauses": [broken, other], "exchanges": [exchange]})["violated"]

    assert [card.shown[0].exchange for card in cards] == [exchange, None]
    assert [card.shown[0].with_clause for card in cards] == ["", BROKEN]
    assert cards[0].shown[0].needles == {'"status": "LOST"'}


def test_what_was_not_seen_is_grouped_by_what_would_show_it(record):
    groups = view.unseen(record)

    amounts = [len(group.clauses) for group in groups]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts) == record["verdicts"]["unobserved"]
    shown = next(group for group in groups if UNSEEN in [clause["id"] for clause in group.clauses])
    assert (shown.would_show, shown.why) == ("a 4XX answer with `success`", "not seen")


def test_a_histogram_leaves_out_the_empty_ends():
    elapsed = {"at_most": [[1, 0], [2, 4], [5, 0], [10, 2]], "more": 0}

    columns = charts.histogram(elapsed)

    assert [(one.above, one.at_most, one.amount, one.height) for one in columns] == [
        (1, 2, 4, 100.0),
        (2, 5, 0, 0.0),
        (5, 10, 2, 50.0),
    ]
    assert charts.histogram(elapsed | {"at_most": [[1, 0]]}) == []
    assert charts.histogram({"at_most": [[1, 0]], "more": 3})[0].at_most is None


def test_the_pieces_of_a_bar_stand_side_by_side_the_worst_first():
    slices = charts.slices({"verified": 3, "violated": 1, "retired": 0})

    assert [(one.name, one.start, one.width) for one in slices] == [
        ("violated", 0.0, 25.0),
        ("verified", 25.0, 75.0),
    ]


def test_one_broken_promise_of_thousands_is_seen_in_a_bar_that_is_no_wider_for_it():
    slices = charts.slices({"verified": 9_999, "violated": 1})

    assert [(one.name, one.start, one.width) for one in slices] == [
        ("violated", 0.0, 1.5),
        ("verified", 1.5, 98.5),
    ]


def test_a_bar_of_some_promises_leaves_room_for_the_others():
    assert [(one.name, one.width) for one in charts.slices({"verified": 3}, 4)] == [("verified", 75.0)]
    assert charts.slices({"verified": 0}, 4) == []


@pytest.mark.parametrize(
    ("as_of", "is_past"), [("2026-10-01", False), ("2026-11-01", False), ("2026-11-24", True)]
)
def test_a_timeline_says_whether_the_end_of_life_is_over(as_of, is_past):
    entries = [{"sunset": "2026-11-01"}, {"sunset": None}]

    line, none = charts.timelines({"as_of": as_of, "deprecations": entries})

    assert line.is_past is is_past
    assert all(0 < place < 100 for place in (line.sunset, line.as_of))
    assert none is None


def test_without_a_run_before_nothing_is_said_of_the_past(record):
    assert past(record, []) is None
    assert past(record, [entry(record, record["started"])]) is None
    assert 'id="past"' not in page(record)


def test_what_changed_since_the_run_before_is_named(record):
    kept = next(one["id"] for one in record["clauses"] if one["verdict"] == "verified")
    seen = [one["id"] for one in record["clauses"] if one["verdict"] == "verified"][1]
    before = entry(
        record,
        "2026-11-23T09:00:00+00:00",
        **{
            BROKEN: "verified",
            kept: "violated",
            seen: "unobserved",
            UNSEEN: "verified",
            "dropped": "verified",
        },
    )

    found = past(record, [entry(record, "2026-11-22T09:00:00+00:00"), before])

    assert found.changes == {
        "newly broken": [BROKEN],
        "newly kept": [kept],
        "newly seen": [seen],
        "newly unseen": [UNSEEN],
        "gone": ["dropped"],
    }
    assert (found.before, found.is_other_fragment) == (before, False)


EARLIER, LATER = "2026-11-22T09:00:00+00:00", "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "emulator"},
        {"base_url": "http://127.0.0.1:2"},
        {"account": "another"},
        {"fault": "enum/unknown"},
        {"variant": "empty"},
    ],
    ids=str,
)
def test_a_run_is_compared_with_the_last_of_the_same_target(record, other):
    same = entry(record, EARLIER, **{BROKEN: "verified"})

    found = past(record, [same, entry(record, LATER, target=other, **{UNSEEN: "verified"})])

    assert found.before == same
    assert found.changes == {"newly broken": [BROKEN]}
    assert [found.is_of_target(run) for run in found.runs] == [True, False, True]


def test_a_run_is_compared_with_the_last_that_was_judged_to_the_end_on_the_same_clauses(record):
    whole = entry(record, EARLIER, **{BROKEN: "verified", UNSEEN: "verified"})
    total = record["fragment"]["clauses"]
    cut_off = entry(record, "2026-11-23T01:00:00+00:00") | {"ended_early": "interrupted"}
    of_some = entry(record, "2026-11-23T02:00:00+00:00") | {
        "clauses": {BROKEN: "verified"},
        "fragment_clauses": total,
    }
    untested = entry(record, "2026-11-23T03:00:00+00:00") | {"outcome": "untested"}

    found = past(record, [whole, cut_off, of_some, untested])

    assert found.before == whole
    assert found.changes == {"newly broken": [BROKEN], "newly unseen": [UNSEEN]}
    assert found.told == (
        "the run begun on 2026-11-22 09:00:00 UTC, the last against the same server and account that was "
        "judged to the end on the same selection of clauses"
    )
    assert f'<span class="what">1 of {total}</span>' in page(record, [whole, of_some])


def test_a_run_of_some_clauses_is_compared_with_one_of_the_same(record):
    total = record["fragment"]["clauses"]
    some = {"clauses": {BROKEN: "verified"}, "fragment_clauses": total}
    before = entry(record, EARLIER) | some
    here = record | {"clauses": [one for one in record["clauses"] if one["id"] == BROKEN]}

    assert past(here, [before, entry(record, LATER)]).changes == {"newly broken": [BROKEN]}


def test_without_a_run_that_was_judged_to_the_end_on_the_same_clauses_the_first_screen_says_so(record):
    text = page(record, [entry(record, EARLIER) | {"ended_early": "interrupted"}])

    told = (
        "The history has no earlier run against the same server and account that was judged to the end on "
        "the same selection of clauses."
    )
    assert told in text[: text.index('id="broken"')]


def test_the_account_of_an_emulator_is_always_the_same_whatever_its_pseudonym(record):
    record["target"] |= {"kind": "emulator"}
    before = entry(record, EARLIER, target={"account": "another"})

    assert past(record, [before]).before == before


def test_of_runs_of_the_same_target_one_of_the_same_fragment_is_preferred(record):
    same = entry(record, EARLIER)

    found = past(record, [same, entry(record, LATER, fragment="0" * 64)])

    assert (found.before, found.is_other_fragment) == (same, False)
    assert found.told.endswith(
        "the last against the same server and account that was judged to the end on the same selection of "
        "clauses and held against this version of the contract"
    )


def test_the_first_screen_says_that_the_run_before_was_of_another_fragment(record):
    text = page(record, [entry(record, LATER, fragment="0" * 64, **{BROKEN: "verified"})])

    told = "which was held against another version of the contract"
    assert told in text[: text.index('id="broken"')]
    assert told in text[text.index('id="past"') :]


def test_without_an_earlier_run_of_the_same_target_the_first_screen_says_so_and_names_no_change(record):
    text = page(record, [entry(record, LATER, target={"base_url": "http://b"}, **{BROKEN: "verified"})])

    told = "The history has no earlier run against the same server and account"
    assert told in text[: text.index('id="broken"')]
    assert told in text[text.index('id="past"') :]
    assert "newly broken" not in text


def test_runs_that_may_be_of_another_account_are_told_with_what_would_tell(record):
    found = past(record, [entry(record, LATER, target={"account": "another"})])

    assert found.before is None
    assert found.told.endswith(
        "its 1 run against the same server has another pseudonym of the account, and these are only the same "
        "under one CONTRACT_PSEUDONYM_KEY."
    )


def test_that_all_earlier_runs_were_of_an_emulator_that_was_told_otherwise_is_told(record):
    record["target"] |= {"kind": "emulator"}

    found = past(record, [entry(record, LATER, target={"fault": "enum/unknown"})])

    assert found.before is None
    assert found.told == (
        "The history has no earlier run against the same server and account and with the same fault or "
        "variant of the emulator."
    )


def test_runs_that_came_after_are_not_told_with_a_page_that_is_made_again(record):
    found = past(record, [entry(record, LATER), entry(record, "2026-11-25T09:00:00+00:00")])

    assert [run["started"] for run in found.runs] == [LATER, record["started"]]


def test_the_last_thirty_runs_are_shown_this_one_last(record):
    before = [entry(record, f"2026-10-{day:02}T09:00:00+00:00") for day in range(1, 32)]

    found = past(record, before)

    assert len(found.runs) == 30
    assert found.runs[-1]["started"] == record["started"]
    assert found.changes == {}
    assert "No promise changed its verdict." in page(record, before)


def test_a_page_is_made_from_the_json_alone(record):
    assert page(json.loads(json.dumps(record))) == page(record)


def test_the_page_of_another_contract_needs_nothing_else():
    shelf = samples.contract("shelf")

    text = page(compliance.compliance(shelf, Ledger(), replace(FACTS, selected=tuple(shelf.clauses))))

    assert (
        "<title>Nothing was seen that could tell whether the contract is kept: "
        f"{shelf.fragment.title}, 2026-11-24</title>" in text
    )


def test_a_run_with_a_history_leaves_a_page_that_shows_the_runs_before(record, tmp_path):
    file = tmp_path / "runs.jsonl"
    target = record["target"] | {"kind": "emulator", "base_url": "http://127.0.0.1:4010/client/v4"}
    history.append(record | {"started": "2020-01-01T00:00:00+00:00", "target": target}, file)

    with open_run(CONTRACT, RunOptions("emulator", history=file)) as run:
        written(run, tmp_path / "reports")

    text = (tmp_path / "reports" / "compliance.html").read_text("utf-8")
    assert 'id="past"' in text
    assert "newly unseen" in text
    assert len(history.read(file)) == 2


def test_the_page_says_what_is_signed_for_and_counts_what_an_enum_does_not_allow(record):
    signed = re.search(r'<section id="sign-off".*?</section>', page(record), re.S)[0]
    broken = next(entry for entry in record["clauses"] if entry["id"] == BROKEN)
    values = re.search(r'<section id="values".*?</section>', page(record), re.S)[0]

    assert f"Judged: {words.target(record)}" in signed
    assert f"by the contract suite {record['suite']['version']}" in signed
    assert broken["broken"]
    assert re.search(rf"others, not allowed</strong>.*?<span>{broken['broken']:,}</span>", values, re.S)
