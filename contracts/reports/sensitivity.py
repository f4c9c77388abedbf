"""How sure the suite is: what the last whole green matrix measured, shipped beside this module.

It holds for the fragment that it was measured on, and says nothing of any other.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

FORMAT, VERSION = "contract-sensitivity-record", 1
FILE = "sensitivity.json"


@cache
def shipped() -> Mapping[str, Any]:
    """Give the record that is shipped."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def measured(fragment_sha256: str) -> Mapping[str, Any] | None:
    """Give what was measured on the fragment of this digest, None where nothing was."""
    record = shipped()
    return record if record["fragment"]["sha256"] == fragment_sha256 else None


def figures(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give the figures of a record: when and by which suite, and how many faults, variants and clauses."""
    return {
        "measured": record["measured"],
        "suite": record["suite"]["version"],
        "faults": record["faults"]["total"],
        "caught": record["faults"]["caught"],
        "variants": record["variants"]["total"],
        "passed": record["variants"]["passed"],
        "proven": sum(1 for faults in record["clauses"].values() if faults),
    }
