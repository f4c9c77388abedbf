"""The options and fixtures of the contract suite: the edge between pytest and `contracts/`."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from contracts.contract import Contract
from contracts.edge import clause_of, selection, standard_error
from contracts.errors import ContractsError, CouldNotTest, UsageError
from contracts.exit_status import EXIT_COULD_NOT_TEST, EXIT_USAGE
from contracts.fragment import default_fragment
from contracts.options import add_options, options_of
from contracts.reports import github, terminal
from contracts.reports.progress import Progress

if TYPE_CHECKING:
    from contracts.run import Run

COMPLETE_TARGETS = ("emulator",)

_contract = pytest.StashKey[Contract]()
_run = pytest.StashKey["Run"]()
_report = pytest.StashKey[dict[str, Any]]()
_last_words = pytest.StashKey[str]()
_selected = pytest.StashKey[tuple[tuple[str, ...], tuple[str, ...]]]()

_common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, database=None, max_examples=50, **_common)
settings.register_profile("dev", max_examples=100, **_common)
settings.register_profile("nightly", max_examples=2_000, **_common)
settings.load_profile("ci")

# What was imported stays. Looking for cycles in it, and in all that a run keeps, took a sixth of the run.
gc.freeze()
gc.set_threshold(100_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the contract suite."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep what a live server says from being printed by a crash, and from the eyes of others."""
    if config.option.target == "live":
        from contracts.shield import Shield

        config.pluginmanager.register(Shield(config, contract_of(config).redactor))


def contract_of(config: pytest.Config) -> Contract:
    """Give the contract as of the day that was asked for, made once."""
    if _contract not in config.stash:
        try:
            # Imported here, so that a run of the unit tests alone does not pay for the server.
            from contracts.secrecy import redactor_for

            option, fragment = config.option, default_fragment()
            redactor = redactor_for(fragment, option.target, shows_values=option.show_values)
            config.stash[_contract] = Contract(fragment, option.as_of, redactor)
        except ContractsError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[_contract]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of every clause, and of every clause that has coverage points to be seen."""
    if not metafunc.definition.get_closest_marker("judges"):
        return
    if "clause" in metafunc.fixturenames:
        clauses = list(contract_of(metafunc.config).clauses.values())
        metafunc.parametrize("clause", clauses, ids=[clause.id for clause in clauses])
    if "clause_with_points" in metafunc.fixturenames:
        option = metafunc.config.option
        is_demanded = option.target in COMPLETE_TARGETS and not option.variant
        clauses = [clause for clause in contract_of(metafunc.config).clauses.values() if clause.points]
        clauses = clauses if is_demanded else []
        metafunc.parametrize("clause_with_points", clauses, ids=[clause.id for clause in clauses])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` select clauses by their family, too."""
    clause = clause_of(item)
    if clause:
        item.extra_keyword_matches.add(clause.family.value)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let whatever judges the ledger run after all that fills it."""
    items.sort(key=lambda item: item.get_closest_marker("judges") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which clauses and parts of the traffic were selected: a partial run plans for these, and judges
    no other clause."""
    session.config.stash[_selected] = selection(session.items)


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Print what the selected tests would send, in place of running them, where that is asked for."""
    if not session.config.option.plan:
        return None
    from contracts.run import plan

    try:
        options, selected = options_of(session.config.option), session.config.stash[_selected]
        lines = plan(contract_of(session.config), options, *selected)
    except UsageError as error:
        end_session(session.config, str(error), EXIT_USAGE)
    print("", *lines, sep="\n")
    return True


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator["Run"]:
    """Give the run against the target; it is started when the first test asks for it."""
    from contracts.run import open_run, write_unstarted
    from contracts.session import ended_by_sigterm

    option, (clauses, parts) = pytestconfig.option, pytestconfig.stash[_selected]
    try:
        option.reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        end_session(pytestconfig, f"{option.reports} cannot hold the record ({error.strerror})", EXIT_USAGE)
    progress = Progress(*standard_error(pytestconfig))
    try:
        opening = open_run(contract_of(pytestconfig), options_of(option), progress)
        with ended_by_sigterm(), opening as opened:
            opened.select(clauses, parts)
            pytestconfig.stash[_run] = opened
            yield opened
    except UsageError as error:
        sentence = write_unstarted(
            contract_of(pytestconfig), option.target, clauses, str(error), option.reports, option.history
        )
        end_session(pytestconfig, sentence, EXIT_USAGE)
    finally:
        progress.close()


@pytest.fixture
def could_not_test(run: "Run", pytestconfig: pytest.Config) -> Callable[[CouldNotTest], NoReturn]:
    """Give what ends the session where the target cannot be judged."""

    def end(error: CouldNotTest) -> NoReturn:
        run.ended_early = str(error)
        if pytestconfig.getoption("allure_report_dir", None):
            from contracts.reports import allure

            allure.could_not_test(pytestconfig, str(error))
        end_session(pytestconfig, str(error), EXIT_COULD_NOT_TEST)

    return end


def end_session(config: pytest.Config, sentence: str, status: int) -> NoReturn:
    """End the session where it stands, with a sentence for people and a status for scripts."""
    config.stash[_last_words] = sentence
    pytest.exit(sentence, returncode=status)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last, and on standard error, why the run says nothing of the contract; tell GitHub what it says."""
    if config.stash.get(_last_words, ""):
        print(f"contract: {config.stash[_last_words]}", file=sys.stderr)
    if github.is_here(os.environ):
        report, last_words = config.stash.get(_report, None), config.stash.get(_last_words, "")
        for line in github.told(report, last_words, os.environ):
            print(line)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the record of the run, however it ended."""
    opened = session.config.stash.get(_run, None)
    if not opened:
        return
    from contracts.session import ending, written

    status, sentence = ending(opened, exitstatus, session.config.option.min_verified)
    opened.exit_status, opened.sentence = status, sentence
    report = session.config.stash[_report] = opened.report()
    status, sentence = written(opened, report, session.config.option.reports)
    session.exitstatus, session.config.stash[_last_words] = status, sentence
    if results := session.config.getoption("allure_report_dir", None):
        from contracts.reports import allure

        allure.write_facts(report, Path(results))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was kept, broken and not seen."""
    report = config.stash.get(_report, None)
    if not report:
        return
    terminalreporter.section("contract")
    for line in terminal.summary(report, config.option.reports):
        terminalreporter.write_line(line)
