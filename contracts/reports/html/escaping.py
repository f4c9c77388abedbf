"""Keeps text that strangers wrote from being more than text, in HTML, in CSS, and to the eye.

Jinja escapes what is HTML. What it leaves are characters that cannot be seen, turn the line around or cannot
be written to a file at all; these are shown as every other form shows them.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from contracts.reports.visible import visible

_WITHIN_NAME = re.compile(r"(?<=[\w\]][./])(?=[A-Za-z])|(?<=[:=])(?=[A-Za-z])")
_CSS_PLAIN = re.compile(r"[A-Za-z0-9]")
# What RFC 3986 allows in a fragment beside letters, digits and -._~.
_IN_FRAGMENT = "!$&'()*+,;=:@/?"


def finalized(value: Any) -> Any:
    """Make a value fit to be put into the page; what is markup of ours stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def ticked(text: str) -> Markup:
    """Mark up what stands between backticks as code."""
    return _ticked(text, lambda piece: escape(visible(piece)))


def breakable(text: str) -> Markup:
    """Do so, and let a line end between the parts of a long name: a table need not be as wide as that."""
    return _ticked(text, lambda piece: Markup("<wbr>").join(_WITHIN_NAME.split(visible(piece))))


def _ticked(text: str, marked_up: Callable[[str], Markup]) -> Markup:
    pieces = [marked_up(piece) for piece in text.split("`")]
    if len(pieces) % 2 == 0:  # one backtick is nobody's partner
        return marked_up(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(piece) if odd % 2 else piece for odd, piece in enumerate(pieces))


def marked(text: str, needles: set[str]) -> Markup:
    """Highlight these words wherever they stand in a text."""
    if not needles:
        return escape(visible(text))
    ways = "|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    pieces = re.split(f"({ways})", text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(visible(piece)) if odd % 2 else escape(visible(piece))
        for odd, piece in enumerate(pieces)
    )


def css_text(text: str) -> Markup:
    """Write a text as what may stand between quotes in CSS."""
    written = "".join(one if _CSS_PLAIN.match(one) else f"\\{ord(one):x} " for one in visible(text))
    return Markup(written)  # noqa: S704 (nothing but letters, digits, backslashes and spaces)


def to(anchor: str) -> str:
    """Give the address of a place of the page."""
    return f"#{quote(visible(anchor), safe=_IN_FRAGMENT)}"


def is_web_address(text: str) -> bool:
    """Say whether a text may be made a link."""
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:
        return False
