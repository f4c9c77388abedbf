"""Asks a release what it makes of answers: of every form that the contract allows, of what a newer server may
add, and of what the contract forbids."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.sdk.bench import DEFAULT_MODE, Attempt, Bench, Call
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.forms import Form, Forms
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Reply
from contracts.sdk.told import at, kind, losses, shown

_TYPED = ("values", "date-times", "texts", "integers")
"""The groups of forms in which a value has the same type as any other of its place."""
_MOST_PLACES = 3


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


def understands(bench: Bench) -> tuple[list[Check], list[Finding]]:
    """Give what a release understands of answers, mode by mode.

    Raises:
        CouldNotTest: the driver fails.
    """
    notes = Notes(Question.UNDERSTANDS, bench)
    forms = Forms(bench.contract)
    everything = list(forms.all())
    for mode in bench.introduction.modes:
        _Mode(bench, notes, forms, mode).judge(everything)
    return notes.checks, notes.findings


class _Mode:
    """One mode of an SDK: in the default one it takes what comes, in the strict one it validates."""

    def __init__(self, bench: Bench, notes: Notes, forms: Forms, mode: str) -> None:
        self._bench = bench
        self._notes = notes
        self._forms = forms
        self._mode = mode
        self._suffix = "" if mode == DEFAULT_MODE else f":{mode}"
        self._words = "" if mode == DEFAULT_MODE else f" ({mode} mode)"
        self._plain = self._answered(forms.plain)
        self._members = set((self._plain.returned or {}).get("object", {}))
        self._kinds: dict[str, str] = {}

    def judge(self, forms: Sequence[Form]) -> None:
        """Let the SDK read every form, and note rows: a place and group each, or a way to be wrong each."""
        if self._plain.raised:
            self._note_nothing(self._plain, str(self._plain.raised.message))
            return
        rows: dict[tuple[str, str], list[tuple[Form, list[Trouble]]]] = defaultdict(list)
        wrong: dict[str, list[tuple[Form, Attempt]]] = defaultdict(list)
        hidden: set[str] = set()
        for form in forms:
            attempt = self._answered(form.body)
            if not form.is_allowed and not form.is_newer:
                wrong[form.name].append((form, attempt))
            elif form.location[0] not in self._members and len(form.location) > 1 and not attempt.raised:
                hidden.add(form.location[0])
            else:
                key = (form.place, form.group) if form.is_allowed else ("any answer", form.name)
                rows[key].append((form, list(self._troubles(form, attempt))))
        for name in sorted(hidden):
            detail = f"the SDK shows no {name}"
            title = f"what stands in {name}{self._words}"
            self._notes.check(f"{name}:shown{self._suffix}", title, Outcome.NOT_SUPPORTED, detail)
        findings = self._findings([one for row in rows.values() for _, found in row for one in found])
        for (place, group), row in rows.items():
            self._note(place, group, row, findings)
        for name, attempts in wrong.items():
            self._note_wrong(name, attempts)

    def _answered(self, body: Any) -> Attempt:
        reply = Reply(body=json.dumps(body).encode())
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
        sent = {name: value for name, value in form.body.items() if name in self._members}
        lost = list(losses(sent, attempt.returned))
        for one in lost[:1]:
            what, severity = ("precision", Severity.COSMETIC) if one.is_small else ("lost", Severity.LOSES)
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
        if form.place not in self._kinds:
            told = at(self._answered(self._forms.base(form.location)).returned, form.location)
            self._kinds[form.place] = kind(told) if told else ""
        return self._kinds[form.place]

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
        form = f"{first.form.group}: {first.form.name}"
        return self._notes.finding(
            name,
            first.severity,
            f"where the server answers with {form}, {first.words}{self._words}, at {where}",
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
        detail = f"{len(row) - len(bad)} of {len(row)}"
        detail += f", not {', '.join(dict.fromkeys(bad))}" if bad else ""
        outcome = Outcome.DIFFERS if bad else Outcome.AS_PROMISED
        title = f"{group} of {place}{self._words}"
        self._notes.check(f"{place}:{group}{self._suffix}", title, outcome, detail, led_to)

    def _note_nothing(self, attempt: Attempt, message: str) -> None:
        """Note that not even a plain answer is understood, so that no other can tell anything."""
        is_default = self._mode == DEFAULT_MODE
        finding = self._notes.finding(
            f"plain:raises{self._suffix}",
            Severity.BREAKS if is_default else Severity.MISLEADS,
            f"every call raises, also where the server answers all that the contract promises{self._words}",
            expected="the answer",
            actual=f"{attempt.told}: {' '.join(message.split())}",
            attempt=attempt,
        )
        title = f"an answer with every member{self._words}"
        detail = f"{attempt.told}; no other form was tried"
        self._notes.check(f"plain{self._suffix}", title, Outcome.DIFFERS, detail, [finding])

    def _note_wrong(self, name: str, attempts: Sequence[tuple[Form, Attempt]]) -> None:
        """Note what becomes of answers that the contract forbids: no SDK promises to refuse them."""
        raised = [form.place for form, attempt in attempts if attempt.raised]
        detail = f"raised at {len(raised)}, accepted silently at {len(attempts) - len(raised)} places"
        title = f"answers that break the contract's {name}{self._words}"
        self._notes.check(f"forbidden:{name}{self._suffix}", title, Outcome.FACT, detail)
