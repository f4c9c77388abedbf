"""Holds what a customer gets at each place of an answer against the type that the SDK declares there."""

from collections.abc import Mapping

from contracts.location import Location, show
from contracts.schema import NULL
from contracts.sdk.bench import Attempt, Bench
from contracts.sdk.declares import is_among, kinds_at
from contracts.sdk.findings import Finding, Outcome, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.told import at, kind_of_json


def note_declared(
    notes: Notes, bench: Bench, plain: Mapping[Location, Attempt], suffix: str, words: str
) -> None:
    """Note whether plain values, each of them in an answer of its own, have the types that are declared for
    their places; `suffix` and `words` tell the mode. Where nothing is declared, nothing is noted."""
    answer, root = bench.described.get("answer"), bench.fragment.success.body
    if not answer or not root:
        return
    found: dict[str, Finding | None] = {}
    for location, attempt in plain.items():
        told, kinds = at(attempt.returned, location), kinds_at(answer, location, root)
        if not told or not kinds:
            continue
        came = kind_of_json(told)
        found[show(location)] = None
        if not is_among(came, kinds):
            place, declared = show(location), " or ".join(sorted(kinds - {NULL} or kinds))
            found[place] = notes.finding(
                f"{place}:undeclared-type{suffix}",
                Severity.BREAKS,
                f"{place} is declared as {declared}, but a customer gets a value of type {came}{words}",
                place=place,
                expected=declared,
                actual=came,
                attempt=attempt,
            )
    if found:
        _note(notes, found, suffix, words)


def _note(notes: Notes, found: Mapping[str, Finding | None], suffix: str, words: str) -> None:
    bad = {place: finding for place, finding in found.items() if finding}
    detail = f"{len(found) - len(bad)} of {len(found)} as declared"
    detail += f", not {', '.join(bad)}" if bad else ""
    outcome = Outcome.DIFFERS if bad else Outcome.AS_PROMISED
    cases = {place: finding.actual if finding else "as declared" for place, finding in found.items()}
    title = f"types of values as declared{words}"
    notes.check(f"declared{suffix}", title, outcome, detail, list(bad.values()), cases=cases)
