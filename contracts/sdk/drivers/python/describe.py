"""Tells what a Python SDK declares of an operation: its part of the driver, for `describe`.

Which method is the operation's, and which of its arguments are parameters of it, is seen by what crosses the
wire: it calls them against a server of its own. What types say is read from the installed package.
"""

import ast
import dataclasses
import enum
import inspect
import re
import textwrap
import types
import typing
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

EXPRESSES = ["integer", "date-time"]
"""What types of Python tell from other numbers and other text."""
_REFUSAL = b'{"success": false, "errors": [], "messages": [], "result": null}'
# What is only mentioned as deprecated is something else.
_DEPRECATED = re.compile(
    r"^\W*(deprecated|nonfunctional)\b|\bis (now )?(deprecated|nonfunctional)\b|\bend of life\b",
    re.IGNORECASE | re.MULTILINE,
)
_SAMPLES: dict[Any, list[Any]] = {
    str: ["probe4711", "probe4712"],
    int: [4711, 4712],
    float: [4711.5, 4712.5],
    bool: [True, False],
    datetime: [datetime(2001, 2, day, 4, 5, 6, tzinfo=UTC) for day in (3, 4)],
    date: [date(2001, 2, day) for day in (3, 4)],
    UUID: [UUID(int=4711), UUID(int=4712)],
}
_SCALARS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    datetime: "date-time",
    date: "date",
    UUID: "uuid",
}
# As the documentation of a method tells of its arguments: an indented block, with a name at its margin each.
_ARGUMENTS = re.compile(r"^Args:\n((?:[ \t].*(?:\n|\Z)|\n)*)", re.MULTILINE)
_ARGUMENT = re.compile(r"^\*{0,2}(\w+)(?: \(.*?\))?:", re.MULTILINE)

Heard = tuple[str, str, dict[str, str]]
"""A request that came: its method, its path, its query."""
Sent = tuple[dict[str, str], dict[str, str]]
"""What a request of the operation says: in its path, and in its query."""


