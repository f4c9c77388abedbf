"""Runs the suite against every fault and every variant of the emulator: `python tests/sensitivity/matrix`.

What is measured is the suite itself: whether it names each fault by a clause that the fault breaks, and
blames no honest server.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Python has put this folder first; the checkout comes before what is installed.
sys.path.insert(1, str(ROOT))

from cases import Case, cases, sample  # noqa: E402
from outcomes import Outcome, read  # noqa: E402
from report import Report, lines, record, write  # noqa: E402
from workers import run_all  # noqa: E402

from contracts import atomic  # noqa: E402
from contracts.clauses import derive  # noqa: E402
from contracts.fragment import default_fragment  # noqa: E402
from contracts.reports import sensitivity  # noqa: E402

DESCRIPTION = """\
Runs the contract suite, as a user runs it, against every fault that the emulator can commit and every honest
variant of it. A fault counts as caught if a clause that it breaks is named; a variant passes if nothing is.
"""
SHIPPED = ROOT / "contracts" / "reports" / sensitivity.FILE
EXIT_WEAK = 1
EXIT_USAGE = 4


def main() -> int:
    """Run the matrix and give the exit status: 0 if the suite noticed all it should and blamed nobody."""
    arguments = parser().parse_args()
    if arguments.record and (arguments.sample or arguments.only):
        print("--record goes with a whole matrix only; leave --sample and --only out", file=sys.stderr)
        return EXIT_USAGE
    fragment = default_fragment()
    chosen = chosen_cases(list(cases(fragment)), arguments)
    if not chosen:
        print(
            "no fault and no variant has such an id; `python -m contracts faults` lists them", file=sys.stderr
        )
        return EXIT_USAGE
    outcomes: dict[str, Outcome] = {}

    def note(case: Case, folder: Path) -> None:
        outcomes[case.id] = read(case, folder)
        show_progress(len(outcomes), len(chosen), case.id)

    run_all(chosen, arguments.jobs, ROOT, note)
    clauses = derive(fragment) if not (arguments.sample or arguments.only) else {}
    report = Report(fragment, [outcomes[case.id] for case in chosen], tuple(clauses))
    path = write(report, arguments.reports)
    print(*lines(report), f"record: {path}", sep="\n")
    if arguments.record:
        keep(report)
    return 0 if report.is_strong else EXIT_WEAK


def keep(report: Report) -> None:
    """Put what the suite ships of this matrix in the place of what it shipped before, if all is right."""
    if not report.is_strong:
        print("what is shipped stays as it was: not all is right in this matrix")
        return
    told = json.dumps(record(report, datetime.now(UTC).date()), indent=1) + "\n"
    atomic.write(told, SHIPPED)
    SHIPPED.chmod(0o644)
    print(f"shipped from now on: {SHIPPED.relative_to(ROOT)}")


def chosen_cases(known: list[Case], arguments: argparse.Namespace) -> list[Case]:
    """Give the cases that the command line asks for."""
    if arguments.sample:
        known = list(sample(known))
    return [case for case in known if arguments.only in case.id]


def show_progress(done: int, of: int, name: str) -> None:
    """Keep a bar up to date on a terminal, write a line now and then elsewhere."""
    if sys.stderr.isatty():
        bar = "#" * (30 * done // of)
        print(f"\r\x1b[2K[{bar:30}] {done}/{of} {name[:60]}", end="" if done < of else "\n", file=sys.stderr)
    elif done % 25 == 0 or done == of:
        print(f"{done} of {of} runs", file=sys.stderr, flush=True)


def count(text: str) -> int:
    """Read how many runs there may be at a time."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Give the command line."""
    made = argparse.ArgumentParser(
        prog="python tests/sensitivity/matrix",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--sample", action="store_true", help="every variant, and one fault of each family and condition only"
    )
    made.add_argument("--only", default="", metavar="TEXT", help="those whose id it is found in only")
    made.add_argument(
        "--jobs", type=count, default=os.cpu_count() or 1, help="how many at a time (default: cores)"
    )
    made.add_argument(
        "--reports", type=Path, default=Path("reports"), help="where sensitivity.json goes (default: reports)"
    )
    made.add_argument(
        "--record",
        action="store_true",
        help="let reports say from now on what a whole matrix measured, if all is right in it "
        "(contracts/reports/sensitivity.json)",
    )
    return made


if __name__ == "__main__":
    sys.exit(main())
