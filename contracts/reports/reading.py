"""Reads a record back, later and elsewhere; refuses what is none."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from contracts.errors import UsageError
from contracts.ledger import clip
from contracts.reports.compliance import FORMAT, VERSION
from contracts.reports.upgrading import upgraded
from contracts.yaml_source import escape

_ADVICE = "name a compliance.json that a run has written"


def read(path: Path) -> dict[str, Any]:
    """Give the report in a file, as the present version has it.

    Raises:
        UsageError: the file cannot be read, is not a record, or is of a newer version.
    """
    try:
        found = json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", _ADVICE) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON", _ADVICE) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UsageError(f'{path} is not a record: its "format" is not "{FORMAT}"', _ADVICE)
    version = found.get("version")
    if type(version) is not int or version < 1:
        raise UsageError(f'{path} is not a record: its "version" is no number of one', _ADVICE)
    if version > VERSION:
        problem = f"{path} is of version {version}, and this suite knows versions up to {VERSION}"
        raise UsageError(problem, "use a newer suite")
    report = _upgraded(found, path) if version < VERSION else found
    problem = flaw(report)
    if problem:
        raise UsageError(f"{path} is not a whole record: {problem}", _ADVICE)
    return report


def flaw(report: Mapping[str, Any]) -> str:
    """Say what is wrong with a report, and where; empty where it is as its JSON Schema has it."""
    error = next(_validator().iter_errors(report), None)
    if error is None:
        return ""
    pointer = "".join(f"/{escape(str(token))}" for token in error.instance_path)
    return f"{pointer or 'at its top'}: {clip(error.message)}"


@cache
def schema() -> dict[str, Any]:
    """Give the JSON Schema of a record."""
    text = resources.files(__package__).joinpath("compliance.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


def _upgraded(report: Mapping[str, Any], path: Path) -> dict[str, Any]:
    try:
        return upgraded(report)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UsageError(f"{path} is not a whole record of version 1: a member is missing", _ADVICE) from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
