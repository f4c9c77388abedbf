"""Puts texts of strangers into Markdown, so that they are read as they are and do nothing.

What GitHub makes links of or notifies people by (`@name`, addresses) is shown as code, which it leaves alone.
Source: CommonMark 0.31, GitHub Flavored Markdown.
"""

import re

from contracts.ledger import MAX_TEXT, clip
from contracts.reports.visible import visible

_CODE = re.compile(r"(`[^`]+`|@\w[\w/.-]*|\b(?:\w+://|www\.)\S*[^\s.,;:!?])")
_SPECIAL = re.compile(r"([\\`*_\[\]#|~$])")
_AT_START = re.compile(r"^(\d*)([-+=.)])(?=\s|[-=]|$)")


def prose(text: str) -> str:
    """Write a text as a part of a line; what stands in backticks in it stays code."""
    pieces = _CODE.split(clip(" ".join(visible(text).split())))
    # Every other piece is one of those that the pattern looks for.
    shown = "".join(
        code(piece.strip("`")) if place % 2 else _escaped(piece) for place, piece in enumerate(pieces)
    )
    return _AT_START.sub(r"\1\\\2", shown)


def code(text: str) -> str:
    """Write a text as code within a line."""
    shown = clip(visible(text, ""))
    if not shown.strip():
        return "(empty)"
    fence = _fence(shown, 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(markdown: str) -> str:
    """Let Markdown stand in a cell of a table, where a bar ends it even within code."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", markdown)


def block(text: str, language: str = "", limit: int = MAX_TEXT) -> str:
    """Write a text as a block of code."""
    shown = clip(visible(text), limit)
    fence = _fence(shown, 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def _escaped(text: str) -> str:
    marked = _SPECIAL.sub(r"\\\1", text)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(longest + 1, least)
