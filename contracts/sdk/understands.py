"""Asks a release what it makes of answers: of every form that the contract allows, of what a newer server may
add, and of what the contract forbids. Whether values are of the declared types, `as_declared.py` says."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.location import Location, show
from contracts.sdk.additions import Additions, added_to, additions, place_of
from contracts.sdk.as_declared import note_declared
from contracts.sdk.bench import DEFAULT_MODE, Attempt, Bench, Call
from contracts.sdk.findings import Finding, Outcome, Severity
from contracts.sdk.forms import Form, Forms
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Reply
from contracts.sdk.told import Loss, at, kind, losses, shown
from contracts.words import counted

_TYPED = ("values", "date-times", "texts", "integers")
"""The groups of forms in which a value has the same type as any other of its place."""
_MOST_PLACES = 3
_FORBIDDEN = {
    "absent": "without a required member",
    "null": "with null where there is never any",
    "type": "with a value of another type",
    "const": "with another value than the only one",
    "enum": "with a value that is not one of those named",
    "oneOf": "with a shape that is none of those named",
    "minimum": "with a number that is too small",
    "format": "with a text that is not in its format",
}
"""Of what is told where an answer breaks a promise, by the keyword of the promise."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with one form: `what` happened, how grave it is, and what a customer sees."""

    form: Form
    what: str
    severity: Severity
    words: str
    expected: str
    actual: str
    attempt: Attempt


def understands(bench: Bench, notes: Notes) -> None:
    """Note what a release understands of answers, mode by mode.

    Raises:
        CouldNotTest: the driver fails.
    """
    forms = Forms(bench.contract)
    everything = list(forms.all())
    for mode in bench.introduction.modes:
        _Mode(bench, notes, forms, mode).judge(everything)


def _gravity(loss: Loss) -> tuple[str, Severity]:
    """Say what became of a value that is not what was sent, and how grave that is."""
    if loss.is_small:
        return "precision", Severity.COSMETIC
    return ("lost", Severity.LOSES) if loss.is_gone else ("altered", Severity.MISLEADS)


