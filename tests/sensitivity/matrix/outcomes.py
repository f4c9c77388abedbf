"""What came of a case: which clauses the suite named, and whether these are the right ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases import Case

STATUS_BROKEN = 1
JUDGED_STATUSES = (0, STATUS_BROKEN, 6)
"""Kept, broken, or too little to say so: any other run could not test."""
HONEST_CAUSES = ("no answer held an item", "the run ended before it could be looked at again")
"""Why too little may be seen of an honest server: its account has no jobs, or moves so much that the requests
of a run do not suffice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the suite made of a case.

    `named_by` are the clauses that the fault breaks and the suite named, `blamed` those that it named without
    reason, `after_requests` how many requests it had sent when it first met the fault. `error` says what else
    went wrong.
    """

    case: Case
    named_by: tuple[str, ...]
    blamed: tuple[str, ...]
    after_requests: int | None
    requests: int
    error: str

    @property
    def is_right(self) -> bool:
        """Whether a fault was named, or a variant left in peace, and nothing else was blamed."""
        return not self.error and not self.blamed and (bool(self.named_by) or self.case.kind == "variant")


def read(case: Case, folder: Path) -> Outcome:
    """Read what the run of a case left in its folder."""
    try:
        status = int((folder / "status").read_text())
        report = json.loads((folder / "compliance.json").read_text())
    except (OSError, ValueError):
        log = (folder / "log").read_text(errors="replace") if (folder / "log").exists() else ""
        return Outcome(case, (), (), None, 0, f"no record: {log[-1500:]}")
    entries = {entry["id"]: entry for entry in report["clauses"]}
    broken = [name for name, entry in entries.items() if entry["verdict"] == "violated"]
    unstable = [name for name, entry in entries.items() if entry["verdict"] == "unstable"]
    counted = {*broken, *(unstable if case.is_intermittent else ())}
    named = tuple(name for name in case.clauses if name in counted)
    offsets = [exemplar["offset"] for name in named for exemplar in entries[name]["exemplars"]]
    return Outcome(
        case=case,
        named_by=named,
        blamed=tuple(name for name in broken if name not in case.clauses),
        after_requests=min(offsets, default=None),
        requests=report["requests"]["sent"],
        error=_error(case, status, report, bool(named and broken)),
    )


def _error(case: Case, status: int, report: Mapping[str, Any], is_named_broken: bool) -> str:
    sentence = report["outcome"]["sentence"]
    if case.kind == "variant":
        is_honest = status == 0 or (status == 6 and any(cause in sentence for cause in HONEST_CAUSES))
        return "" if is_honest else f"exit status {status} ({sentence})"
    if status not in JUDGED_STATUSES:
        return f"exit status {status} ({sentence})"
    if is_named_broken and status != STATUS_BROKEN:
        return f"exit status {status} although a clause is broken"
    return ""
