"""What a person reads in a terminal: the table at the end of a run, and what is broken."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.baseline import State, Waiver
from contracts.clauses import Clause
from contracts.ledger import Tally, Verdict
from contracts.reports import deprecations

MAX_NAMED = 4
_TARGETS = {"emulator": "emulator", "live": "live server", "recording": "recording"}
_COLUMNS = ("verified", "violated", "waived", "unstable", "unobserved", "retired")


def table(report: Mapping[str, Any]) -> list[str]:
    """Give the lines of the table: clauses by family and verdict, requests, seconds."""
    rows: list[tuple[str, ...]] = [("family", *_COLUMNS, "points seen")]
    for family, counts in report["families"].items():
        entries = [entry for entry in report["clauses"] if entry["family"] == family]
        rows.append((family, *(str(counts[name] or "-") for name in _COLUMNS), _points(entries)))
    totals = (str(report["verdicts"][name] or "-") for name in _COLUMNS)
    rows.append(("all", *totals, _points(report["clauses"])))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [*lines, "", _sentence(report)]


def _points(entries: list[Mapping[str, Any]]) -> str:
    total = sum(len(entry["points"]) for entry in entries)
    return f"{total - sum(len(entry['unseen']) for entry in entries)}/{total}" if total else "-"


def _sentence(report: Mapping[str, Any]) -> str:
    selected, total = len(report["clauses"]), report["fragment"]["clauses"]
    scope = f"all {total} clauses" if selected == total else f"{selected} of {total} clauses"
    return (
        f"{scope} of {report['fragment']['file']} as of {report['as_of']}, judged on "
        f"{report['requests']['answered']} requests to the {_TARGETS[report['target']['kind']]} "
        f"in {report['seconds']:.1f} s"
    )


def broken(clause: Clause, tally: Tally, file: str, replay_hint: str) -> str:
    """Say of a broken clause what was promised, where, what came, and how to ask again."""
    lines = [
        f"{clause.id} is broken: {clause.promise}",
        f"  promised  {file}:{clause.line} (rests on: {clause.source})",
        f"  broken    at {tally.broken} of {tally.checked} places looked at",
    ]
    for exemplar in tally.exemplars[:1]:
        lines += [
            f"  request   {exemplar.request}",
            f"  answer    {exemplar.status}, {exemplar.pointer or 'the answer as a whole'}",
            f"  expected  {exemplar.expected}",
            f"  actual    {exemplar.actual}",
            f"  again     {exemplar.curl}",
        ]
        lines += [f"            ({replay_hint})"] if replay_hint else []
    return "\n".join(lines)


def summary(report: Mapping[str, Any], folder: Path) -> list[str]:
    """Give all that is printed at the end of a run whose record is in `folder`."""
    is_broken, is_waived = (report["verdicts"][one] > 0 for one in (Verdict.VIOLATED, Verdict.WAIVED))
    kept = "broken only where that is waived" if is_waived else "not broken by anything that was seen"
    record = f"the contract is {'broken' if is_broken else kept}; record: {folder / 'compliance.json'}"
    above = (*not_told(report), *told_waivers(report), *deprecations.told(report))
    return [*above, "", *table(report), record]


def waived(waiver: Waiver) -> str:
    """Say that a broken clause is waived, until when and why."""
    return f"broken, and waived until {waiver.expires} ({waiver.owner}): {waiver.reason}"


def expired(waiver: Waiver, file: str) -> str:
    """Say that a broken clause was waived once."""
    return (
        f"  expired   the waiver in {file}:{waiver.line} held until {waiver.expires} "
        f"({waiver.owner}): {waiver.reason}"
    )


def told_waivers(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each waiver of which the run can say something."""
    for waiver in report["baseline"]:
        clause, place = waiver["clause"], f"{waiver['file']}:{waiver['line']}"
        until = f"{waiver['expires']} ({waiver['owner']})"
        if waiver["state"] == State.IN_USE:
            yield f"waived: {clause} until {until}: {waiver['reason']}"
        elif waiver["state"] == State.EXPIRED:
            yield f"waiver expired: {clause}: it held until {until}; mend what is broken, or renew {place}"
        elif waiver["state"] == State.NOT_NEEDED:
            yield f"waiver not needed: {clause}: nothing seen breaks it; remove {place} ({waiver['owner']})"


def not_told(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each group of traffic that was cut short, and for each reason why clauses could not be
    called kept or broken."""
    for group, why in report["cut_short"].items():
        yield f"cut short: {group}: {why}"
    causes: dict[tuple[str, str], list[str]] = {}
    for entry in report["clauses"]:
        if entry["verdict"] in (Verdict.UNOBSERVED, Verdict.UNSTABLE, Verdict.RETIRED):
            causes.setdefault((entry["verdict"], entry["reason"]), []).append(entry["id"])
    for (verdict, why), ids in causes.items():
        more = f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else ""
        yield f"{verdict}: {', '.join(ids[:MAX_NAMED])}{more}: {why}"
