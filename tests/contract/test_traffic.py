"""Sends the traffic of a run, in order of worth. Nothing is judged here: see test_clauses.py."""

import pytest

from contracts.errors import CouldNotTest

GROUPS = (
    "access",
    "boundaries",
    "credentials",
    "invalid",
    "strangers",
    "filters",
    "walks",
    "generated-allowed",
    "generated-forbidden",
)


@pytest.mark.parametrize("group", GROUPS)
def test_traffic_is_answered(group, run, could_not_test):
    before = run.ledger.requests

    try:
        run.bring([group])
    except CouldNotTest as error:
        could_not_test(error)

    if group in run.traffic.cut_short:
        pytest.skip(f"cut short: {run.traffic.cut_short[group]}")
    if run.ledger.requests == before:
        pytest.skip("nothing in this group may be sent to this target, or it was sent before")
    assert run.traffic.has_sent(group)
