"""The text of `compliance.json`, to the byte: digests of it stand elsewhere."""

import json
from collections.abc import Mapping
from typing import Any


def as_json(report: Mapping[str, Any]) -> str:
    """Give the report as the text of `compliance.json`; a report that was read gives the same again."""
    return json.dumps(report, indent=1, ensure_ascii=True) + "\n"
