"""`report`: another form of a record, made from the record alone."""

import argparse
import sys
from pathlib import Path
from typing import Any

from contracts.errors import UsageError
from contracts.fragment import Fragment
from contracts.reports import folder, reading

_HELP = "make another form of a record"
_DESCRIPTION = """\
Makes another form of the record of a run, from the record alone: later, elsewhere, without the target.

  python -m contracts report reports/compliance.json --format attestation
  python -m contracts report reports/compliance.json --format json --output newer.json

Records of earlier versions are read, and `--format json` writes them as the present one has it.
"""


def formats() -> dict[str, str]:
    """Give the file that each format is written to, by the name of the format."""
    return {_format(name): name for name in folder.FORMS}


def _format(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    is_named_by_stem = suffix in ("json", "xml") and name != folder.RECORD
    return stem if is_named_by_stem else suffix


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        help=_HELP,
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("record", type=Path, help="the compliance.json of a run")
    parser.add_argument("--format", choices=sorted(formats()), required=True, help="which form to make")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to (default: standard output)")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, _: Fragment) -> None:
    """Write the form that is asked for."""
    text = folder.form(formats()[arguments.format], reading.read(arguments.record))
    if not arguments.output:
        sys.stdout.write(text)
        return
    try:
        folder.write(text, arguments.output)
    except OSError as error:
        problem = f"{arguments.output} cannot be written ({error.strerror})"
        raise UsageError(problem, "name a file in a folder that there is") from None
