"""The ways in which an answer can deviate; `faults.py` says which of them a fragment lends itself to."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.emulator.arguments import Arguments, Refusal, Texts, judge_all
from contracts.emulator.hooks import Answer, Call, Fault, Gate, Place
from contracts.emulator.store import Listing
from contracts.fragment import Fragment
from contracts.location import Location, find
from contracts.operation import Parameter

_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)


def is_first(place: Place) -> bool:
    """Say whether an item is the first of its page."""
    return place.number == 0


def is_last(place: Place) -> bool:
    """Say whether an item is the last of its page."""
    return place.number == place.size - 1


def is_any(place: Place) -> bool:
    """Say yes."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(Fault):
    """Changes a member of the items whose place on the page is `chosen`."""

    member: Location
    change: Callable[[Any], Any]
    chosen: Callable[[Place], bool] = is_any

    def item(self, call: Call, place: Place, item: Any) -> Any:
        """Change the member, where it is there and not null."""
        return _changed(item, self.member, self.change) if self.chosen(place) else item


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMemberMissing(Fault):
    """Leaves out a member of the items whose place on the page is `chosen`."""

    member: Location
    chosen: Callable[[Place], bool] = is_any

    def item(self, call: Call, place: Place, item: Any) -> Any:
        """Leave the member out."""
        for _, owner in find(item, self.member[:-1]) if self.chosen(place) else ():
            owner.pop(self.member[-1], None)
        return item


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyChanged(Fault):
    """Changes a member of the body of every refusal, or else of every other answer."""

    member: Location
    change: Callable[[Any], Any]
    is_refusal: bool = False

    def body(self, call: Call, status: int, body: Any) -> Any:
        """Change the member, where it is there and not null."""
        return _changed(body, self.member, self.change) if (status >= 400) == self.is_refusal else body


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterIgnored(Fault):
    """Takes no notice of one parameter that filters."""

    parameter: str

    def filters(self, call: Call, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Drop the parameter."""
        return {name: text for name, text in chosen.items() if name != self.parameter}


class PageRepeatsItem(Fault):
    """Begins each page after the first with the last item of the page before, in place of its own."""

    __slots__ = ()

    def window(self, call: Call, listing: Listing, indexes: list[int]) -> list[int]:
        """Replace the first item; a page past the end stays empty."""
        first = (call.page - 1) * call.per_page
        return [listing[first - 1], *indexes[1:]] if first and indexes else indexes


class NoCredentialsAccepted(Fault):
    """Answers a request that carries no credentials."""

    __slots__ = ()

    def passes(self, call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
        """Let a request without any through; partial or wrong ones are refused."""
        return None if gate is Gate.CREDENTIALS and not call.caller.schemes else refusal


class WrongContentType(Fault):
    """Gives pages under the content type of HTML."""

    __slots__ = ()

    def answer(self, call: Call, answer: Answer) -> Answer:
        """Replace the content type of what is no refusal."""
        if answer.status >= 400:
            return answer
        others = [header for header in answer.headers if header[0] != b"content-type"]
        return replace(answer, headers=((b"content-type", b"text/html"), *others))


class NameTwice(Fault):
    """Writes the first member of a page's body twice, with the same value."""

    __slots__ = ()

    def answer(self, call: Call, answer: Answer) -> Answer:
        """Put the first member before all."""
        members = list(json.loads(answer.body).items()) if answer.status < 400 else []
        first = json.dumps(dict(members[:1]), separators=(",", ":")).encode()
        return replace(answer, body=first[:-1] + b"," + answer.body[1:]) if members else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumNotEnforced(Fault):
    """Takes a number above the maximum of a parameter for the maximum."""

    fragment: Fragment
    parameter: Parameter

    def arguments(self, call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        """Judge again with the maximum."""
        most = str(self.parameter.node.keywords["maximum"])
        found = texts.get(self.parameter.name, [])
        # Digits without leading zeros compare by length first, however many they are.
        is_above = len(found) == 1 and (len(found[0]), found[0]) > (len(most), most)
        if not is_above or not _NUMBER.fullmatch(found[0]):
            return judged
        return judge_all(self.fragment.query, {**texts, self.parameter.name: [most]})


def _changed(root: Any, member: Location, change: Callable[[Any], Any]) -> Any:
    for _, owner in find(root, member[:-1]):
        if owner.get(member[-1]) is not None:
            owner[member[-1]] = change(owner[member[-1]])
    return root
