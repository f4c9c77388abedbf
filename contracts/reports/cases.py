"""A record as the test cases that CI systems know.

A clause is a case, so is a part of the traffic, and the run itself where it says too little of the contract.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.baseline import State
from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome
from contracts.reports.headline import headline
from contracts.reports.terminal import broken_entry, expired_entry, waived_entry

TRAFFIC = "traffic"
RUN = "run"


class Status(StrEnum):
    """How a test case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    """The run, not the contract, is to blame."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case. `suite` is the family of a clause, or `TRAFFIC`, or `RUN`; `message` says in a line why it
    did not pass, or not at once, `details` the same in full; `facts` are what else is to be known of it."""

    suite: str
    name: str
    status: Status
    seconds: float = 0.0
    is_flaky: bool = False
    message: str = ""
    details: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None


def cases(report: Mapping[str, Any]) -> Iterator[Case]:
    """Yield all test cases of a record: the clauses in the order of the fragment come first."""
    for entry in report["clauses"]:
        yield _of_clause(entry, report)
    for part in report["parts"]:
        status = Status.SKIPPED if part["cut_short"] else Status.PASSED
        facts = {"purpose": part["purpose"], "requests": str(part["requests"])}
        why = f"cut short: {part['cut_short']}" if part["cut_short"] else ""
        yield Case(TRAFFIC, part["name"], status, part["seconds"], message=why, facts=facts)
    if report["outcome"]["word"] in (Outcome.INCOMPLETE, Outcome.UNTESTED):
        yield Case(RUN, "outcome", Status.ERROR, message=headline(report))


def _of_clause(entry: Mapping[str, Any], report: Mapping[str, Any]) -> Case:
    verdict, waiver = Verdict(entry["verdict"]), entry["waiver"]
    facts = {
        "verdict": verdict.value,
        "source": entry["source"],
        "promise": entry["promise"],
        "place": f"{report['fragment']['file']}:{entry['line']}",
        "seen": f"{entry['checked']} places, {entry['broken']} of them broken",
    }
    facts |= {"never seen": ", ".join(entry["unseen"])} if entry["unseen"] else {}
    status, message, details = Status.PASSED, entry["reason"], ""
    if verdict is Verdict.VIOLATED:
        status, message = Status.FAILED, f"{entry['id']} is broken: {entry['promise']}"
        details = broken_entry(entry, report["fragment"]["file"], report["target"]["replay_hint"])
        if waiver and waiver["state"] == State.EXPIRED:
            details = f"{details}\n{expired_entry(waiver)}"
    elif verdict is Verdict.WAIVED:
        status, message = Status.SKIPPED, waived_entry(waiver)
    elif verdict in (Verdict.UNOBSERVED, Verdict.RETIRED):
        status, message = Status.SKIPPED, f"{verdict}: {entry['reason']}"
    is_flaky = verdict is Verdict.UNSTABLE
    return Case(entry["family"], entry["id"], status, 0.0, is_flaky, message, details, facts, entry["line"])
