"""`attestation.json`: what a run says, as an unsigned in-toto Statement for whoever signs and stores such.

Source: in-toto Attestation Framework, Statement v1 and the predicate test-result v0.1.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome
from contracts.reports.headline import headline, seriousness
from contracts.reports.visible import visible

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_RESULTS = {
    Outcome.KEPT: "PASSED",
    Outcome.BROKEN: "FAILED",
    Outcome.INCOMPLETE: "WARNED",
    Outcome.UNTESTED: "FAILED",
}
"""The words of the predicate."""


def attestation(report: Mapping[str, Any], record_name: str, record: bytes) -> str:
    """Give the statement about a report whose record is the file of this name and content.

    What was not seen is in none of the lists: it was not tested. A contract that is kept but for what is
    waived or unstable, or of which only some clauses were judged, is `WARNED`; the annotation says why.
    """
    fragment = report["fragment"]
    statement = {
        "_type": STATEMENT,
        "subject": [
            {"name": fragment["file"], "digest": {"sha256": fragment["sha256"]}},
            {"name": record_name, "digest": {"sha256": hashlib.sha256(record).hexdigest()}},
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "result": _RESULTS[seriousness(report)],
            "configuration": [
                {
                    "name": fragment["file"],
                    "digest": {"sha256": fragment["sha256"]},
                    # Where the predicate has room for it: what a descriptor is annotated with is free.
                    "annotations": {
                        "told": visible(headline(report)),
                        "clauses": fragment["clauses"],
                        "selected": len(report["clauses"]),
                    },
                }
            ],
            **({"url": report["ci"]["url"]} if report["ci"] and report["ci"]["url"] else {}),
            "passedTests": _named(report, Verdict.VERIFIED, Verdict.RETIRED),
            "warnedTests": _named(report, Verdict.UNSTABLE, Verdict.WAIVED),
            "failedTests": _named(report, Verdict.VIOLATED),
        },
    }
    return json.dumps(statement, indent=1) + "\n"


def _named(report: Mapping[str, Any], *verdicts: Verdict) -> list[str]:
    return [entry["id"] for entry in report["clauses"] if entry["verdict"] in verdicts]
