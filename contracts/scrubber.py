"""Takes secrets out of texts: a server may echo what it was sent, in one form or another, whole or cut.

What the secrets are is said in `secrecy.py`. What of a body is private, though no secret, is decided in
`redaction.py`.
"""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from urllib.parse import quote

PIECE_LENGTH = 12
"""So many characters in a row of a secret are taken for it: servers and Python cut what they quote."""
MIN_LENGTH = 8
"""A shorter form of a secret, and a shorter secret, cannot be told from ordinary words."""
_MIN_VARIETY = 5
"""A piece of fewer different characters, as of zeros only, may be anybody's."""

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

    It finds them in any case, as they are and as URLs, JSON, HTML, Python, base64 and hexadecimal write them,
    and every piece of them of PIECE_LENGTH characters.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._pieces: dict[int, dict[str, str]] = defaultdict(dict)
        for secret, name in names.items():
            for piece in _pieces(secret):
                self._pieces[len(piece)].setdefault(piece.translate(_LOWER), name)
        self._grams = {
            length: _grams(pieces, _gram_length(length)) for length, pieces in self._pieces.items()
        }

    def scrub(self, text: str) -> str:
        """Replace every secret in a text."""
        parts: list[str] = []
        end = 0
        for start, stop, name in sorted(self._found(text.translate(_LOWER))):
            if start >= end:
                parts += [text[end:start], name]
            end = max(end, stop)
        return "".join([*parts, text[end:]]) if parts else text

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        # A text may be long, and is looked at only so often that some part of each piece is seen.
        for length, pieces in self._pieces.items():
            grams, size = self._grams[length], _gram_length(length)
            step = length - size + 1
            for seen in range(0, len(text) - size + 1, step):
                if text[seen : seen + size] not in grams:
                    continue
                for start in range(max(seen - step + 1, 0), min(seen, len(text) - length) + 1):
                    name = pieces.get(text[start : start + length])
                    if name:
                        yield start, start + length, name


def _gram_length(length: int) -> int:
    return min(length, _GRAM_LENGTH)


def _grams(pieces: Iterable[str], size: int) -> frozenset[str]:
    """Give all parts of a size that pieces have."""
    return frozenset(
        piece[start : start + size] for piece in pieces for start in range(len(piece) - size + 1)
    )


def _pieces(secret: str) -> Iterator[str]:
    """Yield what a secret is recognised by: pieces of each form, and the form itself where not all tell."""
    # Of a mail address the domain alone is no secret.
    domain = secret[secret.rfind("@") :] if "@" in secret else ""
    for form, common in zip(_forms(secret), _forms(domain), strict=True):
        pieces = [form[start : start + PIECE_LENGTH] for start in range(len(form) - PIECE_LENGTH + 1)]
        telling = [piece for piece in pieces if len(set(piece)) >= _MIN_VARIETY and piece not in common]
        yield from telling
        is_long_enough = len(form) >= MIN_LENGTH or form == secret != ""
        if is_long_enough and (len(telling) < len(pieces) or not pieces):
            yield form


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), quote(secret), html.escape(secret))
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1])
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    raw = secret.encode(errors="surrogateescape")
    yield raw.hex()
    for before in range(3):
        # Base64 writes three bytes with four characters: what the neighbours of the secret share is left out.
        padded = bytes(before) + raw
        whole = padded[: len(padded) // 3 * 3]
        for encoded in (b64encode(whole), urlsafe_b64encode(whole)):
            yield encoded.decode()[4 if before else 0 :]
