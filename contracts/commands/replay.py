"""`replay`: a broken exchange of a record, sent again."""

import argparse
import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from contracts.clauses import Clause, derive
from contracts.errors import CouldNotTest, UsageError
from contracts.exchange import Account, Identity
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT
from contracts.fragment import Fragment
from contracts.ledger import Verdict
from contracts.reports import reading

_HELP = "send a broken exchange of a record again"
_DESCRIPTION = """\
Sends the exchange that broke a clause again, and says whether it still does.

  python -m contracts replay reports/compliance.json '200.result[].status:enum'

Of a run against the emulator it starts the emulator by itself, with the same fault or variant. Of a run
against a live server it takes credentials and base URL from the environment, as --target live does, goes
through the same guard, and refuses any server but that of the record. Nothing but this exchange is sent,
unless the clause takes several answers to judge: then all that the clause needs is, and that is said.

Exit status 1 if the clause is still broken, 0 if not, 7 if that could not be tested, 4 if there is nothing
to send again.
"""


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "replay",
        help=_HELP,
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("record", type=Path, help="the compliance.json of a run")
    parser.add_argument("clause", help="the id of a clause that it calls broken; quote it, it has brackets")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, fragment: Fragment) -> int:
    """Send the exchange again, and give the exit status."""
    # Imported here: only this command needs a client and a server.
    from contracts.contract import Contract
    from contracts.run import open_run
    from contracts.secrecy import redactor_for

    report = reading.read(arguments.record)
    sent = _sent(report, arguments.clause)
    clause = derive(fragment).get(arguments.clause)
    if clause is None:
        problem = f"the fragment does not promise {arguments.clause!r} any more"
        raise UsageError(problem, "use the suite that has written the record")
    if fragment.digest != report["fragment"]["sha256"]:
        print("the fragment is not that of the record: what is judged is what it promises now")
    redactor = redactor_for(fragment, report["target"]["kind"], shows_values=False)
    contract = Contract(fragment, date.fromisoformat(report["as_of"]), redactor)
    with open_run(contract, _options(report)) as opened:
        if opened.target.shown_url != report["target"]["base_url"]:
            problem = f"the record is of {report['target']['base_url']}, not of {opened.target.shown_url}"
            raise UsageError(problem, f"set {fragment.server_env} to it, or run the suite against this one")
        try:
            return _judged(opened, clause, sent)
        except CouldNotTest as error:
            print(error)
            return EXIT_COULD_NOT_TEST


def _judged(opened: Any, clause: Clause, sent: Mapping[str, Any]) -> int:
    """Send it, and all that the clause needs if it alone does not tell; say what came of it."""
    from contracts.reports.terminal import broken

    print(f"sent: {sent['line']} (as of {opened.contract.as_of})")
    opened.traffic.exchange(_probe(sent, opened.contract.fragment))
    tally = opened.ledger.tally(clause.id)
    if not tally.checked:
        print("one answer does not tell: sending all that this clause needs")
        tally = opened.judge(clause)[1]
    verdict = tally.verdict(clause)
    if verdict is Verdict.VIOLATED:
        print(broken(clause, tally, opened.contract.fragment.file, opened.target.replay_hint))
        print("still broken")
        return EXIT_BROKEN
    if verdict is Verdict.UNOBSERVED:
        print(f"could not test: nothing came that would show it; what would: {clause.shown_by}")
        return EXIT_COULD_NOT_TEST
    print(f"not broken now: {verdict}")
    return EXIT_KEPT


def _sent(report: Mapping[str, Any], clause: str) -> Mapping[str, Any]:
    """Give the request whose answer broke a clause first."""
    entry = next((entry for entry in report["clauses"] if entry["id"] == clause), None)
    if entry is None:
        problem = f"the record has no clause {clause!r}"
        raise UsageError(problem, "`python -m contracts clauses` lists the ids")
    if not entry["exemplars"]:
        problem = f"{clause} was not broken in that run ({entry['verdict']})"
        raise UsageError(problem, "name a clause that was")
    wanted = [exemplar["exchange"] for exemplar in entry["exemplars"] if exemplar["exchange"]]
    for exchange in report["exchanges"]:
        if exchange["id"] in wanted:
            request: Mapping[str, Any] = exchange["request"]
            return request
    problem = f"the record does not hold the exchange that broke {clause}"
    raise UsageError(problem, f"send it by hand: {entry['exemplars'][0]['curl']}")


def _probe(sent: Mapping[str, Any], fragment: Fragment) -> Any:
    from contracts.plan import Probe

    identity = sent["identity"]
    # What follows the path of the operation: variables stand in it for what varies.
    segments = len(fragment.path.split("/"))
    suffix = "".join(f"/{part}" for part in sent["path"].split("/")[segments:])
    return Probe(
        identity=Identity(tuple(identity["schemes"]), identity["defect"], identity["scheme"]),
        query=tuple((name, text) for name, text in sent["query"]),
        account=Account(sent["account"]),
        method=sent["method"],
        route_suffix=suffix,
    )


def _options(report: Mapping[str, Any]) -> Any:
    """Give what reaches the target of the record: the emulator as its hint says, or a live server."""
    from contracts.run import RunOptions

    kind, hint = report["target"]["kind"], report["target"]["replay_hint"]
    if kind == "live":
        return RunOptions(kind)
    told = argparse.ArgumentParser(add_help=False)
    told.add_argument("--fault")
    told.add_argument("--variant")
    try:
        found, _ = told.parse_known_args(shlex.split(hint.partition(" contracts emulator ")[2]))
    except ValueError:
        problem = "the record does not say how its emulator was started"
        raise UsageError(problem, "run the suite again") from None
    return RunOptions(kind, fault=found.fault, variant=found.variant)
