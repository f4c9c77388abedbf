"""Sends the traffic of a run, in order of worth. Nothing is judged here: see test_clauses.py."""

import pytest

from contracts.errors import CouldNotTest
from contracts.schedule import PURPOSES


@pytest.fixture(autouse=True)
def _allure(request):
    """Tell Allure which part of the traffic a test sends, where its results are asked for."""
    if not request.config.getoption("allure_report_dir", None):
        yield
        return
    from contracts.reports import allure

    part, run = request.node.callspec.params["part"], request.getfixturevalue("run")
    with allure.about_part(part, run.contract.fragment):
        yield


@pytest.mark.sends
@pytest.mark.parametrize("part", PURPOSES)
def test_traffic_is_answered(part, run, could_not_test):
    before = run.ledger.requests

    try:
        run.bring([part])
    except CouldNotTest as error:
        could_not_test(error)

    if part in run.traffic.cut_short:
        pytest.skip(f"cut short: {run.traffic.cut_short[part]}")
    if run.ledger.requests == before:
        pytest.skip("nothing in this part may be sent to this target, or it was sent before")
    assert run.traffic.has_sent(part)
