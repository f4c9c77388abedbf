"""`python -m contracts`: the few things that are not tests.

What takes time to load is loaded in functions, so that Ctrl-C then ends a command in order, too.
"""

import argparse
import errno
import json
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from contracts import __version__
from contracts.errors import ContractsError, UsageError
from contracts.exit_status import EXIT_COULD_NOT_TEST, EXIT_USAGE
from contracts.reports.visible import visible
from contracts.words import counted, did_you_mean

if TYPE_CHECKING:
    from contracts.clauses import Clause
    from contracts.emulator.app import Emulator
    from contracts.emulator.hooks import Fault
    from contracts.fragment import Fragment

Command = Callable[[argparse.Namespace, "Fragment"], int | None]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_DESCRIPTION = """\
Looks into the contract and runs the emulator. The suite itself is run with pytest or tox:

  python -m pytest tests/contract                  judge the emulator
  python -m pytest tests/contract --target live    judge a live server
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status: 4 where the command line or the fragment is wrong, 7 where the
    command itself fails or is interrupted, which says nothing of the contract."""
    try:
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        print("python -m contracts: interrupted", file=sys.stderr)
        return EXIT_COULD_NOT_TEST


def _run(parsed: argparse.Namespace) -> int:
    from contracts.fragment import default_fragment

    command: Command = parsed.command
    status = 0 if command in (_clauses, _explain, _faults, _variants) else EXIT_COULD_NOT_TEST
    try:
        status = command(parsed, default_fragment()) or 0
        sys.stdout.flush()
    except ContractsError as error:
        # It may quote a record that somebody has changed.
        print(f"python -m contracts: {visible(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # Nobody reads on, and the interpreter must not try to write the rest when it ends.
        _forget_standard_output()
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM and not error.filename:
            _forget_standard_output()
            told = f"standard output cannot be written ({error.strerror}); make room, or send it elsewhere"
            print(f"python -m contracts: {told}", file=sys.stderr)
            return EXIT_COULD_NOT_TEST
        # Python's own status for it would say that something is broken.
        traceback.print_exc()
        print("python -m contracts: the suite itself failed, see above; please report it", file=sys.stderr)
        return EXIT_COULD_NOT_TEST
    return status


def _forget_standard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Ends with the suite's own status for a wrong command line, which is not argparse's."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    from contracts.audit.arguments import add_arguments as add_audit_arguments
    from contracts.emulator import DEFAULT_PORT
    from contracts.emulator.store import DEFAULT_JOBS, DEFAULT_SEED
    from contracts.record_commands import add_record_commands
    from contracts.sdk.arguments import add_arguments as add_sdk_arguments

    parser = _Parser(
        prog="python -m contracts",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    clauses = _command(commands, "clauses", _clauses, "list every promise of the contract")
    _add_format(clauses)

    explain = _command(commands, "explain", _explain, "tell all about one promise")
    explain.add_argument("id", help="the clause's id, as `clauses` lists it; quote it, it has brackets")

    emulator = _command(commands, "emulator", _emulator, "serve the operation until Ctrl-C")
    emulator.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port on 127.0.0.1 (default {DEFAULT_PORT}, 0: any free)",
    )
    emulator.add_argument(
        "--jobs", type=_count, help=f"items in the account (default {DEFAULT_JOBS}, or what the variant has)"
    )
    emulator.add_argument(
        "--seed",
        type=int,
        default=DEFAULT_SEED,
        help=f"another seed gives other items (default {DEFAULT_SEED})",
    )
    emulator.add_argument("--fault", help="commit this violation; `faults` lists them")
    emulator.add_argument("--variant", help="be unusual in this way, but honest; `variants` lists them")

    faults = _command(commands, "faults", _faults, "list the violations that the emulator can commit")
    variants = _command(
        commands, "variants", _variants, "list the unusual ways in which the emulator can keep every promise"
    )
    for listed in (faults, variants):
        _add_format(listed)

    add_record_commands(partial(_command, commands))
    sdk = _command(commands, "sdk", _sdk, "hold releases of SDKs against the contract")
    add_sdk_arguments(sdk)
    add_audit_arguments(_command(commands, "audit", _audit, "judge recorded traffic instead of sending any"))
    return parser


def _audit(arguments: argparse.Namespace, fragment: "Fragment") -> int:
    from contracts.audit.command import main as audit

    return audit(arguments, fragment)


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people (default), json for machines",
    )


def _command(commands: Any, name: str, function: Command, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=function)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of items")
    return int(text)


