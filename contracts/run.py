"""One run of the suite: a target judged against the contract, from the first request to the record."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from contracts.baseline import NO_BASELINE, Baseline, load
from contracts.clauses import Clause
from contracts.client import Client, Sent
from contracts.contract import Contract
from contracts.drawing import Drawing
from contracts.errors import UsageError
from contracts.exit_status import EXIT_KEPT
from contracts.fragment import Fragment
from contracts.ledger import Ledger, Tally, Verdict
from contracts.patience import DEFAULT_TIMEOUT_S, MAX_WAIT_S, Patience
from contracts.reports import compliance, folder, history, planned, retelling
from contracts.reports.ci import ci_job
from contracts.reports.exchanges import exchange_id, recorded, transcript
from contracts.reports.har import WireLog, har
from contracts.reports.html import page
from contracts.reports.progress import Progress
from contracts.reports.recording import Recorder
from contracts.schedule import parts_for, schedule
from contracts.scrubber import Scrubber, scrubbed
from contracts.secrecy import refuse_short_secrets, secret_names
from contracts.sufficiency import too_little
from contracts.targets import Target, is_loopback, live_target
from contracts.traffic import Traffic


class Run:
    """What a run has sent and seen so far.

    `selected` are the clauses it judges. `finished` is when traffic was last brought in; `ended_early` says
    why it could not go on, if so; `exit_status` and `sentence` are what its session ends with; `before` are
    the runs of the history before it.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        client: Client,
        baseline: Baseline = NO_BASELINE,
        history: Path | None = None,
        before: Sequence[Mapping[str, Any]] = (),
        drawing: Drawing | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.baseline = baseline
        self.history = history
        self.before = before
        self.ledger = Ledger()
        self.traffic = Traffic(contract, target, client, self.ledger, drawing=drawing)
        self.wire_log = WireLog(contract, client.scrub)
        client.on_wire = self.wire_log.add
        self.started = self.finished = datetime.now(UTC)
        self.selected: tuple[str, ...] = tuple(contract.clauses)
        self.ended_early = ""
        self.exit_status = EXIT_KEPT
        self.sentence = ""

    def select(self, clauses: Iterable[str], parts: Iterable[str]) -> None:
        """Judge these clauses and no others, and plan for what they need and these parts of the traffic."""
        self.selected = tuple(clauses)
        self.traffic.want(_wanted(self.contract, self.selected, parts))
        self.traffic.draw_ahead()

    def bring(self, parts: Iterable[str]) -> None:
        """Send the parts of the traffic that were not sent yet.

        Raises:
            CouldNotTest: the target cannot be reached or refuses the credentials.
        """
        for part in parts:
            self.traffic.send(part)
        self.finished = datetime.now(UTC)

    def judge(self, clause: Clause) -> tuple[Verdict, Tally]:
        """Bring in the traffic that the clause needs, and say what the run shows of it."""
        self.bring(parts_for(clause))
        return self.verdict(clause.id), self.ledger.tally(clause.id)

    def verdict(self, clause_id: str) -> Verdict:
        """Say what the run has shown of a clause so far."""
        return self.baseline.verdict(self.contract.clauses[clause_id], self.ledger.tally(clause_id))

    def reason(self, clause: Clause, verdict: Verdict) -> str:
        """Say why a clause could not be called kept or broken; empty where it could."""
        tally, traffic = self.ledger.tally(clause.id), self.traffic
        return compliance.reason(clause, tally, verdict, traffic.cut_short, traffic.unsettled)

    def unseen(self, clause: Clause) -> list[str]:
        """Bring in the traffic that the clause needs, and name its coverage points that were not seen."""
        self.bring(parts_for(clause))
        return self.ledger.tally(clause.id).unseen(clause)

    @property
    def is_broken(self) -> bool:
        """Whether one of the selected clauses is violated without a waiver."""
        return any(self.verdict(clause) is Verdict.VIOLATED for clause in self.selected)

    @property
    def lacks_promised_data(self) -> bool:
        """Whether a clause was not seen, or not in every case, on a server that has data for all."""
        selected = [self.contract.clauses[clause] for clause in self.selected]
        return self.target.promises_complete_data and any(
            self.ledger.tally(clause.id).unseen(clause) or self.verdict(clause.id) is Verdict.UNOBSERVED
            for clause in selected
        )

    def too_little(self, min_verified: int) -> str:
        """Say why too little was seen to call the contract kept; empty where enough was.

        That is where no item came in any answer although clauses on items were selected, or where less than
        `min_verified` percent of the selected clauses could be verified, or where one was broken once and
        could not be looked at again.
        """
        verdicts = {clause: self.verdict(clause) for clause in self.selected}
        return too_little(self.contract, self.ledger, verdicts, self.traffic.unsettled, min_verified)

    def witnesses(self, clause: Clause) -> Iterator[tuple[str, str]]:
        """Yield (request line, transcript) of the exchanges that the clause's exemplars are from."""
        for record in self._recorded([clause.id]):
            yield record["request"]["line"], transcript(record)

    def _recorded(self, clauses: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the exchanges that the clauses' exemplars are from, each once."""
        pointers: dict[tuple[str, int], list[str]] = {}
        for exemplar in chain.from_iterable(self.ledger.tally(clause).exemplars for clause in clauses):
            pointers.setdefault((exemplar.origin, exemplar.offset), []).append(exemplar.pointer)
        for place, shown in pointers.items():
            exchange = self.traffic.witnesses.get(place)
            if exchange:
                yield scrubbed(recorded(exchange, self.contract, shown), self.traffic.client.scrub)

    def _bodies(self, report: Mapping[str, Any]) -> dict[int, bytes]:
        """Give what may be told of the whole bodies of the exchanges in a report, by their numbers."""
        wanted = {one["id"] for one in report["exchanges"]}
        witnesses = self.traffic.witnesses.items()
        shown = (exchange for place, exchange in witnesses if exchange_id(*place) in wanted)
        return retelling.bodies(shown, self.contract, self.traffic.client.scrub)

    def report(self) -> dict[str, Any]:
        """Give the run so far as `compliance.json` has it."""
        facts = compliance.RunFacts(
            target=self.target,
            started=self.started,
            finished=self.finished,
            selected=self.selected,
            cut_short=self.traffic.cut_short,
            requests_digest=self.traffic.digest,
            ended_early=self.ended_early,
            unsettled=frozenset(self.traffic.unsettled),
            sent=self.traffic.client.sent,
            throttled=self.traffic.client.patience.throttled,
            waited_s=self.traffic.client.patience.waited_s,
            baseline=self.baseline,
            account=self.contract.redactor.account(self.target.secrets.account),
            exit_status=self.exit_status,
            sentence=self.sentence,
            parts=self.traffic.spent,
            exchanges=tuple(self._recorded(self.selected)),
            ci=ci_job(os.environ),
        )
        return compliance.compliance(self.contract, self.ledger, facts)

    def write(self, report: Mapping[str, Any], reports: Path) -> None:
        """Write all forms of the report into a folder.

        Raises:
            OSError: the folder cannot be written to.
        """
        further = {"exchanges.har": lambda: har(self.wire_log, report, self._bodies(report))}
        if self.before:
            further[folder.PAGE] = partial(page, report, self.before)
        folder.write_all(report, reports, further)

    def remember(self, report: Mapping[str, Any]) -> None:
        """Add the run to the history, if one is kept.

        Raises:
            OSError: the history cannot be written to.
        """
        if self.history:
            history.append(report, self.history)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What is asked of a run: the kind of target, the fault that the emulator commits or the variant that it
    is, how many requests are sent at most, among them those that only a server of one's own may be sent, how
    long an answer may take, the file of known violations, that of the runs before, that which all is added to
    that goes over the wire."""

    target: str
    fault: str | None = None
    max_requests: int | None = None
    unsafe_probes: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    baseline: Path | None = None
    history: Path | None = None
    variant: str | None = None
    record: Path | None = None


@contextmanager
def reach(fragment: Fragment, options: RunOptions) -> Iterator[Target]:
    """Reach the target, without sending anything.

    Raises:
        UsageError: it cannot be reached with what the options and the environment say.
    """
    if options.max_requests is not None and options.max_requests < 1:
        raise UsageError("a run needs at least one request", "raise --max-requests")
    if options.target == "live":
        for name in ("fault", "variant"):
            if getattr(options, name):
                problem = f"--{name} goes with the emulator only"
                raise UsageError(problem, "leave it out, or leave --target out")
        found = live_target(fragment, unsafe_probes=options.unsafe_probes)
        refuse_short_secrets(found.secrets, fragment)
        # The path of a gateway may name the account.
        shown_url = Scrubber(secret_names(found.secrets, fragment)).scrub(found.shown_url)
        reached: AbstractContextManager[Target] = nullcontext(replace(found, shown_url=shown_url))
    else:
        # Imported here, so that a run against another server does not pay for this one.
        from contracts.emulated import emulator_target

        reached = emulator_target(fragment, options.fault, options.variant)
    with reached as target:
        yield replace(target, max_requests=options.max_requests or target.max_requests)


@contextmanager
def open_run(contract: Contract, options: RunOptions, progress: Progress | None = None) -> Iterator[Run]:
    """Give a run against the target; `progress` is told how far it is.

    Raises:
        UsageError: the target cannot be reached with what the options and the environment say, or the
            baseline or the history is none, or the history cannot be added to.
    """
    path = options.baseline
    baseline = load(path, contract.clauses, contract.as_of) if path else NO_BASELINE
    baseline = baseline.scrubbed(contract.redactor.scrub)
    before: Sequence[Mapping[str, Any]] = ()
    if options.history:
        # What is no history, or cannot be added to, must not be found out when the run is over.
        before = history.read(options.history, progress.tell if progress else lambda _: None)
        history.check(options.history)
    with reach(contract.fragment, options) as target:
        patience = Patience(pace_s(contract.fragment, target), max_wait_s(contract.fragment))
        on_sent: Callable[[int], None] = lambda _: None  # noqa: E731
        if progress:
            progress.limit = target.max_requests
            patience.wait, on_sent = progress.wait, progress.sent
        with (
            Client(target, contract.fragment, patience, options.timeout_s, on_sent) as client,
            Drawing(contract.fragment) as drawing,
        ):
            run = Run(contract, target, client, baseline, options.history, before, drawing)
            with _recorded(client, contract, options.record):
                yield run


@contextmanager
def _recorded(client: Client, contract: Contract, path: Path | None) -> Iterator[None]:
    """Add what goes over the wire to a file, if one is named, and tell it as before.

    Raises:
        UsageError: the file cannot be written.
    """
    if path is None:
        yield
        return
    with Recorder(path, contract, client.scrub) as recorder:
        tell = client.on_wire

        def tell_both(sent: Sent) -> None:
            tell(sent)
            recorder.add(sent)

        client.on_wire = tell_both
        yield


def plan(contract: Contract, options: RunOptions, clauses: Iterable[str], parts: Iterable[str]) -> list[str]:
    """Say what a run that judges these clauses, and sends these parts of the traffic, would send.

    Raises:
        UsageError: the target cannot be reached with what the options and the environment say.
    """
    with reach(contract.fragment, options) as target:
        scheduled = schedule(contract.fragment, target, _wanted(contract, clauses, parts))
        return list(planned.told(scheduled, target, contract.fragment, pace_s(contract.fragment, target)))


def _wanted(contract: Contract, clauses: Iterable[str], parts: Iterable[str]) -> set[str]:
    return {*parts, *chain.from_iterable(parts_for(contract.clauses[clause]) for clause in clauses)}


def pace_s(fragment: Fragment, target: Target) -> float:
    """Give the least time between two requests: nobody's limit is on a server on this machine."""
    limit = None if is_loopback(target.base_url) else fragment.rate_limit
    return limit.seconds / limit.requests if limit else 0.0


def max_wait_s(fragment: Fragment) -> float:
    """Give the longest that one wait may be asked for: the time over which the vendor counts requests."""
    return fragment.rate_limit.seconds if fragment.rate_limit else MAX_WAIT_S
