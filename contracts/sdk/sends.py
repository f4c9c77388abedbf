"""Asks a release what it sends: every parameter, each way to authenticate, what is absent, null or empty, and
accounts whose names need escaping."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl

from contracts import parameters
from contracts.fragment import Fragment
from contracts.operation import Parameter
from contracts.plan import boundary_queries, filter_combinations
from contracts.sdk.bench import Attempt, Bench, Call
from contracts.sdk.findings import Finding, Outcome, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.sends_credentials import ask_credentials
from contracts.sdk.wire_judging import Difference, broken_clauses, differences, path_texts
from contracts.words import counted

_ODD_TEXTS = ("", "a b", "a+b", "a?b", "a#b", "a/b", "a%2Fb", "a;b", "a\\b", "ä", ".", "..")
"""Texts of a path parameter that mean something else in a URL unless they are escaped (RFC 3986), and those
that no escaping helps."""

_NO_SEGMENTS = ("", ".", "..")
"""Texts that no segment of a path can stand for, escaped or not: whoever normalises it takes them away."""
_REFUSED = 400
_BEYOND_32_BITS = 2**31
_AS_ASKED, _OTHERWISE = "as asked", "otherwise"

Arguments = Mapping[str, Any]


def sends(bench: Bench, notes: Notes) -> None:
    """Note what a release sends, and where it is not what the contract says.

    Raises:
        CouldNotTest: the driver or the emulator fails.
    """
    for parameter in bench.fragment.query:
        one_by_one = [{parameter.name: value} for value in _values(parameter)]
        title = f"each value of {parameter.name}"
        _ask_group(bench, notes, f"query.{parameter.name}", title, one_by_one)
    _ask_group(bench, notes, "query", "parameters together", _together(bench))
    _ask_base_url(bench, notes)
    ask_credentials(bench, notes)
    for parameter in bench.fragment.query:
        _ask_absent(bench, notes, parameter)
    for parameter in bench.fragment.parameters:
        if parameter.place == "path":
            for text in _ODD_TEXTS:
                _ask_path(bench, notes, parameter, text)
        else:
            _ask_empty(bench, notes, parameter)


def _bounds(parameter: Parameter) -> list[Any]:
    return [parameters.value_of(parameter, text) for text in parameters.boundaries(parameter)]


def _values(parameter: Parameter) -> list[Any]:
    """Give the values at the bounds; where there is no upper one, a number that 32 bits cannot hold."""
    values = _bounds(parameter)
    is_endless = parameters.is_counted(parameter) and "maximum" not in parameter.node.keywords
    return [*values, _BEYOND_32_BITS] if is_endless else values


def _together(bench: Bench) -> list[Arguments]:
    """Give every choice of parameters, then the choices of values that the suite itself would send."""
    last = {parameter.name: _bounds(parameter)[-1] for parameter in bench.fragment.query}
    chosen = [
        {name: last[name] for name in names}
        for size in range(len(last) + 1)
        for names in combinations(last, size)
        if size != 1
    ]
    pairs = [*boundary_queries(bench.fragment), *filter_combinations(bench.fragment)]
    typed = {parameter.name: parameter for parameter in bench.fragment.query}
    chosen += [
        {name: parameters.value_of(typed[name], text) for name, text in query}
        for query in pairs
        if len(query) > 1
    ]
    return [dict(pairs) for pairs in dict.fromkeys(tuple(one.items()) for one in chosen)]


def _ask_group(bench: Bench, notes: Notes, what: str, title: str, calls: Sequence[Arguments]) -> None:
    """Make some calls and note one row for all of them."""
    findings: list[Finding] = []
    unsupported: set[str] = set()
    cases = dict[str, str]()
    try:
        for arguments in calls:
            attempt = bench.call(Call(arguments))
            unsupported.update(attempt.unsupported)
            if not attempt.unsupported:
                found = list(judged(bench, attempt, arguments, bench.good()))
                cases[_told(arguments)] = _OTHERWISE if found else _AS_ASKED
                findings += [_misspelt(notes, what, one, arguments, attempt) for one in found]
    finally:
        # What was seen counts also where the driver ends before all calls are made.
        if unsupported:
            detail = f"the method has no argument {', '.join(sorted(unsupported))}"
            notes.check(what, title, Outcome.NOT_SUPPORTED, detail, findings)
        elif cases:
            outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
            kept = list(cases.values()).count(_AS_ASKED)
            detail = f"{kept} of {counted(len(cases), 'call')}"
            notes.check(what, title, outcome, detail, findings, cases=cases)


def _told(arguments: Arguments) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items()) or "no parameters"


def _misspelt(
    notes: Notes, what: str, difference: Difference, arguments: Arguments, attempt: Attempt
) -> Finding:
    return notes.finding(
        f"{what}:{difference.place}",
        Severity.BREAKS,
        f"a call with {_told(arguments)} does not ask for that: "
        f"{difference.actual} in place of {difference.expected}",
        place=difference.place,
        expected=difference.expected,
        actual=difference.actual,
        attempt=attempt,
    )


def judged(
    bench: Bench, attempt: Attempt, arguments: Arguments, credentials: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield in what a call went otherwise than the contract has it, as far as the request is concerned."""
    if len(attempt.requests) != 1:
        sent = counted(len(attempt.requests), "request")
        yield Difference("requests", "one request", f"{sent}, {attempt.told}")
    if not attempt.requests:
        return
    request = attempt.requests[0]
    found = list(differences(request, bench.fragment, {**bench.always, **arguments}, credentials))
    yield from found
    if not found:
        for clause, expected, actual in broken_clauses(request, bench.contract, tuple(credentials)):
            yield Difference(clause, expected, actual)


