"""Keeps text that strangers wrote from being more than text, in HTML, in CSS, and to the eye.

Jinja escapes what is HTML. What it leaves are characters that cannot be seen, turn the line around or cannot
be written to a file at all; these are shown as every other form shows them.
"""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from contracts.reports.visible import visible

_CSS_PLAIN = re.compile(r"[A-Za-z0-9]")
# What RFC 3986 allows in a fragment beside letters, digits and -._~.
_IN_FRAGMENT = "!$&'()*+,;=:@/?"


def finalized(value: Any) -> Any:
    """Make a value fit to be put into the page; what is markup of ours stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def ticked(text: str) -> Markup:
    """Mark up what stands between backticks as code."""
    pieces = [escape(visible(piece)) for piece in text.split("`")]
    if len(pieces) % 2 == 0:  # one backtick is nobody's partner
        return escape(visible(text))
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
