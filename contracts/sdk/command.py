"""`python -m contracts sdk`: the gate as a command."""

import argparse
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from contracts.baseline import NO_BASELINE, Baseline, load
from contracts.contract import Contract
from contracts.errors import ContractsError, CouldNotTest, UsageError
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT
from contracts.fragment import Fragment
from contracts.sdk import terminal
from contracts.sdk.gate import Gate
from contracts.sdk.record import FILE, RunFacts, is_key, record, stopping, write
from contracts.sdk.releases import ReleaseSpec, drivers, environments_folder, parse
from contracts.signals import ended_by_sigterm, hold

_INTERRUPTED = "interrupted; run again to judge the rest"
_FAILED = "the gate itself failed"


def run(arguments: argparse.Namespace, fragment: Fragment) -> int:
    """Judge the releases, print what was found, write the record, and give the exit status.

    Raises:
        UsageError: the command line is wrong, or there is no such release.
    """
    as_of = arguments.as_of or datetime.now(UTC).date()
    _made(arguments.reports)
    contract, started, baseline, ended_early = Contract(fragment, as_of), datetime.now(UTC), NO_BASELINE, ""
    gate = Gate(contract, environments_folder(), _tell)
    with ended_by_sigterm():
        try:
            specs, reference = _asked_for(arguments)
            baseline = _baseline(arguments.baseline, as_of)
            installed = gate.install([*specs, *([reference] if reference else [])])
            gate.judge(installed[: len(specs)], installed[-1] if reference else None)
        except KeyboardInterrupt:
            ended_early = _INTERRUPTED
        except CouldNotTest as error:
            ended_early = f"{error.problem}; {error.advice}"
        except Exception as error:
            # No earlier record may be taken for that of this run.
            why = str(error) if isinstance(error, ContractsError) else _FAILED
            facts = RunFacts(started, datetime.now(UTC), baseline, why)
            unwritten = _unwritten(record(contract, gate.judgements, facts), arguments.reports)
            if unwritten:
                _tell(unwritten)
            raise
        hold()
        facts = RunFacts(started, datetime.now(UTC), baseline, ended_early)
        return _ended(gate, contract, facts, arguments.reports)


def _asked_for(arguments: argparse.Namespace) -> tuple[list[ReleaseSpec], ReleaseSpec | None]:
    """Read which releases are to be judged, and which one they are to be compared with."""
    given = drivers(arguments.driver)
    specs = [parse(text, given) for text in dict.fromkeys(arguments.releases)]
    reference = parse(arguments.against, given) if arguments.against else None
    if reference in specs:
        raise UsageError(f"{reference} would be compared with itself", "name another one in --against")
    used = {spec.language for spec in (*specs, reference) if spec}
    for language in given.keys() - used:
        problem = f"no release is of {language}, whose driver is given"
        raise UsageError(problem, f"name one as {language}:NAME@VERSION, or leave out --driver")
    return specs, reference


def _baseline(path: Path | None, as_of: date) -> Baseline:
    """Read the waivers; each has to be named by the release and the finding that it is for."""
    baseline = load(path, None, as_of) if path else NO_BASELINE
    for name, waiver in baseline.waivers.items():
        if not is_key(name):
            place = f"{baseline.file}:{waiver.line}"
            problem = f"{place}: {name!r} names no finding of a release"
            raise UsageError(problem, "write it as LANGUAGE:PACKAGE ID, which `key` has in sdk.json")
    return baseline


def _ended(gate: Gate, contract: Contract, facts: RunFacts, folder: Path) -> int:
    report = record(contract, gate.judgements, facts)
    unwritten = _unwritten(report, folder)
    # What was found may hold text that a terminal has no letters for.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # Whoever stops reading does not change what was found.
    with suppress(BrokenPipeError):
        print(*terminal.summary(report, None if unwritten else folder / FILE), sep="\n", flush=True)
    return _status(gate, facts, unwritten)


def _made(folder: Path) -> None:
    """See that the folder can hold the record, before there is one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot hold the record ({error.strerror})", "name another") from None


def _unwritten(report: Mapping[str, Any], folder: Path) -> str:
    """Write the record; say why it could not be written, if so."""
    try:
        write(report, folder)
    except OSError as error:
        return f"the record could not be written to {folder} ({error.strerror}); make room, and run again"
    return ""


def _status(gate: Gate, facts: RunFacts, unwritten: str) -> int:
    reasons = [facts.ended_early, *(judgement.ended_early for judgement in gate.judgements)]
    first = next(filter(None, reasons), "")
    could_not = "; and ".join(filter(None, (first, unwritten)))
    if could_not:
        _tell(f"could not test: {could_not}")
    if stopping(gate.judgements, facts.baseline):
        return EXIT_BROKEN
    return EXIT_COULD_NOT_TEST if could_not else EXIT_KEPT


def _tell(sentence: str) -> None:
    print(f"contract: {sentence}", file=sys.stderr, flush=True)
