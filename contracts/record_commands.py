"""The commands of `python -m contracts` that take the record of a run: report, compare, replay."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.atomic import write
from contracts.errors import CouldNotTest, UsageError
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT
from contracts.fragment import Fragment
from contracts.reports import changes, history, releases
from contracts.reports.attestation import attestation
from contracts.reports.folder import FORMS, RECORD
from contracts.reports.html import page
from contracts.reports.markdown import markdown
from contracts.reports.reading import read
from contracts.reports.visible import visible

Command = Callable[[argparse.Namespace, Fragment], int | None]
Add = Callable[[str, Command, str], argparse.ArgumentParser]

FORMATS = {
    "attestation": "attestation.json",
    "ctrf": "ctrf.json",
    "html": "compliance.html",
    "junit": "junit.xml",
    "md": "compliance.md",
    "sarif": "contract.sarif",
}
"""The file that each form is written to by a run, by the name under which a person asks for it."""
_RECORD_HELP = f"the {RECORD} of a run"


def add_record_commands(add: Add) -> None:
    """Add the commands; `add` makes the parser of one from its name, function and help."""
    report = add("report", _report, "make another form of a record, from the record alone")
    report.add_argument("record", type=Path, help=_RECORD_HELP)
    report.add_argument("--format", choices=FORMATS, required=True, help="which form")
    report.add_argument(
        "--sdk",
        type=Path,
        metavar="SDK.JSON",
        help="what `sdk` left, to be told on the page or in Markdown beside the record",
    )
    report.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="the file of runs, to tell on the page what changed since the last one of the same target",
    )
    report.add_argument(
        "--output", type=Path, metavar="FILE", help="where it goes (default: standard output)"
    )

    compare = add("compare", _compare, "say what changed from one run to another")
    compare.epilog = (
        "Says first in what the records are not of the same: target, day, fragment, suite, selection. Ends "
        "with 1 if a promise is broken that was not known to be, or one that was kept is no longer seen or "
        "judged, or is "
        "waived or unstable now; with 0 otherwise."
    )
    compare.add_argument("old", type=Path, help=f"{_RECORD_HELP} before")
    compare.add_argument("new", type=Path, help=f"{_RECORD_HELP} since")

    replayed = add("replay", _replay, "send again what showed a clause broken, and say whether it still is")
    replayed.epilog = (
        "Of a live run the environment names the server and the credentials, as for the run itself; the "
        "emulator is started as it was. Ends with 1 if the clause is still broken, 0 if it is not, 7 if that "
        "could not be seen."
    )
    replayed.add_argument("record", type=Path, help=_RECORD_HELP)
    replayed.add_argument("clause", help="the id of a clause that the record shows broken; quote it")
    replayed.add_argument(
        "--unsafe-probes",
        action="store_true",
        help="send a live server of your own also what a run sends with the option of that name alone; "
        "refused for the vendor's server",
    )


def _report(arguments: argparse.Namespace, _: Fragment) -> None:
    for option, formats in {"sdk": ("html", "md"), "history": ("html",)}.items():
        if getattr(arguments, option) and arguments.format not in formats:
            raise UsageError(f"--{option} goes with --format {' or '.join(formats)} only", "leave it out")
    text = _form(arguments)
    if not arguments.output or _is_standard_output(arguments.output):
        sys.stdout.write(text)
        return
    try:
        write(text, arguments.output)
    except OSError as error:
        problem = f"{arguments.output} cannot be written ({error.strerror})"
        raise UsageError(problem, "give another --output") from None


def _is_standard_output(path: Path) -> bool:
    """Say whether a path, as `/dev/stdout`, names what standard output goes to, and may hold something."""
    try:
        return os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False


def _form(arguments: argparse.Namespace) -> str:
    record = read(arguments.record)
    sdk = releases.read(arguments.sdk) if arguments.sdk else None
    if arguments.format == "html":
        return page(record, _history(arguments.history) if arguments.history else (), sdk)
    if arguments.format == "md":
        return markdown(record, sdk)
    if arguments.format == "attestation":
        # Of the file as it is: another suite, or a person, may have written it in another way.
        return attestation(record, arguments.record.name, arguments.record.read_bytes())
    return FORMS[FORMATS[arguments.format]](record)


def _history(path: Path) -> list[dict[str, Any]]:
    try:
        # A run may begin a history; a page that is made again cannot.
        path.stat()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "check --history") from None
    return history.read(path, lambda told: print(f"python -m contracts: {told}", file=sys.stderr))


def _compare(arguments: argparse.Namespace, _: Fragment) -> int:
    reports = [read(path) for path in (arguments.old, arguments.new)]
    old, new = map(changes.verdicts_of, reports)
    for line in (*changes.differences(*reports), *changes.told(old, new)):
        print(visible(line))
    return EXIT_BROKEN if changes.got_worse(old, new) else EXIT_KEPT


def _replay(arguments: argparse.Namespace, fragment: Fragment) -> int:
    # Imported here, as only this command sends anything.
    from contracts.replay import replay

    try:
        came = replay(
            read(arguments.record), arguments.clause, fragment, unsafe_probes=arguments.unsafe_probes
        )
    except CouldNotTest as error:
        print(f"python -m contracts: {visible(str(error))}", file=sys.stderr)
        return EXIT_COULD_NOT_TEST
    print(visible(came.sentence))
    if came.is_broken is None:
        return EXIT_COULD_NOT_TEST
    return EXIT_BROKEN if came.is_broken else EXIT_KEPT
