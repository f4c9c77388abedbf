"""Sends the plan and lets the checks judge it: the one place where traffic and judgement meet.

Traffic is cut into groups. A group is sent at most once a run, by whoever needs it first; broken promises
go into the ledger and never stop it. A promise that takes several answers to judge is only called broken
if it is still broken when looked at again, with fresh answers: accounts move.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from contracts import parameters, plan
from contracts.checks import observe
from contracts.checks.filters import all_matching_items_come
from contracts.checks.pagination import (
    no_item_comes_twice,
    nothing_comes_past_the_end,
    order_does_not_depend_on_size,
    pages_hold_the_whole_list,
)
from contracts.checks.parameters import default_is_applied
from contracts.checks.walks import Walk
from contracts.clauses import Clause, Family
from contracts.client import Client
from contracts.contract import Contract, Reading
from contracts.errors import BudgetExhausted, CredentialsRefused
from contracts.exchange import Account, Exchange, Identity
from contracts.ledger import Finding, Ledger, Observation
from contracts.plan import Pairs, Probe
from contracts.targets import Target
from contracts.walker import Walker

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Subject = Walk | Reading
Judge = Callable[..., Iterable[Observation]]

PLAN, SMALLEST, GENERATED = "1-plan", "2-smallest", "3-generated"
"""Where an exchange comes from. They sort by how well they serve as an example."""
MAX_LOOKS = 3
WALK_SHARE = 8
"""One walk may spend at most this fraction of the run's requests."""
_PAGES_OF_A_SHORT_LIST = 2
_PAGES_AT_LEAST = 3
MAX_WITNESSES = 200
"""So many exchanges that broke something are kept whole, to be shown."""


