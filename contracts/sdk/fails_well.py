"""Asks a release what a customer gets when things go wrong: which error, after how many tries, how soon."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

from contracts.examples import sample
from contracts.fragment import Fragment
from contracts.scrubber import Scrubber
from contracts.sdk.bench import Attempt, Bench, Call
from contracts.sdk.findings import Finding, Outcome, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Recorded, Reply, Script
from contracts.sdk.replies import EMPTY, JSON, cut, html, refusal, unsuccessful
from contracts.sdk.told import losses
from contracts.words import counted

_REFUSALS = {401: "unauthorised", 403: "forbidden", 404: "not found"}
_SLACK_S = 0.05
_LONG_WAIT_S, _WATCHED_S = 90, 5
"""A wait that is longer than some SDKs believe in, and how long it is watched whether it is kept."""
_TIMEOUT_S, _ENDLESS_S = 2, 15
"""After what time an SDK is told to give up on an answer that may not come to its end, and after which a call
for it is one that never ends, its other tries included."""
_DROPPED = Reply(is_dropped=True)


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that goes wrong. `status` is the one that the SDK's error should know, 0 where there is none,
    `said` the members of the answer, of which it should show no others;
    `is_final` says that another try cannot help; `wait_s` is how long the server asks to wait; where it
    `recovers`, the answer comes when it is asked again; where it is `endless`, an SDK may wait for ever."""

    what: str
    title: str
    script: Script
    status: int = 0
    is_final: bool = False
    wait_s: float = 0.0
    recovers: bool = False
    is_endless: bool = False
    said: Mapping[str, Any] = field(default_factory=dict)


def fails_well(bench: Bench, notes: Notes) -> None:
    """Note how a release fails.

    Raises:
        CouldNotTest: the driver fails.
    """
    for mishap in _mishaps(bench.fragment):
        attempt = _attempt(bench, mishap)
        findings = list(_judged(notes, mishap, attempt))
        detail = _ended(attempt)
        outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
        _note(notes, mishap.what, mishap.title, outcome, detail, findings, attempt)
    _ask_long_wait(bench, notes)
    _ask_redirects(bench, notes)


def _attempt(bench: Bench, mishap: Mishap) -> Attempt:
    if not mishap.is_endless:
        return bench.call(Call(script=mishap.script))
    return bench.watch(Call(script=mishap.script, settings={"timeout_s": _TIMEOUT_S}), _ENDLESS_S)


def _note(
    notes: Notes,
    what: str,
    title: str,
    outcome: Outcome,
    detail: str,
    findings: Sequence[Finding],
    attempt: Attempt,
) -> None:
    """Note a row with the tries, the seconds and the error of an attempt."""
    tries = {"tries": len(attempt.requests)}
    error = attempt.raised.name if attempt.raised else ""
    notes.check(what, title, outcome, detail, findings, attempt.seconds, counts=tries, error=error)


def _page(fragment: Fragment) -> bytes:
    return json.dumps(sample(fragment.success.body)).encode() if fragment.success.body else b""


def _mishaps(fragment: Fragment) -> Iterator[Mishap]:
    page = _page(fragment)
    for status, words in _REFUSALS.items():
        reply = refusal(fragment, status)
        said = json.loads(reply.body or b"{}")
        yield Mishap(str(status), f"{status} {words}", _always(reply), status, is_final=True, said=said)
    for name in ("seconds", "date"):
        title, script = f"429 once, Retry-After as {name}", _throttled_once(name, Reply(body=page))
        yield Mishap(f"429:{name}", title, script, 429, wait_s=1, recovers=True)
    yield Mishap("429", "429 always", _always(Reply(429, JSON, b"{}")), 429)
    yield Mishap("500", "500 always", _always(refusal(fragment, 500)), 500)
    yield Mishap("500:once", "500 once", _once(Reply(500), Reply(body=page)), 500, recovers=True)
    yield Mishap("dropped", "the connection is dropped", _always(_DROPPED))
    yield Mishap("dropped:once", "dropped once", _once(_DROPPED, Reply(body=page)), recovers=True)
    title, broken = "the connection breaks in the midst of the body", cut(page)
    yield Mishap("cut", title, _always(broken), is_endless=True)
    script = _once(broken, Reply(body=page))
    yield Mishap("cut:once", "broken once in the midst of the body", script, recovers=True, is_endless=True)
    yield Mishap("html:502", "HTML with a 502", _always(html(502)), 502)
    yield Mishap("html:200", "HTML with a 200", _always(html(200)), is_final=True)
    yield Mishap("empty:200", "an empty 200", _always(EMPTY), is_final=True)
    title = "a 200 that says the call did not succeed"
    yield Mishap("unsuccessful:200", title, _always(unsuccessful(fragment)), is_final=True)


def _throttled_once(form: str, then: Reply) -> Script:
    """Ask to wait for at least a second, once, counted from when the request comes."""

    def script(number: int) -> Reply:
        # A date has no fraction of a second: one that is two seconds off may be little more than one away.
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        header = ("retry-after", date if form == "date" else "1")
        return then if number else Reply(429, (*JSON, header), b"{}")

    return script


def _always(reply: Reply) -> Script:
    return lambda number: reply


def _once(reply: Reply, then: Reply) -> Script:
    return lambda number: then if number else reply


def _ended(attempt: Attempt) -> str:
    return f"{attempt.told} after {counted(len(attempt.requests), 'try', 'tries')}"


