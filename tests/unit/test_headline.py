"""What a run says of the contract as a whole, where it did not come to its end, or judged only a part."""

import json
import re

import pytest
import sample_records as records

from contracts.ledger import Verdict
from contracts.reports import history
from contracts.reports.folder import FORMS
from contracts.reports.headline import evidence, headline, seriousness, title, told, why
from contracts.reports.html import page
from contracts.reports.markdown import markdown
from contracts.reports.terminal import broken_entry, summary

STOPPED = "interrupted; run again to judge the rest"
GONE = "could not test: it went away; try again"
NO_ITEM = "nothing is broken, but no answer held an item"
NO_ROOM = "could not test: what the run found could not be written (x: full); make room"
REST = "Of the other 174 this run says nothing."


def run(word="kept", early="", sentence="", sent=27, answered=27, never_came=0, read=None, **verdicts):
    """Give what is said of a run of so many clauses of each verdict: of all that there are."""
    clauses = [{"unseen": [], "verdict": name} for name, amount in verdicts.items() for _ in range(amount)]
    for entry in clauses[:1]:
        entry["unseen"] = ["x"] * never_came
    return {
        "outcome": {"word": word, "sentence": sentence or early},
        "ended_early": early,
        "verdicts": dict.fromkeys(Verdict, 0) | verdicts,
        "fragment": {"clauses": len(clauses)},
        "clauses": clauses,
        "requests": {"sent": sent, "answered": answered},
    } | ({"recording": {"read": read}} if read is not None else {})


def of_183(*arguments, **verdicts):
    """Give the same of a run for which only these were selected."""
    return run(*arguments, **verdicts) | {"fragment": {"clauses": 183}}


