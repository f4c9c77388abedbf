"""`python -m contracts audit`: recorded traffic judged, from the paths to the record and the exit status."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from contracts.audit import cluster, telling
from contracts.audit.arguments import size_of
from contracts.audit.checkpoint import NAME, Checkpoint, begin, day_of, keyed, resume
from contracts.audit.generation import generate
from contracts.audit.inputs import Input, find
from contracts.audit.judging import Judge, Terms
from contracts.audit.naming import named
from contracts.audit.pieces import PIECE_BYTES, Piece, cut
from contracts.audit.progress import Progress
from contracts.audit.sums import Sum
from contracts.audit.workers import Judged, judged
from contracts.baseline import NO_BASELINE, Baseline, load
from contracts.contract import Contract
from contracts.errors import ContractsError, CouldNotTest, UsageError
from contracts.exit_status import (
    EXIT_BROKEN,
    EXIT_COULD_NOT_TEST,
    EXIT_KEPT,
    EXIT_TOO_LITTLE,
    EXIT_USAGE,
)
from contracts.fragment import Fragment
from contracts.ledger import Verdict, clip
from contracts.reports import compliance, folder, terminal
from contracts.reports.ci import ci_job
from contracts.run import RunOptions
from contracts.session import FAILED, written
from contracts.signals import ended_by_sigterm, hold
from contracts.sufficiency import too_little
from contracts.targets import Secrets, Target
from contracts.unstarted import write_unstarted
from contracts.words import counted

_NOTHING_JUDGED = CouldNotTest("interrupted before anything was judged", "run again")


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What is asked of an audit. `as_of` is None for the day of each exchange, and today where that is not
    known; where one is resumed, for the day or the days as of which it judged."""

    paths: Sequence[str]
    as_of: date | None
    reports: Path
    baseline: Path | None = None
    min_verified: int = 0
    shows_values: bool = False
    processes: int = 1
    resumes: bool = False
    piece_bytes: int = PIECE_BYTES
    cluster: str = ""


def main(arguments: argparse.Namespace, fragment: Fragment) -> int:
    """Audit what the command line names, print what was found, and give the exit status.

    Raises:
        UsageError: it asks for something that cannot be done.
    """
    if arguments.generate:
        size, file = arguments.generate
        if arguments.paths:
            raise UsageError("--generate judges nothing", "leave the recordings out, or it")
        return generate(fragment, arguments.as_of or _today(), size_of(size), Path(file))
    options = AuditOptions(
        paths=arguments.paths,
        as_of=arguments.as_of,
        reports=arguments.reports,
        baseline=arguments.baseline,
        min_verified=arguments.min_verified,
        shows_values=arguments.show_values,
        processes=arguments.processes,
        resumes=arguments.resume,
        cluster=arguments.cluster or "",
    )
    try:
        return audit(fragment, options)
    except KeyboardInterrupt:
        print(f"contract: {_NOTHING_JUDGED}", file=sys.stderr)
        return EXIT_COULD_NOT_TEST


def audit(fragment: Fragment, options: AuditOptions) -> int:
    """Audit recordings, write and print what was found, and give the exit status.

    Raises:
        UsageError: the options ask for something that cannot be done.
    """
    with ended_by_sigterm(), ExitStack() as stack:
        try:
            under_way = _begun(fragment, options, stack)
            under_way.judge()
        except (Exception, KeyboardInterrupt) as error:
            _leave_unstarted(fragment, options, error)
            raise
        hold()
        return under_way.end()


def _begun(fragment: Fragment, options: AuditOptions, stack: ExitStack) -> "_Audit":
    """Give an audit that has everything it needs, until the stack is left."""
    if not options.paths:
        raise UsageError(
            "an audit needs recordings", "name files, folders, patterns, or - for standard input"
        )
    inputs = find(options.paths)
    if options.resumes and any(one.is_read_once for one in inputs):
        raise UsageError("what is no file cannot be read again", "leave --resume out, or name files")
    try:
        options.reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"{options.reports} cannot hold the record ({error.strerror})"
        raise UsageError(problem, "name another folder with --reports") from None
    path = options.reports / NAME
    as_of, by_day = options.as_of or _today(), options.as_of is None
    if by_day and options.resumes:
        as_of, by_day = day_of(path)
    terms = Terms(fragment, as_of, options.shows_values, by_day)
    key = stack.enter_context(keyed(path, resumes=options.resumes))
    contract = Judge(terms).contract
    inputs = named(inputs, contract)
    baseline = NO_BASELINE
    if options.baseline:
        baseline = load(options.baseline, contract.clauses, as_of).scrubbed(contract.redactor.scrub)
    checkpoint = begin(path, key, inputs, terms, options.piece_bytes)
    checkpoint = resume(checkpoint) if options.resumes else checkpoint
    return _Audit(options, inputs, terms, contract, baseline, checkpoint)


