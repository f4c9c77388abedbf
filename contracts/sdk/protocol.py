"""What drivers are told of the operation, and what may stand in their answers. `drivers/README.md` tells the
protocol, and `drivers/answers.schema.json` the form of its answers."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from contracts.fragment import Fragment

_Kind = jsonschema_rs.ValidationErrorKind
VERSION = 2
DRIVERS = Path(__file__).parent / "drivers"
README = "contracts/sdk/drivers/README.md"
_SCHEMA = json.loads((DRIVERS / "answers.schema.json").read_text(encoding="utf-8"))
_VALIDATORS = {
    # Of an answer that may be of any size the message names the place and not what stands there.
    word: jsonschema_rs.Draft202012Validator(_SCHEMA | {"$ref": f"#/$defs/{word}"}, mask="it")
    for word in ("hello", "call", "describe")
}


def operation(fragment: Fragment) -> dict[str, Any]:
    """Give what a driver is told of the operation, so that it can find its method among others."""
    return {
        "id": fragment.operation_id,
        "method": fragment.method,
        "path": fragment.path,
        "credentials": list(fragment.schemes),
    }


def parsed(line: bytes) -> dict[str, Any]:
    """Read a line of a driver.

    Raises:
        ValueError: it is no JSON object; the message says so.
    """
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None
    if not isinstance(answer, dict):
        raise ValueError("is no JSON object")
    return answer


def trouble(word: str, answer: dict[str, Any]) -> str:
    """Say in which way an answer to the request `word` is not in the protocol; nothing where it is."""
    for error in _VALIDATORS[word].iter_errors(answer):
        place = "/".join(map(str, error.instance_path))
        return f"is not in the protocol{f', at {place}' if place else ''}: {_words(error)}"
    return ""


def _words(error: jsonschema_rs.ValidationError) -> str:
    """Say what is wrong to whoever writes a driver and knows no JSON Schema."""
    kind = error.kind
    if isinstance(kind, _Kind.OneOfMultipleValid):
        return "it has several of the members of which it has to have one"
    if not isinstance(kind, _Kind.AnyOf | _Kind.OneOfNotValid):
        return error.message
    # In the schema of the answers, each way of these is a member that has to be there.
    names = [one.kind.property for way in kind.context for one in way if isinstance(one.kind, _Kind.Required)]
    return f"it has none of the members {', '.join(names)}, of which it has to have one"