UNTESTED = "untested"
ANOTHER_CAME_NOT = {
    "clauses": [
        {"unseen": ["x", "y"], "verdict": "waived"},
        {"unseen": ["x"], "verdict": "verified"},
        *[{"unseen": [], "verdict": "verified"}] * 7,
    ]
}
SAID = {
    "kept": (
        run(verified=9),
        "kept",
        "The contract is kept. All 9 promises were put to the test, and every one was kept.",
    ),
    "a contract of one promise": (
        run(verified=1),
        "kept",
        "The contract is kept. The one promise that there is was put to the test, and was kept.",
    ),
    "retired": (
        run(verified=8, retired=1),
        "kept",
        "The contract is kept. Of 9 promises: 8 kept, 1 retired.",
    ),
    "nothing but retired": (
        run(retired=9),
        "incomplete",
        "All that the contract promises is past its end of life. Of 9 promises: 9 retired.",
    ),
    "some, and nothing but retired": (
        of_183(retired=3),
        "incomplete",
        "Only 3 of the 183 promises were selected, and they are past their end of life. Of these 3: "
        "3 retired. Of the other 180 this run says nothing.",
    ),
    "one, and that is retired": (
        of_183(retired=1),
        "incomplete",
        "Only 1 of the 183 promises was selected, and it is past its end of life. Of this one: 1 retired. "
        "Of the other 182 this run says nothing.",
    ),
    "nothing seen but what is retired": (
        run("incomplete", sentence=NO_ITEM, retired=1, unobserved=8),
        "incomplete",
        "Nothing was seen that could tell whether the contract is kept: nothing is broken, but no answer "
        "held an item. Of 9 promises: 8 not seen, 1 retired.",
    ),
    "some, and nothing seen but what is retired": (
        of_183("incomplete", sentence=NO_ITEM, retired=1, unobserved=8),
        "incomplete",
        "Only 9 of the 183 promises were selected, and nothing was seen that could tell whether they are "
        f"kept: nothing is broken, but no answer held an item. Of these 9: 8 not seen, 1 retired. {REST}",
    ),
    "not all seen": (
        run(verified=8, unobserved=1),
        "kept",
        "The contract is kept, as far as could be seen. Of 9 promises: 8 kept, 1 not seen.",
    ),
    "unstable": (
        run(verified=8, unstable=1),
        "incomplete",
        "The contract is kept, as far as could be seen. Of 9 promises: 1 broken once but not again, 8 kept.",
    ),
    "waived": (
        run(verified=7, waived=1, unobserved=1),
        "incomplete",
        "The contract is broken only where that is waived, as far as could be seen. Of 9 promises: "
        "1 broken but accepted for now, 7 kept, 1 not seen.",
    ),
    "nothing but waived": (
        run(waived=9),
        "incomplete",
        "The contract is broken only where that is waived. Of 9 promises: 9 broken but accepted for now.",
    ),
    "nothing seen": (
        run(unobserved=9),
        "incomplete",
        "Nothing was seen that could tell whether the contract is kept. No promise was put to the test.",
    ),
    "broken": (
        run("broken", violated=1, verified=8),
        "broken",
        "The contract is broken. Of 9 promises: 1 broken, 8 kept.",
    ),
    "broken and interrupted": (
        run("broken", STOPPED, violated=1, verified=3, unobserved=5),
        "broken",
        "The contract is broken, and the run was interrupted; run again to judge the rest. The run ended "
        "after 27 requests; until then, of 9 promises: 1 broken, 3 kept, 5 not seen.",
    ),
    "broken and gone": (
        run("broken", GONE, violated=1, verified=3, unobserved=5),
        "broken",
        "The contract is broken, and the run could not go on: it went away; try again. The run ended after "
        "27 requests; until then, of 9 promises: 1 broken, 3 kept, 5 not seen.",
    ),
    "too little": (
        run("incomplete", sentence=NO_ITEM, verified=2, unobserved=7),
        "incomplete",
        "Too little was seen to call the contract kept: nothing is broken, but no answer held an item. "
        "Of 9 promises: 2 kept, 7 not seen.",
    ),
    "too little, nothing at all": (
        run("incomplete", sentence=NO_ITEM, unobserved=9),
        "incomplete",
        "Nothing was seen that could tell whether the contract is kept: nothing is broken, but no answer "
        "held an item. No promise was put to the test.",
    ),
    "a case never came": (
        run("incomplete", never_came=2, verified=9),
        "incomplete",
        "Too little was seen to call the contract kept: this server has data for every case that the "
        "contract names, and 2 of these cases never came. Of 9 promises: 9 kept.",
    ),
    "a case never came beside one that is waived": (
        run("incomplete", waived=1, verified=8) | ANOTHER_CAME_NOT,
        "incomplete",
        "Too little was seen to call the contract broken only where that is waived: this server has data "
        "for every case that the contract names, and 1 of these cases never came. Of 9 promises: 1 broken "
        "but accepted for now, 8 kept.",
    ),
    "some, too little, and one waived": (
        of_183("incomplete", sentence=NO_ITEM, waived=1, unobserved=8),
        "incomplete",
        "Only 9 of the 183 promises were selected, and too little was seen to call them broken only where "
        "that is waived: nothing is broken, but no answer held an item. Of these 9: 1 broken but accepted "
        f"for now, 8 not seen. {REST}",
    ),
    "a promise without cases was not seen": (
        run("incomplete", verified=8, unobserved=1),
        "incomplete",
        "Too little was seen to call the contract kept: this server has data for every promise, and not "
        "every one was seen. Of 9 promises: 8 kept, 1 not seen.",
    ),
    "interrupted": (
        run(UNTESTED, STOPPED, verified=4, unobserved=5),
        UNTESTED,
        "The run was interrupted: run again to judge the rest. The run ended after 27 requests; until then, "
        "of 9 promises: 4 kept, 5 not seen.",
    ),
    "interrupted when all was kept": (
        run(UNTESTED, STOPPED, sent=1, verified=9),
        UNTESTED,
        "The run was interrupted: run again to judge the rest. The run ended after 1 request; until then, "
        "of 9 promises: 9 kept.",
    ),
    "interrupted before the first answer": (
        run(UNTESTED, STOPPED, sent=1, answered=0, unobserved=9),
        UNTESTED,
        "The run was interrupted: run again to judge the rest. No promise was put to the test.",
    ),
    "an audit interrupted": (
        run(UNTESTED, "interrupted; --resume goes on from there", read=1_200, verified=4, unobserved=5),
        UNTESTED,
        "The run was interrupted: --resume goes on from there. The run ended after 1,200 recorded exchanges; "
        "until then, of 9 promises: 4 kept, 5 not seen.",
    ),
    "gone": (
        run(UNTESTED, GONE, verified=4, unobserved=5),
        UNTESTED,
        "The contract could not be tested to the end: it went away; try again. The run ended after "
        "27 requests; until then, of 9 promises: 4 kept, 5 not seen.",
    ),
    "never there": (
        run(UNTESTED, GONE, sent=5, answered=0, unobserved=9),
        UNTESTED,
        "The contract could not be tested: it went away; try again. No promise was put to the test.",
    ),
    "answered, and nothing seen": (
        run(UNTESTED, GONE, sent=2, answered=2, unobserved=9),
        UNTESTED,
        "The contract could not be tested: it went away; try again. No promise was put to the test.",
    ),
    "not written": (
        run(UNTESTED, sentence=NO_ROOM, verified=8, unobserved=1),
        UNTESTED,
        "The record of the run is not whole: what the run found could not be written (x: full); make room. "
        "Of 9 promises: 8 kept, 1 not seen.",
    ),
    "too little, and not written": (
        run(UNTESTED, sentence=f"{NO_ITEM}; {NO_ROOM}", verified=8, unobserved=1),
        UNTESTED,
        f"The record of the run is not whole: {NO_ITEM}; {NO_ROOM}. Of 9 promises: 8 kept, 1 not seen.",
    ),
    "gone, and not written": (
        run(UNTESTED, GONE, f"{GONE}; {NO_ROOM}", verified=4, unobserved=5),
        UNTESTED,
        f"The contract could not be tested to the end: it went away; try again; {NO_ROOM}. The run ended "
        "after 27 requests; until then, of 9 promises: 4 kept, 5 not seen.",
    ),
    "unstarted": (
        run(UNTESTED, "NAME is not set.", sent=0, answered=0, unobserved=9),
        UNTESTED,
        "The contract could not be tested: NAME is not set. No promise was put to the test.",
    ),
    "some kept": (
        of_183(verified=9),
        "incomplete",
        f"Only 9 of the 183 promises were selected, and they are kept. {REST}",
    ),
    "one kept": (
        of_183(verified=1),
        "incomplete",
        "Only 1 of the 183 promises was selected, and it is kept. Of the other 182 this run says nothing.",
    ),
    "some not all seen": (
        of_183(verified=8, unobserved=1),
        "incomplete",
        "Only 9 of the 183 promises were selected, and they are kept, as far as could be seen. Of these 9: "
        f"8 kept, 1 not seen. {REST}",
    ),
    "some waived": (
        of_183(verified=8, waived=1),
        "incomplete",
        "Only 9 of the 183 promises were selected, and they are broken only where that is waived. Of these "
        f"9: 1 broken but accepted for now, 8 kept. {REST}",
    ),
    "one waived": (
        of_183(waived=1),
        "incomplete",
        "Only 1 of the 183 promises was selected, and it is broken only where that is waived. Of this one: "
        "1 broken but accepted for now. Of the other 182 this run says nothing.",
    ),
    "some, nothing seen": (
        of_183(unobserved=9),
        "incomplete",
        "Only 9 of the 183 promises were selected, and nothing was seen of them. No promise was put to the "
        f"test. {REST}",
    ),
    "some, too little": (
        of_183("incomplete", sentence=NO_ITEM, verified=2, unobserved=7),
        "incomplete",
        "Only 9 of the 183 promises were selected, and too little was seen to call them kept: nothing is "
        f"broken, but no answer held an item. Of these 9: 2 kept, 7 not seen. {REST}",
    ),
    "some, and one broken": (
        of_183("broken", violated=1, verified=8),
        "broken",
        f"The contract is broken. Of the 9 promises that were selected: 1 broken, 8 kept. {REST}",
    ),
    "some, interrupted": (
        of_183(UNTESTED, STOPPED, verified=4, unobserved=5),
        UNTESTED,
        "The run was interrupted: run again to judge the rest. The run ended after 27 requests; until then, "
        f"of the 9 promises that were selected: 4 kept, 5 not seen. {REST}",
    ),
    "none selected": (
        of_183("incomplete", sentence="nothing is broken, but no clause was selected"),
        "incomplete",
        "Too little was seen to call the contract kept: nothing is broken, but no clause was selected. "
        "Of the 183 promises this run says nothing.",
    ),
}


