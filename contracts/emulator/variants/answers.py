"""Variants of what answers say: statuses, members, values, and how they are written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from contracts.emulator.altering import GONE, Change, altered, everywhere, same
from contracts.emulator.arguments import Arguments, Refusal, Texts, invalid, judge_all
from contracts.emulator.data import Finish, Presence
from contracts.emulator.hooks import Answer, AnswerHook, ArgumentsHook, BodyHook, Call, Gate, WindowHook
from contracts.emulator.store import Listing
from contracts.emulator.variants.model import Variant
from contracts.emulator.writing import compact
from contracts.fragment import Fragment
from contracts.location import Location
from contracts.schema import Node

_EXTRA = "x_extra"
_PAGE = b"<!DOCTYPE html><title>Error</title>"
_LARGEST_EXACT = 2**53
_HUGE = 2**70

ODD_DATE_TIMES = (
    "2026-01-31t23:59:59z",
    "2026-01-31T23:59:59-00:00",
    "2016-12-31T23:59:60Z",
    "1990-12-31T15:59:60-08:00",
    "0000-02-29T00:00:00Z",
    "9999-12-31T23:59:59.999999999999999999999Z",
    "2024-02-29T12:00:00.5+23:59",
    "1937-01-01T12:00:27.87+00:20",
)
"""Date-times that RFC 3339 allows and that few expect."""


def answer_variants(fragment: Fragment) -> Iterator[Variant]:
    """Yield the variants of what is said, then those of how it is written."""
    yield from _refusals(fragment)
    yield from _members(fragment)
    yield from _values(fragment)
    yield from _written()


def _refusals(fragment: Fragment) -> Iterator[Variant]:
    yield Variant(
        id="forbidden",
        summary="Bad credentials are refused with a 403",
        on_passes=_refusing_with({Gate.CREDENTIALS: 403}),
    )
    yield Variant(
        id="not-found",
        summary="The accounts of others, and who lacks the permission, are answered a 404",
        on_passes=_refusing_with({Gate.TENANT: 404, Gate.PERMISSION: 404}),
    )
    yield Variant(
        id="unprocessable", summary="Wrong parameters are refused with a 422", on_arguments=_unprocessable
    )
    yield Variant(
        id="no-page-past-the-end",
        summary="A page past the end is refused with a 404",
        on_window=_no_page_past_the_end(),
    )
    yield Variant(
        id="lenient",
        summary="What the contract leaves open is accepted: odd numbers, empty values, the last of several",
        on_arguments=_lenient(fragment),
    )
    yield Variant(
        id="strict-query",
        summary="A parameter that the contract does not document is refused",
        on_arguments=_strict(fragment),
    )
    yield Variant(
        id="web-server-elsewhere",
        summary="Other routes and methods are refused by a web server, with a page for people",
        on_answer=_refused_for_people(fragment.method),
    )
    yield Variant(
        id="rich-errors",
        summary="Every notice says all that it can",
        envelope=Presence.PRESENT,
    )


def _refusing_with(statuses: Mapping[Gate, int]) -> Any:
    def change(call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
        return replace(refusal, status=statuses[gate]) if refusal and gate in statuses else refusal

    return change


def _unprocessable(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
    return replace(judged, status=422) if isinstance(judged, Refusal) else judged


def _no_page_past_the_end() -> WindowHook:
    def change(call: Call, listing: Listing, indexes: list[int]) -> list[int] | Refusal:
        return indexes if indexes or call.page == 1 else Refusal(404, 10404, "There is no such page")

    return change


def _lenient(fragment: Fragment) -> ArgumentsHook:
    counted = {parameter.name for parameter in fragment.query if "integer" in parameter.node.types}

    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        if not isinstance(judged, Refusal):
            return judged
        last = {name: found[-1] for name, found in texts.items() if found[-1]}
        plain = {name: _plain(text) if name in counted else text for name, text in last.items()}
        return judge_all(fragment.query, {name: [text] for name, text in plain.items()})

    return change


def _strict(fragment: Fragment) -> ArgumentsHook:
    documented = {parameter.name for parameter in fragment.query}

    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        return judged if texts.keys() <= documented else invalid("There is no such parameter")

    return change


def _plain(text: str) -> str:
    """Write a whole number the usual way, where it is one: `+01.0` is 1."""
    digits = text.strip().removeprefix("+").partition(".")
    is_whole = digits[0].isdecimal() and digits[0].isascii() and not digits[2].strip("0")
    return (digits[0].lstrip("0") or "0") if is_whole else text


def _refused_for_people(method: str) -> AnswerHook:
    def change(call: Call, answer: Answer) -> Answer:
        if call.path_texts is not None and call.method == method:
            return answer
        return replace(answer, headers=((b"content-type", b"text/html"),), body=_PAGE)

    return change


def _members(fragment: Fragment) -> Iterator[Variant]:
    ways = {
        "everything-there": ("Every optional member is there, cursors among them", Presence.PRESENT),
        "nulls": ("Whatever may be null is null", Presence.NULL),
        "only-required": ("No optional member is there", Presence.ABSENT),
    }
    for name, (summary, presence) in ways.items():
        yield Variant(id=name, summary=summary, items=presence, envelope=presence)
    yield Variant(
        id="extra-members",
        summary="Every object has a member that the contract does not name",
        finish=lambda index, item: _with_extras(item),
        on_body=_around_items(fragment, _with_extras),
    )
    yield Variant(
        id="members-reversed",
        summary="The members of every object come in the opposite order",
        finish=lambda index, item: _reversed(item),
        on_body=_around_items(fragment, _reversed),
    )
    retired = [node for node in _nodes(fragment) if node.sunset]
    if retired:
        yield Variant(
            id="retired",
            summary="What is past its end of life is gone",
            since=max(node.sunset for node in retired if node.sunset),
            finish=_items_changed(fragment, retired, lambda index, value: GONE),
            on_body=_leaving_out(fragment, retired),
        )


def _with_extras(value: Any) -> Any:
    extra: dict[str, Any] = {"added": [1, None, {}]}
    return everywhere(value, lambda members: {_EXTRA: extra, **members}, same)


def _reversed(value: Any) -> Any:
    return everywhere(value, lambda members: dict(reversed(members.items())), same)


def _around_items(fragment: Fragment, change: Change) -> BodyHook:
    """Change the body but for its items, which were changed when they were made."""
    pagination = fragment.pagination
    at = pagination.items[:-1] if pagination else ()

    def around(call: Call, status: int, body: Any) -> Any:
        if not at or not isinstance(body.get(at[0]), list) or len(at) > 1:
            return change(body)
        items = body[at[0]]
        return change({**body, at[0]: []}) | {at[0]: items}

    return around


def _nodes(fragment: Fragment) -> list[Node]:
    return list(fragment.success.body.walk()) if fragment.success.body else []


def _items_changed(fragment: Fragment, nodes: list[Node], change: Any) -> Finish | None:
    """Build what changes the places of some schemas in each item, given its index."""
    pagination, body = fragment.pagination, fragment.success.body
    root = body.at(pagination.items) if pagination and body else None
    if not pagination or not root:
        return None
    size = len(pagination.items)
    places = [node.location[size:] for node in nodes if node.location[:size] == pagination.items]

    def finish(index: int, item: Any) -> Any:
        for number, place in enumerate(places):
            item = altered(root, place, item, partial(change, index + number))
        return item

    return finish


def _leaving_out(fragment: Fragment, nodes: list[Node]) -> BodyHook:
    pagination, root = fragment.pagination, fragment.success.body
    assert root
    size = len(pagination.items) if pagination else 0
    places: list[Location] = [
        node.location for node in nodes if not pagination or node.location[:size] != pagination.items
    ]

    def change(call: Call, status: int, body: Any) -> Any:
        for place in places if status < 400 else ():
            body = altered(root, place, body, lambda value: GONE)
        return body

    return change


def _values(fragment: Fragment) -> Iterator[Variant]:
    formats = {
        name: [node for node in _nodes(fragment) if node.keywords.get("format") == name]
        for name in ("uuid", "date-time")
    }
    if formats["uuid"]:
        yield Variant(
            id="upper-case-uuids",
            summary="UUIDs are written in capitals",
            finish=_items_changed(fragment, formats["uuid"], lambda index, value: value and value.upper()),
        )
    if formats["date-time"]:
        yield Variant(
            id="odd-date-times",
            summary="Date-times are valid and odd: leap seconds, lower case, -00:00, long fractions",
            finish=_items_changed(
                fragment,
                formats["date-time"],
                lambda index, value: value and ODD_DATE_TIMES[index % len(ODD_DATE_TIMES)],
            ),
        )
    free = {"type", "x-source", "x-private", "description", "examples"}
    plain = [node for node in _nodes(fragment) if node.keywords.keys() <= free]
    texts = [node for node in plain if "string" in node.types]
    numbers = [node for node in plain if "integer" in node.types]
    if texts:
        yield Variant(
            id="any-text",
            summary="Strings hold quotes, line breaks, other scripts, characters beyond the basic plane",
            finish=_items_changed(
                fragment, texts, lambda index, value: value and f'{value} "\\/\n\t\u2028 Ωж漢 \U0001d11e'
            ),
        )
    if numbers:
        yield Variant(
            id="huge-numbers",
            summary="Integers without a bound are longer than 64 bits, or negative",
            finish=_items_changed(
                fragment, numbers, lambda index, value: value if value is None else (-1) ** index * _HUGE
            ),
        )


def _written() -> Iterator[Variant]:
    ways = {
        "pretty-printed": ("JSON is indented", lambda body: json.dumps(body, indent=2).encode()),
        "ascii": (
            "JSON is written with escapes for all beyond ASCII",
            lambda body: json.dumps(body, ensure_ascii=True).encode(),
        ),
        "white-space": (
            "JSON stands between white space",
            lambda body: b" \t\r\n" + compact(body) + b"\r\n",
        ),
        "fractions": (
            "Integers are written as 5.0",
            lambda body: compact(everywhere(body, same, _as_fraction)),
        ),
        "escaped-names": (
            "The names of members are written with escapes",
            lambda body: compact(everywhere(body, _with_marked_names, same)).replace(
                _MARK.encode(), b"\\u00"
            ),
        ),
    }
    for name, (summary, encode) in ways.items():
        yield Variant(id=name, summary=summary, encode=encode)


_MARK = "\ue000"
"""Stands for an escape until a body is written; of no value that the emulator makes."""


def _with_marked_names(members: dict[str, Any]) -> dict[str, Any]:
    return {f"{_MARK}{ord(name[0]):02x}{name[1:]}": value for name, value in members.items()}


def _as_fraction(value: Any) -> Any:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_EXACT
    return float(value) if is_whole else value
