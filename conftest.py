"""The hooks, options and fixtures of the contract suite: what they do stands in `contracts/suite.py`."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

import pytest

from contracts import profiles
from contracts.edge import clause_of, drop_places_without_line
from contracts.errors import CouldNotTest
from contracts.exit_status import EXIT_COULD_NOT_TEST
from contracts.options import add_options
from contracts.reports import github, terminal
from contracts.signals import ended_by_sigterm, hold
from contracts.suite import suite_of

if TYPE_CHECKING:
    from contracts.run import Run

# What was imported stays. Looking for cycles in it, and in all that a run keeps, took a sixth of the run.
gc.freeze()
gc.set_threshold(100_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the contract suite."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep what a live server says from being printed by a crash, and from the eyes of others; let what ends
    a job end the session in order, and Hypothesis know the profiles that it may be asked for."""
    if any(given for name, given in vars(config.option).items() if name.startswith("hypothesis")):
        profiles.register()
    ends = ExitStack()
    ends.enter_context(ended_by_sigterm())
    config.add_cleanup(ends.close)
    suite = suite_of(config)
    if config.option.target == "live":
        from contracts.shield import Shield

        config.pluginmanager.register(Shield(config, suite.contract.redactor))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of every clause, and of every clause that has coverage points to be seen."""
    if not metafunc.definition.get_closest_marker("judges"):
        return
    clauses = list(suite_of(metafunc.config).contract.clauses.values())
    if "clause" in metafunc.fixturenames:
        metafunc.parametrize("clause", clauses, ids=[clause.id for clause in clauses])
    if "clause_with_points" in metafunc.fixturenames:
        is_demanded = suite_of(metafunc.config).is_every_point_expected
        clauses = [clause for clause in clauses if clause.points and is_demanded]
        metafunc.parametrize("clause_with_points", clauses, ids=[clause.id for clause in clauses])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` select clauses by their family, too."""
    clause = clause_of(item)
    if clause:
        item.extra_keyword_matches.add(clause.family.value)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let whatever judges the ledger run after all that fills it, and note what was selected."""
    items.sort(key=lambda item: item.get_closest_marker("judges") is not None)
    suite_of(config).select(items)


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Print what the selected tests would send, in place of running them, where that is asked for."""
    if not session.config.option.plan:
        return None
    print("", *suite_of(session.config).plan(), sep="\n")
    return True


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator["Run"]:
    """Give the run against the target; it is started when the first test asks for it."""
    with suite_of(pytestconfig).running() as opened:
        yield opened


@pytest.fixture(scope="session")
def could_not_test(run: "Run", pytestconfig: pytest.Config) -> Callable[[CouldNotTest], NoReturn]:
    """Give what ends the session where the target cannot be judged."""

    def end(error: CouldNotTest) -> NoReturn:
        run.ended_early = str(error)
        if pytestconfig.getoption("allure_report_dir", None):
            from contracts.reports import allure

            allure.could_not_test(pytestconfig, str(error))
        suite_of(pytestconfig).end(str(error), EXIT_COULD_NOT_TEST)

    return end


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last, and on standard error, why the run says nothing of the contract; tell GitHub what it says."""
    suite = suite_of(config)
    if suite.last_words:
        print(f"contract: {suite.last_words}", file=sys.stderr)
    if github.is_here(os.environ):
        for line in github.told(suite.report, suite.last_words, os.environ):
            print(line)


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: "pytest.ExceptionInfo[BaseException]") -> None:
    """Let who presses Ctrl-C twice not break off what is told of the first, nor pytest stumble over it."""
    hold()
    drop_places_without_line(excinfo)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record of the run, however it ended."""
    if "hypothesis" not in sys.modules:
        # Its plugin would load it now, to find that it has nothing to say.
        session.config.pluginmanager.unregister(name="hypothesispytest")
    suite_of(session.config).finish(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was kept, broken and not seen."""
    suite = suite_of(config)
    if not suite.report:
        return
    terminalreporter.section("contract")
    for line in terminal.summary(suite.report, suite.record, suite.before):
        terminalreporter.write_line(line)