class _Mode:
    """One mode of an SDK: in the default one it takes what comes, in the strict one it validates."""

    def __init__(self, bench: Bench, notes: Notes, forms: Forms, mode: str) -> None:
        self._bench = bench
        self._notes = notes
        self._forms = forms
        self._mode = mode
        self._suffix = "" if mode == DEFAULT_MODE else f":{mode}"
        self._words = "" if mode == DEFAULT_MODE else f" ({mode} mode)"
        self._added: Additions = {}
        self._plain = self._answered(forms.plain)
        self._usual_attempts: dict[Location, Attempt] = {}
        self._rows: dict[tuple[str, str], list[tuple[Form, list[Trouble]]]] = defaultdict(list)
        self._wrong: dict[str, list[tuple[Form, Attempt]]] = defaultdict(list)
        self._hidden: set[str] = set()

    def judge(self, forms: Sequence[Form]) -> None:
        """Let the SDK read every form, and note rows: a place and group each, or a way to be wrong each."""
        plain = self._plain
        if plain.raised:
            added = None
            try:
                added = additions(self._forms.plain, plain, self._answered)
            finally:
                self._note_refused(plain, added)
            if added is None:
                return
            self._added = added
            plain = self._answered(self._forms.plain)
        else:
            self._notes.check(*self._plain_row(), Outcome.AS_PROMISED, plain.told)
        self._members = set((plain.returned or {}).get("object", {}))
        try:
            for form in forms:
                self._read(form)
            usual = {form.location: self._usually(form.location) for form in forms if not form.is_newer}
            note_declared(self._notes, self._bench, usual, self._suffix, self._words)
        finally:
            # What was seen counts also where the driver ends before all forms were read.
            self._note_all()

    def _read(self, form: Form) -> None:
        """Let the SDK read a form, and keep what came of it for the row that it belongs to."""
        attempt = self._answered(form.body)
        if not form.is_allowed and not form.is_newer:
            self._wrong[form.name].append((form, attempt))
        elif form.location[0] not in self._members and len(form.location) > 1 and not attempt.raised:
            self._hidden.add(form.location[0])
        else:
            key = (form.place, form.group) if form.is_allowed else ("any answer", form.name)
            self._rows[key].append((form, list(self._troubles(form, attempt))))

    def _note_all(self) -> None:
        for name in sorted(self._hidden):
            detail = f"the SDK shows no {name}"
            title = f"what stands in {name}{self._words}"
            self._notes.check(f"{name}:shown{self._suffix}", title, Outcome.NOT_SUPPORTED, detail)
        findings = self._findings([one for row in self._rows.values() for _, found in row for one in found])
        for (place, group), row in self._rows.items():
            self._note(place, group, row, findings)
        for name, attempts in self._wrong.items():
            self._note_wrong(name, attempts)

    def _answered(self, body: Any) -> Attempt:
        reply = Reply(body=json.dumps(added_to(body, self._added)).encode())
        return self._bench.call(Call(mode=self._mode, script=lambda number: reply))

    def _troubles(self, form: Form, attempt: Attempt) -> Iterator[Trouble]:
        if attempt.raised:
            is_default = self._mode == DEFAULT_MODE
            # Who asks for strictness is told of what is new; that is what it is for.
            if is_default or form.is_allowed:
                severity = Severity.BREAKS if is_default else Severity.MISLEADS
                words = f"the call raises {attempt.raised.name}"
                yield Trouble(form, "raises", severity, words, "the answer", attempt.told, attempt)
            return
        body = added_to(form.body, self._added)
        sent = {name: value for name, value in body.items() if name in self._members}
        lost = list(losses(sent, attempt.returned))
        # One of a form is enough, and has to be the gravest.
        for one in sorted(lost, key=lambda loss: list(Severity).index(_gravity(loss)[1]))[:1]:
            what, severity = _gravity(one)
            seen = f"a customer sees {one.actual} for {one.expected}"
            words = "what is below a microsecond is lost" if one.is_small else seen
            yield Trouble(form, what, severity, words, f"{one.expected}", one.actual, attempt)
        if not lost:
            yield from self._of_type(form, attempt)

    def _of_type(self, form: Form, attempt: Attempt) -> Iterator[Trouble]:
        told = at(attempt.returned, form.location)
        if form.is_absent and told and told != {"null": True}:
            words = "a customer sees a value where none came"
            yield Trouble(form, "invented", Severity.MISLEADS, words, "nothing", shown(told), attempt)
        usual = self._usual(form)
        if form.group in _TYPED and told and usual and kind(told) != usual:
            words = f"a customer gets a value of type {kind(told)} where the SDK's own is {usual}"
            yield Trouble(form, "mistyped", Severity.MISLEADS, words, usual, kind(told), attempt)

    def _usual(self, form: Form) -> str:
        """Name the type that the SDK gives to a plain value of the place."""
        told = at(self._usually(form.location).returned, form.location)
        return kind(told) if told else ""

    def _usually(self, location: Location) -> Attempt:
        """Give what comes of an answer with a plain value at the place."""
        if location not in self._usual_attempts:
            self._usual_attempts[location] = self._answered(self._forms.base(location))
        return self._usual_attempts[location]

    def _findings(self, troubles: Sequence[Trouble]) -> Mapping[str, Finding]:
        """Make a finding of all that went wrong in the same way with the same form, wherever it stood."""
        alike: dict[str, list[Trouble]] = defaultdict(list)
        for trouble in troubles:
            alike[self._name(trouble)].append(trouble)
        return {name: self._finding(name, found) for name, found in alike.items()}

    def _name(self, trouble: Trouble) -> str:
        return f"{trouble.form.group}:{trouble.form.name}:{trouble.what}{self._suffix}"

    def _finding(self, name: str, found: Sequence[Trouble]) -> Finding:
        first, places = found[0], list(dict.fromkeys(trouble.form.place for trouble in found))
        more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
        where = ", ".join(places[:_MOST_PLACES]) + more
        return self._notes.finding(
            name,
            first.severity,
            f"where the server answers with {first.form.told} at {where}, {first.words}{self._words}",
            place=", ".join(places),
            expected=first.expected,
            actual=first.actual,
            attempt=first.attempt,
        )

    def _note(
        self,
        place: str,
        group: str,
        row: Sequence[tuple[Form, list[Trouble]]],
        findings: Mapping[str, Finding],
    ) -> None:
        led_to = [findings[self._name(trouble)] for _, found in row for trouble in found]
        bad = [form.name for form, found in row if found]
        detail = f"{len(row) - len(bad)} of {len(row)} understood"
        detail += f", not {', '.join(dict.fromkeys(bad))}" if bad else ""
        outcome = Outcome.DIFFERS if bad else Outcome.AS_PROMISED
        title = f"{group} of {place}{self._words}"
        cases = {
            f"{form.place}: {form.name}": ", ".join(one.what for one in found) or "understood"
            for form, found in row
        }
        self._notes.check(f"{place}:{group}{self._suffix}", title, outcome, detail, led_to, cases=cases)

    def _note_refused(self, attempt: Attempt, added: Additions | None) -> None:
        """Note that not even a plain answer is understood, why, and how other forms are asked all the same,
        if they can be."""
        required = " and ".join(map(show, added or ()))
        why = f": the SDK requires {required}, which the contract does not have" if added else ""
        finding = self._notes.finding(
            f"plain:raises{self._suffix}",
            Severity.BREAKS,
            "every call raises, also where the server answers all that the contract "
            f"promises{self._words}{why}",
            expected="the answer",
            actual=f"{attempt.told}: {self._reasons(attempt)}",
            attempt=attempt,
        )
        how = f"other forms are asked with {required} added" if added else "no other form was tried"
        detail = f"{attempt.told}; {how}"
        self._notes.check(*self._plain_row(), Outcome.DIFFERS, detail, [finding])

    def _plain_row(self) -> tuple[str, str]:
        return f"plain{self._suffix}", f"an answer with every member{self._words}"

    def _reasons(self, attempt: Attempt) -> str:
        """Say what a validation found, or what the error says where nothing more is known."""
        assert attempt.raised
        found = {
            show(place_of(problem, self._forms.plain)): problem.message for problem in attempt.raised.problems
        }
        reasons = "; ".join(f"{place}: {message}" for place, message in found.items())
        return reasons or " ".join(attempt.raised.message.split())

    def _note_wrong(self, name: str, attempts: Sequence[tuple[Form, Attempt]]) -> None:
        """Note what becomes of answers that the contract forbids: no SDK promises to refuse them."""
        raised = [form.place for form, attempt in attempts if attempt.raised]
        detail = (
            f"raised at {counted(len(raised), 'place')}, accepted silently at {len(attempts) - len(raised)}"
        )
        title = f"answers {_FORBIDDEN.get(name, f'that break {name}')}{self._words}"
        cases = {
            form.place: "raised" if attempt.raised else "accepted silently" for form, attempt in attempts
        }
        self._notes.check(f"forbidden:{name}{self._suffix}", title, Outcome.FACT, detail, cases=cases)