def _clauses(arguments: argparse.Namespace, fragment: "Fragment") -> None:
    from contracts.clauses import derive

    clauses = list(derive(fragment).values())
    if arguments.format == "json":
        rows = [asdict(clause) | {"file": fragment.file} for clause in clauses]
        print(json.dumps(rows, indent=1, default=str))
        return
    width = max(len(clause.id) for clause in clauses)
    for clause in clauses:
        print(f"{clause.id:{width}}  {clause.family:14}  {clause.source:10}  {fragment.file}:{clause.line}")
    print(f"\n{len(clauses)} clauses; `python -m contracts explain ID` tells more of one")


def _explain(arguments: argparse.Namespace, fragment: "Fragment") -> None:
    from contracts.clauses import derive

    clauses = derive(fragment)
    if arguments.id not in clauses:
        advice = did_you_mean(arguments.id, clauses) or "`python -m contracts clauses` lists them"
        raise UsageError(f"there is no clause {arguments.id!r}", advice)
    for label, text in _told(clauses[arguments.id], fragment):
        if text:
            print(f"{label:10}{text}")


def _told(clause: "Clause", fragment: "Fragment") -> list[tuple[str, str]]:
    from contracts.examples import examples

    kept, broken = examples(clause, fragment)
    return [
        ("clause", clause.id),
        ("promise", clause.promise),
        ("fragment", clause.description),
        ("stands at", f"{fragment.file}:{clause.line}  {clause.pointer}"),
        ("rests on", clause.source),
        ("family", clause.family),
        ("until", str(clause.sunset or "")),
        ("points", ", ".join(clause.points)),
        ("kept", kept),
        ("broken", broken),
        ("shown by", clause.shown_by),
    ]


def _emulator(arguments: argparse.Namespace, fragment: "Fragment") -> None:
    from contracts.emulated import emulator_of
    from contracts.emulator.server import serve

    emulator = emulator_of(
        fragment, arguments.fault, arguments.variant, jobs=arguments.jobs, seed=arguments.seed
    )
    serve(emulator, arguments.port, lambda url: _tell(emulator, url))


def _tell(emulator: "Emulator", url: str) -> None:
    """Say where the emulator is and what it accepts, as lines that a shell can take in."""
    from contracts.targets import OTHER_ACCOUNT_ENV, UNPRIVILEGED_ENV

    fragment, credentials = emulator.fragment, emulator.credentials
    print(f"# {fragment.title}: {counted(emulator.store.count, 'item')}; stop with Ctrl-C")
    variables = {fragment.server_env: url}
    if fragment.tenant and fragment.tenant.env:
        variables[fragment.tenant.env] = credentials.own_account
    variables |= {scheme.env: credentials.values[scheme.name] for scheme in fragment.schemes.values()}
    variables |= {OTHER_ACCOUNT_ENV: credentials.other_account, UNPRIVILEGED_ENV: credentials.unprivileged}
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)


def _faults(arguments: argparse.Namespace, fragment: "Fragment") -> None:
    from contracts.clauses import Family
    from contracts.emulator.faults import faults

    known = list(faults(fragment).values())
    if arguments.format == "json":
        names = ("id", "summary", "family", "clauses", "until", "is_intermittent")
        rows = [{name: getattr(fault, name) for name in names} for fault in known]
        print(json.dumps(rows, indent=1, default=str))
        return
    for family in Family:
        print(f"# {family}")
        for fault in known:
            if fault.family is family:
                _print_fault(fault)
    print(f"\n{len(known)} faults; quote an id, it has brackets")


def _print_fault(fault: "Fault") -> None:
    print(f"{fault.id}: {fault.summary}")
    for clause in fault.clauses:
        print(f"    breaks {clause}{f', until {fault.until}' if fault.until else ''}")
    if fault.is_intermittent:
        print("    may be found unstable instead of broken")


def _variants(arguments: argparse.Namespace, fragment: "Fragment") -> None:
    from contracts.emulator.variants import variants

    known = list(variants(fragment).values())
    if arguments.format == "json":
        rows = [{name: getattr(variant, name) for name in ("id", "summary", "since")} for variant in known]
        print(json.dumps(rows, indent=1, default=str))
        return
    for variant in known:
        print(f"{variant.id}: {variant.summary}{f', from {variant.since} on' if variant.since else ''}")
    print(f"\n{len(known)} variants")


def _sdk(arguments: argparse.Namespace, fragment: "Fragment") -> int:
    from contracts.sdk.command import run

    return run(arguments, fragment)


if __name__ == "__main__":
    sys.exit(main())
