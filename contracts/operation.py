"""What an operation of OpenAPI is made of, as far as this suite understands it. `fragment.py` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.location import Location
from contracts.schema import Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
AUTOMATIC_METHODS = ("get", "head", "options", "trace")
"""Methods that servers commonly answer by themselves (RFC 9110 section 9.3)."""
REFUSALS = (
    "no-credentials",
    "partial-credentials",
    "wrong-credentials",
    "empty-credentials",
    "unknown-route",
    "other-methods",
)
FILTER_PROMISES = ("only-matching", "all-matching")
PAGINATION_PROMISES = ("page-size", "no-repeats", "complete", "same-order", "past-the-end")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds, which the vendor allows a user."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """What a query parameter filters on: a member of each item, and what is promised of it, by source."""

    member: Location
    promises: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A parameter of the operation. `place` is `query` or `path`; `tenant` the source of the promise that
    nobody else's value is served, where it is made; `env` the environment variable with our own value."""

    name: str
    place: str
    is_required: bool
    description: str
    node: Node
    pointer: str
    filter: Filter | None
    tenant: str | None
    env: str | None

    @property
    def example(self) -> str:
        """A text that may stand for any: what the fragment gives as an example, or else the name."""
        keywords = self.node.keywords
        name = self.name[: keywords.get("maxLength")]
        return str(keywords.get("example") or next(iter(keywords.get("examples", ())), name))


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """A documented answer. `status` is a code or a range such as `4XX`; `body` is None where nothing is
    promised of it."""

    status: str
    description: str
    media_type: str
    source: str
    body: Node | None
    pointer: str
    content_pointer: str


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A credential: the header that carries it, the word before it, and where our own comes from."""

    name: str
    description: str
    header: str
    prefix: str
    env: str
    example: str


@dataclass(frozen=True, slots=True, eq=False)
class Pagination:
    """How the list is cut into pages: where the items are, the member that identifies one, the two
    parameters, and what is promised, by source."""

    items: Location
    identity: Location
    page: str
    per_page: str
    promises: Mapping[str, str]
