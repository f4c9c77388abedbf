"""Records of runs, as the tests of the forms made from them need them."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

import samples
from jsonschema import Draft202012Validator

from contracts.baseline import Baseline, Waiver
from contracts.checks import observe
from contracts.ledger import Ledger
from contracts.reports import compliance
from contracts.reports.exchanges import recorded
from contracts.targets import Secrets, Target
from contracts.traffic import Spent

CONTRACT = samples.contract("jobs")
BROKEN, WAIVED, UNSTABLE = "200.result[].status:enum", "200.result[].job_id:format", "200.success:const"
KEPT, UNSEEN = "200.success:const", "4XX.success:const"
_URL = "http://127.0.0.1:1"
TARGET = Target("live", _URL, _URL, Secrets({}, ""), False, False, 400)
_TARGET = replace(TARGET, replay_hint="first do this")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FACTS = compliance.RunFacts(
    TARGET, START, START + timedelta(seconds=1.5), tuple(CONTRACT.clauses), {"walks": "why"}, "00" * 32
)
"""Of a run for which `two_pages` came."""
WAIVERS = {
    clause: Waiver(clause, "it is known", "mail", date(2026, 12, 31), line)
    for line, clause in enumerate((BROKEN, KEPT, UNSEEN), start=1)
}
SCHEMA = json.loads(resources.files("contracts.reports").joinpath("compliance.schema.json").read_text())
_WORDS = (
    *("verdict", "word", "kind", "source", "state", "as_of", "started", "finished", "expires", "sunset"),
    *("sha256", "format", "account", "exchange", "id"),
)
"""Members whose texts are not free."""

HOSTILE = {
    "markup": "</script><img src=x onerror=alert(1)>&amp;<!-- --> <![CDATA[x]]>",
    "markdown": "`a` ``b`` | c \\| **d** [e](http://f.example) ~~g~~ # h @everyone {0} \\",
    "lines": "one\r\ntwo\n\n# three\n```\n::error::four\n- five\u2028six",
    "control": "\x00\x07\x1b[31m\x85\ufffe\ufeff",
    "bidi": "\u202egnp.exe\u202c \u200b\u2066x\u2069",
    "surrogate": "\ud800 and \udfff",
    "long": "x" * 5000,
    "wide": "\U0001f9ea" * 2000,
    "percent": "%0A%25,:=;title=x",
}


def two_pages() -> Ledger:
    """Give what one good page and one with an unknown status say."""
    found = Ledger()
    for status in ("PENDING", "LOST"):
        reading = samples.answered(CONTRACT, samples.page(CONTRACT, samples.job(1, status=status)))
        found.record(reading.exchange)
        found.add(observe(reading, CONTRACT), reading.exchange)
    return found


def problems(report: Mapping[str, Any]) -> list[str]:
    """Say in what a record is not as the schema that is shipped with it has it."""
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]


def broken() -> dict[str, Any]:
    """Give the record of a run with a clause broken, one waived, one unstable, and much unseen."""
    ledger, exchanges = Ledger(), []
    wrong = samples.job(1, status="LOST"), samples.job(2, job_id="no uuid")
    for body in (samples.page(CONTRACT, samples.job(1)), samples.page(CONTRACT, *wrong)):
        reading = samples.answered(CONTRACT, body)
        ledger.record(reading.exchange)
        ledger.add(observe(reading, CONTRACT), reading.exchange)
        exchanges.append(recorded(reading.exchange, CONTRACT))
    ledger.tallies[UNSTABLE].unstable = 1
    waiver = Waiver(WAIVED, "see TICKET-1", "mail", date(2026, 12, 31), 3)
    facts = compliance.RunFacts(
        _TARGET,
        START,
        START + timedelta(seconds=1.5),
        tuple(CONTRACT.clauses),
        {"walks": "the budget was spent"},
        "00" * 32,
        baseline=Baseline("known.yaml", date(2026, 11, 24), {WAIVED: waiver}),
        account="abc",
        exit_status=1,
        parts={"access": Spent(2, 0.25), "walks": Spent(3, 1.0, clauses=frozenset([BROKEN, WAIVED]))},
        exchanges=exchanges[-1:],
        ci={
            "name": "GitHub Actions",
            "job": "contract",
            "number": "17",
            "url": "https://github.example/o/r/actions/runs/1",
            "revision": "0123456789abcdef",
        },
    )
    return compliance.compliance(CONTRACT, ledger, facts)


def unstarted() -> dict[str, Any]:
    """Give the record of a run that could not begin."""
    facts = compliance.RunFacts(_TARGET, START, START, tuple(CONTRACT.clauses), {}, "")
    ended = replace(facts, exit_status=4, sentence="no account", ended_early="no account")
    return compliance.compliance(CONTRACT, Ledger(), ended)


def interrupted(why: str = "interrupted; run again to judge the rest") -> dict[str, Any]:
    """Give the record of a run that ended after some requests, until when nothing was broken."""
    report = broken() | {"ended_early": why, "baseline": []}
    for entry in report["clauses"]:
        if entry["verdict"] in ("violated", "waived", "unstable"):
            entry |= {"verdict": "unobserved", "broken": 0, "unstable": 0, "exemplars": [], "waiver": None}
    report["requests"] |= {"sent": 27}
    report["outcome"] |= {"sentence": why}
    return _counted(report, "untested", 7)


def green() -> dict[str, Any]:
    """Give the record of a run that saw no clause broken."""
    report = broken()
    for entry in report["clauses"]:
        entry |= {"verdict": "verified", "reason": "", "broken": 0, "unstable": 0, "exemplars": []}
    report |= {"baseline": [], "cut_short": {}}
    return _counted(report, "kept", 0)


def partial(report: dict[str, Any], amount: int = 9) -> dict[str, Any]:
    """Give the record of a run of so many clauses only, the first, which said the same of the contract."""
    outcome = report["outcome"]
    kept = deepcopy(report) | {"clauses": deepcopy(report["clauses"][:amount])}
    return _counted(kept, outcome["word"], outcome["exit_status"])


def many(count: int, text: str) -> dict[str, Any]:
    """Give a record of so many broken clauses, in which a text stands wherever one may."""
    report = broken()
    told = hostile(next(entry for entry in report["clauses"] if entry["id"] == BROKEN), lambda _: text)
    clauses = [told | {"id": f"{number}{text}", "family": f"{number % 12}{text}"} for number in range(count)]
    unseen = [entry | {"verdict": "unobserved", "reason": f"{entry['id']}{text}"} for entry in clauses]
    waived = [entry | {"verdict": "waived", "waiver": _waiver(text, entry["id"])} for entry in clauses]
    report = hostile(report, lambda _: text) | {"clauses": clauses + unseen + waived}
    report["baseline"] = [entry["waiver"] for entry in waived]
    report["deprecations"] = [report["deprecations"][0] | {"place": f"{n}{text}"} for n in range(count)]
    return _counted(report, "broken", 1)


def hostile(data: Any, text: Callable[[str], str], name: str = "") -> Any:
    """Give a copy of a record, or a part of one, with all free texts replaced."""
    if isinstance(data, dict):
        return {key: hostile(member, text, key) for key, member in data.items()}
    if isinstance(data, list):
        return [hostile(item, text, name) for item in data]
    return text(data) if isinstance(data, str) and name not in _WORDS else deepcopy(data)


def entry_of(report: dict[str, Any], clause: str) -> dict[str, Any]:
    """Give what a record says of a clause."""
    return next(entry for entry in report["clauses"] if entry["id"] == clause)


def _waiver(text: str, clause: str) -> dict[str, Any]:
    words = {"expires": "2026-12-31", "line": 1, "state": "in-use"}
    return {"clause": clause, "reason": text, "owner": text, "file": text} | words


def _counted(report: dict[str, Any], word: str, status: int) -> dict[str, Any]:
    families = dict.fromkeys(entry["family"] for entry in report["clauses"])
    count = compliance.count_verdicts
    report["verdicts"] = count(report["clauses"])
    report["families"] = {
        family: count(entry for entry in report["clauses"] if entry["family"] == family)
        for family in families
    }
    report["outcome"] |= {"word": word, "exit_status": status}
    return report