@pytest.mark.parametrize(("report", "shown_as", "said"), SAID.values(), ids=SAID)
def test_a_run_says_no_more_of_the_contract_than_it_has_seen(report, shown_as, said):
    assert (headline(report), seriousness(report)) == (said, shown_as)


@pytest.mark.parametrize("early", [STOPPED, GONE], ids=["interrupted", "the server went away"])
def test_a_run_that_ended_early_says_so_in_the_terminal_and_on_the_first_screen(early, tmp_path):
    report = records.interrupted(early)

    text = page(report)

    said, written = headline(report), markdown(report)
    assert f"## ⚠️ {title(report)}\n\n{told(report)} " in written
    assert summary(report, tmp_path / "compliance.json")[-2:] == [
        said,
        f"record: {tmp_path / 'compliance.json'}",
    ]
    first = text[text.index("<h1") : text.index('<p class="plain"')]
    assert f"{title(report)}</h1>" in first
    assert told(report) in first
    because = why(report)
    for form in (first, written, text[text.index('id="sign-off"') :]):
        assert f"{because[0].upper()}{because[1:]}." in form


def test_a_broken_run_that_could_not_be_written_has_not_ended_early():
    report = records.broken() | {"ended_early": ""}
    report["outcome"] |= {"sentence": "could not test: no room; make room"}

    assert headline(report).startswith("The contract is broken, and no room; make room. ")


