"""The answers of drivers: what may stand in them. `drivers/README.md` tells the protocol, and
`drivers/answers.schema.json` the form of its answers."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

VERSION = 2
DRIVERS = Path(__file__).parent / "drivers"
README = "contracts/sdk/drivers/README.md"
_SCHEMA = json.loads((DRIVERS / "answers.schema.json").read_text(encoding="utf-8"))
_VALIDATORS = {
    # Of an answer that may be of any size the message names the place and not what stands there.
    word: jsonschema_rs.Draft202012Validator(_SCHEMA | {"$ref": f"#/$defs/{word}"}, mask="it")
    for word in ("hello", "call", "describe")
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
        return f"is not in the protocol{f', at {place}' if place else ''}: {error.message}"
    return ""