def _leave_unstarted(fragment: Fragment, options: AuditOptions, error: BaseException) -> None:
    """Leave a record of an audit that found nothing, so that no earlier one is taken for it."""
    hold()
    why, status = FAILED, EXIT_COULD_NOT_TEST
    if isinstance(error, ContractsError):
        why, status = str(error), EXIT_USAGE
    elif isinstance(error, KeyboardInterrupt):
        why = str(_NOTHING_JUDGED)
    contract = Contract(fragment, options.as_of or _today())
    with suppress(OSError):
        told = write_unstarted(
            contract, RunOptions("recording"), tuple(contract.clauses), why, options.reports, status
        )
        if told != why:
            print(f"contract: {told}", file=sys.stderr)


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(slots=True)
class _Audit:
    options: AuditOptions
    inputs: list[Input]
    terms: Terms
    contract: Contract
    baseline: Baseline
    checkpoint: Checkpoint
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_early: str = ""
    exit_status: int = EXIT_KEPT
    sentence: str = ""

    def judge(self) -> None:
        """Judge all that is read, as far as that goes."""
        try:
            self._judge()
        except KeyboardInterrupt:
            hold()
            # What is on the disk is whole, what was being added up may not be.
            self.checkpoint = resume(self.checkpoint)
            advice = "--resume goes on from there" if self._can_go_on else "run again"
            self.ended_early = f"{compliance.INTERRUPTED}; {advice}"
        except CouldNotTest as error:
            self.ended_early = str(error)

    def end(self) -> int:
        """Write and print what was found, and give the exit status."""
        self.exit_status, self.sentence = found = self._ending()
        report, is_there = written(self, self.options.reports)
        # Whoever makes room for the rest can have it without judging all anew.
        is_done = not self.ended_early or not self._can_go_on
        if is_done and found == (self.exit_status, self.sentence):
            self.checkpoint.path.unlink(missing_ok=True)
        record = self.options.reports / folder.RECORD if is_there else None
        # The name of a recording may be of what a terminal has no letters for.
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        # Whoever stops reading does not change what was found.
        with suppress(BrokenPipeError):
            print(*telling.told(report), *terminal.summary(report, record), sep="\n", flush=True)
        if self.sentence:
            print(f"contract: {self.sentence}", file=sys.stderr)
        return self.exit_status

    def report(self) -> dict[str, Any]:
        facts = compliance.RunFacts(
            target=Target("recording", "", self._named(), Secrets({}, ""), False, False, 0),
            started=self.started,
            finished=datetime.now(UTC),
            selected=tuple(self.contract.clauses),
            cut_short={},
            requests_digest="",
            ended_early=self.ended_early,
            baseline=self.baseline,
            exit_status=self.exit_status,
            sentence=self.sentence,
            exchanges=tuple(record for _, record in sorted(self._seen.evidence.items())),
            ci=ci_job(os.environ),
            beyond=telling.beyond(self.contract),
        )
        return telling.report(self.contract, self._seen, facts, len(self.inputs), by_day=self.terms.by_day)

    def write(self, report: Mapping[str, Any], reports: Path) -> None:
        folder.write_all(report, reports)

    def remember(self, report: Mapping[str, Any]) -> None:
        """Keep no history: what was recorded is no run."""

    @property
    def _seen(self) -> Sum:
        return self.checkpoint.sum

    def _named(self) -> str:
        return clip(" ".join(one.origin for one in self.inputs))

    @property
    def _can_go_on(self) -> bool:
        """Whether all that is read can be read again."""
        return not any(one.is_read_once for one in self.inputs)

    def _judge(self) -> None:
        progress = Progress(
            lambda text: print(text, end="", file=sys.stderr, flush=True),
            sys.stderr.isatty(),
            sum(one.size_bytes for one in self.inputs) if self._can_go_on else 0,
        )
        progress.begin()
        self._save()
        # Closed first of all, so that no worker outlives an interruption.
        with closing(self._results(self._pieces(progress))) as results:  # type: ignore[type-var]
            try:
                for piece, seen in results:
                    self._seen.add(seen)
                    self.checkpoint.done.add(piece.name)
                    self._save()
                    progress.add(piece.read_bytes)
            finally:
                progress.close()

    def _save(self) -> None:
        try:
            self.checkpoint.save()
        except OSError as error:
            problem = f"{self.checkpoint.path} cannot be written ({error.strerror})"
            advice = "make room, then --resume" if self._can_go_on else "make room, and run again"
            raise CouldNotTest(problem, advice) from None

    def _results(self, pieces: Iterator[Piece]) -> Iterator[Judged]:
        if self.options.cluster:
            return cluster.judged(self.terms, pieces, self.options.cluster)
        return judged(self.terms, pieces, self.options.processes)

    def _pieces(self, progress: Progress) -> Iterator[Piece]:
        for one in self.inputs:
            for piece in cut(one, self.options.piece_bytes):
                if piece.name in self.checkpoint.done:
                    progress.skip(piece.read_bytes)
                else:
                    yield piece

    def _ending(self) -> tuple[int, str]:
        """Give the exit status, and the sentence that goes with it."""
        ended_early = self.ended_early
        clauses, ledger = self.contract.clauses, self._seen.ledger
        verdicts = {id_: self.baseline.verdict(one, ledger.tally(id_)) for id_, one in clauses.items()}
        if Verdict.VIOLATED in verdicts.values():
            told = f"{ended_early}; what was seen until then breaks the contract" if ended_early else ""
            return EXIT_BROKEN, told
        if ended_early:
            return EXIT_COULD_NOT_TEST, ended_early
        why = telling.nothing_of_it(self.contract, self._seen) or too_little(
            self.contract, ledger, verdicts, (), self.options.min_verified
        )
        if not why and self._seen.unreadable:
            why = f"{counted(self._seen.unreadable, 'record')} could not be read"
        return (EXIT_TOO_LITTLE, f"nothing is broken, but {why}") if why else (EXIT_KEPT, "")
