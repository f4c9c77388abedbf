"""Makes characters visible that a reader would not see, or that a format cannot hold."""

from typing import Any


def visible(text: str, keep: str = "\n") -> str:
    """Write control and format characters, odd spaces, lone surrogates and what is not assigned as escapes.

    What is left can stand in XML 1.0, is UTF-8, and reads in the order in which it is written. The
    characters of `keep` stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in keep else one.encode("unicode_escape").decode() for one in text
    )


def visible_texts(data: Any) -> Any:
    """Do so with all texts of plain JSON data."""
    if isinstance(data, dict):
        return {visible(name): visible_texts(member) for name, member in data.items()}
    if isinstance(data, list):
        return [visible_texts(item) for item in data]
    return visible(data) if isinstance(data, str) else data
