"""`attestation.json`: an unsigned in-toto Statement that binds what a run says to fragment and record.

To sign it is for whoever vouches for the run.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.text import as_json

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_PASSED = (Verdict.VERIFIED, Verdict.RETIRED)
_WARNED = (Verdict.UNSTABLE, Verdict.WAIVED)
_RESULTS = {"kept": "PASSED", "broken": "FAILED", "incomplete": "WARNED", "untested": "FAILED"}
"""Who could not test has not passed: a verifier must not take it for a warning."""


def attestation(report: Mapping[str, Any]) -> str:
    """Give the statement: which clauses passed, with warnings or not, and which failed.

    Clauses that were not seen are in none of the lists. Where there are such, or warnings, a contract that is
    not broken is warned of.

    Source: in-toto attestation framework, Statement v1 and predicate test-result v0.1.
    """
    passed, warned, failed = (
        [entry["id"] for entry in report["clauses"] if entry["verdict"] in verdicts]
        for verdicts in (_PASSED, _WARNED, (Verdict.VIOLATED,))
    )
    result = _RESULTS[report["outcome"]["word"]]
    if result == "PASSED" and len(passed) < len(report["clauses"]):
        result = "WARNED"
    predicate: dict[str, Any] = {
        "result": result,
        "configuration": [_configuration(report)],
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    }
    if report["ci"] and report["ci"]["url"]:
        predicate["url"] = report["ci"]["url"]
    return _text(
        {
            "_type": STATEMENT,
            "subject": [
                {"name": report["fragment"]["file"], "digest": {"sha256": report["fragment"]["sha256"]}},
                {"name": "compliance.json", "digest": {"sha256": _sha256(as_json(report))}},
            ],
            "predicateType": PREDICATE,
            "predicate": predicate,
        }
    )


def _configuration(report: Mapping[str, Any]) -> dict[str, Any]:
    """Describe how the suite was asked to run, by a digest of just that."""
    asked = {
        "suite": report["suite"]["version"],
        "target": report["target"]["kind"],
        "base_url": report["target"]["base_url"],
        "as_of": report["as_of"],
        "clauses": [entry["id"] for entry in report["clauses"]],
        "requests": report["requests"]["limit"],
    }
    told = {name: value for name, value in asked.items() if name != "clauses"}
    digest = _sha256(json.dumps(asked, sort_keys=True))
    return {"name": "run", "digest": {"sha256": digest}, "annotations": told}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(statement: Mapping[str, Any]) -> str:
    return json.dumps(statement, indent=1, ensure_ascii=True) + "\n"
