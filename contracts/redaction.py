"""Decides what of a body may be written down: by default nothing.

A value is shown as it came only where the fragment declares its place and does not mark it private
(`x-private`), and only if it is short, printable and holds no `@`. Of everything else the shape is told.
"""

import re
from typing import Any

from contracts.clauses.wording import code
from contracts.schema import Node

MAX_SHOWN = 64


def shown(value: Any, node: Node | None) -> str:
    """Write a value that stands at a place of the contract; `node` is None where it is not declared."""
    if value is None or isinstance(value, bool):
        return code(value)
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return _shown_object(value, node)
    if node is None or node.keywords.get("x-private"):
        return shape(value)
    text = code(value) if isinstance(value, str | float) else _digits(value)
    return text if _is_harmless(text) else shape(value)


def shown_name(name: str) -> str:
    """Write the name of a member that is not declared."""
    return name if _is_harmless(name) else f"<a name of {len(name)} characters>"


def shown_pointer(pointer: str) -> str:
    """Write a JSON Pointer into a body."""
    return "/".join(shown_name(token) for token in pointer.split("/"))


def scrub(text: str) -> str:
    """Take from a sentence about a body every quoted word that could be somebody's."""
    return re.sub(r'"[^"]*@[^"]*"', "<not shown>", text)


def _is_harmless(text: str) -> bool:
    return len(text) <= MAX_SHOWN + 2 and text.isprintable() and "@" not in text


def shape(value: Any) -> str:
    """Tell a value's type and size only."""
    if isinstance(value, str):
        return f"a string of {len(value)} characters"
    return f"a number of {len(_digits(value))} characters"


def redact(value: Any, node: Node | None) -> Any:
    """Give a body with the same structure in which every value is as `shown` has it.

    Names of members that the fragment does not declare are kept if they are harmless, their values never.
    """
    if node and node.keywords.get("x-private"):
        # Nothing below a private place is declared to be shown.
        node = None
    if isinstance(value, dict):
        branch = node.branches.get(str(value.get(node.discriminator))) if node else None
        declared = {**(node.properties if node else {}), **(branch.properties if branch else {})}
        return {shown_name(name): redact(member, declared.get(name)) for name, member in value.items()}
    if isinstance(value, list):
        return [redact(item, node.items if node else None) for item in value]
    if value is None or isinstance(value, bool):
        return value
    text = shown(value, node)
    if text == shape(value):
        return f"<{text}>"
    # A Decimal stands for a number that JSON libraries do not write.
    return value if isinstance(value, str | int | float) else text


def _shown_object(value: dict[str, Any], node: Node | None) -> str:
    if node and node.branches and node.discriminator in value:
        selector = next(iter(node.branches.values())).properties[node.discriminator]
        return f"{{{code(node.discriminator)}: {shown(value[node.discriminator], selector)}}}"
    return f"an object of {len(value)} members"


def _digits(value: Any) -> str:
    try:
        return str(value)
    except ValueError:
        return "9" * MAX_SHOWN * 2
