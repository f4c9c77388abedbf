"""A contract: the fragment as it is to be judged on one day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts import strict_json
from contracts.clauses import Clause, derive
from contracts.exchange import Exchange
from contracts.fragment import THROTTLED, Fragment, naming
from contracts.ledger import Observation
from contracts.location import Location, owned_values, values
from contracts.operation import Response
from contracts.pseudonyms import key_from
from contracts.redaction import Redactor
from contracts.schema import RULES, Node
from contracts.strict_json import Flaw, FlawKind, Parsed
from contracts.validation import BodyValidator


@dataclass(frozen=True, slots=True)
class Reading:
    """An exchange as it was read: the documented answer that it is, if any, and its body, if one is
    promised and there can be one."""

    exchange: Exchange
    response: Response | None
    parsed: Parsed | None
    # Looked up once: a page is laid beside several others.
    _identified: list[tuple[Any, Any]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def is_success(self) -> bool:
        """Whether the answer gives what was asked for."""
        return 200 <= self.exchange.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the answer refuses the request, rather than asking to send it later."""
        status = self.exchange.status
        return 400 <= status < 500 and status != THROTTLED and self.response is not None

    @property
    def body(self) -> Any:
        """The value of the body, None where there is none."""
        return self.parsed.value if self.parsed else None


_CODED = Parsed(
    None, False, (Flaw(FlawKind.SYNTAX, "Content-Encoding names what the body is not, or nobody asked for"),)
)


class Contract:
    """The fragment, its clauses and its compiled validators as of a day.

    `redactor` decides what may be told of a body; the default shows nothing private, under a key of its own.

    Raises:
        FragmentError: the fragment cannot be used.
    """

    def __init__(self, fragment: Fragment, as_of: date, redactor: Redactor | None = None) -> None:
        self.fragment = fragment
        self.as_of = as_of
        self.redactor = redactor or Redactor(key_from({}))
        with naming(fragment.file):
            self.clauses: Mapping[str, Clause] = derive(fragment)
            self.validators = {
                response.status: BodyValidator(response, as_of, self.redactor)
                for response in fragment.responses.values()
                if response.body
            }

        self._points = {id_: frozenset(clause.points) for id_, clause in self.clauses.items()}
        self._ruled = {
            (response.status, keyword): [node for node in response.body.walk() if keyword in node.keywords]
            for response in fragment.responses.values()
            if response.body
            for keyword in RULES
        }

    def ruled(self, response: Response, keyword: str) -> list[Node]:
        """Give the nodes of a body that say something about others with this keyword (`x-counts`, …)."""
        return self._ruled.get((response.status, keyword), [])

    def read(self, exchange: Exchange) -> Reading:
        """Read an exchange, its body once."""
        response = self.fragment.response(exchange.status)
        has_body = response is not None and response.body is not None and exchange.request.method != "HEAD"
        if has_body and exchange.is_coded:
            return Reading(exchange, response, _CODED)
        return Reading(exchange, response, strict_json.parse(exchange.body) if has_body else None)

    def promised(self, observations: Iterable[Observation]) -> Iterator[Observation]:
        """Keep the observations of clauses that the fragment has, and of their points those that it names."""
        for seen in observations:
            clause = self.clauses.get(seen.clause)
            if clause and (not seen.points or seen.points.keys() <= self._points[clause.id]):
                yield seen
            elif clause:
                points = {point: seen.points[point] for point in clause.points if point in seen.points}
                yield replace(seen, points=points)

    def items(self, reading: Reading) -> list[Any]:
        """Give the items of the page that an answer holds, none where it holds no page."""
        pagination = self.fragment.pagination
        if not pagination or not reading.is_success:
            return []
        return values(reading.body, pagination.items)

    def has_list(self, reading: Reading) -> bool:
        """Say whether an answer holds a list, be it empty."""
        pagination = self.fragment.pagination
        if not pagination or not reading.is_success:
            return False
        return any(isinstance(value, list) for value in values(reading.body, pagination.items[:-1]))

    def identified(self, reading: Reading) -> list[tuple[Any, Any]]:
        """Give (item, identity) for each item of a page that has one, in the order of the page."""
        pagination = self.fragment.pagination
        assert pagination
        if not reading._identified:
            pairs = owned_values(self.items(reading), pagination.identity)
            reading._identified.extend(pair for pair in pairs if isinstance(pair[1], str | int))
        return reading._identified

    def identities(self, reading: Reading) -> list[Any]:
        """Give what identifies each item of a page, in its order; items without it are left out."""
        return [identity for _, identity in self.identified(reading)]

    def shown_identity(self, identity: Any) -> str:
        """Write what identifies an item."""
        pagination = self.fragment.pagination
        assert pagination
        return self.redactor.shown(identity, self.node((*pagination.items, *pagination.identity)))

    def node(self, at: Location) -> Node | None:
        """Give the node of a successful body at a place."""
        body = self.fragment.success.body
        return body.at(at) if body else None
