"""Sends the traffic of a run, part by part, and lets the checks judge it.

A part is sent at most once a run, by whoever needs it first; broken promises go into the ledger and never
stop it.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from time import monotonic

from contracts.checks import BESIDE_THE_SCHEMA, CHECKS, observe
from contracts.client import Client
from contracts.contract import Contract, Reading
from contracts.drawing import ALLOWED, FORBIDDEN, Drawing
from contracts.errors import BudgetExhausted, CredentialsRefused, TargetUnreachable, Throttled
from contracts.exchange import Account, Exchange, Identity
from contracts.ledger import Ledger, Observation
from contracts.lists import Lists
from contracts.plan import Pairs, Probe
from contracts.schedule import PURPOSES, identities, is_allowed, probes_of, schedule
from contracts.settling import Settler
from contracts.sound_bodies import SoundBodies
from contracts.targets import Target
from contracts.walker import Walker

PLAN, SMALLEST, GENERATED = "1-plan", "2-smallest", "3-generated"
"""Where an exchange comes from. They sort by how well they serve as an example."""
WALK_SHARE = 8
"""A walk to the end of a list may spend at most this fraction of the run's requests."""
MAX_WITNESS_BYTES = 64 * 2**20
"""Exchanges that broke something are kept whole, to be shown, while their bodies together are no larger."""
_GENERATED = {"generated-allowed": ALLOWED, "generated-forbidden": FORBIDDEN}
_SHUT_OUT = (401, 403)
_TRIES_WHEN_FAILING = 2


@dataclass(frozen=True, slots=True)
class Spent:
    """What a part of the traffic took, whether it came to its end, and which clauses were judged from it."""

    requests: int
    seconds: float
    is_whole: bool = True
    clauses: frozenset[str] = frozenset()


