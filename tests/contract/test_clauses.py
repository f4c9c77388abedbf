"""Judges every clause by what the traffic showed: one item a clause, named by its id."""

import pytest

from contracts.errors import CouldNotTest
from contracts.ledger import Verdict
from contracts.reports.terminal import broken, expired, waived

pytestmark = pytest.mark.judges


@pytest.fixture(autouse=True)
def _allure(request):
    """Tell Allure which clause a test is about, where its results are asked for."""
    if not request.config.getoption("allure_report_dir", None):
        yield
        return
    from contracts.reports import allure

    run, ((name, clause),) = request.getfixturevalue("run"), request.node.callspec.params.items()
    title = clause.id if name == "clause" else f"{clause.id}: every coverage point is seen"
    with allure.about_clause(clause, run.contract.fragment, name, title):
        yield
        # Not before the test has ended, for allure-pytest would write over it that nothing is to be said.
        if name == "clause" and run.verdict(clause.id) is Verdict.UNSTABLE:
            allure.call_unstable(request.config, run.reason(clause, Verdict.UNSTABLE))


@pytest.fixture(scope="session")
def tell(pytestconfig, run):
    """Give what tells Allure what was seen of a clause, where its results are asked for."""
    if not pytestconfig.getoption("allure_report_dir", None):
        return lambda clause, verdict, tally: None
    from contracts.reports import allure

    return lambda clause, verdict, tally: allure.tell(clause, verdict, tally, run.witnesses(clause))


def test_clause(clause, run, could_not_test, tell):
    try:
        verdict, tally = run.judge(clause)
    except CouldNotTest as error:
        could_not_test(error)
    tell(clause, verdict, tally)

    waiver = run.baseline.waivers.get(clause.id)
    if verdict is Verdict.WAIVED:
        pytest.xfail(waived(waiver))
    if verdict is Verdict.VIOLATED:
        told = [broken(clause, tally, run.contract.fragment.file, run.target.replay_hint)]
        told += [expired(waiver, run.baseline.file)] if waiver else []
        pytest.fail("\n".join(told), pytrace=False)
    if verdict is Verdict.UNOBSERVED and run.target.promises_complete_data:
        pytest.fail(f"{clause.id}: {run.reason(clause, verdict)}", pytrace=False)
    if verdict in (Verdict.UNOBSERVED, Verdict.RETIRED):
        pytest.skip(f"{verdict}: {run.reason(clause, verdict)}")
    assert verdict in (Verdict.VERIFIED, Verdict.UNSTABLE)


def test_every_coverage_point_is_seen(clause_with_points, run, could_not_test):
    try:
        unseen = run.unseen(clause_with_points)
    except CouldNotTest as error:
        could_not_test(error)

    if unseen and run.verdict(clause_with_points.id) is Verdict.WAIVED:
        # A value that came wrong may be the one that was not seen.
        pytest.xfail(waived(run.baseline.waivers[clause_with_points.id]))
    if unseen:
        pytest.fail(f"{clause_with_points.id}: never seen: {', '.join(unseen)}", pytrace=False)