def test_where_there_is_no_record_none_is_named():
    assert summary(records.interrupted(), None)[-1] == "record: none, it could not be written"


def broken_once():
    report = records.broken()
    shown = records.entry_of(report, records.BROKEN)
    unstable = records.entry_of(report, records.UNSTABLE)
    unstable["exemplars"] = shown["exemplars"]
    return report, unstable["id"], shown["exemplars"][0]


def test_of_a_clause_that_was_broken_once_it_is_told_what_showed_it():
    report, clause, exemplar = broken_once()

    told = summary(report, None)

    after = told.index(f"{clause} was broken once:") + 1
    assert told[after : after + 6] == [
        f"  request   {exemplar['request']}",
        f"  answer    {exemplar['status']}, {exemplar['pointer']}",
        f"  expected  {exemplar['expected']}",
        f"  actual    {exemplar['actual']}",
        f"  again     {exemplar['curl']}",
        "            (first do this)",
    ]


def test_markdown_tells_it_in_a_line():
    report, clause, exemplar = broken_once()

    (line,) = (line for line in markdown(report).splitlines() if f"`{clause}`: " in line and "gave" in line)

    for said in ("request", "pointer", "expected", "actual"):
        assert exemplar[said] in line


def run_before(report, **verdicts):
    before = history.entry(report | {"started": "2026-11-23T09:00:00+00:00"})
    return before | {"clauses": before["clauses"] | verdicts}


SINCE = (
    "history: since the run begun on 2026-11-23 09:00:00 UTC, the last against the same server and account "
    "that was judged to the end on the same selection of clauses"
)


def test_a_clause_that_somebody_wrote_into_the_history_writes_no_escapes():
    report = records.broken()
    before = run_before(report, **{"evil\x1b[31mRED": "verified"})

    (told,) = (line for line in summary(report, None, [before]) if "evil" in line)

    assert told.endswith(r"gone: evil\x1b[31mRED")


def test_what_changed_since_the_run_before_is_told():
    report = records.broken()
    before = run_before(report, **{records.BROKEN: "verified", records.UNSTABLE: "violated"})

    lines = summary(report, None, [before])

    after = lines.index(f"{SINCE}:") + 1
    assert lines[after : after + 2] == [
        f"  1 newly broken: {records.BROKEN}",
        f"  1 newly unstable: {records.UNSTABLE}",
    ]


def test_that_nothing_changed_since_the_run_before_is_told():
    report = records.broken()

    assert f"{SINCE}, no promise changed its verdict" in summary(report, None, [run_before(report)])


def test_why_no_run_before_can_be_compared_with_is_told():
    report = records.broken()
    before = run_before(report)
    before["target"] = before["target"] | {"account": "another"}

    (line,) = (line for line in summary(report, None, [before]) if line.startswith("history: "))

    assert line.endswith("and these are only the same under one CONTRACT_PSEUDONYM_KEY.")