class Traffic:
    """The traffic of one run, of which only the `wanted` parts are planned for.

    `spent` tells what each part took, `cut_short` why one was not sent in full.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        client: Client,
        ledger: Ledger,
        wanted: Collection[str] = tuple(PURPOSES),
        drawing: Drawing | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.client = client
        self.ledger = ledger
        self.cut_short: dict[str, str] = {}
        self.spent: dict[str, Spent] = {}
        self.witnesses: dict[tuple[str, int], Exchange] = {}
        self.want(wanted)
        self.walker = Walker(contract, self.ask, max(target.max_requests // WALK_SHARE, 2))
        self._settler = Settler(contract, self.walker, self.ask, self._note)
        self._lists = Lists(contract, self.walker, self._settler)
        self._follow_ups: dict[str, Callable[[], None]] = {
            "boundaries": self._lists.compare_defaults,
            "filters": self._lists.compare_filters,
            "walks": self._lists.compare_sizes,
            **{name: partial(self._generate, kind) for name, kind in _GENERATED.items()},
        }
        self._drawing = drawing or Drawing(contract.fragment)
        self._sound = SoundBodies(contract)
        self._sent: set[str] = set()
        self._room_bytes = MAX_WITNESS_BYTES
        self._digest = hashlib.sha256()
        self._accepted: list[Identity] = []

    def want(self, wanted: Collection[str]) -> None:
        """Plan for these parts of the traffic, and no others."""
        self.parts = {part.name: part for part in schedule(self.contract.fragment, self.target, wanted)}

    def draw_ahead(self) -> None:
        """Let what the planned parts generate be drawn while others are sent."""
        self._drawing.begin(kind for name, kind in _GENERATED.items() if name in self.parts)

    def send(self, name: str) -> None:
        """Send a part, once; what the budget does not allow is noted in `cut_short`.

        Raises:
            TargetUnreachable: no answer came.
            Throttled: the target asks for more patience than a run has.
            CredentialsRefused: the target does not accept the credentials that it should.
            BudgetExhausted: the budget does not even suffice to see whether the credentials are accepted.
        """
        if name in self._sent:
            return
        if name != "access":
            self.send("access")
        self._sent.add(name)
        sent, started, is_whole, seen = self.client.sent, monotonic(), False, self.ledger.places()
        try:
            self._send_or_cut_short(name)
            is_whole = True
        finally:
            self._count_sound_bodies()
            now = self.ledger.places()
            judged = frozenset(clause for clause in now if now[clause] != seen.get(clause))
            self.spent[name] = Spent(self.client.sent - sent, monotonic() - started, is_whole, judged)

    def has_sent(self, name: str) -> bool:
        """Say whether a part was sent in full."""
        return name in self._sent and name not in self.cut_short

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of all requests in their order: equal for runs that send the same."""
        return self._digest.hexdigest()

    def exchange(self, probe: Probe, origin: str = PLAN) -> Reading:
        """Send one probe and judge the answer by itself.

        What is sound of its body is counted in the ledger when the part of the traffic ends.
        """
        reading = self._send(probe, origin)
        if self._is_shut_out(probe, reading):
            raise self._refused(probe.identity, reading)
        self._judge(reading)
        return reading

    @property
    def unsettled(self) -> set[str]:
        """The clauses that were broken once and could not be looked at again."""
        return self._settler.unsettled

    @property
    def identity(self) -> Identity:
        """The credentials that most requests are sent with: the first that the target accepts."""
        ours = identities(self.contract.fragment, self.target)
        return next(iter(self._accepted or ours), Identity(()))

    def ask(self, query: Pairs = ()) -> Reading:
        """Send a request of our own with good credentials."""
        return self.exchange(Probe(self.identity, query))

    def _allowance(self, name: str) -> int:
        """Give what a part may spend: all that is not set aside for those that still come.

        One that is known beforehand may take from the shares of those that are not: for what it has to look
        at, or to send, again.
        """
        waiting = [part for part in self.parts.values() if part.name not in self._sent]
        is_share = name in self.parts and not self.parts[name].probes
        set_aside = (part.at_most if is_share else len(part.probes) for part in waiting)
        return self.client.remaining - sum(set_aside)

    def _send_or_cut_short(self, name: str) -> None:
        if name == "access":
            self._access()
            return
        try:
            with self.client.allowance(self._allowance(name)):
                self._send_part(name)
        except BudgetExhausted as error:
            self.cut_short[name] = error.problem
        except Throttled as error:
            # Who is slow to answer bad credentials may well answer good ones.
            if name != "credentials":
                raise
            self.cut_short[name] = error.problem

    def _send_part(self, name: str) -> None:
        if not is_allowed(name, self.target):
            return
        for probe in probes_of(name, self.contract.fragment, self.target, self.identity):
            self.exchange(probe)
        if name in self._follow_ups:
            self._follow_ups[name]()

    def _send(self, probe: Probe, origin: str) -> Reading:
        try:
            exchange = self.client.send(probe, origin)
        except TargetUnreachable as error:
            exchange = self._failed(error)
        self._digest.update(f"{exchange.request.identity} {exchange.request.line}\n".encode())
        self.ledger.record(exchange)
        return self.contract.read(exchange)

    def _failed(self, error: TargetUnreachable) -> Exchange:
        """Give what stands for a request on which the server fails, if it answers others; else the run cannot
        go on."""
        if error.exchange is None or not self._accepted:
            raise error
        try:
            self.client.send(Probe(self._accepted[0]), PLAN)
        except TargetUnreachable:
            raise error from None
        # Now that it is known to fail, it is not asked so patiently any more.
        self.client.patience.max_tries = _TRIES_WHEN_FAILING
        return error.exchange

    def _is_shut_out(self, probe: Probe, reading: Reading) -> bool:
        """Say whether credentials that were accepted no longer are: a token may end while a run lasts."""
        is_doubtful = reading.exchange.status in _SHUT_OUT and not self.target.vouches_for_credentials
        is_ours = probe.identity in self._accepted and probe.account is Account.OWN
        if not (is_doubtful and is_ours and reading.exchange.request.is_documented):
            return False
        return self._send(Probe(probe.identity), PLAN).exchange.status in _SHUT_OUT

    def _judge(self, reading: Reading) -> list[Observation]:
        checks = BESIDE_THE_SCHEMA if self._sound.take(reading) else CHECKS
        observations = list(observe(reading, self.contract, checks))
        self._note(observations, reading.exchange)
        if self._sound.is_full:
            self._count_sound_bodies()
        return observations

    def _count_sound_bodies(self) -> None:
        for _, observations in self._sound.counted():
            self.ledger.count(observations)

    def _note(self, observations: list[Observation], exchange: Exchange) -> None:
        observations = [seen.scrubbed(self.client.scrub) if seen.findings else seen for seen in observations]
        self.ledger.add(observations, exchange)
        for seen in observations:
            if seen.broken or seen.unstable:
                self._keep(seen.shown_by or exchange)

    def _keep(self, witness: Exchange) -> None:
        key = witness.origin, witness.offset
        if key not in self.witnesses and len(witness.body) <= self._room_bytes:
            self._room_bytes -= len(witness.body)
            self.witnesses[key] = witness

    def _access(self) -> None:
        """See whether the credentials are accepted, before anything else.

        Where it is not known that they should be, a refusal is not laid to the contract.
        """
        readings = {}
        for probe in probes_of("access", self.contract.fragment, self.target, Identity(())):
            reading = readings[probe.identity] = self._send(probe, PLAN)
            if reading.is_refusal and not self.target.vouches_for_credentials:
                for before in list(readings.values())[:-1]:
                    self._judge(before)
                raise self._refused(probe.identity, reading)
            if reading.is_success:
                self._accepted.append(probe.identity)
        for reading in readings.values():
            self._judge(reading)

    def _refused(self, identity: Identity, reading: Reading) -> CredentialsRefused:
        variables = " and ".join(self.contract.fragment.schemes[name].env for name in identity.schemes)
        permissions = " or ".join(self.contract.fragment.permissions)
        problem = f"the target refuses {variables} ({identity}: {reading.exchange.status})"
        them = "it" if len(identity.schemes) == 1 else "them"
        advice = f"check {them}, the account and the base URL; the permission needed is {permissions}"
        return CredentialsRefused(problem, advice)

    def _generate(self, kind: str) -> None:
        """Send generated queries; of one that breaks something new, record the smallest that does."""
        known = {clause for clause, tally in self.ledger.tallies.items() if tally.broken}

        def breaks(query: Pairs) -> bool:
            seen = self._judge(self._send(Probe(self.identity, query), GENERATED))
            return not {one.clause for one in seen if one.broken} <= known

        found = self._drawing.smallest(kind, breaks)
        if found is not None:
            with self.client.allowance(1):
                self.exchange(Probe(self.identity, found), SMALLEST)
