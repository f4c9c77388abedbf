"""What a parameter of the contract allows and forbids, as the texts that stand on the wire.

RFC 6570 form style: a value of an integer parameter is its decimal digits, of a string parameter itself.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import inf
from typing import Any

from contracts.operation import Parameter

REFUSABLE = ("type", "enum", "minimum", "maximum", "maxLength")
"""The keywords of a parameter's schema whose violation the contract says is refused."""


class Standing(StrEnum):
    """How the contract stands to a value: it must be accepted, must be refused, or either may happen."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The standing of one text and, where it is forbidden, the keyword that forbids it."""

    standing: Standing
    keyword: str = ""


_CANONICAL = re.compile(r"-?[1-9][0-9]*|0")
_ALLOWED = Assessment(Standing.ALLOWED)
_OPEN = Assessment(Standing.OPEN)


def assess(parameter: Parameter, texts: list[str]) -> Assessment:
    """Say how the contract stands to the texts sent for a parameter; no text means it was left out.

    An empty text and a repeated parameter are open: OpenAPI leaves to the server whether the one is
    absence and which of the others counts. So is a number written in an unusual way (`+1`, `1.0`, `01`), also
    where it lies out of the range: nobody can tell whether a server that answers took it for an integer.
    """
    if not texts:
        return _OPEN if parameter.is_required else _ALLOWED
    if len(texts) > 1 or texts[0] == "":
        return _OPEN
    return _assess_one(parameter, texts[0])


def _assess_one(parameter: Parameter, text: str) -> Assessment:
    keywords = parameter.node.keywords
    if "enum" in keywords:
        return _ALLOWED if text in keywords["enum"] else _forbidden("enum")
    if is_counted(parameter):
        return _assess_integer(parameter, text)
    return _forbidden("maxLength") if len(text) > keywords.get("maxLength", len(text)) else _ALLOWED


def _assess_integer(parameter: Parameter, text: str) -> Assessment:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _forbidden("type")
    if not number.is_finite() or number != number.to_integral_value():
        return _forbidden("type")
    if not _CANONICAL.fullmatch(text):
        return _OPEN
    keywords = parameter.node.keywords
    if number < keywords.get("minimum", number):
        return _forbidden("minimum")
    if number > keywords.get("maximum", number):
        return _forbidden("maximum")
    return _ALLOWED


def _forbidden(keyword: str) -> Assessment:
    return Assessment(Standing.FORBIDDEN, keyword)


def is_counted(parameter: Parameter) -> bool:
    """Say whether the parameter is an integer."""
    return parameter.node.types == ("integer",)


def value_of(parameter: Parameter, text: str) -> Any:
    """Give the JSON value that an allowed text stands for."""
    return int(text) if is_counted(parameter) else text


def default(parameter: Parameter) -> Any:
    """Give the value that stands for an absent parameter, None where the contract names none."""
    return parameter.node.keywords.get("default")


def boundaries(parameter: Parameter) -> list[str]:
    """Give the allowed texts most likely to tell a right server from a wrong one, smallest first.

    Every value of an enum; the ends of a range, the place next to its far end, and the default; an example of
    a text, and the longest one.
    """
    keywords = parameter.node.keywords
    if "enum" in keywords:
        return [str(value) for value in keywords["enum"]]
    if not is_counted(parameter):
        # The longest text is a right one, too.
        longest = ["x" * keywords["maxLength"]] if "maxLength" in keywords else []
        return list(dict.fromkeys([parameter.example, *longest]))
    numbers = {keywords[name] for name in ("minimum", "maximum", "default") if name in keywords}
    if "maximum" in keywords and keywords["maximum"] > keywords.get("minimum", -inf):
        numbers.add(keywords["maximum"] - 1)
    return [str(number) for number in sorted(numbers or {1})]


def invalid_texts(parameter: Parameter) -> dict[str, list[str]]:
    """Give texts that the contract forbids, by the keyword that forbids them."""
    keywords = parameter.node.keywords
    classes: dict[str, list[str]] = {}
    if "enum" in keywords:
        first = str(keywords["enum"][0])
        unknown = f"NOT_{first}"
        while unknown in keywords["enum"]:
            unknown = f"NOT_{unknown}"
        classes["enum"] = [unknown, first.swapcase(), first + first]
    if "maxLength" in keywords:
        classes["maxLength"] = ["x" * (keywords["maxLength"] + 1)]
    if is_counted(parameter):
        classes["type"] = ["first", "1.5"]
        if "minimum" in keywords:
            classes["minimum"] = [str(keywords["minimum"] - 1), str(keywords["minimum"] - 1001)]
        if "maximum" in keywords:
            classes["maximum"] = [str(keywords["maximum"] + 1), str(keywords["maximum"] * 1000)]
    return classes