def _ask_base_url(bench: Bench, notes: Notes) -> None:
    """Ask with the base URL written in two ways, and named by the environment."""
    slashed = {"base_url": f"{bench.base_url}/"}
    ways = {
        "argument-slash": ("a base URL that ends with a slash", Call(settings=slashed)),
        "environment": (
            f"the base URL in {bench.fragment.server_env}",
            Call(environment={bench.fragment.server_env: bench.base_url}),
        ),
    }
    for name, (title, call) in ways.items():
        attempt = bench.call(call)
        found = list(judged(bench, attempt, {}, bench.good()))
        findings = [
            notes.finding(
                f"base-url:{name}",
                Severity.BREAKS,
                f"with {title}, the request is not the operation's: {one.actual}",
                place=one.place,
                expected=one.expected,
                actual=one.actual,
                attempt=attempt,
            )
            for one in found
        ]
        outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
        notes.check(f"base-url:{name}", title, outcome, _wire(notes, attempt), findings)


def _ask_absent(bench: Bench, notes: Notes, parameter: Parameter) -> None:
    """Ask with a parameter that is explicitly not there, and with null."""
    what = f"query.{parameter.name}"
    if parameter.name in bench.demanded:
        detail = "the method cannot be called without it"
        notes.check(f"{what}:absent", f"{parameter.name} left out", Outcome.NOT_SUPPORTED, detail)
        return
    attempt = bench.call(Call(absent=(parameter.name,)))
    if attempt.unsupported:
        notes.check(f"{what}:absent", f"{parameter.name} left out", Outcome.NOT_SUPPORTED)
        return
    found = list(judged(bench, attempt, {}, bench.good()))
    findings = [_misspelt(notes, f"{what}:absent", one, {}, attempt) for one in found]
    outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
    title = f"{parameter.name} explicitly left out"
    notes.check(f"{what}:absent", title, outcome, _wire(notes, attempt, parameter.name), findings)
    _ask_null(bench, notes, parameter)


def _ask_null(bench: Bench, notes: Notes, parameter: Parameter) -> None:
    """Ask with null, which the contract has no text for: leaving the parameter out is all that is right."""
    what = f"query.{parameter.name}:null"
    attempt = bench.call(Call({parameter.name: None}))
    texts = [text for name, text in _query(attempt) if name == parameter.name]
    findings = []
    if any(texts) or (texts and _status(attempt) >= _REFUSED):
        sent = f"as the text {_quoted(texts[0])}" if texts[0] else "with an empty text"
        findings.append(
            notes.finding(
                what,
                Severity.MISLEADS,
                f"null for {parameter.name} is sent {sent}, which the contract forbids",
                place=parameter.name,
                expected=f"no {parameter.name}, or an error before anything is sent",
                actual=f"{parameter.name}={texts[0]}, {attempt.told}",
                attempt=attempt,
            )
        )
    outcome = Outcome.DIFFERS if findings else Outcome.FACT
    detail = _wire(notes, attempt, parameter.name)
    notes.check(what, f"{parameter.name} is null", outcome, detail, findings)


