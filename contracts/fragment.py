"""Loads, checks and indexes the fragment: the OpenAPI document that is the single source of truth.

What is not understood is refused here with file, line and advice. What follows from the document is
told elsewhere: schemas in `schema.py`, promises in `clauses/`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contracts import location
from contracts.errors import FragmentError
from contracts.expansion import expand, look_up
from contracts.links import check_links
from contracts.location import Location
from contracts.operation import (
    AUTOMATIC_METHODS,
    FILTER_PROMISES,
    METHODS,
    PAGINATION_PROMISES,
    REFUSALS,
    Filter,
    Pagination,
    Parameter,
    RateLimit,
    Response,
    SecurityScheme,
)
from contracts.schema import SOURCES
from contracts.yaml_source import YamlSource, escape

THROTTLED = 429
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+*_-]+/[a-z0-9.+*_-]+")


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Let what goes wrong with a fragment in the block name its file, also where nobody has thought of it.

    Raises:
        FragmentError: something did.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        problem = f"it cannot be used as it is ({type(error).__name__}: {error})"
        advice = "look at what was changed last; what a fragment may hold stands in spec/README.md"
        raise FragmentError(file, 0, problem, advice) from error


class Fragment:
    """One operation, read from one OpenAPI 3.1 document.

    `read_from` is its file, `digest` the SHA-256 of that in hexadecimal. `rate_limit` is that of the vendor's
    server, None where none is stated.

    Raises:
        FragmentError: the document cannot be used.
    """

    def __init__(self, path: Path, file: str | None = None) -> None:
        self.read_from = path
        self.file = file or path.name
        self.source = YamlSource(path, self.file)
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.document: dict[str, Any] = self.source.data
        with naming(self.file):
            self._load()

    def line(self, pointer: str) -> int:
        """Give the line of the fragment on which `pointer` stands."""
        return self.source.line(pointer)

    @property
    def title(self) -> str:
        """The name of the contract."""
        return str(self.document["info"]["title"])

    @property
    def version(self) -> str:
        """The version of the contract."""
        return str(self.document["info"]["version"])

    @property
    def documentation_url(self) -> str:
        """Where the operation is documented; empty where the fragment does not say."""
        return str(self._operation.get("externalDocs", {}).get("url", ""))

    def excerpt(self, line: int) -> str:
        """Give what stands on a line and below it, further to the right."""
        return self.source.excerpt(line)

    @property
    def operation_id(self) -> str:
        """The name of the operation for programs."""
        return str(self._operation["operationId"])

    @cached_property
    def server_url(self) -> str:
        """The base URL of the vendor's own server."""
        return str(self.document["servers"][0]["url"])

    @property
    def server_env(self) -> str:
        """The environment variable that names another server."""
        return str(self.document["servers"][0]["x-env"])

    @property
    def prefix(self) -> str:
        """The path of the server's URL, which stands before the path of the operation."""
        return urlsplit(self.server_url).path.rstrip("/")

    def parameter(self, name: str) -> Parameter:
        """Give the parameter of that name."""
        return next(parameter for parameter in self.parameters if parameter.name == name)

    @property
    def query(self) -> tuple[Parameter, ...]:
        """The query parameters, in the order of the fragment."""
        return tuple(parameter for parameter in self.parameters if parameter.place == "query")

    @property
    def path_examples(self) -> dict[str, str]:
        """An example of each parameter in the path."""
        return {one.name: one.example for one in self.parameters if one.place == "path"}

    @property
    def other_methods(self) -> tuple[str, ...]:
        """The methods that the path does not have: neither the operation's, nor those of operations that are
        not described here, nor those that servers commonly answer by themselves."""
        known = {*AUTOMATIC_METHODS, *self.undescribed, self.method.lower()}
        return tuple(method.upper() for method in METHODS if method not in known)

    @property
    def tenant(self) -> Parameter | None:
        """The path parameter whose value belongs to whoever holds the credentials."""
        return next((parameter for parameter in self.parameters if parameter.tenant), None)

    def response(self, status: int) -> Response | None:
        """Give the documented answer for a status code; a code of its own comes before a range."""
        found = self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")
        if found and status == THROTTLED and found.status != str(THROTTLED):
            # Throttling may be answered by an edge in front of the server, with whatever body.
            return replace(found, body=None)
        return found

    @property
    def success(self) -> Response:
        """The answer that gives what was asked for."""
        return next(response for status, response in self.responses.items() if status.startswith("2"))

    @property
    def sunsets(self) -> list[date]:
        """The ends of life of members of answers, each once, in their order."""
        nodes = (node for one in self.responses.values() if one.body for node in one.body.walk())
        return sorted({node.sunset for node in nodes if node.sunset})

    def source_of(self, keyword: str) -> str:
        """Name what the promises under a keyword of the operation rest on.

        Raises:
            FragmentError: the operation's `x-source` does not name the keyword.
        """
        sources: Mapping[str, str] = self._operation.get("x-source", {})
        if sources.get(keyword) not in SOURCES:
            problem = f"x-source does not say what {keyword} rests on"
            raise self.source.refuse(self.pointer, problem, f"name one of {SOURCES}")
        return sources[keyword]

    def _load(self) -> None:
        self._members("", required=("openapi", "info", "servers", "paths"), optional=("tags", "components"))
        self._members("/info", required=("title", "version"), optional=("description",))
        self._only_item("/servers")
        self._members("/servers/0", required=("url", "x-env"), optional=("description", "x-rate-limit"))
        self.rate_limit = self._rate_limit("/servers/0/x-rate-limit")
        self._load_components()
        path, path_pointer = self._only("/paths", None)
        method, self.pointer = self._only(path_pointer, METHODS)
        self.path, self.method = path, method.upper()
        self._load_operation(path_pointer)

    def _rate_limit(self, pointer: str) -> RateLimit | None:
        found = self._members(pointer, (), ("requests", "seconds"), or_absent=True)
        if not found:
            return None
        for name in ("requests", "seconds"):
            value = found.get(name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise self.source.refuse(pointer, f"{name} is no number above zero", "write both as integers")
        return RateLimit(found["requests"], found["seconds"])

    def _load_components(self) -> None:
        kinds = self._members("/components", (), ("securitySchemes", "parameters", "schemas"), or_absent=True)
        self.schemes = {
            name: self._scheme(name, f"/components/securitySchemes/{escape(name)}")
            for name in kinds.get("securitySchemes", {})
        }
        for name in kinds.get("schemas", {}):
            expand(self.source, f"/components/schemas/{escape(name)}", ())

    def _load_operation(self, path_pointer: str) -> None:
        required = ("operationId", "summary", "responses", "x-source")
        optional = (
            *("description", "externalDocs", "tags", "parameters", "security"),
            *("x-permissions", "x-refuses", "x-pagination", "x-undescribed"),
        )
        self._operation = self._members(self.pointer, required, optional)
        places = [
            f"{pointer}/parameters/{index}"
            for pointer in (path_pointer, self.pointer)
            for index in range(len(look_up(self.source, "#" + pointer, pointer).get("parameters", ())))
        ]
        self.parameters = tuple(self._parameter(pointer) for pointer in places)
        self.responses = {
            status: self._response(status, f"{self.pointer}/responses/{escape(status)}")
            for status in self._operation["responses"]
        }
        self.security = tuple(tuple(alternative) for alternative in self._operation.get("security", ()))
        self._check_security()
        for name in ("security", "x-permissions", "x-undescribed"):
            if not isinstance(self._operation.get(name, []), list):
                at = f"{self.pointer}/{name}"
                raise self.source.refuse(at, f"{name} is not a list", "write it as one")
        self.undescribed = self._undescribed(f"{self.pointer}/x-undescribed")
        self.permissions = tuple(self._operation.get("x-permissions", ()))
        self.refuses = self._promises(f"{self.pointer}/x-refuses", REFUSALS)
        self.pagination = self._pagination(f"{self.pointer}/x-pagination")
        self._check_template()
        check_links(self)

    def _undescribed(self, pointer: str) -> tuple[str, ...]:
        """Give the methods of operations of the path that are not described here, and never to be tried."""
        found = self._operation.get("x-undescribed", ())
        for index, method in enumerate(found):
            if method not in METHODS:
                problem = f"{method!r} is no method"
                raise self.source.refuse(f"{pointer}/{index}", problem, f"name some of {', '.join(METHODS)}")
        return tuple(found)

    def _check_security(self) -> None:
        for name in {name for alternative in self.security for name in alternative} - self.schemes.keys():
            pointer = f"{self.pointer}/security"
            raise self.source.refuse(pointer, f"the security scheme {name!r} is not declared", "declare it")

    def _check_template(self) -> None:
        declared = {parameter.name for parameter in self.parameters if parameter.place == "path"}
        wanted = {part[1:-1] for part in self.path.split("/") if part.startswith("{")}
        for name in declared ^ wanted:
            problem = f"the path and its parameters differ in {name!r}"
            raise self.source.refuse(self.pointer, problem, "name the same parameters in both")

    def _scheme(self, name: str, pointer: str) -> SecurityScheme:
        kind = self._members(pointer, ("type", "x-env", "x-example"), ("scheme", "in", "name", "description"))
        shared = (kind["x-env"], kind["x-example"])
        words = kind.get("description", "")
        if kind["type"] == "http" and kind.get("scheme") == "bearer":
            return SecurityScheme(name, words, "Authorization", "Bearer ", *shared)
        if kind["type"] == "apiKey" and kind.get("in") == "header":
            return SecurityScheme(name, words, kind.get("name", ""), "", *shared)
        raise self.source.refuse(pointer, "only bearer tokens and keys in a header are supported", "use one")

    def _parameter(self, pointer: str) -> Parameter:
        entry = look_up(self.source, "#" + pointer, pointer)
        if isinstance(entry, dict) and "$ref" in entry:
            self._members(pointer, ("$ref",), ())
            look_up(self.source, entry["$ref"], f"{pointer}/$ref")
            pointer = entry["$ref"][1:]
        optional = ("required", "description", "x-tenant", "x-filters", "x-env")
        found = self._members(pointer, ("name", "in", "schema"), optional)
        if found["in"] not in ("query", "path"):
            raise self.source.refuse(
                f"{pointer}/in", f"{found['in']!r} is not supported", "use query or path"
            )
        if "x-tenant" in found and "x-env" not in found:
            problem = "x-tenant says that the value is ours, but not where it comes from"
            raise self.source.refuse(f"{pointer}/x-tenant", problem, "add x-env")
        return Parameter(
            name=found["name"],
            place=found["in"],
            is_required=found.get("required", False),
            description=found.get("description", ""),
            node=expand(self.source, f"{pointer}/schema", ()),
            pointer=pointer,
            filter=self._filter(f"{pointer}/x-filters") if "x-filters" in found else None,
            tenant=found.get("x-tenant"),
            env=found.get("x-env"),
        )

    def _filter(self, pointer: str) -> Filter:
        self._members(pointer, ("field", "promises"), ())
        return Filter(
            self._location(f"{pointer}/field"), self._promises(f"{pointer}/promises", FILTER_PROMISES)
        )

    def _pagination(self, pointer: str) -> Pagination | None:
        if "x-pagination" not in self._operation:
            return None
        found = self._members(pointer, ("items", "identity", "page", "per-page", "promises"), ())
        for role in ("page", "per-page"):
            if found[role] not in [parameter.name for parameter in self.query]:
                problem = f"{found[role]!r} is not a query parameter of the operation"
                raise self.source.refuse(f"{pointer}/{role}", problem, "name one")
        return Pagination(
            items=self._location(f"{pointer}/items"),
            identity=self._location(f"{pointer}/identity"),
            page=found["page"],
            per_page=found["per-page"],
            promises=self._promises(f"{pointer}/promises", PAGINATION_PROMISES),
        )

    def _response(self, status: str, pointer: str) -> Response:
        found = self._members(pointer, ("description",), ("content",))
        if not _STATUS.fullmatch(status):
            problem = f"{status!r} is no status code, and no range of such"
            raise self.source.refuse(pointer, problem, 'write it as "404" or "4XX"')
        if "content" not in found:
            return Response(status, found["description"], "", "", None, pointer, pointer)
        media_type, content = self._only(f"{pointer}/content", None)
        if not _MEDIA_TYPE.fullmatch(media_type):
            problem = f"{media_type!r} is no media type in lower case and without parameters"
            raise self.source.refuse(content, problem, "write it as application/json")
        source = self._members(content, ("schema", "x-source"), ())["x-source"]
        body = expand(self.source, f"{content}/schema", ())
        return Response(status, found["description"], media_type, source, body, pointer, content)

    def _location(self, pointer: str) -> Location:
        try:
            return location.parse(look_up(self.source, "#" + pointer, pointer))
        except (ValueError, AttributeError) as error:
            raise self.source.refuse(pointer, str(error), "write member names joined by dots") from None

    def _promises(self, pointer: str, known: Iterable[str]) -> Mapping[str, str]:
        promises: Mapping[str, str] = self._members(pointer, (), tuple(known), or_absent=True)
        for name, source in promises.items():
            if source not in SOURCES:
                problem = f"{source!r} is no source"
                raise self.source.refuse(f"{pointer}/{name}", problem, f"use one of {SOURCES}")
        return promises

    def _only(self, pointer: str, known: Iterable[str] | None) -> tuple[str, str]:
        """Give the one member of an object, among the names that are `known`, and its pointer."""
        names = list(look_up(self.source, "#" + pointer, pointer))
        unknown = [name for name in names if known and name not in known and name != "parameters"]
        if unknown:
            raise self._unknown(pointer, unknown[0])
        found = [name for name in names if known is None or name in known]
        if len(found) != 1:
            raise self.source.refuse(
                pointer, f"{len(found)} entries stand here", "a fragment has exactly one"
            )
        return found[0], f"{pointer}/{escape(found[0])}"

    def _only_item(self, pointer: str) -> None:
        items = look_up(self.source, "#" + pointer, pointer)
        if not isinstance(items, list) or len(items) != 1:
            raise self.source.refuse(pointer, "not exactly one entry stands here", "keep one, in a list")

    def _members(
        self, pointer: str, required: Iterable[str], optional: Iterable[str], *, or_absent: bool = False
    ) -> dict[str, Any]:
        """Give the object at `pointer` after checking that it has the required members and no others."""
        try:
            found = look_up(self.source, "#" + pointer, pointer) if pointer else self.source.data
        except FragmentError:
            if or_absent:
                return {}
            raise self.source.refuse(pointer, f"{pointer} is missing", "write it") from None
        if not isinstance(found, dict):
            raise self.source.refuse(pointer, "is not an object", "write it as a mapping")
        for name in found:
            if name not in (*required, *optional):
                raise self._unknown(pointer, name)
        for name in required:
            if name not in found:
                raise self.source.refuse(pointer, f"{name} is missing", "add it")
        return found

    def _unknown(self, pointer: str, name: str) -> FragmentError:
        at = f"{pointer}/{escape(name)}"
        return self.source.refuse(
            at, f"the keyword {name!r} is not understood", "remove it, or teach the suite"
        )


@cache
def default_fragment() -> Fragment:
    """Load, once, the fragment under `spec/`: that of a checkout, or else of the installed package.

    Raises:
        FragmentError: there is none, more than one, or it cannot be used.
    """
    checkout = Path(__file__).resolve().parent.parent / "spec"
    packaged = Path(str(resources.files("contracts") / "spec"))
    folder = checkout if any(checkout.glob("*.openapi.yaml")) else packaged
    files = sorted(folder.glob("*.openapi.yaml"))
    if len(files) != 1:
        raise FragmentError(str(folder), 0, f"{len(files)} files *.openapi.yaml stand here", "keep one")
    return Fragment(files[0], f"spec/{files[0].name}")
