"""Arranges what the gate before an SDK release found: releases across, checks down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from contracts.errors import UsageError
from contracts.reports import stored

VERSION = 1
SCHEMA = resources.files("contracts").joinpath("sdk", "sdk.schema.json")
AS_PROMISED = "as promised"


@dataclass(frozen=True, slots=True)
class Row:
    """A check: what became of it in each release, in their order; None where it was not made."""

    title: str
    cells: tuple[Mapping[str, Any] | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and the releases in which it is."""

    finding: Mapping[str, Any]
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a customer notices who comes from the release `reference` to `release`, worst first."""

    reference: str
    release: str
    changes: tuple[Mapping[str, Any], ...]


def read(path: Path) -> dict[str, Any]:
    """Give the record that the gate left in a file.

    Raises:
        UsageError: the file cannot be read, or is no such record.
    """
    try:
        record: dict[str, Any] = stored.loads(path.read_text(encoding="utf-8"))
        problem = stored.problem(record, json.loads(SCHEMA.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "check the path") from None
    except ValueError as error:
        problem = str(error)
    if problem:
        told = f"{path} is not a record of the gate, of version {VERSION}: {problem}"
        raise UsageError(told, "give the sdk.json that `python -m contracts sdk` left")
    return record


def grid(record: Mapping[str, Any]) -> dict[str, tuple[list[Row], int]]:
    """Give by question the checks that are not as promised everywhere, or have numbers to tell, and how many
    others there are."""
    checks = [{check["id"]: check for check in release["checks"]} for release in record["releases"]]
    merged = {id_: check for known in reversed(checks) for id_, check in known.items()}
    found: dict[str, tuple[list[Row], int]] = {}
    for id_, check in sorted(
        merged.items(), key=lambda pair: list(record["releases"][0]["outcomes"]).index(pair[1]["question"])
    ):
        rows, others = found.get(check["question"], ([], 0))
        cells = tuple(known.get(id_) for known in checks)
        if all(cell is not None and _is_usual(cell) for cell in cells):
            others += 1
        else:
            rows.append(Row(check["title"], cells))
        found[check["question"]] = rows, others
    return found


def _is_usual(check: Mapping[str, Any]) -> bool:
    return check["outcome"] == AS_PROMISED and not check.get("counts")


def findings(record: Mapping[str, Any]) -> list[Found]:
    """Give all findings, the gravest first, each once for all releases of which the same is said."""
    by_words: dict[tuple[str, str], tuple[Mapping[str, Any], list[str]]] = {}
    for release in record["releases"]:
        for finding in release["findings"]:
            words = (finding["id"], finding["sentence"])
            by_words.setdefault(words, (finding, []))[1].append(release["name"])
    severities = list(record["releases"][0]["severities"]) if record["releases"] else []
    told = [Found(finding, tuple(names)) for finding, names in by_words.values()]
    return sorted(told, key=lambda one: severities.index(one.finding["severity"]))


def comparisons(record: Mapping[str, Any]) -> list[Comparison]:
    """Give what changes from the release that is the reference to each other one."""
    reference = next((one["name"] for one in record["releases"] if one["is_reference"]), "")
    return [Comparison(reference, one["release"], tuple(one["changes"])) for one in record["comparisons"]]


def title(record: Mapping[str, Any]) -> str:
    """Say of releases what nobody should miss; nothing where all were judged and none is stopped."""
    stopped = sum(bool(_stopping(release, record)) for release in _judged(record))
    unfinished = sum(bool(release["ended_early"]) for release in _judged(record))
    for amount, words in ((stopped, "stopped"), (unfinished, "not judged to the end")):
        if amount:
            return f"{amount} released {'SDK is' if amount == 1 else 'SDKs are'} {words}"
    return "released SDKs are not all judged" if record["ended_early"] else ""


def told(record: Mapping[str, Any]) -> str:
    """Say in a sentence, without its full stop, what became of each release, the worst first."""
    judged = _judged(record)
    if not judged:
        return "Released SDKs: none was judged"
    some = ", not all of them judged" if record["ended_early"] else ""
    ordered = sorted(judged, key=lambda one: (not _stopping(one, record), not one["ended_early"]))
    return f"Released SDKs{some}: {'; '.join(_told(release, record) for release in ordered)}"


def _judged(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # That with which others are compared is out already: nothing stops it.
    return [release for release in record["releases"] if not release["is_reference"]]


def _stopping(release: Mapping[str, Any], record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        one for one in release["findings"] if one["severity"] in record["fails_on"] and not one["is_waived"]
    ]


def _told(release: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    name, what, stopping = f"`{release['name']}`", " or ".join(record["fails_on"]), _stopping(release, record)
    if stopping:
        amount = len(stopping)
        found = "1 finding that is" if amount == 1 else f"{amount} findings that are"
        return f"{name} {what} ({found} not waived)"
    if release["ended_early"]:
        return f"{name} was not judged to the end"
    if any(one["is_waived"] for one in release["findings"]):
        return f"{name} {what} only where that is waived"
    return f"of {name} nothing that was seen {what}"