def _ask_empty(bench: Bench, notes: Notes, parameter: Parameter) -> None:
    """Ask with an empty text, of which the contract says nothing where it stands in a query."""
    if "string" not in parameter.node.types:
        return
    what = f"{parameter.place}.{parameter.name}:empty"
    attempt = bench.call(Call({parameter.name: ""}))
    if attempt.unsupported:
        notes.check(what, f"{parameter.name} is empty", Outcome.NOT_SUPPORTED)
        return
    detail = _wire(notes, attempt, parameter.name)
    notes.check(what, f"{parameter.name} is empty", Outcome.FACT, detail)


def _ask_path(bench: Bench, notes: Notes, parameter: Parameter, text: str) -> None:
    """Ask with a text that has to be escaped, or that no path can hold."""
    attempt = bench.call(Call({parameter.name: text}))
    what = f"path.{parameter.name}:{text or 'empty'}"
    wrong = path_trouble(bench.fragment, attempt, parameter.name, text)
    findings = [_elsewhere(notes, what, parameter, text, wrong, attempt)] if wrong else []
    outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
    title = f"{parameter.name} is {_quoted(text) if text else 'empty'}"
    notes.check(what, title, outcome, _wire(notes, attempt), findings)


def path_trouble(fragment: Fragment, attempt: Attempt, name: str, text: str) -> str:
    """Say what is wrong with how a text of a path parameter was taken; nothing where it is sent as one
    segment that stands for it, or refused before anything is sent, by an error that names it."""
    if attempt.requests:
        path = attempt.requests[0].target.partition("?")[0]
        return _path_trouble(fragment, path, name, text)
    if not attempt.raised:
        return "leads to no request, and to no error either"
    if _names(attempt.raised.message, name, text):
        return ""
    return f"leads to an error that does not name it ({attempt.raised})"


def _path_trouble(fragment: Fragment, path: str, name: str, text: str) -> str:
    texts = path_texts(path, fragment)
    if text in _NO_SEGMENTS:
        return "is sent all the same: the request goes to another path"
    if texts is None:
        return "is not escaped: the request goes to another path"
    if texts[name] == text:
        return ""
    in_latin_1 = path_texts(path, fragment, "latin-1")
    is_latin_1 = in_latin_1 is not None and in_latin_1[name] == text
    wrong = "is escaped in Latin-1, not in UTF-8" if is_latin_1 else "is not escaped"
    return f"{wrong}: the server reads {_quoted(texts[name])}"


def _quoted(text: str) -> str:
    """Put a text in quotes as it is, without what a language would double in it."""
    return f"'{text}'"


def _names(message: str, name: str, text: str) -> bool:
    """Say whether a message names a parameter, in the spelling of any language, or quotes its text."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    is_named = plain in re.sub(r"[^a-z0-9]", "", message.lower())
    return is_named or any(f"{quote}{text}{quote}" in message for quote in "'\"`")


def _elsewhere(
    notes: Notes, what: str, parameter: Parameter, text: str, wrong: str, attempt: Attempt
) -> Finding:
    told = f"the {parameter.name} {_quoted(text)}" if text else f"an empty {parameter.name}"
    segment = "" if text in _NO_SEGMENTS else f"one segment of the path that stands for {_quoted(text)}, or "
    return notes.finding(
        what,
        Severity.MISLEADS,
        f"{told} {wrong}",
        place=parameter.name,
        expected=f"{segment}an error that names it before anything is sent",
        actual=notes.target(attempt.requests[0]) if attempt.requests else attempt.told,
        attempt=attempt,
    )


def _query(attempt: Attempt) -> list[tuple[str, str]]:
    if not attempt.requests:
        return []
    return parse_qsl(attempt.requests[0].target.partition("?")[2], keep_blank_values=True)


def _wire(notes: Notes, attempt: Attempt, name: str = "") -> str:
    """Say what went over the wire, of a query parameter where one is named, or why nothing did."""
    if not attempt.requests:
        return f"sends nothing, {attempt.told}"
    if not name:
        return notes.target(attempt.requests[0])
    texts = [text for key, text in _query(attempt) if key == name]
    sent = f"sends {' and '.join(f'{name}={text}' for text in texts) or f'no {name}'}"
    return f"{sent}: {_status(attempt)}" if texts else sent


def _status(attempt: Attempt) -> int:
    """Give the status of the first answer, 0 where there is none."""
    return attempt.requests[0].reply.status if attempt.requests else 0
