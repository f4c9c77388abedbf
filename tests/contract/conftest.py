"""What pytest itself would tell wrongly of the contract."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what pytest makes of no coverage point at all, where none is demanded of the target: a test
    that is skipped for a reason that says nothing to anybody."""
    items[:] = [item for item in items if not item.name.endswith("[NOTSET]")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    """Call an interrupted test broken: pytest makes no report of it, and Allure would show it as passed."""
    try:
        return (yield)
    except KeyboardInterrupt:
        if item.config.getoption("allure_report_dir", None):
            from contracts.reports import allure

            allure.could_not_test(item.config, "could not test: the run was interrupted")
        raise
