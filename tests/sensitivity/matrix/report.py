"""`sensitivity.json`, and the table that a person reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from outcomes import Outcome

from contracts import __version__, atomic
from contracts.fragment import Fragment
from contracts.reports import sensitivity

FORMAT, VERSION = "contract-sensitivity", 1


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of a matrix, and the clauses of which each has to have been proven breakable."""

    fragment: Fragment
    outcomes: list[Outcome]
    demanded: tuple[str, ...]

    @property
    def faults(self) -> list[Outcome]:
        """The outcomes of the faults."""
        return [outcome for outcome in self.outcomes if outcome.case.kind == "fault"]

    @property
    def variants(self) -> list[Outcome]:
        """The outcomes of the variants."""
        return [outcome for outcome in self.outcomes if outcome.case.kind == "variant"]

    @property
    def proofs(self) -> dict[str, list[str]]:
        """For each clause the faults that it named."""
        found: dict[str, list[str]] = {clause: [] for clause in self.demanded}
        for outcome in self.faults:
            for clause in outcome.named_by:
                found.setdefault(clause, []).append(outcome.case.id)
        return found

    @property
    def unproven(self) -> list[str]:
        """The clauses that named no fault."""
        return [clause for clause, faults in self.proofs.items() if not faults]

    @property
    def is_strong(self) -> bool:
        """Whether every fault was noticed, nobody blamed, and each clause has shown that it can fail."""
        return all(outcome.is_right for outcome in self.outcomes) and not self.unproven


def to_json(report: Report) -> dict[str, Any]:
    """Give the report as plain data, the same for equal outcomes."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "suite": {"version": __version__},
        "fragment": {"file": report.fragment.file, "sha256": report.fragment.digest},
        "faults": {"total": len(report.faults), "caught": sum(one.is_right for one in report.faults)},
        "variants": {"total": len(report.variants), "passed": sum(one.is_right for one in report.variants)},
        "cases": [_row(outcome) for outcome in report.outcomes],
        "clauses": report.proofs,
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    case = outcome.case
    return {
        "id": case.id,
        "kind": case.kind,
        "family": case.family,
        "condition": case.condition,
        "clauses": case.clauses,
        "is_right": outcome.is_right,
        "named_by": outcome.named_by,
        "blamed": outcome.blamed,
        "after_requests": outcome.after_requests,
        "requests": outcome.requests,
        "error": outcome.error,
    }


def write(report: Report, folder: Path) -> Path:
    """Write `sensitivity.json` into a folder, whole or not at all, and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sensitivity.json"
    atomic.write(json.dumps(to_json(report), indent=1) + "\n", path)
    return path


def record(report: Report, day: date) -> dict[str, Any]:
    """Give what is shipped of a whole matrix that all is right in: the figures, and the proofs by clause."""
    assert report.is_strong
    assert report.demanded
    told = to_json(report)
    kept = {name: told[name] for name in ("suite", "fragment", "faults", "variants", "clauses")}
    return {
        "format": sensitivity.FORMAT,
        "version": sensitivity.VERSION,
        "measured": day.isoformat(),
    } | kept


def lines(report: Report) -> Iterator[str]:
    """Yield what a person reads: counts by family and by condition, then all that is not right."""
    yield from _table("family", [(outcome.case.family, outcome) for outcome in report.faults])
    conditional = [(outcome.case.condition, outcome) for outcome in report.faults if outcome.case.condition]
    yield from _table("condition", conditional)
    for outcome in report.outcomes:
        if not outcome.is_right:
            yield f"{outcome.case.kind} {outcome.case.id}: {_told(outcome)}"
    for clause in report.unproven:
        yield f"clause {clause}: no fault shows that it can fail"
    caught, passed = (sum(one.is_right for one in some) for some in (report.faults, report.variants))
    yield (
        f"{caught} of {len(report.faults)} faults caught by a clause they break, "
        f"{passed} of {len(report.variants)} honest variants pass"
    )
    if report.demanded:
        proven = len(report.demanded) - len(report.unproven)
        yield f"{proven} of {len(report.demanded)} clauses have shown that they can fail"


def _told(outcome: Outcome) -> str:
    told = [f"blames {', '.join(outcome.blamed)}"] if outcome.blamed else []
    if outcome.case.kind == "fault" and not outcome.named_by:
        told.append(f"not caught by {' or '.join(outcome.case.clauses)}")
    return "; ".join([*told, *([outcome.error] if outcome.error else [])])


def _table(title: str, rows: list[tuple[str, Outcome]]) -> Iterator[str]:
    if not rows:
        return
    names = list(dict.fromkeys(name for name, _ in rows))
    width = max(map(len, [title, *names]))
    yield f"{title:{width}}  faults  caught  requests until then (median, most)"
    for name in names:
        outcomes = [outcome for key, outcome in rows if key == name]
        needed = sorted(one.after_requests for one in outcomes if one.after_requests is not None)
        until = f"{needed[len(needed) // 2]}, {needed[-1]}" if needed else "-"
        yield f"{name:{width}}  {len(outcomes):6}  {sum(one.is_right for one in outcomes):6}  {until}"
    yield ""