def _judged(notes: Notes, mishap: Mishap, attempt: Attempt) -> Iterator[Finding]:
    made = [*_of_error(mishap, attempt), *_of_tries(mishap, attempt)]
    for what, severity, sentence, expected in made:
        yield notes.finding(
            f"{mishap.what}:{what}",
            severity,
            sentence,
            expected=expected,
            actual=_ended(attempt),
            attempt=attempt,
        )


Verdicts = Iterator[tuple[str, Severity, str, str]]


def _of_error(mishap: Mishap, attempt: Attempt) -> Verdicts:
    raised = attempt.raised
    if not attempt.is_over:
        sentence = f"{mishap.title}: the call never ends, neither with an answer nor with an error"
        yield "never-ends", Severity.BREAKS, sentence, "the answer, or an error of the SDK"
    elif mishap.recovers:
        if raised:
            yield "gives-up", Severity.MISLEADS, f"{mishap.title}: the call is not tried again", "the answer"
    elif not raised:
        sentence = f"{mishap.title}: no error is raised, as if there were an answer"
        yield "no-error", Severity.MISLEADS, sentence, "an error of the SDK"
    elif not raised.is_own:
        sentence = (
            f"{mishap.title}: the error is not one of the SDK's own, and code that catches those misses it"
        )
        yield "foreign-error", Severity.MISLEADS, sentence, "an error of the SDK"
    elif mishap.status and raised.status != mishap.status:
        sentence = f"{mishap.title}: the error does not tell the status"
        yield "status", Severity.MISLEADS, sentence, f"status {mishap.status}"
    else:
        for name, told in raised.members.items():
            if name in mishap.said and any(losses(mishap.said[name], told)):
                sentence = f"{mishap.title}: `{name}` of the error is not what the server said"
                yield name, Severity.MISLEADS, sentence, f"{name} as the server sent it"


def _of_tries(mishap: Mishap, attempt: Attempt) -> Verdicts:
    tries = len(attempt.requests)
    if mishap.is_final and tries > 1:
        sentence = f"{mishap.title}: it is tried again, which cannot help"
        yield "tried-again", Severity.COSMETIC, sentence, "one try"
    if mishap.wait_s and tries > 1:
        waited = min(later.at_s - sooner.at_s for sooner, later in pairwise(attempt.requests))
        if waited < mishap.wait_s - _SLACK_S:
            sentence = f"{mishap.title}: it is tried again sooner than the server asks"
            yield "impatient", Severity.MISLEADS, sentence, f"a wait of {mishap.wait_s:.0f} s"


def _ask_long_wait(bench: Bench, notes: Notes) -> None:
    """Ask to wait for long, and see whether another try comes sooner: a customer may prefer either."""
    throttled = Reply(429, (*JSON, ("retry-after", str(_LONG_WAIT_S))), b"{}")
    script = _once(throttled, Reply(body=_page(bench.fragment)))
    attempt = bench.watch(Call(script=script), _WATCHED_S)
    detail = "still waits when the gate stops looking"
    if attempt.is_over:
        is_sooner = len(attempt.requests) > 1
        detail = f"{'does not wait so long, ' if is_sooner else ''}{_ended(attempt)}"
    title = f"429 once, Retry-After of {_LONG_WAIT_S} s"
    _note(notes, "429:long", title, Outcome.FACT, detail, [], attempt)


def _ask_redirects(bench: Bench, notes: Notes) -> None:
    """Redirect each way to authenticate to another host, and see whether credentials go there."""
    recorder = bench.recorder
    for names in bench.fragment.security:
        location = f"{recorder.elsewhere}{bench.own_target}"
        script = _once(Reply(307, (("location", location),)), Reply(body=b"{}"))
        credentials = bench.good(names)
        attempt = bench.call(Call(credentials=credentials, script=script))
        away = [request for request in attempt.requests if request.is_elsewhere]
        found = (one for request in away for one in _leaked(bench.fragment, credentials, request))
        leaked = list(dict.fromkeys(found))
        what, title = f"redirect:{'+'.join(names)}", f"a redirect to another host, with {' and '.join(names)}"
        followed = f"follows with {', '.join(leaked) or 'no credentials'}"
        detail = followed if away else f"does not follow, {attempt.told}"
        findings = [_leak(notes, what, leaked, attempt)] if leaked else []
        outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
        _note(notes, what, title, outcome, detail, findings, attempt)


def _leaked(fragment: Fragment, credentials: Mapping[str, str], request: Recorded) -> Iterator[str]:
    """Yield what of the credentials a request carries: headers that are theirs, and wherever else one stands,
    however it is written there."""
    path, _, query = request.target.partition("?")
    body = request.body.decode("latin-1")
    places = [*request.headers, ("the path", path), ("the query", query), ("the body", body)]
    for name, value in credentials.items():
        header, scrubber = fragment.schemes[name].header, Scrubber({value: name})
        if request.header(header) is not None:
            yield header
        for place, text in places:
            if place.lower() != header.lower() and scrubber.scrub(text) != text:
                yield f"{name} in {place}"


def _leak(notes: Notes, what: str, leaked: Sequence[str], attempt: Attempt) -> Finding:
    return notes.finding(
        f"{what}:leak",
        Severity.BREAKS,
        f"a redirect to another host takes {' and '.join(leaked)} along: whoever runs that host has them",
        expected="a request without credentials, or none",
        actual=f"{', '.join(leaked)} at the other host",
        attempt=attempt,
    )
