"""The baseline: violations that are known and accepted for a while, by clause, each with an owner.

Schemathesis 4 has a baseline file, which does not fit: its entries name failures of its own checks
(operation, check, class, signature), none of which run here, and it takes neither an expiry date as
mandatory nor note of reasons and owners. Its rule for the last day is ours, too: on the day `expires` a
waiver still holds, from the day after on it does not.

The day that counts is that of the run (`--as-of`), as with every end of life: what was run once can be run
again and ends the same, and whether a release will pass next month can be asked today.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from contracts.clauses import Clause
from contracts.days import read_day
from contracts.errors import FragmentError, UsageError
from contracts.ledger import Tally, Verdict
from contracts.words import did_you_mean
from contracts.yaml_source import YamlSource, escape

_MEMBERS = ("reason", "owner", "expires")


class State(StrEnum):
    """What a run says of a waiver."""

    IN_USE = "in-use"
    EXPIRED = "expired"
    NOT_NEEDED = "not-needed"
    NOT_SEEN = "not-seen"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A violation that is accepted up to and including the day `expires`; the file says so on `line`."""

    clause: str
    reason: str
    owner: str
    expires: date
    line: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """The waivers of a file by clause id, as of a day."""

    file: str
    as_of: date
    waivers: Mapping[str, Waiver]

    def verdict(self, clause: Clause, tally: Tally) -> Verdict:
        """Say what the tally means for its clause, waivers considered.

        Only a violation is waived. What is unstable does not fail a run, and so stays unstable.
        """
        verdict = tally.verdict(clause)
        waiver = self.waivers.get(clause.id)
        is_waived = verdict is Verdict.VIOLATED and waiver and self.as_of <= waiver.expires
        return Verdict.WAIVED if is_waived else verdict

    def scrubbed(self, scrub: Callable[[str], str]) -> "Baseline":
        """Give the baseline without what `scrub` takes out of the words of people, which go into reports."""
        waivers = {
            clause: replace(waiver, reason=scrub(waiver.reason), owner=scrub(waiver.owner))
            for clause, waiver in self.waivers.items()
        }
        return replace(self, waivers=waivers)


NO_BASELINE = Baseline("", date.max, {})


def state(verdict: Verdict | None) -> State:
    """Say what the verdict on a clause, None where it was not judged, makes of its waiver.

    A clause that is unstable was seen to be neither surely broken nor surely kept, so its waiver may stay.
    """
    return {
        Verdict.WAIVED: State.IN_USE,
        Verdict.VIOLATED: State.EXPIRED,
        Verdict.VERIFIED: State.NOT_NEEDED,
        Verdict.RETIRED: State.NOT_NEEDED,
    }.get(verdict or Verdict.UNOBSERVED, State.NOT_SEEN)


def load(path: Path, clauses: Collection[str] | None, as_of: date) -> Baseline:
    """Read a baseline: a mapping from clause ids to `reason`, `owner` and `expires`, in YAML or JSON.

    Without `clauses` any text is taken for the id of something that may be waived.

    Raises:
        UsageError: the file cannot be read, or a waiver is not whole.
    """
    try:
        source = YamlSource(path, str(path))
        if not isinstance(source.data, dict):
            problem = "the baseline is not a mapping from clause ids to waivers"
            raise source.refuse("", problem, f"write below each clause id {', '.join(_MEMBERS)}")
        waivers = {clause: _waiver(source, clause, clauses) for clause in source.data}
    except FragmentError as error:
        if not error.line:
            advice = "name a file that holds waivers, or {} for none"
            raise UsageError(f"{error.file}: {error.problem}", advice) from None
        raise UsageError(f"{error.file}:{error.line}: {error.problem}", error.advice) from None
    return Baseline(source.file, as_of, waivers)


def _waiver(source: YamlSource, clause: str, clauses: Collection[str] | None) -> Waiver:
    pointer = f"/{escape(clause)}"
    if clauses is not None and clause not in clauses:
        advice = did_you_mean(clause, clauses) or "`python -m contracts clauses` lists them"
        raise source.refuse(pointer, f"there is no clause {clause!r}", advice)
    members = source.data[clause]
    if not isinstance(members, dict):
        problem = f"the waiver of {clause} is not a mapping"
        raise source.refuse(pointer, problem, f"write {', '.join(_MEMBERS)} below it")
    for name in members:
        if name not in _MEMBERS:
            problem = f"{name!r} is not a member of a waiver"
            raise source.refuse(f"{pointer}/{escape(name)}", problem, f"use {', '.join(_MEMBERS)} only")
    reason, owner, expires = (_text(source, clause, name) for name in _MEMBERS)
    return Waiver(clause, reason, owner, _date(source, clause, expires), source.line(pointer))


def _text(source: YamlSource, clause: str, name: str) -> str:
    """Give a member as one line."""
    value = source.data[clause].get(name)
    if not isinstance(value, str) or not value.strip():
        problem = f"the waiver of {clause} has no {name}" if value is None else f"{name} is not a text"
        raise source.refuse(f"/{escape(clause)}/{name}", problem, f"write {name} as a text in quotes")
    return " ".join(value.split())


def _date(source: YamlSource, clause: str, text: str) -> date:
    day = read_day(text)
    if day is None:
        problem = f"expires is {text!r}, which is not a date"
        raise source.refuse(f"/{escape(clause)}/expires", problem, 'write it as "2026-11-01"')
    return day
