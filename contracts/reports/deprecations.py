"""What is said of the members that the contract calls deprecated: how near their end of life is, whether they
still come, and what the server announces of it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from contracts.clauses.ids import body_clause
from contracts.contract import Contract
from contracts.ledger import Ledger, Tally, Verdict
from contracts.location import show
from contracts.schema import Node


def deprecations(
    contract: Contract, ledger: Ledger, verdicts: Mapping[str, Verdict]
) -> Iterator[dict[str, Any]]:
    """Yield an entry for each deprecated member of an answer, in the order of the fragment.

    `days_past` counts from the end of life to the day of the run, and is negative before it. The member stood
    at `sent` places, at `still_sent` of them after its end of life, and was absent at `gone` places then.
    `verdicts` are those on the clauses judged, by id.
    """
    for response in contract.fragment.responses.values():
        for node in response.body.walk() if response.body else ():
            if node.keywords.get("deprecated"):
                yield _entry(contract, ledger, verdicts, response.status, node)


def _entry(
    contract: Contract, ledger: Ledger, verdicts: Mapping[str, Verdict], status: str, node: Node
) -> dict[str, Any]:
    of_member = body_clause(status, node.location, "")
    clauses = [clause for clause in contract.clauses.values() if clause.id.startswith(of_member)]
    tallies = [(clause.keyword, ledger.tally(clause.id)) for clause in clauses]
    return {
        "status": status,
        "place": show(node.location),
        "line": contract.fragment.line(node.origins["deprecated"]),
        "sunset": node.sunset.isoformat() if node.sunset else None,
        "days_past": (contract.as_of - node.sunset).days if node.sunset else None,
        "sent": max((_present(keyword, tally) for keyword, tally in tallies), default=0),
        "gone": max((tally.gone for _, tally in tallies), default=0),
        "still_sent": max((tally.still_sent for _, tally in tallies), default=0),
        "clauses": {clause.id: verdicts[clause.id].value for clause in clauses if clause.id in verdicts},
    }


def _present(keyword: str, tally: Tally) -> int:
    """Give at how many places a member was seen by the clause on one of its keywords."""
    return tally.checked - tally.broken + tally.still_sent if keyword == "required" else tally.checked


def announced(ledger: Ledger) -> dict[str, Any]:
    """Give what was announced in how many answers, by header."""
    return {
        name: asdict(seen) | {"dates": dict(sorted(seen.dates.items())), "other_dates": seen.other_dates}
        for name, seen in ledger.announced.items()
    }


def told(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person is told: a line for each state that members are in, and one of the headers."""
    members: dict[str, list[str]] = {}
    for entry in report["deprecations"]:
        if entry["clauses"]:
            members.setdefault(f"{_age(entry)}, {_presence(entry)}", []).append(entry["place"])
    for state, places in members.items():
        yield f"{state}: {', '.join(places)}"
    answered = report["requests"]["answered"]
    if answered and (members or any(seen["answers"] for seen in report["announced"].values())):
        headers = (_header(name.title(), seen, answered) for name, seen in report["announced"].items())
        yield f"announced by the server: {'; '.join(headers)}"


def _age(entry: Mapping[str, Any]) -> str:
    days = entry["days_past"]
    if days is None:
        return "deprecated without an end of life"
    if days == 0:
        return f"on the day of end of life ({entry['sunset']})"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    when = f"past end of life for {count}" if days > 0 else f"{count} before end of life"
    return f"{when} ({entry['sunset']})"


def _presence(entry: Mapping[str, Any]) -> str:
    if entry["sent"] and entry["gone"]:
        return "sent at some places and left out at others, which is allowed"
    if entry["sent"]:
        return "still sent, which is allowed" if is_still_sent(entry) else "sent"
    return "left out, as announced" if entry["gone"] else "not seen"


def is_still_sent(entry: Mapping[str, Any]) -> bool:
    """Say whether a member was sent after its end of life; a record may not say when it was."""
    return bool(
        entry["still_sent"] if "still_sent" in entry else entry["sent"] and (entry["days_past"] or 0) > 0
    )


def _header(name: str, seen: Mapping[str, Any], answered: int) -> str:
    if not seen["answers"]:
        return f"no {name} header"
    said = [f"{date} in {count}" for date, count in seen["dates"].items()]
    said += [f"other dates in {seen['other_dates']}"] if seen["other_dates"] else []
    said += [f"no valid date in {seen['malformed']}"] if seen["malformed"] else []
    return f"{name} header in {seen['answers']} of {answered} answers ({', '.join(said)})"
