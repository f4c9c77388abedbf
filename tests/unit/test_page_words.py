"""What the page says at its top: no more than the run has seen."""

import pytest

from contracts.ledger import Verdict
from contracts.reports.html import words


def report(word="kept", **verdicts):
    return {"outcome": {"word": word}, "verdicts": dict.fromkeys(Verdict, 0) | verdicts}


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        ({"verified": 3}, "The contract is kept"),
        ({"verified": 2, "unobserved": 1}, "The contract is kept, as far as it was seen"),
        ({"verified": 2, "waived": 1}, "The contract is broken only where that is waived"),
    ],
)
def test_a_contract_is_called_kept_as_far_as_it_was_seen(verdicts, title):
    assert words.title(report(**verdicts)) == title


def test_what_is_broken_is_called_so_whatever_else_was_seen():
    assert words.title(report("broken", violated=1, unobserved=1)) == "The contract is broken"


def test_a_moment_is_told_in_utc():
    assert words.moment("2026-11-24T19:00:00+02:00") == "2026-11-24 17:00:00 UTC"
