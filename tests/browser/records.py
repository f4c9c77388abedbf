"""Records of every kind of run, from the emulator: kept, broken, of one clause, interrupted, not started, of
2,000 clauses, and with hostile text wherever text can stand."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import audited
import samples

from contracts.audit import command, lines
from contracts.exit_status import EXIT_BROKEN, EXIT_INTERRUPTED, EXIT_KEPT
from contracts.reports.compliance import count_verdicts
from contracts.run import RunOptions, open_run
from contracts.schedule import PURPOSES
from contracts.session import ending
from contracts.unstarted import write_unstarted

Record = dict[str, Any]

FAULT = "enum/unknown:200.result[].status"
BROKEN = "200.result[].status:enum"
MANY = 2_000
HOSTILE = (
    "</script></style></code><img src=x onerror='window.hit=1'>\"'`{{ 7 * 7 }}--><svg onload=window.hit=1>"
    "\u202egnp.exe\x00\x1b[2J\ud800" + "x" * 300
)
HOSTILE_ADDRESS = "javascript:window.hit=1"
# What the schema of the record leaves no room in, and what names another place of the record.
_FIXED = (
    "format version word kind as_of started finished sunset expires measured sha256 verdict source state id "
    "exchange clause account verdicts keyword"
).split()
_KEYS_OF_STRANGERS = ("points", "shapes", "cut_short", "by_status", "dates", "announced", "families")


def run(fault: str | None = None, *, is_interrupted: bool = False, selected: str = "") -> Record:
    """Give the record of a run against the emulator, of a clause if one is selected."""
    with open_run(samples.contract("jobs"), RunOptions("emulator", fault)) as opened:
        if selected:
            opened.select((selected,), ())
        opened.bring(list(PURPOSES)[:2] if is_interrupted else PURPOSES)
        status = EXIT_INTERRUPTED if is_interrupted else EXIT_BROKEN if fault else EXIT_KEPT
        opened.exit_status, opened.sentence = ending(opened, status, 0)
        return opened.report()


def released(count: int) -> Record:
    """Give the record of the gate over so many releases, with names as long as real ones."""
    detail = "37 of 46 alike; lacks: success; adds: result[].search_params.expected_disposition"
    check = {"id": "one", "question": "declares", "title": "members of the answer: which there are"}
    check |= {"outcome": "differs", "findings": [], "detail": detail, "seconds": 0.1}
    release = {"is_reference": False, "ended_early": "", "checks": [check], "findings": _findings(30)}
    release |= {"outcomes": {"declares": {}}, "severities": {"misleads": 30}}
    return {
        **{
            "started": "2026-11-24T09:00:00+00:00",
            "as_of": "2026-11-24",
            "ended_early": "",
            "fails_on": ["breaks customers"],
        },
        **{"fragment": {"sha256": "0"}, "comparisons": []},
        "releases": [release | {"name": f"python:cloudflare=={place}.0.0"} for place in range(count)],
    }


def _findings(count: int) -> list[Record]:
    """Give so many findings, each with an exchange as long as the gate keeps them."""
    exchange = {
        "request": {"target": "/x"},
        "answer": {"status": 200, "body": '{"result": [{"id": 1}]}' * 87},
    }
    finding = {"severity": "misleads", "is_waived": False, "expected": "x=1", "actual": "no x"}
    return [
        finding | {"id": f"sends:x{place}", "sentence": f"finding {place}", "exchange": exchange}
        for place in range(count)
    ]


def unstarted(folder: Path) -> Record:
    """Give the record of a run that could not begin."""
    contract = samples.contract("jobs")
    write_unstarted(
        contract, RunOptions("live"), tuple(contract.clauses), "CLOUDFLARE_ACCOUNT_ID is not set", folder
    )
    return json.loads((folder / "compliance.json").read_text("utf-8"))


def audit(folder: Path) -> Record:
    """Give the record of an audit of answers of several days, with hostile text in the name of a clause."""
    recording = folder / "recorded.jsonl"
    days = [("COMPLETED", 1), ("NONE", 3), ("PENDING", 40)]
    recording.write_bytes(b"".join(lines.write(_answered(status, day)) for status, day in days))
    command.audit(
        audited.FRAGMENT, command.AuditOptions([str(recording)], samples.AS_OF, folder, processes=1)
    )
    text = (folder / "compliance.json").read_text("utf-8")
    return json.loads(text.replace(json.dumps(BROKEN), json.dumps(BROKEN + HOSTILE)))


def _answered(status: str, day: int) -> Any:
    body = samples.page(samples.contract("jobs"), samples.job(day, status=status))
    moment = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=day)
    return audited.record(json.dumps(body).encode(), time=moment)


def multiplied(record: Record) -> Record:
    """Give a record of many clauses, each the copy of one of this."""
    clauses = record["clauses"]
    many = deepcopy(record)
    many["clauses"] = [
        clauses[index % len(clauses)] | {"id": f"{clauses[index % len(clauses)]['id']}/{index}"}
        for index in range(MANY)
    ]
    many["fragment"]["clauses"] = MANY
    for name in many["verdicts"]:
        many["verdicts"][name] = sum(clause["verdict"] == name for clause in many["clauses"])
    return many


def badly_broken(record: Record, amount: int = 141) -> Record:
    """Give a record in which the first so many promises are broken, each by an exchange of its own."""
    bad = deepcopy(record)
    shown = next(clause for clause in record["clauses"] if clause["id"] == BROKEN)
    name = shown["exemplars"][0]["exchange"]
    exchange = next(one for one in record["exchanges"] if one["id"] == name)
    names = [f"{index}-{name}" for index in range(amount)]
    for clause, name in zip(bad["clauses"][:amount], names, strict=True):
        exemplars = [one | {"exchange": name} for one in shown["exemplars"]]
        clause |= {"verdict": "violated", "broken": 5, "unstable": 0, "exemplars": exemplars}
    bad["exchanges"] += [exchange | {"id": name} for name in names]
    bad["verdicts"] = count_verdicts(bad["clauses"])
    return bad


def hostile(record: Record) -> Record:
    """Give a record in which all text that is not fixed by the schema ends with an attack."""
    attacked = _attacked(record)
    attacked["fragment"]["documentation"] = HOSTILE_ADDRESS
    attacked["ci"] = dict.fromkeys(("name", "job", "number", "revision"), HOSTILE) | {"url": HOSTILE_ADDRESS}
    for clause in attacked["clauses"]:
        clause["id"] += HOSTILE
        clause["proven_by"] = [HOSTILE]
        if clause["keyword"].startswith("format"):
            clause["shapes"] = {HOSTILE: 1}
    waiver = {"clause": BROKEN, "reason": HOSTILE, "owner": HOSTILE, "expires": "2026-12-31"}
    attacked["baseline"] = [waiver | {"file": HOSTILE, "line": 1, "state": HOSTILE}]
    return attacked


def _attacked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: member if name in _FIXED else _member(name, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_attacked(item) for item in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) else value


def _member(name: str, member: Any) -> Any:
    if isinstance(member, Mapping) and name in _KEYS_OF_STRANGERS:
        return {f"{key}{HOSTILE}": _attacked(value) for key, value in member.items()}
    if isinstance(member, Mapping) and name == "clauses":
        return {f"{key}{HOSTILE}": verdict for key, verdict in member.items()}
    return _attacked(member)


def history(record: Record, runs: int) -> list[Record]:
    """Give entries of runs before this one, in which all that it saw was kept but for a clause that was not
    judged yet."""
    clauses = {clause["id"]: "verified" for clause in record["clauses"][1:]}
    return [
        {
            "started": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T03:17:00+00:00",
            "outcome": "kept",
            "verdicts": record["verdicts"] | {"violated": 0},
            "clauses": clauses,
            "fragment_sha256": record["fragment"]["sha256"],
            "target": record["target"],
        }
        for day in range(runs)
    ]
