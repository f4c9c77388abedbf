"""How a session of the suite ends, and how a script can tell; nothing here knows pytest.

The statuses beside pytest's own 0 and 1 say that the contract was not judged, or not enough of it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from contracts.exit_status import (
    EXIT_BROKEN,
    EXIT_COULD_NOT_TEST,
    EXIT_CRASHED,
    EXIT_INTERRUPTED,
    EXIT_KEPT,
    EXIT_NOTHING,
    EXIT_TOO_LITTLE,
)
from contracts.reports import folder
from contracts.reports.compliance import INTERRUPTED, UNWRITTEN

if TYPE_CHECKING:
    from contracts.run import Run

Report = Mapping[str, Any]
Writing = Callable[[Report], None]
"""Writes something that is made of a report, or raises an OSError."""

FAILED = "the suite itself failed, see above"


class Ended(Protocol):
    """A run, or an audit, that has ended with a status and a sentence, and leaves a report and a history."""

    exit_status: int
    sentence: str

    def report(self) -> dict[str, Any]:
        """Give what was found, as `compliance.json` has it."""

    def write(self, report: Report, reports: Path) -> None:
        """Write all forms of the report into a folder, or raise an OSError."""

    def remember(self, report: Report) -> None:
        """Add to the history, if one is kept, or raise an OSError."""


def ending(run: "Run", status: int, min_verified: int) -> tuple[int, str]:
    """Give the exit status of a session that has a run, and the sentence that goes with it, if any.

    `status` is what pytest itself would exit with, `min_verified` the percentage of the clauses that have
    to be verified.
    """
    if status == EXIT_INTERRUPTED:
        run.ended_early = run.ended_early or f"{INTERRUPTED}; run again to judge the rest"
        status = EXIT_COULD_NOT_TEST
    if status == EXIT_CRASHED:
        run.ended_early = run.ended_early or FAILED
        status = EXIT_COULD_NOT_TEST
    if status == EXIT_COULD_NOT_TEST and run.is_broken:
        return EXIT_BROKEN, f"{run.ended_early}; what was seen until then breaks the contract"
    if status == EXIT_COULD_NOT_TEST:
        return status, run.ended_early
    if run.is_broken:
        return EXIT_BROKEN, ""
    if status == EXIT_BROKEN and not run.lacks_promised_data:
        return EXIT_COULD_NOT_TEST, f"{FAILED}; nothing that was seen is broken"
    too_little = run.too_little(min_verified) if status == EXIT_KEPT else ""
    return (EXIT_TOO_LITTLE, f"nothing is broken, but {too_little}") if too_little else (status, "")


def ending_unstarted(status: int, why: str, *, has_failed: bool) -> tuple[int, str]:
    """Give the same of a session whose run has not begun.

    `why` is what it was ended for, if that is known, `has_failed` says that something failed in it.
    """
    if why:
        return status, why
    if status == EXIT_NOTHING:
        return status, "no test was selected; correct what selects, as -k and -m do"
    if status == EXIT_INTERRUPTED and not has_failed:
        return EXIT_COULD_NOT_TEST, f"{INTERRUPTED}; run again"
    return EXIT_COULD_NOT_TEST, FAILED


def written(run: Ended, reports: Path, further: Sequence[Writing] = ()) -> tuple[Report, bool]:
    """Write the report of a run that has ended, `further` of what is made of it, and its line of the history;
    give the report, and whether it is there.

    What was found broken stays so where the disk has no room for it. What was kept is not, for nobody could
    look it up. All that can be written says what the run then ends with.
    """
    report = run.report()
    writings: list[Writing] = [partial(run.write, reports=reports), *further, run.remember]
    try:
        for write in writings:
            write(report)
    except OSError as error:
        run.exit_status, run.sentence = _unwritten(run, f"{error.filename or reports}: {error.strerror}")
    else:
        return report, True
    report = run.report()
    for write in writings:
        with suppress(OSError):
            write(report)
    return report, folder.holds(report, reports)


def _unwritten(run: Ended, why: str) -> tuple[int, str]:
    told = f"{UNWRITTEN} ({why}); make room, and run again"
    status = EXIT_BROKEN if run.exit_status == EXIT_BROKEN else EXIT_COULD_NOT_TEST
    return status, f"{run.sentence}; {told}" if run.sentence else told
