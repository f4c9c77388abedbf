"""Asks every release every question, and gives what came of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contracts.contract import Contract
from contracts.errors import CouldNotTest
from contracts.sdk.bench import Bench
from contracts.sdk.clients import Answers, together
from contracts.sdk.declares import describe, judged, lacking
from contracts.sdk.driving import Driver, Introduction
from contracts.sdk.emulators import Emulators
from contracts.sdk.fails_well import fails_well
from contracts.sdk.findings import Check, Finding, Outcome, Question
from contracts.sdk.installing import install
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Recorder
from contracts.sdk.releases import InstalledRelease, ReleaseSpec
from contracts.sdk.sends import sends
from contracts.sdk.understands import understands
from contracts.sdk.walks import walks

Tell = Callable[[str], None]

ASKED: Mapping[Question, Callable[[Bench, Notes], None]] = {
    Question.SENDS: sends,
    Question.UNDERSTANDS: understands,
    Question.WALKS: walks,
    Question.FAILS_WELL: fails_well,
}
"""The questions that are asked by calling the SDK."""


@dataclass(slots=True)
class Judgement:
    """What came of a release. `is_reference` says that the others are compared with it, `ended_early` why not
    every question was asked."""

    release: InstalledRelease
    is_reference: bool = False
    introduction: Introduction | None = None
    method: str = ""
    checks: list[Check] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    ended_early: str = ""

    def add(self, answers: Answers) -> None:
        """Take in what came of a question."""
        self.checks += answers[0]
        self.findings += answers[1]


class Gate:
    """A run over some releases; `judgements` are there as far as it came, `tell` is told how far that is."""

    def __init__(self, contract: Contract, environments: Path, tell: Tell) -> None:
        self.judgements: list[Judgement] = []
        self._contract = contract
        self._environments = environments
        self._tell = tell

    def install(self, specs: Sequence[ReleaseSpec]) -> list[InstalledRelease]:
        """Give the releases installed.

        Raises:
            UsageError: there is no such release, or nothing to run it with.
            CouldNotTest: it could not be installed.
        """
        # In one order, whatever that of the command line: runs that keep what they took while they want what
        # the other one has would wait for ever.
        installed = {
            spec: install(spec, self._environments, self._tell)
            for spec in sorted(specs, key=lambda spec: spec.key)
        }
        return [installed[spec] for spec in specs]

    def judge(self, releases: Sequence[InstalledRelease], reference: InstalledRelease | None) -> None:
        """Ask every question of every release, and of the one to compare them with.

        A release that cannot be judged to the end does not keep the others from being judged.
        """
        with Recorder() as recorder, Emulators(self._contract.fragment) as emulators:
            for release in [*releases, *([reference] if reference else [])]:
                judgement = Judgement(release, is_reference=release is reference)
                self.judgements.append(judgement)
                try:
                    with _timed(judgement):
                        self._ask(judgement, recorder, emulators)
                except CouldNotTest as error:
                    judgement.ended_early = f"{error.problem}; {error.advice}"

    def _ask(self, judgement: Judgement, recorder: Recorder, emulators: Emulators) -> None:
        with Driver(judgement.release) as driver:
            bench = Bench(self._contract, driver, recorder, emulators)
            judgement.introduction, judgement.method = bench.introduction, bench.method
            if not bench.method:
                judgement.add(lacking(self._contract))
                judgement.add((_not_asked(), []))
                return
            self._tell(f"{judgement.release.name}: {Question.DECLARES.heading}")
            described = describe(judgement.release, self._contract.fragment)
            judgement.add(judged(described, self._contract))
            usual, *kinds = bench.introduction.clients
            benches = {usual: bench}
            for kind in kinds:
                benches[kind] = Bench(self._contract, driver, recorder, emulators, kind)
            for each in benches.values():
                each.described = described
            self._ask_each(judgement, benches)

    def _ask_each(self, judgement: Judgement, benches: dict[str, Bench]) -> None:
        """Ask every kind of client that has the operation; one that has not is a finding of its own."""
        usual = next(iter(benches))
        missing = {kind: lacking(self._contract) for kind, bench in benches.items() if not bench.method}
        judgement.add(together({usual: ([], []), **missing}))
        for question, ask in ASKED.items():
            self._tell(f"{judgement.release.name}: {question.heading}")
            notes: dict[str, Notes] = {}
            try:
                for kind, bench in benches.items():
                    if bench.method:
                        notes[kind] = Notes(question, bench)
                        ask(bench, notes[kind])
            finally:
                # What was seen counts also where the question is not asked to its end.
                judgement.add(together({kind: (one.checks, one.findings) for kind, one in notes.items()}))


def _not_asked() -> list[Check]:
    """Give a row for each question that cannot be asked where there is no method to call."""
    title, detail = "every call", "not asked: the operation is missing"
    return [
        Check(f"{question}:operation", question, title, Outcome.NOT_SUPPORTED, (), detail)
        for question in ASKED
    ]


@contextmanager
def _timed(judgement: Judgement) -> Iterator[None]:
    """Note how long a release took, and that it was not judged to the end where that is so."""
    begun = time.monotonic()
    judgement.ended_early = "interrupted"
    try:
        yield
        judgement.ended_early = ""
    finally:
        judgement.seconds = time.monotonic() - begun
