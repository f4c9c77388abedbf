"""Decides what of a body may be written down: by default nothing.

A value is shown as it came only where the fragment declares its place and does not mark it private
(`x-private`), and only if it is short, printable and holds no `@`; a secret in it is scrubbed. A pseudonym
stands for any other. Numbers of members and items, null, true and false are told: they are shape.
"""

import html
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

from contracts import pseudonyms
from contracts.clauses.wording import code
from contracts.location import EACH
from contracts.pseudonyms import MAX_LENGTH, number_text
from contracts.schema import Node
from contracts.scrubber import Scrubber
from contracts.words import counted
from contracts.yaml_source import escape, unescape

MAX_SHOWN = 64
PSEUDONYM = " (pseudonym)"
"""Follows what stands for a value that is shown by itself."""

_PLAIN_NAME = re.compile(rf"[A-Za-z_$][A-Za-z0-9_$-]{{0,{MAX_SHOWN - 1}}}")
_CODED_AT = re.compile(r"(?:=|\\x|\\u00)40")
_QUOTED = re.compile(r'"(.*)"')


@dataclass(frozen=True, slots=True)
class Gap:
    """Stands in an array for so many items that are not told."""

    count: int

    def __str__(self) -> str:
        return f"<{self.count} item{'' if self.count == 1 else 's'} left out>"


@dataclass(frozen=True, slots=True)
class Redactor:
    """Writes down what a server said, without what is private and without secrets.

    `key` makes the pseudonyms. `shows_values` lets values through as they came, secrets never.
    """

    key: bytes = field(repr=False)
    shows_values: bool = False
    scrubber: Scrubber = field(default=Scrubber({}), repr=False)

    def scrub(self, text: str) -> str:
        """Take the secrets out of a text."""
        return self.scrubber.scrub(text)

    def shown(self, value: Any, node: Node | None) -> str:
        """Write a value that stands at a place of the contract; `node` is None where it is not declared."""
        if value is None or isinstance(value, bool):
            return code(value)
        if isinstance(value, list):
            return f"an array of {len(value)}"
        if isinstance(value, dict):
            return self._shown_object(value, node)
        told, is_its_own = self._told(value, node)
        text = _quoted(told) if isinstance(value, str) else told
        return text if is_its_own else f"{text}{PSEUDONYM}"

    def redact(self, value: Any, node: Node | None) -> Any:
        """Give a body with the same structure in which every value is as `shown` has it; a `Gap` is told."""
        if isinstance(value, dict):
            branch = node.branches.get(str(value.get(node.discriminator))) if node else None
            declared = {**(node.properties if node else {}), **(branch.properties if branch else {})}
            return {
                self.shown_name(name, node): self.redact(member, declared.get(name))
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self.redact(item, node.items if node else None) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Gap):
            return str(value)
        told, _ = self._told(value, node)
        return told if isinstance(value, str) else _number(told)

    def shown_name(self, name: str, owner: Node | None) -> str:
        """Write the name of a member of the object that stands at `owner`, None where it is not declared.

        A plain name in a declared object is what servers add; the names below are data.
        """
        if self.shows_values or (_is_open(owner) and _PLAIN_NAME.fullmatch(name)):
            return _clip(self.scrub(name))
        return _clip(pseudonyms.of_text(name, self.key), len(name))

    def shown_pointer(self, pointer: str, root: Node | None) -> str:
        """Write a JSON Pointer into a body whose schema is `root`."""
        node, tokens = root, []
        for token in map(unescape, pointer.split("/")[1:]):
            is_index = bool(node and node.items and token.isdecimal())
            tokens.append(token if is_index else escape(self.shown_name(token, node)))
            node = _child(node, token)
        return "".join(f"/{token}" for token in tokens)

    def shown_detail(self, detail: str, pointer: str, root: Node | None) -> str:
        """Write what is flawed in the object at `pointer`; the detail may quote a name in it."""
        node = root
        for token in map(unescape, pointer.split("/")[1:]):
            node = _child(node, token)
        return _QUOTED.sub(lambda quoted: f'"{self.shown_name(quoted[1], node)}"', detail)

    def shown_header(self, value: str) -> str:
        """Write the value of a response header whose meaning is known."""
        text = self.scrub(value)
        if self.shows_values or _is_harmless(text):
            return _clip(_printable(text))
        return f"{_clip(pseudonyms.of_text(value, self.key), len(value))}{PSEUDONYM}"

    def shown_text(self, text: str, limit: int) -> str:
        """Write a text about which nothing is known, at most `limit` characters of it."""
        if not self.shows_values:
            return pseudonyms.of_text(text, self.key, limit)
        return _printable(self.scrub(text)[:limit], "\n\t")

    def account(self, value: str) -> str:
        """Write an account's id, which `shows_values` does not show either."""
        return pseudonyms.of_text(value, self.key)

    def _told(self, value: Any, node: Node | None) -> tuple[str, bool]:
        """Give the characters that are written of a text or a number, and whether they are its own."""
        is_text = isinstance(value, str)
        if self.shows_values or _is_open(node):
            text = self.scrub(value) if is_text else number_text(value)
            if self.shows_values or _is_harmless(text):
                return _clip(text), True
        make = pseudonyms.of_text if is_text else pseudonyms.of_number
        return _clip(make(value, self.key), len(value if is_text else number_text(value))), False

    def _shown_object(self, value: dict[str, Any], node: Node | None) -> str:
        if node and _is_open(node) and node.branches and node.discriminator in value:
            selector = next(iter(node.branches.values())).properties[node.discriminator]
            return f"{{{code(node.discriminator)}: {self.shown(value[node.discriminator], selector)}}}"
        return f"an object of {counted(len(value), 'member')}"


def _is_open(node: Node | None) -> bool:
    """Say whether a place is declared and not marked private."""
    return node is not None and not node.keywords.get("x-private")


def _is_harmless(text: str) -> bool:
    return len(text) <= MAX_SHOWN and _is_plain(text)


@lru_cache(2**14)
def _is_plain(text: str) -> bool:
    return code(text).isprintable() and "@" not in _decoded(text)


def _decoded(text: str) -> str:
    """Give a text without what an `@` may hide behind: codings of mail, JSON, URLs and HTML, other characters
    for it."""
    text = _CODED_AT.sub("@", text)
    if text.isascii() and "%" not in text and "&" not in text:
        return text
    decoded = normalize("NFKC", html.unescape(unquote(text)))
    return decoded if decoded == text else _decoded(decoded)


def _printable(text: str, keep: str = "") -> str:
    return "".join(one if one.isprintable() or one in keep else "�" for one in text)


def _clip(text: str, length: int | None = None) -> str:
    """Shorten a text of this full length, by default its own, and tell the length."""
    length = len(text) if length is None else length
    return text if length <= MAX_LENGTH else f"{text[:MAX_LENGTH]}… ({length} characters)"


def _quoted(text: str) -> str:
    quoted = code(text)
    return quoted if quoted.isprintable() else json.dumps(text)


def _number(text: str) -> Any:
    """Read a number back, unless JSON libraries do not write such a number: then its text stands for it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isfinite(value) else text


def _child(node: Node | None, token: str) -> Node | None:
    """Give the node of a member or an item, in whichever branch; None where it is not declared or private."""
    if node is None or not _is_open(node):
        return None
    step = EACH if node.items and token.isdecimal() else token
    return node.at((step,))
