"""What a benchmark gives: figures in groups, each laid to the first of its group."""

import json
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one kind by what was measured; the first is what the others are laid to.

    `is_less_better` says of times and sizes that the smaller is the better. `notes` say what has to be known
    to read the figures, and what could not be measured.
    """

    title: str
    unit: str
    figures: dict[str, float]
    is_less_better: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> dict[str, float]:
        """Give each figure as a multiple of the first."""
        first = next(iter(self.figures.values()), 0.0)
        return {name: figure / first for name, figure in self.figures.items()} if first else {}


def table(group: Group) -> Iterator[str]:
    """Yield the lines that show a group."""
    first = next(iter(group.figures), "")
    yield f"{group.title:46}{group.unit:>12}  x {first}"
    for name, figure in group.figures.items():
        yield f"  {name:44}{figure:12.2f}  {group.ratios.get(name, 0):6.2f}"
    yield from (f"  ({note})" for note in group.notes)


def write(groups: Iterable[Group], path: Path) -> None:
    """Write the figures down, with the machine that they were taken on."""
    record = {
        "format": "contract-benchmarks",
        "version": 1,
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.system(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
        "groups": [
            {
                "title": group.title,
                "unit": group.unit,
                "is_less_better": group.is_less_better,
                "figures": group.figures,
                "ratios": group.ratios,
                "notes": group.notes,
            }
            for group in groups
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
