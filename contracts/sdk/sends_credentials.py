"""Asks a release which credentials it sends: given as arguments, named by the environment, both, or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from contracts.fragment import Fragment
from contracts.sdk.bench import Attempt, Bench, Call
from contracts.sdk.findings import Finding, Outcome, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.wire_judging import Difference, differences

_OTHER = "other-"
"""What stands before a credential that is in the environment and must not be sent."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to give credentials, by scheme: `expected` are those that belong on the wire, None where the
    contract does not say."""

    what: str
    title: str
    arguments: Mapping[str, str]
    environment: Mapping[str, str]
    expected: Mapping[str, str] | None


def ask_credentials(bench: Bench, notes: Notes) -> None:
    """Give credentials in every way, and note what is sent."""
    for way in _ways(bench):
        variables = {bench.fragment.schemes[name].env: value for name, value in way.environment.items()}
        attempt = bench.call(Call(credentials=way.arguments, environment=variables))
        findings = list(_judged(bench, notes, way, attempt))
        outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
        if way.expected is None and not findings:
            outcome = Outcome.FACT
        notes.check(f"security:{way.what}", way.title, outcome, _told(bench.fragment, attempt), findings)


def _ways(bench: Bench) -> Iterator[Way]:
    alternatives = {"+".join(names): bench.good(names) for names in bench.fragment.security}
    for name, values in alternatives.items():
        yield Way(f"{name}:argument", f"{name} as arguments", values, {}, values)
        yield Way(f"{name}:environment", f"{name} in the environment", {}, values, values)
        others = {scheme: f"{_OTHER}{value}" for scheme, value in values.items()}
        title = f"{name} as arguments, others in the environment"
        yield Way(f"{name}:argument-first", title, values, others, values)
    for (one, values), (other, theirs) in permutations(alternatives.items(), 2):
        title = f"{one} as arguments, {other} in the environment"
        yield Way(f"{one}:beside-{other}", title, values, theirs, values)
        if len(theirs) > 1:
            yield from _beside_halves(one, values, theirs)
    everything = {name: value for values in alternatives.values() for name, value in values.items()}
    yield Way("all:argument", "all credentials as arguments", everything, {}, None)
    yield Way("all:environment", "all credentials in the environment", {}, everything, None)
    yield Way("none", "no credentials", {}, {}, None)
    for names in bench.fragment.security:
        for name in names if len(names) > 1 else ():
            yield Way(f"{name}:alone", f"{name} alone", bench.good([name]), {}, None)


def _beside_halves(one: str, values: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Way]:
    """Yield whole credentials beside each that is only a part of others, and so must not get in their way."""
    for name, value in theirs.items():
        if name in values:
            continue
        half = {name: value}
        title = f"{one} as arguments, {name} alone in the environment"
        yield Way(f"{one}:beside-{name}", title, values, half, values)
        title = f"{one} in the environment, {name} alone beside it"
        yield Way(f"{one}:environment:beside-{name}", title, {}, {**values, **half}, None)


def _judged(bench: Bench, notes: Notes, way: Way, attempt: Attempt) -> Iterator[Finding]:
    if way.expected is None:
        given = way.arguments.keys() | way.environment.keys()
        is_complete = any(given >= set(names) for names in bench.fragment.security)
        if is_complete and not _is_accepted(attempt):
            yield _refused(notes, way, attempt)
        return
    if not attempt.requests:
        yield _refused(notes, way, attempt)
        return
    given = {bench.fragment.schemes[name].header for name in way.expected}
    found = list(differences(attempt.requests[0], bench.fragment, bench.always, way.expected))
    lost = [one for one in found if one.place in given]
    added = [one for one in found if one.place not in given]
    if lost:
        wrong = f"with {way.title}, what the customer gave is not what is sent"
        yield _misled(notes, way, "lost", Severity.BREAKS, wrong, found, attempt)
    elif added:
        wrong = f"with {way.title}, both are sent, and the server chooses as whom it lets the customer in"
        yield _misled(notes, way, "added", Severity.MISLEADS, wrong, added, attempt)


def _misled(
    notes: Notes,
    way: Way,
    what: str,
    severity: Severity,
    sentence: str,
    found: Sequence[Difference],
    attempt: Attempt,
) -> Finding:
    return notes.finding(
        f"security:{way.what}:{what}",
        severity,
        sentence,
        place="+".join(way.expected or ()),
        expected=", ".join(one.expected for one in found),
        actual=", ".join(one.actual for one in found),
        attempt=attempt,
    )


def _is_accepted(attempt: Attempt) -> bool:
    return bool(attempt.requests) and attempt.requests[-1].reply.status < 400


def _refused(notes: Notes, way: Way, attempt: Attempt) -> Finding:
    return notes.finding(
        f"security:{way.what}:refused",
        Severity.BREAKS,
        f"with {way.title}, a customer is not let in ({attempt.told})",
        expected="an answer",
        actual=attempt.told,
        attempt=attempt,
    )


def _told(fragment: Fragment, attempt: Attempt) -> str:
    """Name the headers that carried credentials, or say why nothing was sent."""
    if not attempt.requests:
        return f"sends nothing, {attempt.told}"
    headers = [scheme.header for scheme in fragment.schemes.values()]
    sent = [name for name in headers if attempt.requests[0].header(name) is not None]
    status = attempt.requests[0].reply.status
    return f"sends {', '.join(sent) or 'no credentials'}: {status}"
