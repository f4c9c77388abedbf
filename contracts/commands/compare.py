"""`compare`: what changed between two records."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.exit_status import EXIT_BROKEN, EXIT_KEPT
from contracts.fragment import Fragment
from contracts.reports import reading
from contracts.reports.changes import Change, Kind, changes, verdicts

_HELP = "tell what changed between the records of two runs"
_DESCRIPTION = """\
Tells what changed between the records of two runs, clause by clause.

  python -m contracts compare last-release.json reports/compliance.json

Exit status 1 if a clause is newly broken, or was sound (verified or unstable) and now cannot be seen, or is
not judged any more; 0 if nothing got worse; 4 if a file is no record. A waiver is not worse: somebody has
accepted it until a day.
"""


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "compare",
        help=_HELP,
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", type=Path, help="the compliance.json of the run before")
    parser.add_argument("new", type=Path, help="that of the run after")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, _: Fragment) -> int:
    """Print what changed, and give the exit status."""
    old, new = reading.read(arguments.old), reading.read(arguments.new)
    found = changes(verdicts(old), verdicts(new))
    print(*_runs(old, new), *_told(found), sep="\n")
    is_worse = any(change.is_worse for some in found.values() for change in some)
    print("something got worse" if is_worse else "nothing got worse")
    return EXIT_BROKEN if is_worse else EXIT_KEPT


def _runs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, one in (("old", old), ("new", new)):
        target = one["target"]
        yield f"{name}: {target['base_url'] or target['kind']}, {one['started']}, as of {one['as_of']}"
    if old["fragment"]["sha256"] != new["fragment"]["sha256"]:
        yield "the fragments differ, and so may what is promised"
    if new["target"]["kind"] == "live" and old["target"]["account"] != new["target"]["account"]:
        yield "the accounts differ, or their pseudonyms do (set CONTRACT_PSEUDONYM_KEY to compare)"


def _told(found: Mapping[Kind, list[Change]]) -> Iterator[str]:
    for kind, some in found.items():
        if some:
            yield f"{kind} ({len(some)})"
            yield from (f"    {change}" for change in some)
