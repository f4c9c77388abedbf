"""What a person reads in a terminal: the table at the end of a run, and what is broken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from contracts.baseline import State, Waiver
from contracts.clauses import Clause
from contracts.ledger import Tally, Verdict
from contracts.reports import deprecations
from contracts.reports.headline import as_of, evidence, headline
from contracts.reports.past import past
from contracts.reports.visible import visible
from contracts.words import counted

MAX_NAMED = 4
TARGETS = {
    "emulator": "emulator",
    "live": "live server",
    "recording": "recording",
    "unknown": "target that was named",
}
_COLUMNS = ("verified", "violated", "waived", "unstable", "unobserved", "retired")


def table(report: Mapping[str, Any]) -> list[str]:
    """Give the lines of the table: clauses by family and verdict, requests, seconds."""
    cells = rows(report)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return [*lines, "", _sentence(report)]


def rows(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Give the cells of the table, its head first and the sums last."""
    found: list[tuple[str, ...]] = [("family", *_COLUMNS, "points seen")]
    for family, counts in report["families"].items():
        entries = [entry for entry in report["clauses"] if entry["family"] == family]
        found.append((family, *(str(counts[name] or "-") for name in _COLUMNS), _points(entries)))
    totals = (str(report["verdicts"][name] or "-") for name in _COLUMNS)
    return [*found, ("all", *totals, _points(report["clauses"]))]


def _points(entries: list[Mapping[str, Any]]) -> str:
    total = sum(len(entry["points"]) for entry in entries)
    return f"{total - sum(len(entry['unseen']) for entry in entries)}/{total}" if total else "-"


def _sentence(report: Mapping[str, Any]) -> str:
    selected, total = len(report["clauses"]), report["fragment"]["clauses"]
    clauses, kind = counted(total, "clause"), TARGETS[report["target"]["kind"]]
    scope = f"{'all ' if total > 1 else ''}{clauses}" if selected == total else f"{selected} of {clauses}"
    return (
        f"{scope} of {report['fragment']['file']} as of {as_of(report)}, judged on {evidence(report)} "
        f"{'' if 'recording' in report else f'to the {kind} '}in {report['seconds']:.1f} s"
    )


def broken(clause: Clause, tally: Tally, file: str, replay_hint: str) -> str:
    """Say of a broken clause what was promised, where, what came, and how to ask again."""
    entry = {"id": clause.id, "promise": clause.promise, "line": clause.line, "source": clause.source}
    exemplars = [asdict(exemplar) for exemplar in tally.exemplars[:1]]
    counts = {"checked": tally.checked, "broken": tally.broken}
    return broken_entry(entry | counts | {"exemplars": exemplars}, file, replay_hint)


def broken_entry(entry: Mapping[str, Any], file: str, replay_hint: str) -> str:
    """Say the same of a clause as the record has it."""
    lines = [
        f"{entry['id']} is broken: {entry['promise']}",
        f"  promised  {file}:{entry['line']} (rests on: {entry['source']})",
        f"  broken    at {entry['broken']:,} of {counted(entry['checked'], 'place')} looked at",
    ]
    return "\n".join([*lines, *what_showed_it(entry, replay_hint)])


def what_showed_it(entry: Mapping[str, Any], replay_hint: str) -> Iterator[str]:
    """Yield what shows first that a clause was not kept: what was asked, where in the answer, what was
    expected and came, and how to ask again."""
    for exemplar in entry["exemplars"][:1]:
        yield f"  request   {exemplar['request']}"
        yield f"  answer    {exemplar['status']}, {exemplar['pointer'] or 'the answer as a whole'}"
        yield f"  expected  {exemplar['expected']}"
        yield f"  actual    {exemplar['actual']}"
        if exemplar["curl"]:
            yield f"  again     {exemplar['curl']}"
        if replay_hint:
            yield f"            ({replay_hint})"


def summary(
    report: Mapping[str, Any], file: Path | None, history: Sequence[Mapping[str, Any]] = ()
) -> list[str]:
    """Give all that is printed at the end of a run; its record is in a file, or could not be written. The
    `history` has an entry for each run before it."""
    record = f"record: {file or 'none, it could not be written'}"
    above = (*not_told(report), *told_waivers(report), *deprecations.told(report))
    return [*above, *told_past(report, history), "", *table(report), headline(report), record]


def told_past(report: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what changed since the last run with which this one can be compared, or that there is none;
    nothing of an empty history."""
    found = past(report, history)
    if not found:
        return
    if not found.before:
        yield f"history: {found.told}"
        return
    yield f"history: since {found.told}{':' if found.changes else ', no promise changed its verdict'}"
    for kind, ids in found.changes.items():
        yield f"  {len(ids)} {kind}: {visible(_named(ids))}"


def waived(waiver: Waiver) -> str:
    """Say that a broken clause is waived, until when and why."""
    return waived_entry(asdict(waiver))


def waived_entry(waiver: Mapping[str, Any]) -> str:
    """Say the same of a waiver as the record has it."""
    return f"broken, and waived until {waiver['expires']} ({waiver['owner']}): {waiver['reason']}"


def expired(waiver: Waiver, file: str) -> str:
    """Say that a broken clause was waived once."""
    return expired_entry(asdict(waiver) | {"file": file})


def expired_entry(waiver: Mapping[str, Any]) -> str:
    """Say the same of a waiver as the record has it."""
    return (
        f"  expired   the waiver in {waiver['file']}:{waiver['line']} held until {waiver['expires']} "
        f"({waiver['owner']}): {waiver['reason']}"
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
    called kept or broken; of the first that were broken once, also what showed it."""
    for group, why in report["cut_short"].items():
        yield f"cut short: {group}: {why}"
    causes: dict[tuple[str, str], list[str]] = {}
    for entry in report["clauses"]:
        if entry["verdict"] in (Verdict.UNOBSERVED, Verdict.UNSTABLE, Verdict.RETIRED):
            causes.setdefault((entry["verdict"], entry["reason"]), []).append(entry["id"])
    for (verdict, why), ids in causes.items():
        yield f"{verdict}: {_named(ids)}: {why}"
    unstable = [entry for entry in report["clauses"] if entry["verdict"] == Verdict.UNSTABLE]
    for entry in unstable[:MAX_NAMED]:
        yield f"{entry['id']} was broken once:"
        yield from what_showed_it(entry, report["target"]["replay_hint"])


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else ""
    return f"{', '.join(ids[:MAX_NAMED])}{more}"
