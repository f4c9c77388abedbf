"""Measures how fast the suite is, beside what a user would pick instead: `python tests/benchmarks`.

The ratios tell something of the code, the figures themselves of the machine. Nothing is judged here;
`compare.py` says what got slower from one record to another.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

# Python has put this folder first; the checkout comes before what is installed.
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

import auditing
import documents
import judging
import measuring
import serving
import suite

BENCHMARKS: dict[str, Callable[[bool], list[measuring.Group]]] = {
    "judging": judging.groups,
    "suite": suite.groups,
    "serving": serving.groups,
    "auditing": auditing.groups,
    "documents": documents.groups,
}


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmarks that are asked for, print their tables, and write them down."""
    parsed = parser().parse_args(arguments)
    if parsed.readme:
        measuring.around(parsed.readme)
    groups: list[measuring.Group] = []
    for name in parsed.benchmarks or BENCHMARKS:
        for group in BENCHMARKS[name](parsed.quick):
            groups.append(group)
            print(*measuring.table(group), "", sep="\n", flush=True)
    measuring.write(groups, parsed.record)
    if parsed.readme:
        measuring.keep(groups, parsed.readme)
    print(f"record: {parsed.record}")


def known(name: str) -> str:
    """Take the name of a benchmark."""
    if name not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(BENCHMARKS)}")
    return name


def parser() -> argparse.ArgumentParser:
    """Give the command line."""
    made = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__.partition("\n")[0])
    made.add_argument(
        "benchmarks",
        nargs="*",
        type=known,
        metavar="BENCHMARK",
        help=f"which to run: {', '.join(BENCHMARKS)} (default: all)",
    )
    made.add_argument(
        "--quick", action="store_true", help="one round of each: whether it works, not how fast"
    )
    made.add_argument(
        "--record", type=Path, default=Path("reports/benchmarks.json"), help="where the figures are written"
    )
    made.add_argument(
        "--readme", type=Path, metavar="FILE", help="Markdown in which the tables stand, to be renewed"
    )
    return made


if __name__ == "__main__":
    main()
