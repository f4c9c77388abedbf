"""A session of pytest as the contract suite sees it: what it judges, the run that it is, how it ends.

Here and in `edge.py` stands what the suite knows of pytest; the hooks that call it are in `conftest.py`.
"""

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from contracts.contract import Contract
from contracts.edge import selection, standard_error
from contracts.errors import FragmentError, UsageError
from contracts.exit_status import EXIT_CRASHED, EXIT_INTERRUPTED, EXIT_KEPT, EXIT_USAGE
from contracts.fragment import Fragment, default_fragment
from contracts.options import options_of, settle
from contracts.pseudonyms import KEY_ENV
from contracts.redaction import Redactor
from contracts.reports.folder import RECORD
from contracts.reports.progress import Progress
from contracts.signals import hold

if TYPE_CHECKING:
    from contracts.run import Run

_SUITE = pytest.StashKey["Suite"]()
_FOLDER = Path("tests", "contract")


def suite_of(config: pytest.Config) -> "Suite":
    """Give what the suite knows of a session of pytest."""
    if _SUITE not in config.stash:
        config.stash[_SUITE] = Suite(config)
    return config.stash[_SUITE]


class Suite:
    """A session of pytest.

    `last_words` say why it tells nothing of the contract, if so. `report` is what its run has found, and
    `record` the file that holds it, if any does.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._option = config.option
        self._refusal = settle(config.option)
        self._selected: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._run: Run | None = None
        self.last_words = ""
        self.report: Mapping[str, Any] | None = None
        self.record: Path | None = None

    @cached_property
    def contract(self) -> Contract:
        """The contract as of the day that was asked for.

        Raises:
            pytest.UsageError: the fragment is unusable.
        """
        try:
            fragment = default_fragment()
            return Contract(fragment, self._option.as_of, self._redactor(fragment))
        except FragmentError as error:
            raise pytest.UsageError(str(error)) from None

    def _redactor(self, fragment: Fragment) -> Redactor:
        # Imported here, as below, so that a run of the unit tests alone does not pay for httpx.
        from contracts.secrecy import redactor_for

        kind, shows_values = self._option.target, self._option.show_values
        try:
            return redactor_for(fragment, kind, shows_values=shows_values)
        except UsageError as error:
            self._refusal = self._refusal or str(error)
            others = {name: value for name, value in os.environ.items() if name != KEY_ENV}
            return redactor_for(fragment, kind, shows_values=shows_values, environment=others)

    @property
    def is_every_point_expected(self) -> bool:
        """Whether every coverage point is expected to be seen."""
        from contracts.targets import promises_complete_data

        return promises_complete_data(self._option.target, self._option.variant)

    @property
    def before(self) -> Sequence[Mapping[str, Any]]:
        """What the history has of the runs before this one."""
        return self._run.before if self._run else ()

    def select(self, items: Iterable[pytest.Item]) -> None:
        """Note which clauses and parts of the traffic were selected: a partial run plans for these, and
        judges no other clause. A session whose command line cannot be used ends here."""
        self._selected = selection(items)
        if self._refusal:
            self.end(self._refusal, EXIT_USAGE)

    def end(self, sentence: str, status: int) -> NoReturn:
        """End the session where it stands, with a sentence for people and a status for scripts."""
        self.last_words = sentence
        pytest.exit(sentence, returncode=status)

    def plan(self) -> list[str]:
        """Say what the selected tests would send."""
        from contracts.run import plan

        assert self._selected is not None
        try:
            return plan(self.contract, options_of(self._option), *self._selected)
        except UsageError as error:
            self.end(str(error), EXIT_USAGE)

    @contextmanager
    def running(self) -> Iterator["Run"]:
        """Start the run, and give it until the session has no more use for it."""
        from contracts.run import open_run

        assert self._selected is not None
        reports = self._option.reports
        try:
            reports.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.end(f"{reports} cannot hold the record ({error.strerror})", EXIT_USAGE)
        progress = Progress(*standard_error(self._config))
        opening = open_run(self.contract, options_of(self._option), progress)
        try:
            with opening as self._run:
                self._run.select(*self._selected)
                yield self._run
        except UsageError as error:
            self.end(str(error), EXIT_USAGE)
        finally:
            progress.close()

    def finish(self, session: pytest.Session) -> None:
        """Write the record of the session's run, however it ended, and give the session its status."""
        hold()
        if session.exitstatus == EXIT_KEPT and (broken_off_by := sys.exception()):
            # A second Ctrl-C came before pytest had noted what the first one ends it with.
            is_interrupted = isinstance(broken_off_by, KeyboardInterrupt)
            session.exitstatus = EXIT_INTERRUPTED if is_interrupted else EXIT_CRASHED
        if self._run:
            self._leave(self._run, session)
        elif session.exitstatus != EXIT_KEPT and self._is_run():
            self._leave_unstarted(session)

    def _leave(self, run: "Run", session: pytest.Session) -> None:
        from contracts.session import ending, written

        option, further = self._option, []
        if results := self._config.getoption("allure_report_dir", None):
            from contracts.reports import allure

            further.append(partial(allure.write_facts, results=Path(results)))
        run.exit_status, run.sentence = ending(run, session.exitstatus, option.min_verified)
        self.report, is_written = written(run, option.reports, further)
        self.record = option.reports / RECORD if is_written else None
        session.exitstatus, self.last_words = run.exit_status, run.sentence
        # pytest looks twice for what nobody has closed, among all there is: as long as the reports take.
        gc.freeze()

    def _leave_unstarted(self, session: pytest.Session) -> None:
        from contracts.session import ending_unstarted
        from contracts.unstarted import write_unstarted

        try:
            contract = self.contract
        except pytest.UsageError as error:
            # Without a fragment there is nothing of which a record could tell.
            session.exitstatus, self.last_words = EXIT_USAGE, str(error)
            return
        refused = sys.exception()
        why = str(refused) if isinstance(refused, pytest.UsageError) else self.last_words
        status, why = ending_unstarted(session.exitstatus, why, has_failed=session.testsfailed > 0)
        session.exitstatus, self.last_words = status, why
        option = self._option
        selected = self._selected[0] if self._selected else tuple(contract.clauses)
        try:
            self.last_words = write_unstarted(
                contract, options_of(option), selected, why, option.reports, status
            )
        except OSError as error:
            self.last_words = f"{why}; its record could not be written ({error.filename}: {error.strerror})"

    def _is_run(self) -> bool:
        """Say whether the session was to be a run of the suite, and of nothing else."""
        here, suite = self._config.invocation_params.dir, (self._config.rootpath / _FOLDER).resolve()
        asked = [(here / argument.partition("::")[0]).resolve() for argument in self._config.args]
        only_looks = self._option.plan or self._option.collectonly
        return not only_looks and all(path.is_relative_to(suite) for path in asked)
