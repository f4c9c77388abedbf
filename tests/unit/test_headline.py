"""What a run says of the contract as a whole, where it did not come to its end."""

import pytest
import sample_records as records

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
    assert summary(report, tmp_path)[-2:] == [said, f"record: {tmp_path / 'compliance.json'}"]


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

    assert headline(report).endswith(
        "The run ended early, after 2 requests: interrupted; what was seen until then breaks the contract."
    )


def test_amounts_of_one_are_told_in_the_singular(tmp_path):
    report = records.broken()
    entry = records.entry_of(report, records.BROKEN) | {"checked": 1}
    report |= {"clauses": [entry]}
    report["fragment"]["clauses"] = report["requests"]["answered"] = 1

    told = "\n".join([*summary(report, tmp_path), markdown(report), broken_entry(entry, "file", "")])

    assert "1 clause of " in told
    for plural in ("1 clauses", "1 requests", "1 places"):
        assert plural not in told
