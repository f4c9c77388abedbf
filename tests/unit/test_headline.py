"""What a run says of the contract as a whole, where it did not come to its end, or judged only a part."""

import json
from pathlib import Path

import pytest
import sample_records as records

from contracts.reports.folder import FORMS
from contracts.reports.headline import headline
from contracts.reports.html import page
from contracts.reports.markdown import markdown
from contracts.reports.terminal import broken_entry, summary

INTERRUPTED, GONE = records.interrupted(), records.interrupted("could not test: it went away; try again")
KEPT, UNSEEN = INTERRUPTED["verdicts"]["verified"], INTERRUPTED["verdicts"]["unobserved"]
UNTIL_THEN = f"Until then, of 183 clauses: {KEPT} verified, {UNSEEN} unobserved."


@pytest.mark.parametrize(
    ("report", "said"),
    [
        pytest.param(
            INTERRUPTED,
            f"The run was interrupted after 27 requests: run again to judge the rest. {UNTIL_THEN}",
            id="interrupted",
        ),
        pytest.param(
            GONE,
            "The contract could not be tested to the end, only with 27 requests: it went away; try again. "
            + UNTIL_THEN,
            id="the server went away",
        ),
    ],
)
def test_a_run_that_ended_early_says_after_how_many_requests_and_what_was_judged_until_then(
    report, said, tmp_path
):
    assert headline(report) == said
    assert said in markdown(report)
    assert summary(report, Path("compliance.json"))[-2:] == [said, "record: compliance.json"]


def test_the_first_screen_of_an_interrupted_run_says_so_and_claims_nothing_else():
    text = page(INTERRUPTED)

    first = text[text.index("<h1") : text.index('<p class="plain"')]
    assert "The run was interrupted</h1>" in first
    assert (
        f"After 27 requests, before the contract was judged to the end. Until then, of 183 promises: "
        f"{KEPT} kept, {UNSEEN} not seen."
    ) in first
    assert "The contract could not be tested to the end</h1>" in page(GONE)


def test_an_interrupted_run_that_had_seen_all_kept_is_not_called_kept():
    report = records.interrupted()
    for entry in report["clauses"]:
        entry |= {"verdict": "verified", "reason": ""}
    report["verdicts"] |= {"verified": 183, "unobserved": 0}

    assert "every one was kept" not in page(report)
    assert headline(report).endswith("Until then, of 183 clauses: 183 verified.")


def test_a_run_that_was_interrupted_before_the_first_answer_says_that_nothing_was_judged():
    report = records.unstarted()
    report |= {"ended_early": "interrupted; run again to judge the rest"}
    report["requests"] |= {"sent": 1}
    report["outcome"] |= {"exit_status": 7, "sentence": report["ended_early"]}

    assert headline(report) == (
        "The run was interrupted after 1 request: run again to judge the rest. Until then, of 183 clauses: "
        "183 unobserved."
    )


def test_a_broken_run_that_ended_early_says_after_how_many_requests():
    report = records.broken()
    report["outcome"] |= {"sentence": "interrupted; what was seen until then breaks the contract"}
    report |= {"ended_early": "interrupted"}

    assert headline(report).endswith(
        "The run ended early, after 2 requests: interrupted; what was seen until then breaks the contract."
    )


def test_a_broken_run_that_could_not_be_written_has_not_ended_early():
    report = records.broken() | {"ended_early": ""}
    report["outcome"] |= {"sentence": "could not test: no room; make room"}

    assert headline(report).endswith(" broken. Could not test: no room; make room.")


def test_where_there_is_no_record_none_is_named():
    assert summary(INTERRUPTED, None)[-1] == "record: none, it could not be written"


def test_amounts_of_one_are_told_in_the_singular(tmp_path):
    report = records.broken()
    entry = records.entry_of(report, records.BROKEN) | {"checked": 1}
    report |= {"clauses": [entry]}
    report["fragment"]["clauses"] = report["requests"]["answered"] = 1

    told = "\n".join([*summary(report, None), markdown(report), broken_entry(entry, "file", "")])

    assert "1 clause of " in told
    for plural in ("1 clauses", "1 requests", "1 places"):
        assert plural not in told


PARTIAL = records.partial(records.green())
WAIVED = records.partial(records.green())
WAIVED["clauses"][0] |= {"verdict": "waived", "waiver": records.broken()["baseline"][0]}
WAIVED["verdicts"] |= {"verified": 8, "waived": 1}
UNSEEN_OF_FEW = records.partial(records.green())
UNSEEN_OF_FEW["clauses"][0] |= {"verdict": "unobserved"}
UNSEEN_OF_FEW["verdicts"] |= {"verified": 8, "unobserved": 1}


@pytest.mark.parametrize(
    ("report", "said", "title"),
    [
        pytest.param(
            PARTIAL,
            "9 of the 183 clauses were judged, and kept as far as seen: 9 verified.",
            "9 of the 183 promises were judged, and kept",
            id="kept",
        ),
        pytest.param(
            records.partial(records.green(), 1),
            "1 of the 183 clauses was judged, and kept as far as seen: 1 verified.",
            "1 of the 183 promises was judged, and kept",
            id="one",
        ),
        pytest.param(
            UNSEEN_OF_FEW,
            "9 of the 183 clauses were judged, and kept as far as seen: 8 verified.",
            "9 of the 183 promises were judged, and kept, as far as it was seen",
            id="not all seen",
        ),
        pytest.param(
            WAIVED,
            "9 of the 183 clauses were judged, and broken only where that is waived: 1 waived.",
            "9 of the 183 promises were judged, and broken only where that is waived",
            id="waived",
        ),
    ],
)
def test_a_run_of_some_clauses_says_of_how_many_in_every_form_and_never_that_the_contract_is_kept(
    report, said, title
):
    text = page(report)

    assert headline(report) == said
    assert f'<h1 id="verdict-title">{title}</h1>' in text
    assert f"<p>{title}, as of" in text[text.index('id="sign-off"') :]
    assert f"## ⚠️ {said}" in markdown(report)
    assert said in FORMS["junit.xml"](report)
    environment = json.loads(FORMS["ctrf.json"](report))["results"]["environment"]
    assert (environment["healthy"], environment["extra"]["told"]) == (False, said)
    predicate = json.loads(FORMS["attestation.json"](report))["predicate"]
    assert predicate["result"] == "WARNED"
    told = {"told": said, "clauses": 183, "selected": len(report["clauses"])}
    assert predicate["configuration"][0]["annotations"] == told
    for form in FORMS.values():
        assert "contract is kept" not in form(report).lower()


def test_the_first_screen_of_a_run_of_some_clauses_looks_unsure_and_names_the_rest():
    text = page(PARTIAL)

    assert '<div class="banner incomplete">' in text
    assert (
        "What was selected was put to the test, and kept. Of the 174 other promises this run says nothing."
        in (text)
    )
    assert "Of the 9 that were selected of 183 promises: 8 kept, 1 not seen." in page(UNSEEN_OF_FEW)


def test_a_broken_run_of_some_clauses_counts_what_was_selected_of_all():
    report = records.partial(records.broken(), 120)

    assert headline(report) == (
        "The contract is broken: 1 of the 120 that were selected of 183 clauses is broken."
    )
