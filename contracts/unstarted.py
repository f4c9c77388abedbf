"""The record of a run that could not begin, so that no earlier one is taken for it."""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from contracts.contract import Contract
from contracts.errors import UsageError
from contracts.exit_status import EXIT_USAGE
from contracts.ledger import Ledger
from contracts.reports import compliance, folder, history
from contracts.reports.ci import ci_job
from contracts.reports.har import WireLog, har
from contracts.run import RunOptions
from contracts.targets import Secrets, Target


def write_unstarted(
    contract: Contract,
    options: RunOptions,
    selected: tuple[str, ...],
    why: str,
    reports: Path,
    status: int = EXIT_USAGE,
) -> str:
    """Write the record of a run that could not begin, and of a session that ends with `status`.

    It is added to the history, if one is kept. Give the sentence that says why, and where the record of the
    run before is kept.

    Raises:
        OSError: the folder cannot be written to.
    """
    nobody = Secrets({}, "")
    target = replace(
        Target(options.target, "", "", nobody, False, False, 0), fault=options.fault, variant=options.variant
    )
    now, said = datetime.now(UTC), contract.redactor.scrub(why)
    facts = compliance.RunFacts(
        target,
        now,
        now,
        selected,
        cut_short={},
        requests_digest="",
        ended_early=said,
        exit_status=status,
        sentence=said,
        ci=ci_job(os.environ),
    )
    report = compliance.compliance(contract, Ledger(), facts)
    nothing_sent = WireLog(contract, contract.redactor.scrub)
    folder.write_all(report, reports, {"exchanges.har": partial(har, nothing_sent, report, {})})
    # What is no history, or cannot be written, may be why the run could not begin, and stays as it is.
    with suppress(UsageError, OSError):
        if options.history:
            history.read(options.history)
            history.append(report, options.history)
    kept = folder.previous(reports)
    return f"{said}; what the run before found is kept: {kept}" if kept else said
