"""What a run may send, decided before the first request: the parts of its traffic, in order of worth, and how
many requests each may take.

Some parts are known to the letter. The others follow from the answers, so that only a share of the budget
can be set aside for them; what one leaves over goes to the next.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contracts import plan
from contracts.clauses import Clause, Family
from contracts.exchange import Account, Identity
from contracts.fragment import Fragment
from contracts.plan import Probe

if TYPE_CHECKING:
    # Who only reads records does not pay for the client and the emulator.
    from contracts.targets import Target

PURPOSES: Final = {
    "access": "see whether the credentials are accepted, each way to send them",
    "boundaries": "ask for each parameter at its limits, and for the defaults",
    "credentials": "see that bad credentials, and other accounts, are refused",
    "invalid": "see that wrong parameters are refused",
    "strangers": "see that other methods, routes and invented accounts are refused",
    "filters": "read what each combination of the filters lets through",
    "walks": "read the list at several page sizes",
    "generated-allowed": "ask for whatever else the contract allows",
    "generated-forbidden": "ask for whatever else it forbids",
}
"""The parts of the traffic, in order of worth, and what each is for."""

_SHARES: Mapping[str, int] = {"filters": 5, "walks": 3, "generated-allowed": 2, "generated-forbidden": 1}
"""How what the other parts leave is shared among those that follow from the answers."""
_UNSAFE = ("strangers", "generated-forbidden")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the traffic: `probes` are sent whatever comes back, `follow_ups` more may be.

    `left_out` says what of it is not sent, and why.
    """

    name: str
    probes: tuple[Probe, ...]
    follow_ups: int
    left_out: str = ""

    @property
    def at_most(self) -> int:
        """The number of requests that are set aside for it."""
        return len(self.probes) + self.follow_ups


def schedule(fragment: Fragment, target: "Target", wanted: Collection[str]) -> list[Part]:
    """Give the wanted parts, as far as the budget of the target allows, in order of worth."""
    left = target.max_requests
    parts = []
    for name in (name for name in PURPOSES if name in wanted):
        part = _part(name, fragment, target)
        parts.append(_fitted(part, left) if part.at_most > left else part)
        left -= parts[-1].at_most
    return _shared(parts, left)


def is_allowed(name: str, target: "Target") -> bool:
    """Say whether a part may be sent to a target at all."""
    return name not in _UNSAFE or target.allows_unsafe_probes


def parts_for(clause: Clause) -> list[str]:
    """Name the parts of the traffic that can show a clause kept or broken."""
    if clause.family is Family.AUTHENTICATION:
        return ["access", "credentials", "strangers"]
    refusals = ["invalid", "credentials", "strangers"]
    lists = ["filters", "boundaries", "walks"]
    if clause.family is Family.PROTOCOL:
        return ["access", *lists, *refusals]
    return ["access", *(refusals if clause.family is Family.ERROR else lists)]


def identities(fragment: Fragment, target: "Target") -> list[Identity]:
    """Give the ways to be recognised that there are credentials for, in the order of the fragment."""
    names = target.secrets.schemes.keys()
    return [Identity(schemes) for schemes in fragment.security if names >= set(schemes)]


def probes_of(name: str, fragment: Fragment, target: "Target", identity: Identity) -> Iterable[Probe]:
    """Yield what is sent for a part whatever the answers are, with good credentials where it takes them."""
    if name == "access":
        for one in identities(fragment, target):
            yield Probe(one)
    elif name == "boundaries":
        for query in plan.boundary_queries(fragment):
            yield Probe(identity, query)
    elif name == "credentials":
        yield from _credentials(fragment, target)
    elif name == "invalid":
        for query in plan.invalid_queries(fragment):
            yield Probe(identity, query)
        if fragment.tenant:
            yield Probe(identity, account=Account.OVERLONG)
    elif name == "strangers":
        yield from plan.stranger_probes(fragment, identity)


def _credentials(fragment: Fragment, target: "Target") -> Iterable[Probe]:
    for identity in plan.bad_identities(fragment, set(target.secrets.schemes)):
        yield Probe(identity)
    if target.secrets.unprivileged and fragment.permissions:
        yield Probe(plan.unprivileged_identity(fragment))
    if target.secrets.other_account:
        for identity in identities(fragment, target):
            yield Probe(identity, account=Account.OTHER)


def _part(name: str, fragment: Fragment, target: "Target") -> Part:
    if not is_allowed(name, target):
        return Part(name, (), 0, "only a server of one's own may be sent these")
    identity = next(iter(identities(fragment, target)), Identity(()))
    probes = tuple(probes_of(name, fragment, target, identity))
    return Part(name, probes, plan.default_looks(fragment) if name == "boundaries" else 0)


def _fitted(part: Part, left: int) -> Part:
    told = f"{part.at_most - left} of its {part.at_most} requests do not fit the budget"
    return Part(part.name, part.probes[:left], max(left - len(part.probes), 0), told)


def _shared(parts: list[Part], left: int) -> list[Part]:
    shares = {part.name: _SHARES[part.name] for part in parts if part.name in _SHARES and not part.left_out}
    total = sum(shares.values())
    return [
        Part(part.name, (), left * shares[part.name] // total) if part.name in shares else part
        for part in parts
    ]
