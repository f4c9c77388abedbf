"""What a benchmark gives: figures in groups, each laid to the first of its group."""

import json
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- benchmarks -->", "<!-- end of benchmarks -->"
"""Between these comments stand the tables in a Markdown file."""


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


def around(path: Path) -> tuple[str, str]:
    """Give what stands before and after the tables in Markdown.

    Raises:
        SystemExit: there is no place for them.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no place for the tables: write {BEGIN} and {END} where they belong")
    return before + begin, end + after


def keep(groups: Iterable[Group], path: Path) -> None:
    """Put the tables into Markdown, in place of those that stand there."""
    before, after = around(path)
    lines = "\n".join(markdown(groups))
    path.write_text(f"{before}\n{lines}\n{after}", encoding="utf-8")


def markdown(groups: Iterable[Group]) -> Iterator[str]:
    """Yield the lines of a table for each group, under the day and the machine."""
    day, machine = datetime.now(UTC).date().isoformat(), f"{os.cpu_count()} cores, {platform.machine()}"
    yield f"Measured on {day}: {machine}, Python {platform.python_version()}."
    for group in groups:
        yield ""
        if group.figures:
            first = next(iter(group.figures))
            yield f"| {group.title} | {group.unit} | to {first} |"
            yield "| --- | ---: | ---: |"
            for name, figure in group.figures.items():
                yield f"| {name} | {figure:,.2f} | {group.ratios.get(name, 0):.2f} |"
        if group.notes:
            told = "; ".join(group.notes)
            yield from ("", f"{told[:1].upper()}{told[1:]}.")


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
