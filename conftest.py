"""The options and fixtures of the contract suite: the edge between pytest and `contracts/`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from contracts.contract import Contract
from contracts.errors import ContractsError, CouldNotTest, UsageError
from contracts.fragment import default_fragment
from contracts.ledger import Verdict
from contracts.reports import terminal

if TYPE_CHECKING:
    from contracts.run import Run

EXIT_USAGE = 4
EXIT_COULD_NOT_TEST = 7
COMPLETE_TARGETS = ("emulator",)

_contract = pytest.StashKey[Contract]()
_run = pytest.StashKey["Run"]()
_selected = pytest.StashKey[tuple[str, ...]]()

_common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, database=None, max_examples=50, **_common)
settings.register_profile("dev", max_examples=100, **_common)
settings.register_profile("nightly", max_examples=2_000, **_common)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the contract suite."""
    group = parser.getgroup("contract", "the contract suite")
    group.addoption(
        "--target",
        choices=("emulator", "live"),
        default="emulator",
        help="what to judge: the emulator that comes with the suite (default), or a live server, which the "
        "environment names (see README)",
    )
    group.addoption(
        "--as-of",
        type=_date,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="judge as of this day, which decides what is past its end of life (default: today)",
    )
    group.addoption("--fault", help="let the emulator commit this violation (python -m contracts faults)")
    group.addoption(
        "--reports",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="where compliance.json is written (default: reports)",
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise pytest.UsageError(f"--as-of {text} is not a date; write it as 2026-11-01") from None


def contract_of(config: pytest.Config) -> Contract:
    """Give the contract as of the day that was asked for, made once."""
    if _contract not in config.stash:
        try:
            config.stash[_contract] = Contract(default_fragment(), config.option.as_of)
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
        is_demanded = metafunc.config.option.target in COMPLETE_TARGETS
        clauses = [clause for clause in contract_of(metafunc.config).clauses.values() if clause.points]
        clauses = clauses if is_demanded else []
        metafunc.parametrize("clause_with_points", clauses, ids=[clause.id for clause in clauses])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` select clauses by their family, too."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("judges"):
        for clause in item.callspec.params.values():
            item.extra_keyword_matches.add(clause.family.value)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let whatever judges the ledger run after all that fills it."""
    items.sort(key=lambda item: item.get_closest_marker("judges") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which clauses were selected: a partial run judges these and no others."""
    judging = [item for item in session.items if item.get_closest_marker("judges")]
    params = [item.callspec.params for item in judging if isinstance(item, pytest.Function)]
    clauses = [found.get("clause") or found["clause_with_points"] for found in params if found]
    session.config.stash[_selected] = tuple(dict.fromkeys(clause.id for clause in clauses))


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator["Run"]:
    """Give the run against the target; it is started when the first test asks for it."""
    # Imported here, so that a run of the unit tests alone does not pay for the server and the client.
    from contracts.run import open_run

    option = pytestconfig.option
    try:
        with open_run(contract_of(pytestconfig), option.target, option.fault) as opened:
            opened.selected = pytestconfig.stash[_selected]
            pytestconfig.stash[_run] = opened
            yield opened
    except UsageError as error:
        pytest.exit(str(error), returncode=EXIT_USAGE)


@pytest.fixture
def could_not_test(run: "Run") -> Callable[[CouldNotTest], None]:
    """Give what ends the session where the target cannot be judged."""

    def end(error: CouldNotTest) -> None:
        run.ended_early = str(error)
        pytest.exit(str(error), returncode=EXIT_COULD_NOT_TEST)

    return end


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the record of the run, however it ended."""
    opened = session.config.stash.get(_run, None)
    if opened:
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            opened.ended_early = opened.ended_early or "interrupted"
        opened.write(session.config.option.reports)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was kept, broken and not seen."""
    opened = config.stash.get(_run, None)
    if not opened:
        return
    report = opened.report()
    terminalreporter.section("contract")
    lines: Iterable[str] = [*terminal.not_told(report), "", *terminal.table(report)]
    for line in lines:
        terminalreporter.write_line(line)
    is_broken = report["verdicts"][Verdict.VIOLATED] > 0
    verdict = "broken" if is_broken else "not broken by anything that was seen"
    terminalreporter.write_line(
        f"the contract is {verdict}; record: {config.option.reports / 'compliance.json'}"
    )
