"""The emulator's own judgement of parameters, made from their schemas; nothing of it is shared with the
suite that judges the emulator."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from contracts.operation import Parameter

Value = str | int | bool
Texts = Mapping[str, list[str]]
Arguments = Mapping[str, Value]
"""The values of the query parameters by name: what was sent, or else the default where there is one."""

# Python reads no longer numbers by default, and the rest makes no page exist that did not.
_MOST_DIGITS = 600
_INTEGER = re.compile(r"(-?[1-9][0-9]*|0)", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: the status, and the code and words of the first error.

    `parameter` and `keyword` name what was wrong with a parameter, where it was one keyword of its schema.
    """

    status: int
    code: int
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    parameter: str = ""
    keyword: str = ""


def invalid(message: str, parameter: str = "", keyword: str = "") -> Refusal:
    """Make the refusal of a request that is not written as the contract says."""
    return Refusal(400, 10400, message, parameter=parameter, keyword=keyword)


def decode(raw: bytes) -> str:
    """Undo percent-encoding; bytes that are not UTF-8 become lone surrogates."""
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def is_utf8(text: str) -> bool:
    """Say whether a decoded text came as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def split(query: bytes) -> Texts:
    """Give the texts that a query holds for each name, in order."""
    texts: dict[str, list[str]] = {}
    for pair in query.split(b"&") if query else ():
        name, _, text = pair.replace(b"+", b" ").partition(b"=")
        texts.setdefault(decode(name), []).append(decode(text))
    return texts


def judge_all(parameters: Sequence[Parameter], texts: Texts) -> Arguments | Refusal:
    """Give the values of all query parameters, or why they are refused."""
    if not all(is_utf8(text) for name, found in texts.items() for text in (name, *found)):
        return invalid("The query is not UTF-8")
    arguments: dict[str, Value] = {}
    for parameter in parameters:
        judged = judge(parameter, texts.get(parameter.name, []))
        if isinstance(judged, Refusal):
            return judged
        if judged is not None:
            arguments[parameter.name] = judged
    return arguments


def judge(parameter: Parameter, texts: Sequence[str]) -> Value | Refusal | None:
    """Give the value of a parameter, None where it was left out and has no default, or its refusal."""
    if not texts:
        default: Value | None = parameter.node.keywords.get("default")
        return invalid(f"{parameter.name} is required") if parameter.is_required else default
    if len(texts) > 1:
        return invalid(f"{parameter.name} is given more than once")
    if not texts[0] or not is_utf8(texts[0]):
        return invalid(f"{parameter.name} has no readable value")
    return _typed(parameter, texts[0])


def _typed(parameter: Parameter, text: str) -> Value | Refusal:
    keywords, types = parameter.node.keywords, parameter.node.types
    value: Value = text
    if "integer" in types:
        if not _INTEGER.fullmatch(text):
            return invalid(f"{parameter.name} is not an integer", parameter.name, "type")
        value = int(text[:_MOST_DIGITS])
    elif "boolean" in types:
        if text not in _BOOLEANS:
            return invalid(f"{parameter.name} is neither true nor false", parameter.name, "type")
        value = _BOOLEANS[text]
    broken = broken_keywords(keywords, value)
    if broken:
        return invalid(f"{parameter.name} has a value not allowed", parameter.name, broken[0])
    return value


def broken_keywords(keywords: Mapping[str, Any], value: Value | float) -> list[str]:
    """Name the keywords of a schema, its types aside, that a string, number or boolean does not keep."""
    kept = {"enum": "enum" not in keywords or value in keywords["enum"]}
    if isinstance(value, str):
        kept["minLength"] = len(value) >= keywords.get("minLength", 0)
        kept["maxLength"] = len(value) <= keywords.get("maxLength", len(value))
        kept["pattern"] = bool(re.search(keywords.get("pattern", ""), value))
    else:
        kept["minimum"] = value >= keywords.get("minimum", value)
        kept["maximum"] = value <= keywords.get("maximum", value)
    return [keyword for keyword, is_kept in kept.items() if not is_kept]
