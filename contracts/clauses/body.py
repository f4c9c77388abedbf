"""The clauses on what an answer is: its status, its encoding, and every keyword of its body."""

from collections.abc import Iterator

from contracts.clauses import wording
from contracts.clauses.ids import STATUS_CLAUSE, body_clause, protocol_clause
from contracts.clauses.model import ABSENT, Clause, Family, Maker
from contracts.location import show
from contracts.operation import Response
from contracts.schema import NULL, PROMISES, Node


class BodyClauses(Maker):
    """Derives the clauses of all responses."""

    def all(self) -> Iterator[Clause]:
        """Yield them in the order of the fragment."""
        yield from self._status()
        for response in self.fragment.responses.values():
            if response.body:
                yield from self._protocol(response)
                yield from self._body(response, response.body)

    def _status(self) -> Iterator[Clause]:
        statuses = wording.listed(tuple(self.fragment.responses))
        yield self.make(
            STATUS_CLAUSE,
            Family.PROTOCOL,
            self.fragment.source_of("responses"),
            f"{self.fragment.pointer}/responses",
            f"Every answer has one of the status codes {statuses}",
            "any answer",
        )

    def _protocol(self, response: Response) -> Iterator[Clause]:
        for keyword, sentence in wording.PROTOCOL.items():
            yield self.make(
                protocol_clause(response.status, keyword),
                Family.PROTOCOL,
                response.source,
                response.content_pointer,
                sentence.format(response.status, response.media_type),
                f"a {response.status} answer",
                description=response.description,
            )

    def _body(self, response: Response, body: Node) -> Iterator[Clause]:
        optional = {id(child) for node in body.walk() for child in _optional(node)}
        # That the discriminator is there and has a known value is what the union itself promises.
        selectors = {id(node.properties[node.selector]) for node in body.walk() if node.selector}
        for node in body.walk():
            for keyword in node.keywords:
                if keyword == "required":
                    yield from self._required(response, node)
                elif keyword in PROMISES and keyword != "default" and id(node) not in selectors:
                    yield self._schema(response, node, keyword, id(node) in optional)
            if node.branches:
                yield self._schema(response, node, "oneOf", False)

    def _schema(self, response: Response, node: Node, keyword: str, is_optional: bool) -> Clause:
        return self.make(
            body_clause(response.status, node.location, keyword),
            self._family(response, node, keyword),
            node.sources.get(keyword),
            node.origins[keyword],
            wording.schema_promise(show(node.location), keyword, node),
            wording.answer_with(response.status, show(node.location)),
            description=node.keywords.get("description", ""),
            points=_schema_points(node, keyword, is_optional),
            sunset=node.sunset,
        )

    def _required(self, response: Response, node: Node) -> Iterator[Clause]:
        for index, name in enumerate(node.keywords["required"]):
            member = node.properties[name]
            if name == node.selector:
                continue
            yield self.make(
                body_clause(response.status, member.location, "required"),
                self._family(response, member, "required"),
                node.sources.get("required"),
                f"{node.origins['required']}/{index}",
                wording.required_promise(show(member.location), member),
                wording.answer_with(response.status, show(node.location)),
                description=member.keywords.get("description", ""),
                sunset=member.sunset,
            )

    def _family(self, response: Response, node: Node, keyword: str) -> Family:
        if not response.status.startswith("2"):
            return Family.ERROR
        if node.keywords.get("deprecated"):
            return Family.DEPRECATION
        if keyword in ("enum", "format"):
            return Family(keyword)
        pagination = self.fragment.pagination
        is_item = pagination and node.location[: len(pagination.items)] == pagination.items
        return Family.SCHEMA if is_item else Family.ENVELOPE


def _optional(node: Node) -> list[Node]:
    required = node.keywords.get("required", ())
    return [child for name, child in node.properties.items() if name not in required]


def _schema_points(node: Node, keyword: str, is_optional: bool) -> tuple[str, ...]:
    if keyword == "enum":
        return tuple(wording.listed([value]) for value in node.keywords["enum"] if value is not None)
    if keyword == "oneOf":
        return tuple(node.branches)
    if keyword == "type" and (is_optional or NULL in node.types[:-1] + node.types[1:]):
        return ((ABSENT,) if is_optional else ()) + node.types
    return ()
