"""Takes secrets out of texts: a server may echo what it was sent, in one form or another, whole or cut.

What the secrets are is said in `secrecy.py`. What of a body is private, though no secret, is decided in
`redaction.py`.
"""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple
from urllib.parse import quote

PIECE_LENGTH = 12
"""So many characters in a row of a secret are taken for it: servers and Python cut what they quote."""
MIN_LENGTH = 8
"""A shorter form of a secret, and a shorter secret, cannot be told from ordinary words."""
_CHANCE_LENGTH = 3
"""Before the @ of a mail address, so many characters may be the same as in another person's by chance."""
_MIN_VARIETY = 5
"""A piece of fewer different characters, as of zeros only, may be anybody's."""

_BLOCK_LENGTH = 4
"""Base64 writes three bytes with so many characters."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_BASE64_BEFORE = re.compile(
    r"(?:.*(?:\\(?:u[0-9a-fA-F]{4}|.)|%[0-9a-fA-F]{2}|[^A-Za-z0-9+/_-]))?([A-Za-z0-9+/_-]*)", re.DOTALL
)
"""At the end of a text, which may end with an escape that must stay whole."""
_MAX_ESCAPE = len("\\u0000")

_HEX_OF_A_UUID = re.compile(
    "([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})", re.IGNORECASE
)
_GRAM_LENGTH = 5
"""Short enough to be seldom looked for, long enough to be seldom found by chance."""
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def scrubbed(record: Any, scrub: Callable[[str], str]) -> Any:
    """Give a record without the secrets that `scrub` takes out of texts."""
    if isinstance(record, dict):
        return {name: scrubbed(member, scrub) for name, member in record.items()}
    if isinstance(record, list):
        return [scrubbed(item, scrub) for item in record]
    return scrub(record) if isinstance(record, str) else record


class Scrubber:
    """Replaces secrets by what stands for them; `names` maps each secret to that, as to `$VARIABLE`.

    It finds them in any case, as they are and as URLs, JSON, HTML, Python, base64, hexadecimal and UUIDs
    write them, and every piece of them of PIECE_LENGTH characters. The blocks of base64 that they share with
    what stands beside them are taken for theirs.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._pieces: dict[int, dict[str, _Meaning]] = defaultdict(dict)
        for secret, name in names.items():
            for piece, back, ahead in _pieces(secret):
                self._pieces[len(piece)].setdefault(piece.translate(_LOWER), _Meaning(name, back, ahead))
        self._grams = {
            length: _grams(pieces, _gram_length(length))
            for length, pieces in self._pieces.items()
            if length != PIECE_LENGTH
        }
        # Pieces are cut from forms one character apart: the forms have the same parts, and each but once.
        forms = (form.translate(_LOWER) for secret in names for form, _, _ in _forms(secret))
        self._grams[PIECE_LENGTH] = _grams(forms, _gram_length(PIECE_LENGTH))

    def scrub(self, text: str) -> str:
        """Replace every secret in a text."""
        if not self._pieces:
            return text
        spans: list[tuple[int, int, _Meaning]] = []
        for start, stop, meaning in sorted(self._found(text.translate(_LOWER))):
            if spans and start < spans[-1][1]:
                since, until, first = spans[-1]
                spans[-1] = since, max(until, stop), first
            else:
                spans.append((start, stop, meaning))
        if not spans:
            return text
        parts: list[str] = []
        end = 0
        following = [*(start for start, _, _ in spans[1:]), len(text)]
        for (start, stop, meaning), limit in zip(spans, following, strict=True):
            parts += [text[end : _begin(text, start, end, meaning.back)], meaning.name]
            match = _BASE64.match(text, stop, min(stop + meaning.ahead, limit))
            assert match
            end = match.end()
        return "".join([*parts, text[end:]])

    def _found(self, text: str) -> Iterator[tuple[int, int, "_Meaning"]]:
        # A text may be long, and is looked at only so often that some part of each piece is seen.
        for length, pieces in self._pieces.items():
            grams, size = self._grams[length], _gram_length(length)
            step = length - size + 1
            for seen in range(0, len(text) - size + 1, step):
                if text[seen : seen + size] not in grams:
                    continue
                for start in range(max(seen - step + 1, 0), min(seen, len(text) - length) + 1):
                    meaning = pieces.get(text[start : start + length])
                    if meaning:
                        yield start, start + length, meaning


class _Meaning(NamedTuple):
    """What stands for a piece, and how far what it is part of may reach beyond it, back and ahead."""

    name: str
    back: int
    ahead: int


def _begin(text: str, start: int, end: int, back: int) -> int:
    """Give where base64 begins of which a part was found at `start`; before `end` nothing may be taken."""
    if not back:
        return start
    match = _BASE64_BEFORE.fullmatch(text, max(start - back - _MAX_ESCAPE, end), start)
    assert match
    return max(match.start(1), start - back)


def _gram_length(length: int) -> int:
    return min(length, _GRAM_LENGTH)


def _grams(pieces: Iterable[str], size: int) -> frozenset[str]:
    """Give all parts of a size that pieces have."""
    return frozenset(
        piece[start : start + size] for piece in pieces for start in range(len(piece) - size + 1)
    )


def _pieces(secret: str) -> Iterator[tuple[str, int, int]]:
    """Yield what a secret is recognised by: pieces of each form, and the form itself where not all tell; and
    how many characters before and after a piece may tell of the secret, too."""
    common = [form for form, _, _ in _forms(_shared_end(secret))]
    for form, back, ahead in _forms(secret):
        pieces = [form[start : start + PIECE_LENGTH] for start in range(len(form) - PIECE_LENGTH + 1)]
        telling = [
            piece
            for piece in pieces
            if len(set(piece)) >= _MIN_VARIETY and not any(piece in other for other in common)
        ]
        yield from ((piece, back, ahead) for piece in telling)
        is_long_enough = len(form) >= MIN_LENGTH or form == secret != ""
        if is_long_enough and (len(telling) < len(pieces) or not pieces):
            yield form, back, ahead


def _shared_end(secret: str) -> str:
    """Give the end of a mail address that others at the same domain may have as well, or nothing."""
    at = secret.rfind("@")
    return secret[min(max(at - _CHANCE_LENGTH, 1), at) :] if at >= 0 else ""


def _forms(secret: str) -> Iterator[tuple[str, int, int]]:
    """Yield the forms of a secret, each with the number of characters before and after it that may be of it,
    but which its neighbours decide, too."""
    raw = secret.encode(errors="surrogateescape")
    alone = [secret, quote(secret, safe=""), quote(secret), html.escape(secret)]
    alone += [json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    ways = ("\\u{:04x}", "&#{};", "&#x{:x};")
    alone += ["".join(way.format(ord(character)) for character in secret) for way in ways]
    alone += ["".join(way.format(byte) for byte in raw) for way in ("{:02x}", "%{:02x}", "\\x{:02x}")]
    # Who takes an id of 32 hexadecimal digits for a UUID writes it as one (RFC 9562 section 4).
    alone += ["-".join(found.groups()) if (found := _HEX_OF_A_UUID.fullmatch(secret)) else secret]
    yield from ((form, 0, 0) for form in alone)
    for before in range(3):
        # Base64 writes three bytes with four characters: what the neighbours of the secret share is left out.
        padded = bytes(before) + raw
        whole = padded[: len(padded) // 3 * 3]
        back, ahead = (_BLOCK_LENGTH if is_shared else 0 for is_shared in (before, len(padded) % 3))
        for encoded in (b64encode(whole), urlsafe_b64encode(whole)):
            yield encoded.decode()[back:], back, ahead
