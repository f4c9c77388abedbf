"""What a person reads of a plan."""

import pytest

from contracts.exchange import Identity
from contracts.fragment import default_fragment
from contracts.plan import Probe
from contracts.reports.planned import told
from contracts.schedule import Part
from contracts.targets import Secrets, Target

SECRETS = Secrets({"api_token": "t"}, "account")
LIVE = Target("live", "https://api.example", "https://api.example", SECRETS, False, False, 400)
PROBE = Probe(Identity(("api_token",)))


@pytest.mark.parametrize(
    ("probes", "follow_ups", "cost", "total", "known"),
    [
        (1, 0, "1 request", "1 request at most", "1 of them is known beforehand"),
        (2, 0, "2 requests", "2 requests at most", "2 of them are known beforehand"),
        (0, 1, "up to 1 request following from the answers", "1 request at most", "0 of them are known"),
        (0, 2, "up to 2 requests following from the answers", "2 requests at most", "0 of them are known"),
        (
            1,
            2,
            "1 request, and up to 2 following from the answers",
            "3 requests at most",
            "1 of them is known",
        ),
    ],
)
def test_requests_are_counted_in_words_that_fit_their_number(probes, follow_ups, cost, total, known):
    part = Part("access", (PROBE,) * probes, follow_ups)

    first, *_, all_, beforehand, last = told([part], LIVE, default_fragment(), 0.0)

    assert first.endswith(f"; {cost}")
    assert all_ == f"{total} to https://api.example, of 400 allowed"
    assert beforehand.startswith(known)
    assert last == "nothing was sent"
