"""One run of the suite: a target judged against the contract, from the first request to the record."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.clauses import Clause, body_clause
from contracts.client import Client
from contracts.contract import Contract
from contracts.errors import UsageError
from contracts.exchange import Exchange
from contracts.ledger import Ledger, Tally, Verdict
from contracts.reports import compliance
from contracts.reports.transcript import transcript
from contracts.secrecy import refuse_short_secrets, silence_clients
from contracts.targets import Secrets, Target, emulator_target, live_target
from contracts.traffic import Traffic, groups_for


class Run:
    """What a run has sent and seen so far.

    `selected` are the clauses it judges. `finished` is when traffic was last brought in; `ended_early` says
    why it could not go on, if so.
    """

    def __init__(self, contract: Contract, target: Target, client: Client) -> None:
        self.contract = contract
        self.target = target
        self.ledger = Ledger()
        self.traffic = Traffic(contract, target, client, self.ledger)
        self.started = self.finished = datetime.now(UTC)
        self.selected: tuple[str, ...] = tuple(contract.clauses)
        self.ended_early = ""
        self._transcripts: dict[tuple[str, int], str] = {}

    def bring(self, groups: Iterable[str]) -> None:
        """Send the groups of traffic that were not sent yet.

        Raises:
            CouldNotTest: the target cannot be reached or refuses the credentials.
        """
        for group in groups:
            self.traffic.send(group)
        self.finished = datetime.now(UTC)

    def judge(self, clause: Clause) -> tuple[Verdict, Tally]:
        """Bring in the traffic that the clause needs, and say what the run shows of it."""
        self.bring(groups_for(clause))
        tally = self.ledger.tally(clause.id)
        return tally.verdict(clause), tally

    def unseen(self, clause: Clause) -> list[str]:
        """Bring in the traffic that the clause needs, and name its coverage points that were not seen."""
        self.bring(groups_for(clause))
        return self.ledger.tally(clause.id).unseen(clause)

    @property
    def is_broken(self) -> bool:
        """Whether one of the selected clauses is violated."""
        return any(self.ledger.tally(clause).broken for clause in self.selected)

    def too_little(self, min_verified: int) -> str:
        """Say why too little was seen to call the contract kept; empty where enough was.

        That is where no item came in any answer although clauses on items were selected, or where less than
        `min_verified` percent of the selected clauses could be verified.
        """
        if not self.selected:
            return "no clause was selected, so nothing was judged"
        pagination = self.contract.fragment.pagination
        if pagination:
            of_items = body_clause(self.contract.fragment.success.status, pagination.items, "")
            is_about_items = any(clause.startswith(of_items.rstrip(":")) for clause in self.selected)
            if is_about_items and not self.ledger.tally(f"{of_items}type").checked:
                return "no answer held an item, so nothing can be said of items"
        selected = [self.contract.clauses[clause] for clause in self.selected]
        verdicts = [self.ledger.tally(clause.id).verdict(clause) for clause in selected]
        verified = verdicts.count(Verdict.VERIFIED)
        if verified * 100 < min_verified * len(verdicts):
            return f"{verified} of {len(verdicts)} clauses were verified, less than {min_verified} percent"
        return ""

    def witnesses(self, clause: Clause) -> Iterator[tuple[str, str]]:
        """Yield (request line, transcript) of the exchanges that the clause's exemplars are from."""
        for exemplar in self.ledger.tally(clause.id).exemplars:
            exchange = self.traffic.witnesses.get((exemplar.origin, exemplar.offset))
            if exchange:
                yield exemplar.request, self._transcript(exchange)

    def _transcript(self, exchange: Exchange) -> str:
        """Give the transcript of an exchange, which may be the example of many clauses."""
        key = exchange.origin, exchange.offset
        if key not in self._transcripts:
            self._transcripts[key] = self.traffic.client.scrub(transcript(exchange, self.contract))
        return self._transcripts[key]

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
            account=self.contract.redactor.account(self.target.secrets.account),
        )
        return compliance.compliance(self.contract, self.ledger, facts)

    def write(self, folder: Path) -> Path:
        """Write `compliance.json` into a folder and give its path."""
        return compliance.write(self.report(), folder)


def write_unstarted(contract: Contract, kind: str, selected: tuple[str, ...], why: str, folder: Path) -> None:
    """Write the record of a run that could not begin, so that no earlier one is taken for it."""
    target = Target(kind, "", "", Secrets({}, ""), False, False, 0)
    now = datetime.now(UTC)
    facts = compliance.RunFacts(target, now, now, selected, {}, "", ended_early=why)
    compliance.write(compliance.compliance(contract, Ledger(), facts), folder)


@contextmanager
def open_run(
    contract: Contract, kind: str, fault: str | None = None, max_requests: int | None = None
) -> Iterator[Run]:
    """Reach the target and give a run against it, of at most `max_requests` requests.

    Raises:
        UsageError: the target cannot be reached with what the command line and the environment say.
    """
    silence_clients()
    if max_requests is not None and max_requests < 1:
        raise UsageError("a run needs at least one request", "raise --max-requests")
    if kind == "live" and fault:
        raise UsageError("--fault goes with the emulator only", "leave it out, or leave --target out")
    if kind == "live":
        reach: AbstractContextManager[Target] = nullcontext(live_target(contract.fragment))
    else:
        reach = emulator_target(contract.fragment, fault)
    with reach as reached:
        if kind == "live":
            refuse_short_secrets(reached.secrets, contract.fragment)
        target = replace(reached, max_requests=max_requests or reached.max_requests)
        with Client(target, contract.fragment) as client:
            yield Run(contract, target, client)