def describe(sdk: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the call of the operation, its parameters and the type of its answer; an empty call is none."""
    operation = request["operation"]
    with listening() as (url, heard):
        for name in sdk.methods(operation):
            client = sdk.client({"credentials": request["credentials"], "base_url": url}, {})
            probe = Probe(method_of(client, name), operation, request["path_parameters"], heard)
            if probe.sends():
                return {
                    "call": f"client.{name}",
                    "expresses": EXPRESSES,
                    "parameters": list(probe.parameters()),
                    "answer": Types().tell(returned(probe.method)),
                }
    return {"call": "", "expresses": EXPRESSES, "parameters": [], "answer": {"kind": "any"}}


def method_of(client: Any, dotted: str) -> Callable[..., Any]:
    """Give the method of a client by its dotted name."""
    for name in dotted.split("."):
        client = getattr(client, name)
    return client  # type: ignore[no-any-return]


def hints(function: Any) -> dict[str, Any]:
    """Give what a function or class declares, as types."""
    return typing.get_type_hints(function, include_extras=True)


def returned(method: Callable[..., Any]) -> Any:
    """Give the type of what a method returns."""
    return hints(method).get("return", Any)


@contextmanager
def listening() -> Iterator[tuple[str, list[Heard]]]:
    """Give the URL of a server on this machine that refuses everything, and the list of what it hears."""
    heard: list[Heard] = []

    class Handler(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            parts = urlsplit(self.path)
            heard.append((self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))))
            self.send_response(404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(_REFUSAL)))
            self.end_headers()
            self.wfile.write(_REFUSAL)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _refuse  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Keep still."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()


class Probe:
    """Calls one method and sees what that sends."""

    def __init__(
        self,
        method: Callable[..., Any],
        operation: Mapping[str, str],
        path_parameters: Mapping[str, str],
        heard: list[Heard],
    ) -> None:
        self.method = method
        self._verb = operation["method"]
        self._segments = operation["path"].strip("/").split("/")
        self._given = dict(path_parameters)
        self._heard = heard

    def sends(self) -> bool:
        """Say whether the method sends the operation."""
        found = self._send(self._given)
        return found is not None and found[0] == self._given

    def _send(self, arguments: Mapping[str, Any]) -> Sent | None:
        """Give the values in the path and in the query of the request that a call sends, None for another."""
        self._heard.clear()
        with suppress(Exception):  # The server refuses; what was sent is all that counts.
            self.method(**{**self._demanded, **arguments})
        if len(self._heard) != 1 or self._heard[0][0] != self._verb:
            return None
        sent = self._heard[0][1].strip("/").split("/")[-len(self._segments) :]
        inside = {}
        for wanted, found in zip(self._segments, sent, strict=False):
            if wanted.startswith("{"):
                inside[wanted[1:-1]] = unquote(found)
            elif wanted != found:
                return None
        return (inside, self._heard[0][2]) if len(sent) == len(self._segments) else None

    @cached_property
    def _demanded(self) -> dict[str, Any]:
        """Values of the arguments without which the method cannot be called, beside those in the path."""
        arguments = inspect.signature(self.method).parameters.values()
        needed = [
            one.name
            for one in arguments
            if one.default is one.empty
            and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            and one.name not in self._given
        ]
        declared = hints(self.method) if needed else {}
        return {name: samples(declared.get(name, Any))[0] for name in needed}

    def parameters(self) -> Iterator[dict[str, Any]]:
        """Yield the arguments that put something into the path or the query; others are the SDK's own."""
        usual = self._send(self._given)
        assert usual
        declared, texts = hints(self.method), texts_of_arguments(self.method)
        for argument in inspect.signature(self.method).parameters.values():
            annotation = without_default(declared.get(argument.name, Any), argument.default)
            for place, name in self._filled(argument.name, annotation, usual):
                yield {
                    "in": place,
                    "name": name,
                    "argument": argument.name,
                    "required": argument.default is argument.empty,
                    "absent": argument.default is None,
                    "deprecated": is_deprecated(texts.get(argument.name, "")),
                    "type": Types().tell(annotation),
                }

    def _filled(self, argument: str, annotation: Any, usual: Sent) -> list[tuple[str, str]]:
        """Name the places that change with an argument: of two values, one at least is not the default."""
        for value in samples(annotation):
            sent = self._send({**self._given, argument: value}) or usual
            filled = [
                (place, name)
                for place, before, after in zip(("path", "query"), usual, sent, strict=True)
                for name in after
                if before.get(name) != after[name]
            ]
            if filled:
                return filled
        return []


def without_default(annotation: Any, default: Any) -> Any:
    """Give a type without the class of a default that stands for "not given"; None is a value of its own."""
    if default is None or default is inspect.Parameter.empty or isinstance(default, str | int | float):
        return annotation
    parts = [part for part in parts_of(annotation) if part is not type(default)]
    return typing.Union[tuple(parts)] if parts else annotation  # noqa: UP007 - it is made of a list


def samples(annotation: Any) -> list[Any]:
    """Give values of a type that are easily told from others: two, as one may be what is sent anyway."""
    for part in parts_of(annotation):
        if typing.get_origin(part) is typing.Annotated:
            return samples(typing.get_args(part)[0])
        if typing.get_origin(part) is typing.Literal:
            return list(typing.get_args(part)[:2])
        if isinstance(part, type) and issubclass(part, enum.Enum):
            return list(part)[:2]
        if part in _SAMPLES:
            return _SAMPLES[part]
    return _SAMPLES[str]


def parts_of(annotation: Any) -> tuple[Any, ...]:
    """Give the alternatives of a type, itself where it has none."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


class Types:
    """Tells types of Python in the words of the protocol."""

    def __init__(self) -> None:
        self._above: list[Any] = []

    def tell(self, annotation: Any) -> dict[str, Any]:
        """Tell a type, and what is below it; one that contains itself is told once."""
        if any(annotation is above for above in self._above):
            return {"kind": "any", "text": text_of(annotation)}
        self._above.append(annotation)
        try:
            return {"text": text_of(annotation), **self._told(annotation)}
        finally:
            self._above.pop()

    def _told(self, annotation: Any) -> dict[str, Any]:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Annotated, typing.Required, typing.NotRequired):
            return self.tell(arguments[0])
        if origin is typing.Literal:
            return {"kind": "literal", "values": [plain_value(value) for value in arguments]}
        if len(parts_of(annotation)) > 1:
            return {"kind": "union", "of": [self.tell(part) for part in arguments]}
        if hasattr(annotation, "__value__"):
            return self.tell(annotation.__value__)
        if isinstance(annotation, typing.TypeVar):
            return self.tell(annotation.__bound__ or Any)
        if annotation in _SCALARS:
            return {"kind": _SCALARS[annotation]}
        if annotation is None:
            return {"kind": "null"}
        return self._told_class(origin or annotation, annotation, arguments)

    def _told_class(self, cls: Any, annotation: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
        if not isinstance(cls, type) or cls is object:
            return {"kind": "any"}
        if issubclass(cls, enum.Enum):
            return {"kind": "literal", "values": [plain_value(member) for member in cls]}
        members = members_of(annotation if hasattr(annotation, "model_fields") else cls)
        if members is not None:
            return {"kind": "object", "members": {name: self._member(*found) for name, *found in members}}
        if issubclass(cls, Mapping):
            return {"kind": "object", "members": {}}
        if issubclass(cls, Iterable | AsyncIterable) and not issubclass(cls, str | bytes):
            return {"kind": "array", "items": self.tell(arguments[0]) if arguments else {"kind": "any"}}
        return {"kind": "any"}

    def _member(self, annotation: Any, is_required: bool, is_none: bool, is_marked: bool) -> dict[str, Any]:
        return {
            "type": self.tell(annotation),
            "required": is_required,
            "absent": is_none,
            "deprecated": is_marked,
        }


def plain_value(value: Any) -> Any:
    """Give what stands for a value in JSON."""
    return value.value if isinstance(value, enum.Enum) else value


def text_of(annotation: Any) -> str:
    """Write a type the way Python does, without the modules."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", text)