def test_nothing_is_told_of_an_empty_history():
    assert not [line for line in summary(records.broken(), None) if "history" in line]


def test_amounts_of_one_are_told_in_the_singular(tmp_path):
    report = records.broken()
    entry = records.entry_of(report, records.BROKEN) | {"checked": 1}
    report |= {"clauses": [entry]}
    report["fragment"]["clauses"] = report["requests"]["answered"] = 1

    lines = "\n".join([*summary(report, None), markdown(report), broken_entry(entry, "file", "")])

    assert "1 clause of " in lines
    for plural in ("1 clauses", "1 promises", "1 requests", "1 places"):
        assert plural not in lines


PARTIAL = records.partial(records.green())
WAIVED = records.partial(records.green())
WAIVED["clauses"][0] |= {"verdict": "waived", "waiver": records.broken()["baseline"][0]}
WAIVED["verdicts"] |= {"verified": 8, "waived": 1}


@pytest.mark.parametrize("report", [PARTIAL, WAIVED], ids=["kept", "waived"])
def test_a_run_of_some_clauses_says_so_in_every_form_and_never_that_the_contract_is_kept(report):
    text, said = page(report), headline(report)

    assert f'<h1 id="verdict-title">{title(report)}</h1>' in text
    assert '<div class="banner incomplete">' in text
    assert f"<p>{title(report)}, as of" in text[text.index('id="sign-off"') :]
    assert re.search(r'<span class="figure">174</span>\s*<span class="word">not selected</span>', text)
    assert f"## ⚠️ {title(report)}\n\n{told(report)}\n" in markdown(report)
    assert said in FORMS["junit.xml"](report)
    environment = json.loads(FORMS["ctrf.json"](report))["results"]["environment"]
    assert (environment["healthy"], environment["extra"]["told"]) == (False, said)
    predicate = json.loads(FORMS["attestation.json"](report))["predicate"]
    assert predicate["result"] == "WARNED"
    annotations = {"told": said, "clauses": 183, "selected": len(report["clauses"])}
    assert predicate["configuration"][0]["annotations"] == annotations
    for form in FORMS.values():
        assert "contract is kept" not in form(report).lower()


def audited(*days, undated=0, older=0):
    """Give the record of an audit of twelve answers of these days."""
    report = records.broken()
    report["requests"] |= {"answered": 12}
    report["target"] |= {"kind": "recording"}
    known = {"files": 1, "read": 20, "passed_over": 8, "untelling": 0, "unreadable": 0}
    dated = [{"day": day, "answers": 1, "clauses": {}} for day in days]
    times = {"days": dated, "undated": undated, "older": older, "broken": {}, "points": {}}
    return report | {"recording": known, "days": times}


@pytest.mark.parametrize(
    ("report", "said"),
    [
        pytest.param(records.broken(), "2 requests", id="a run"),
        pytest.param(
            audited("2026-09-02", "2026-09-04", "2026-10-11"),
            "12 recorded answers from 2026-09-02 to 2026-10-11",
            id="days",
        ),
        pytest.param(audited("2026-09-02"), "12 recorded answers of 2026-09-02", id="a day"),
        pytest.param(
            audited("2026-09-02", undated=3, older=1_000),
            "12 recorded answers of 2026-09-02 (3 without a time, 1,000 older)",
            id="not all of a known day",
        ),
        pytest.param(audited(undated=12), "12 recorded answers (12 without a time)", id="no day"),
    ],
)
def test_it_is_said_on_how_much_a_run_was_judged_and_of_which_days_it_was_recorded(report, said):
    assert evidence(report) == said


def test_the_days_of_an_audit_are_told_at_the_top_of_the_page_in_markdown_and_in_the_terminal(tmp_path):
    report = audited("2026-09-02", "2026-10-11")

    text = page(report)

    told_of = "12 recorded answers from 2 September 2026 to 11 October 2026"
    assert f"{told_of}, audit <span" in text[text.index("<h1") : text.index('<p class="plain"')]
    assert told_of in text[text.index('id="sign-off"') :]
    said = "judged on 12 recorded answers from 2026-09-02 to 2026-10-11"
    assert f"{said}, begun at" in markdown(report)
    assert f"{said} in 1.5 s" in summary(report, None)[-3]
