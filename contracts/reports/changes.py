"""What changed from one run to another, clause by clause."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.pseudonyms import KEY_ENV
from contracts.reports.headline import as_of, is_partial

Verdicts = Mapping[str, str]
"""The verdict of each clause that was judged, by clause id."""
Changes = Mapping[str, list[str]]
"""The ids of the clauses that changed in each way, by the name of the way."""

_ABSENT = ""
_NOT_KEPT = (Verdict.VIOLATED, Verdict.WAIVED, Verdict.UNSTABLE)
_KINDS: Mapping[str, Callable[[str, str], bool]] = {
    "newly broken": lambda old, new: new == Verdict.VIOLATED != old,
    "newly unseen": lambda old, new: old == Verdict.VERIFIED and new == Verdict.UNOBSERVED,
    "broken before and not seen now": lambda old, new: old in _NOT_KEPT and new == Verdict.UNOBSERVED,
    "gone": lambda old, new: old != _ABSENT and new == _ABSENT,
    "no longer kept but waived": lambda old, new: old == Verdict.VERIFIED and new == Verdict.WAIVED,
    "no longer kept but unstable": lambda old, new: old == Verdict.VERIFIED and new == Verdict.UNSTABLE,
    "newly waived": lambda old, new: new == Verdict.WAIVED and old not in (Verdict.WAIVED, Verdict.VERIFIED),
    "newly unstable": lambda old, new: (
        new == Verdict.UNSTABLE and old not in (Verdict.UNSTABLE, Verdict.VERIFIED)
    ),
    "newly retired": lambda old, new: new == Verdict.RETIRED != old and old != _ABSENT,
    "no longer retired": lambda old, new: (
        old == Verdict.RETIRED and new in (Verdict.VERIFIED, Verdict.UNOBSERVED)
    ),
    "newly kept": lambda old, new: new == Verdict.VERIFIED and old in _NOT_KEPT,
    "newly seen": lambda old, new: old == Verdict.UNOBSERVED and new not in (Verdict.UNOBSERVED, _ABSENT),
    "new": lambda old, new: old == _ABSENT and new != _ABSENT,
}
_WORSE = ("newly broken", "newly unseen", "no longer kept but waived", "no longer kept but unstable")
"""What a release has to look at. That somebody signed for a promise does not make it one that is kept."""
_FACTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "the same target": lambda report: report["target"]["kind"],
    "the same server": lambda report: report["target"]["base_url"],
    "the same fault": lambda report: report["target"]["fault"],
    "the same variant": lambda report: report["target"]["variant"],
    "as of the same day": as_of,
    "the same fragment (SHA-256)": lambda report: report["fragment"]["sha256"],
    "the same version of the suite": lambda report: report["suite"]["version"],
}


def verdicts_of(report: Mapping[str, Any]) -> dict[str, str]:
    """Give the verdicts of a report by clause id."""
    return {entry["id"]: entry["verdict"] for entry in report["clauses"]}


def changes(old: Verdicts, new: Verdicts) -> Changes:
    """Say which clauses changed in which way, the worst ways first; ways in which none changed are left out.

    `gone` are clauses that were judged before and are no longer: the contract has lost them, or they were not
    selected. A clause may have changed in two ways, as one that is newly seen, and broken.
    """
    ids = dict.fromkeys([*old, *new])
    found = {
        kind: [id_ for id_ in ids if is_so(old.get(id_, _ABSENT), new.get(id_, _ABSENT))]
        for kind, is_so in _KINDS.items()
    }
    return {kind: clauses for kind, clauses in found.items() if clauses}


def got_worse(old: Verdicts, new: Verdicts) -> bool:
    """Say whether a promise is broken that was not known to be, or one that was kept no longer is: not seen,
    not judged, waived or unstable."""
    found = changes(old, new)
    was_kept = any(old[id_] == Verdict.VERIFIED for id_ in found.get("gone", ()))
    return was_kept or any(kind in found for kind in _WORSE)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each thing in which two reports are not of the same, to which changes may be due."""
    for same, fact in _FACTS.items():
        if fact(old) != fact(new):
            yield f"not {same}: {fact(old) or 'none'} -> {fact(new) or 'none'}"
    was, now = old["target"], new["target"]
    # An emulator has one account only; another server has other accounts.
    is_alike = was["kind"] == now["kind"] != "emulator" and was["base_url"] == now["base_url"]
    if is_alike and was["account"] != now["account"]:
        yield (
            f"not the same account, or not under the same {KEY_ENV}: {was['account'] or 'none'} -> "
            f"{now['account'] or 'none'}"
        )
    is_of_some = is_partial(old) or is_partial(new)
    if is_of_some and verdicts_of(old).keys() != verdicts_of(new).keys():
        yield f"not the same selection of clauses: {_selected(old)} -> {_selected(new)}"
    for which, report in (("old", old), ("new", new)):
        if report["ended_early"]:
            yield f"not judged to the end: the {which} run: {report['ended_early']}"


def _selected(report: Mapping[str, Any]) -> str:
    return f"{len(report['clauses'])} of {report['fragment']['clauses']}"


def told(old: Verdicts, new: Verdicts) -> Iterator[str]:
    """Yield what a person is told: a line a clause, grouped by what changed."""
    found = changes(old, new)
    for kind, clauses in found.items():
        yield f"{kind}: {len(clauses)}"
        yield from (
            f"  {id_}: {old.get(id_) or 'not there'} -> {new.get(id_) or 'not there'}" for id_ in clauses
        )
    if not found:
        yield "nothing changed"