class Traffic:
    """The traffic of one run. `groups` names what it is made of, in order of worth."""

    def __init__(self, contract: Contract, target: Target, client: Client, ledger: Ledger) -> None:
        self.contract = contract
        self.target = target
        self.client = client
        self.ledger = ledger
        self.cut_short: dict[str, str] = {}
        self.witnesses: dict[tuple[str, int], Exchange] = {}
        self.groups: dict[str, Callable[[], None]] = {
            "access": self._access,
            "boundaries": self._boundaries,
            "credentials": self._credentials,
            "invalid": self._invalid,
            "strangers": self._strangers,
            "filters": self._filters,
            "walks": self._walks,
            "generated-allowed": self._generated_allowed,
            "generated-forbidden": self._generated_forbidden,
        }
        self._sent: set[str] = set()
        self._digest = hashlib.sha256()
        self._accepted: list[Identity] = []
        self.walker = Walker(contract, self.ask, max(target.max_requests // WALK_SHARE, 2))

    def send(self, group: str) -> None:
        """Send a group, once; what the budget does not allow is noted in `cut_short`.

        Raises:
            TargetUnreachable: no answer came.
            CredentialsRefused: the target does not accept the credentials that it should.
        """
        if group in self._sent:
            return
        if group != "access":
            self.send("access")
        self._sent.add(group)
        try:
            self.groups[group]()
        except BudgetExhausted as error:
            self.cut_short[group] = error.problem

    def has_sent(self, group: str) -> bool:
        """Say whether a group was sent in full."""
        return group in self._sent and group not in self.cut_short

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of all requests in their order: equal for runs that send the same."""
        return self._digest.hexdigest()

    def exchange(self, probe: Probe, origin: str = PLAN) -> Reading:
        """Send one probe and judge the answer by itself."""
        return self._judge(self._send(probe, origin))

    def _send(self, probe: Probe, origin: str) -> Reading:
        exchange = self.client.send(probe, origin)
        self._digest.update(f"{exchange.request.identity} {exchange.request.line}\n".encode())
        self.ledger.record(exchange)
        return self.contract.read(exchange)

    def _judge(self, reading: Reading) -> Reading:
        self._note(list(observe(reading, self.contract)), reading.exchange)
        return reading

    def _note(self, observations: list[Observation], exchange: Exchange) -> None:
        observations = [self._scrubbed(seen) if seen.findings else seen for seen in observations]
        self.ledger.add(observations, exchange)
        for seen in observations:
            if (seen.broken or seen.unstable) and len(self.witnesses) < MAX_WITNESSES:
                witness = seen.shown_by or exchange
                self.witnesses[witness.origin, witness.offset] = witness

    def _scrubbed(self, seen: Observation) -> Observation:
        scrub = self.client.scrub
        findings = tuple(
            Finding(scrub(one.pointer), scrub(one.expected), scrub(one.actual)) for one in seen.findings
        )
        return replace(seen, findings=findings)

    @property
    def identities(self) -> list[Identity]:
        """The ways to be recognised that we have credentials for, in the order of the fragment."""
        names = self.target.secrets.schemes.keys()
        return [Identity(schemes) for schemes in self.contract.fragment.security if names >= set(schemes)]

    @property
    def identity(self) -> Identity:
        """The credentials that most requests are sent with: the first that the target accepts."""
        return next(iter(self._accepted or self.identities), Identity(()))

    def ask(self, query: Pairs = ()) -> Reading:
        """Send a request of our own with good credentials."""
        return self.exchange(Probe(self.identity, query))

    def _access(self) -> None:
        readings = {identity: self._send(Probe(identity), PLAN) for identity in self.identities}
        if readings and all(reading.is_refusal for reading in readings.values()):
            # Not judged: where nothing is accepted, it is not the contract that is at fault.
            told = " and ".join(f"{identity}: {one.exchange.status}" for identity, one in readings.items())
            permissions = " or ".join(self.contract.fragment.permissions)
            problem = f"the target refuses the credentials ({told})"
            advice = f"check them, the account and the base URL; the permission needed is {permissions}"
            raise CredentialsRefused(problem, advice)
        self._accepted = [identity for identity, reading in readings.items() if reading.is_success]
        for reading in readings.values():
            self._judge(reading)

    def _filters(self) -> None:
        size = next(iter(plan.walk_sizes(self.contract.fragment)), None)
        if size is None:
            return
        everything = self.walker.walk((), size)
        self._settle(no_item_comes_twice, everything)
        for filters in plan.filter_combinations(self.contract.fragment)[1:]:
            walk = self.walker.walk(filters, size)
            self._settle(no_item_comes_twice, walk)
            self._settle(all_matching_items_come, everything, walk)
            if len(filters) == 1 and len(walk.pages) == _PAGES_OF_A_SHORT_LIST:
                self._filter_over_pages(everything, walk)

    def _filter_over_pages(self, everything: Walk, whole: Walk) -> None:
        """Read a filtered list that fits one page once more, over three: filters may end with the first."""
        count = len(whole.identities(self.contract))
        if whole.is_complete and count >= _PAGES_AT_LEAST:
            parts = self.walker.walk(whole.filters, -(-count // _PAGES_AT_LEAST))
            self._settle(no_item_comes_twice, parts)
            self._settle(all_matching_items_come, everything, parts)
            self._settle(pages_hold_the_whole_list, whole, parts)
            self._settle(order_does_not_depend_on_size, whole, parts)

    def _boundaries(self) -> None:
        for query in plan.boundary_queries(self.contract.fragment):
            self.ask(query)
        if not self.contract.fragment.pagination or not self._has_more_than_a_page():
            return
        for parameter in self.contract.fragment.query:
            if "default" in parameter.node.keywords:
                explicit = ((parameter.name, str(parameters.default(parameter))),)
                self._settle(partial(default_is_applied, parameter=parameter), self.ask(explicit), self.ask())

    def _has_more_than_a_page(self) -> bool:
        """Say whether there are more items than a page of the default size holds."""
        pagination = self.contract.fragment.pagination
        assert pagination
        size = self.contract.fragment.parameter(pagination.per_page)
        largest = self.walker.page((), int(parameters.boundaries(size)[-1]), 1)
        return len(self.contract.items(largest)) > (parameters.default(size) or 1)

    def _walks(self) -> None:
        sizes = plan.walk_sizes(self.contract.fragment)
        if not sizes:
            return
        largest = self.walker.walk((), sizes[0])
        self._settle(no_item_comes_twice, largest)
        count = len(largest.identities(self.contract))
        for size in sizes[1:]:
            fits = largest.is_complete and count // size + 2 <= self.walker.limit
            other = self.walker.walk((), size) if fits else self.walker.sample((), size)
            self._settle(no_item_comes_twice, other)
            self._settle(pages_hold_the_whole_list, largest, other)
            self._settle(order_does_not_depend_on_size, largest, other)
        if largest.is_complete:
            self._settle(
                nothing_comes_past_the_end, self.walker.page((), sizes[0], 2 * len(largest.pages) + 1)
            )
        else:
            self._settle(no_item_comes_twice, self.walker.sample((), sizes[0]))

    def _settle(self, judge: Judge, *subjects: Subject) -> None:
        """Judge several answers together; what is broken is looked at again with fresh answers.

        It is broken if it still is, and both looks saw the same items: else the account moved, and what was
        seen is unstable.
        """
        first = list(self.contract.promised(judge(*subjects, contract=self.contract)))
        exchange = _last_exchange(subjects[-1])
        if any(seen.broken for seen in first):
            confirmed: set[str] = set()
            try:
                confirmed = self._look_again(judge, subjects)
            finally:
                # Noted even if the budget ends while looking again: what was broken once is never dropped.
                first = [seen if seen.clause in confirmed else _unstable(seen) for seen in first]
                self._note(first, exchange)
            return
        self._note(first, exchange)

    def _look_again(self, judge: Judge, subjects: tuple[Subject, ...]) -> set[str]:
        """Name the clauses that are broken in two looks in a row at lists that did not move."""
        for _ in range(MAX_LOOKS):
            fresh = tuple(self._again(subject) for subject in subjects)
            still = {seen.clause for seen in judge(*fresh, contract=self.contract) if seen.broken}
            if not still or list(map(self._identities, fresh)) == list(map(self._identities, subjects)):
                return still
            subjects = fresh
        return set()

    def _identities(self, subject: Subject) -> list[Any]:
        if isinstance(subject, Walk):
            return subject.identities(self.contract)
        return self.contract.identities(subject)

    def _again(self, subject: Subject) -> Subject:
        if isinstance(subject, Walk):
            return self.walker.again(subject)
        return self.ask(subject.exchange.request.query)

    def _invalid(self) -> None:
        for query in plan.invalid_queries(self.contract.fragment):
            self.ask(query)
        if self.contract.fragment.tenant:
            self.exchange(Probe(self.identity, account=Account.OVERLONG))

    def _credentials(self) -> None:
        available = set(self.target.secrets.schemes)
        for identity in plan.bad_identities(self.contract.fragment, available):
            self.exchange(Probe(identity))
        if self.target.secrets.unprivileged and self.contract.fragment.permissions:
            self.exchange(Probe(plan.unprivileged_identity(self.contract.fragment)))
        if self.target.secrets.other_account:
            for identity in self.identities:
                self.exchange(Probe(identity, account=Account.OTHER))

    def _strangers(self) -> None:
        if self.target.allows_unsafe_probes:
            for probe in plan.stranger_probes(self.contract.fragment, self.identity):
                self.exchange(probe)

    def _generated_allowed(self) -> None:
        from contracts.strategies import allowed_queries

        self._generate(allowed_queries(self.contract.fragment))

    def _generated_forbidden(self) -> None:
        from contracts.strategies import forbidden_queries

        if self.target.allows_unsafe_probes:
            self._generate(forbidden_queries(self.contract.fragment))

    def _generate(self, queries: "SearchStrategy[Pairs]") -> None:
        """Send generated queries; of one that breaks something new, record the smallest that does."""
        from contracts.strategies import smallest

        known = {clause for clause, tally in self.ledger.tallies.items() if tally.broken}

        def breaks(query: Pairs) -> bool:
            exchange = self.exchange(Probe(self.identity, query), GENERATED).exchange
            broken = {
                seen.clause for seen in observe(self.contract.read(exchange), self.contract) if seen.broken
            }
            return not broken <= known

        found = smallest(queries, breaks)
        if found is not None:
            self.exchange(Probe(self.identity, found), SMALLEST)


def groups_for(clause: Clause) -> list[str]:
    """Name the groups of traffic that can show a clause kept or broken."""
    if clause.family is Family.AUTHENTICATION:
        return ["access", "credentials", "strangers"]
    refusals = ["invalid", "credentials", "strangers"]
    lists = ["filters", "boundaries", "walks"]
    if clause.family is Family.PROTOCOL:
        return ["access", *lists, *refusals]
    return ["access", *(refusals if clause.family is Family.ERROR else lists)]


def _unstable(seen: Observation) -> Observation:
    return replace(seen, broken=0, unstable=seen.broken)


def _last_exchange(subject: Subject) -> Exchange:
    return subject.exchange if isinstance(subject, Reading) else subject.pages[-1].exchange
