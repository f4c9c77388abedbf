"""Judges values by the fragment as others would: with plain jsonschema, and none of the code under test."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import jsonschema

from contracts.fragment import Fragment
from contracts.schema import Node

DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time")
def is_date_time(text: Any) -> bool:
    return not isinstance(text, str) or moment(text) is not None


@FORMATS.checks("uuid")
def is_uuid(text: Any) -> bool:
    return not isinstance(text, str) or str(UUID(text)) == text


def moment(text: str) -> tuple[datetime, float] | None:
    """Give the second and the fraction that a date-time names, without the code under test."""
    found = DATE_TIME.fullmatch(text)
    if not found:
        return None
    zone = "+00:00" if found[4] in "Zz" else found[4]
    at = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    return at, float(found[3] or "0")


def schema_errors(fragment: Fragment, node: Node, value: Any) -> list[str]:
    """Validate with plain jsonschema against the document of the fragment."""
    pointer = node.origins["type"].rpartition("/")[0]
    schema = {**fragment.document, "$ref": "#" + quote(pointer)}
    validator = jsonschema.Draft202012Validator(schema, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def undeclared(node: Node, value: Any) -> list[str]:
    """Name the members of a value that its schema does not declare."""
    if isinstance(value, list):
        return [name for item in value for name in undeclared(node.items, item)] if node.items else ["[]"]
    if not isinstance(value, dict):
        return []
    branch = node.branches.get(value.get(node.discriminator, ""))
    known = {**node.properties, **(branch.properties if branch else {})}
    strange = [name for name in value if name not in known]
    return strange + [far for name in value if name in known for far in undeclared(known[name], value[name])]
