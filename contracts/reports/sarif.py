"""`contract.sarif`: the record for code scanning, each broken clause on its line of the fragment.

Source: SARIF 2.1.0, errata 01; "SARIF support for code scanning" in GitHub's documentation.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome
from contracts.reports.headline import as_of, headline, is_partial
from contracts.reports.terminal import waived_entry
from contracts.reports.visible import visible, visible_texts
from contracts.words import counted

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
_TOOL = "contract suite"
_LEVEL = {"docs": "error", "openapi": "error", "convention": "warning"}
"""What is promised nowhere in writing weighs less."""
_IN_RESULTS = (Verdict.VIOLATED, Verdict.WAIVED, Verdict.UNSTABLE)


def sarif(report: Mapping[str, Any]) -> str:
    """Give the record as SARIF: all clauses as rules, those that are broken as results."""
    fragment = report["fragment"]
    run = {
        "tool": {
            "driver": {
                "name": _TOOL,
                "version": report["suite"]["version"],
                "rules": [_rule(entry, fragment) for entry in report["clauses"]],
            }
        },
        "automationDetails": {"id": _category(report)},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "artifacts": [
            {"location": _place(fragment), "hashes": {"sha-256": fragment["sha256"]}, "roles": ["policy"]}
        ],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(report)),
        "properties": {"asOf": as_of(report), "baseUrl": report["target"]["base_url"]},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(visible_texts(log), indent=1) + "\n"


def _category(report: Mapping[str, Any]) -> str:
    """Give the category of a run: what is not found by the next of the same is taken for mended.

    A run that did not judge all is of a category of its own.
    Source: GitHub, "SARIF support for code scanning", `runAutomationDetails`.
    """
    is_whole = report["outcome"]["word"] in (Outcome.KEPT, Outcome.BROKEN) and not (
        report["ended_early"] or is_partial(report)
    )
    return f"contract/{report['target']['kind']}/{'' if is_whole else 'in-part/'}"


def _rule(entry: Mapping[str, Any], fragment: Mapping[str, Any]) -> dict[str, Any]:
    told = f"{entry['promise']}. {entry['description']}".strip()
    seen_by = f" Seen by: {entry['shown_by']}." if entry["shown_by"] else ""
    rule = {
        "id": entry["id"],
        "shortDescription": {"text": _plain(entry["promise"])},
        "fullDescription": {"text": _plain(told)},
        "help": {"text": _plain(f"{told}\n\nRests on: {entry['source']}.{seen_by}")},
        "defaultConfiguration": {"level": _LEVEL[entry["source"]]},
        "properties": {"tags": [entry["family"], entry["source"]], "pointer": entry["pointer"]},
    }
    return rule | ({"helpUri": fragment["documentation"]} if fragment["documentation"] else {})


def _results(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for index, entry in enumerate(report["clauses"]):
        verdict = Verdict(entry["verdict"])
        if verdict not in _IN_RESULTS:
            continue
        unstable = verdict is Verdict.UNSTABLE
        result = {
            "ruleId": entry["id"],
            "ruleIndex": index,
            "level": "warning" if unstable else _LEVEL[entry["source"]],
            "message": {"text": _plain(_message(entry))},
            "locations": [_location(entry, report["fragment"])],
            "partialFingerprints": _fingerprints(entry),
            "properties": {"verdict": verdict.value, "exemplars": entry["exemplars"]},
        }
        if verdict is Verdict.WAIVED:
            justification = _plain(waived_entry(entry["waiver"]))
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": justification}
            ]
        yield result


def _message(entry: Mapping[str, Any]) -> str:
    places = f"{entry['broken']:,} of {counted(entry['checked'], 'place')}"
    said = f"{entry['id']} is broken at {places}: {entry['promise']}."
    if entry["verdict"] == Verdict.UNSTABLE:
        said = f"{entry['id']} is unstable: {entry['reason']}. Promised: {entry['promise']}."
    for exemplar in entry["exemplars"][:1]:
        place = exemplar["pointer"] or "the answer as a whole"
        said += (
            f"\n{exemplar['request']} was answered with {exemplar['status']}; {place}: "
            f"expected {exemplar['expected']}, actual {exemplar['actual']}.\n{exemplar['curl']}"
        ).removesuffix("\n")
    return said


def _location(entry: Mapping[str, Any], fragment: Mapping[str, Any]) -> dict[str, Any]:
    member = {"fullyQualifiedName": entry["pointer"], "kind": "member"}
    return {
        "physicalLocation": {"artifactLocation": _place(fragment), **_regions(entry)},
        **({"logicalLocations": [member]} if entry["pointer"] else {}),
    }


def _regions(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Give the line of the promise and, where more belongs to it, that and what is below.

    Source: SARIF 2.1.0, 3.30.13 (a snippet is the text of its region) and 3.29.5 (the context holds more).
    """
    line, (first, *below) = max(entry["line"], 1), entry["excerpt"].split("\n")
    if not first:
        return {"region": {"startLine": line}}
    regions: dict[str, Any] = {"region": {"startLine": line, "snippet": {"text": first}}}
    if below:
        whole = {"startLine": line, "endLine": line + len(below), "snippet": {"text": entry["excerpt"]}}
        regions["contextRegion"] = whole
    return regions


def _place(fragment: Mapping[str, Any]) -> dict[str, Any]:
    return {"uri": quote(visible(fragment["file"])), "uriBaseId": ROOT}


def _fingerprints(entry: Mapping[str, Any]) -> dict[str, str]:
    """Tell results apart by the clause and the place in the answer, whose items all count as one.

    Code scanning looks at the first name only, and would otherwise make one of the fragment's lines, which
    may be written anew while the violation stays the same.
    """
    pointers = [exemplar["pointer"] for exemplar in entry["exemplars"]]
    shape = re.sub(r"/[0-9]+(?=/|$)", "/*", pointers[0]) if pointers else ""
    print_ = sha256(json.dumps([entry["id"], shape]).encode()).hexdigest()
    return {"primaryLocationLineHash": f"{print_[:16]}:1", "clauseAndPlace/v1": print_}


def _invocation(report: Mapping[str, Any]) -> dict[str, Any]:
    notes = [("error", headline(report))] if report["outcome"]["word"] == Outcome.UNTESTED else []
    notes += [("warning", headline(report))] if report["outcome"]["word"] == Outcome.INCOMPLETE else []
    notes += [("warning", f"{part} was cut short: {why}") for part, why in report["cut_short"].items()]
    return {
        "executionSuccessful": report["outcome"]["word"] != Outcome.UNTESTED,
        "exitCode": report["outcome"]["exit_status"],
        "exitCodeDescription": _plain(headline(report)),
        "startTimeUtc": _utc(report["started"]),
        "endTimeUtc": _utc(report["finished"]),
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _plain(text)}} for level, text in notes
        ],
    }


def _plain(text: str) -> str:
    """Keep what follows a bracket from being read as a link, which plain text messages may hold."""
    return text.replace("](", "] (")


def _utc(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
