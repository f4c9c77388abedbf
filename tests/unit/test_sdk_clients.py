"""What two kinds of client of one SDK did, told once or apart."""

from dataclasses import replace

from contracts.sdk.clients import together
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity

CHECK = Check("walks:many", Question.WALKS, "many items", Outcome.AS_PROMISED, (), "80 items")
LOST = Finding("walks:many:lost", Question.WALKS, Severity.LOSES, "3 are lost", actual="77 items")
DIFFERS = replace(CHECK, outcome=Outcome.DIFFERS, findings=(LOST.id,), detail="77 items")


def test_what_both_do_alike_is_told_once() -> None:
    answers = ([DIFFERS], [LOST])

    assert together({"sync": answers, "async": answers}) == answers
    assert together({"async": answers}) == answers


def test_what_only_the_usual_client_does_keeps_its_id() -> None:
    checks, findings = together({"sync": ([DIFFERS], [LOST]), "async": ([CHECK], [])})

    assert findings == [replace(LOST, sentence="3 are lost (sync client only)")]
    assert checks == [DIFFERS, replace(CHECK, id="walks:many:async", title="many items (async client)")]


def test_what_only_the_other_client_does_has_an_id_of_its_own() -> None:
    checks, findings = together({"sync": ([CHECK], []), "async": ([DIFFERS], [LOST])})

    assert findings == [
        replace(LOST, id="walks:many:lost:async", sentence="3 are lost (async client only)"),
    ]
    assert checks[1].findings == ("walks:many:lost:async",)


def test_what_both_do_in_different_ways_is_one_finding_that_tells_both() -> None:
    rows = replace(DIFFERS, detail="70 items")
    other = replace(LOST, actual="70 items")

    checks, findings = together({"sync": ([DIFFERS], [LOST]), "async": ([rows], [other])})

    assert findings == [replace(LOST, actual="77 items (sync client); 70 items (async client)")]
    assert checks[1] == replace(rows, id="walks:many:async", title="many items (async client)")


def test_what_both_do_is_as_grave_as_the_graver_and_told_in_the_words_of_each() -> None:
    other = replace(LOST, severity=Severity.BREAKS, sentence="the call raises", actual="an error")

    _, (finding,) = together({"sync": ([DIFFERS], [LOST]), "async": ([DIFFERS], [other])})

    assert finding.severity == Severity.BREAKS
    assert finding.sentence == "3 are lost (sync client); the call raises (async client)"


def test_of_three_clients_that_which_does_otherwise_is_named() -> None:
    kept = ([CHECK], list[Finding]())

    _, findings = together({"sync": ([DIFFERS], [LOST]), "async": ([DIFFERS], [LOST]), "raw": kept})

    assert [finding.sentence for finding in findings] == ["3 are lost (sync and async client)"]