Found = tuple[str, Any, bool, bool, bool]
"""A member: its name in JSON, its type, whether it is always there, whether None stands for its absence, and
whether its documentation calls it deprecated."""


def members_of(cls: Any) -> list[Found] | None:
    """Give the members that a class declares; None where it is no model, dataclass or typed dictionary."""
    marks = documented(cls)
    if hasattr(cls, "model_fields"):
        return [
            (
                field.alias or name,
                field.annotation,
                field.is_required(),
                not field.is_required() and field.default is None,
                bool(field.deprecated) or is_deprecated(field.description or "") or marks.get(name, False),
            )
            for name, field in cls.model_fields.items()
        ]
    if dataclasses.is_dataclass(cls):
        types_of = hints(cls)
        return [
            (one.name, types_of[one.name], is_required(one), one.default is None, marks.get(one.name, False))
            for one in dataclasses.fields(cls)
        ]
    # Asked this way, as `typing_extensions` has a TypedDict of its own.
    if hasattr(cls, "__required_keys__"):
        return [
            (name, annotation, name in cls.__required_keys__, False, marks.get(name, False))
            for name, annotation in hints(cls).items()
        ]
    return None


def is_required(field: Any) -> bool:
    """Say whether a field of a dataclass has to be given."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def is_deprecated(text: str) -> bool:
    """Say whether a documentation calls what it is about deprecated."""
    return _DEPRECATED.search(text) is not None


def texts_of_arguments(method: Callable[..., Any]) -> dict[str, str]:
    """Give what the documentation of a method says of its arguments."""
    block = _ARGUMENTS.search(inspect.getdoc(method) or "")
    parts = _ARGUMENT.split(textwrap.dedent(block[1])) if block else []
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(cls: Any) -> dict[str, bool]:
    """Say of the members of a class that have a text below them whether it calls them deprecated."""
    found: dict[str, bool] = {}
    for one in reversed(getattr(cls, "__mro__", ())):
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]
        except (OSError, TypeError, SyntaxError):
            continue
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for statement, after in pairwise(statements):
            is_member = isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if is_member and is_text:
                found[statement.target.id] = is_deprecated(str(after.value.value))  # type: ignore[attr-defined]
    return found
