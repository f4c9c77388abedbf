"""What a person reads of a run over SDKs: a table a question, what was found, and what changed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import Any

from contracts.baseline import State
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.words import counted, told_change

_LONGEST_CELL = 52
_LONGEST_TITLE = 60
Report = Mapping[str, Any]


def summary(report: Report, path: Path | None) -> list[str]:
    """Give all that is printed at the end of a run whose record is at `path`, None if there is none."""
    return [
        *(line for question in Question for line in table(report, question)),
        *found(report),
        *(line for comparison in report["comparisons"] for line in changed(report, comparison)),
        *([*waivers(report), ""] if report["baseline"] else ()),
        *overview(report),
        *(f"{one['name']} was not judged to the end: {one['ended_early']}" for one in _unfinished(report)),
        f"{verdict(report)}; {f'record: {path}' if path else 'there is no record'}",
    ]


def verdict(report: Report) -> str:
    """Say in a few words whether a release is stopped."""
    stopped = [
        release["name"]
        for release in report["releases"]
        if not release["is_reference"] and any(map(is_stopping, release["findings"]))
    ]
    what = " or ".join(report["fails_on"])
    if stopped:
        return f"{', '.join(stopped)}: {what}"
    is_whole = report["releases"] and not report["ended_early"] and not _unfinished(report)
    is_waived = any(one["is_waived"] for release in report["releases"] for one in release["findings"])
    kept = f"{what} only where that is waived" if is_waived else f"nothing that was seen {what}"
    return kept if is_whole else "not judged to the end"


def is_stopping(finding: Report) -> bool:
    """Say whether a finding of a record stops its release."""
    return Severity(finding["severity"]).fails and not finding["is_waived"]


def table(report: Report, question: Question) -> list[str]:
    """Give a table of one question, releases across; what went as promised everywhere is only counted, unless
    it has numbers to tell."""
    releases = report["releases"]
    checks = {
        release["name"]: {check["id"]: check for check in release["checks"] if check["question"] == question}
        for release in releases
    }
    ids = dict.fromkeys(id_ for by_id in checks.values() for id_ in by_id)
    telling = [id_ for id_ in ids if any(_is_telling(by_id.get(id_)) for by_id in checks.values())]
    if not ids:
        return []
    rows = [(question.heading, *(release["name"] for release in releases))]
    rows += [(_title(id_, checks), *(_cell(by_id.get(id_)) for by_id in checks.values())) for id_ in telling]
    kept = len(ids) - len(telling)
    more = [f"and {counted(kept, 'other check')}, as promised everywhere"] if kept else []
    return [*_aligned(rows), *more, ""]


def _is_telling(check: Report | None) -> bool:
    return check is not None and (check["outcome"] != Outcome.AS_PROMISED or bool(check["counts"]))


def _title(id_: str, checks: Mapping[str, Mapping[str, Report]]) -> str:
    title: str = next(by_id[id_]["title"] for by_id in checks.values() if id_ in by_id)
    return title


def _cell(check: Report | None) -> str:
    if check is None:
        return "-"
    word, detail = check["outcome"], check["detail"]
    if "tries" in check["counts"]:
        detail += f", {check['seconds']:.1f} s"
    if word == Outcome.FACT:
        return str(detail)
    is_short = not detail or (word == Outcome.AS_PROMISED and not check["counts"])
    return word if is_short else f"{word}: {detail}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows in columns; what is too long for its own goes on below."""
    wrapped = [
        [_lines(cell, _LONGEST_CELL if place else _LONGEST_TITLE) for place, cell in enumerate(row)]
        for row in rows
    ]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*wrapped, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for row in wrapped
        for line in zip_longest(*row, fillvalue="")
    ]


def _lines(text: str, width: int) -> list[str]:
    return wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) or [""]


def found(report: Report) -> Iterator[str]:
    """Yield the findings, worst first; one that several releases share is told once."""
    shared: dict[tuple[str, str], list[Report]] = {}
    for release in report["releases"]:
        for finding in release["findings"]:
            told = {"release": release["name"], **finding}
            shared.setdefault((finding["severity"], finding["id"]), []).append(told)
    for severity in Severity:
        ids = [id_ for level, id_ in shared if level == severity]
        for id_ in ids:
            yield from _finding(shared[severity, id_])


def _finding(told: Sequence[Report]) -> Iterator[str]:
    first = told[0]
    names = ", ".join(f"{one['release']}{' (waived)' if one['is_waived'] else ''}" for one in told)
    yield from (f"{first['severity']}: {sentence}" for sentence in _of_each(told, "sentence"))
    yield f"  in        {names}"
    yield f"  id        {first['id']}"
    for label in ("expected", "actual"):
        yield from (f"  {label:10}{text}" for text in _of_each(told, label))
    yield ""


def _of_each(told: Sequence[Report], label: str) -> list[str]:
    """Give what is said of a finding, with the releases of which it is said where not all are alike."""
    texts = [text for text in dict.fromkeys(one[label] for one in told) if text]
    if len({one[label] for one in told}) == 1:
        return texts
    return [f"{text} ({_releases_with(told, label, text)})" for text in texts]


def _releases_with(told: Sequence[Report], label: str, text: str) -> str:
    return ", ".join(one["release"] for one in told if one[label] == text)


def changed(report: Report, comparison: Report) -> Iterator[str]:
    """Yield what a customer will notice of a release who comes from the reference, breaking changes first."""
    reference = next(one["name"] for one in report["releases"] if one["is_reference"])
    yield f"from {reference} to {comparison['release']}:"
    for change in comparison["changes"]:
        words, sides = told_change(change)
        yield f"  {words}: {change['sentence']}"
        if sides:
            yield f"      {sides}"
    if not comparison["changes"]:
        yield "  nothing that a customer would notice here"
    yield ""


def waivers(report: Report) -> Iterator[str]:
    """Yield a line for each waiver: whether it is in use and, where not, what to do about it.

    Those of packages that a run is not about are only counted.
    """
    judged = {f"{release['language']}:{release['package']}" for release in report["releases"]}
    others = [one for one in report["baseline"] if _package(one) not in judged]
    for waiver in report["baseline"]:
        if waiver in others:
            continue
        place, until = f"{waiver['file']}:{waiver['line']}", f"{waiver['expires']} ({waiver['owner']})"
        lines = {
            State.IN_USE: f"waived: {waiver['finding']} until {until}: {waiver['reason']}",
            State.EXPIRED: f"waiver expired: {waiver['finding']}: it held until {until}; renew {place}",
            State.NOT_NEEDED: f"waiver not needed: {waiver['finding']}: remove {place} ({waiver['owner']})",
            State.NOT_SEEN: f"waiver matches nothing: {waiver['finding']}: this run asked no release of "
            f"{_package(waiver)} everything; look at {place}",
        }
        yield lines[State(waiver["state"])]
    if others:
        packages = ", ".join(dict.fromkeys(map(_package, others)))
        are_for = "is for a package" if len(others) == 1 else "are for packages"
        yield (
            f"{counted(len(others), 'waiver')} {are_for} that this run is not about ({packages}); "
            f"see {others[0]['file']}"
        )


def _package(waiver: Report) -> str:
    name: str = waiver["finding"]
    return name.partition(" ")[0]


def overview(report: Report) -> list[str]:
    """Give the table of all: questions down, releases across, then the findings by severity."""
    releases = report["releases"]
    if not releases:
        return []
    rows = [("", *(release["name"] for release in releases))]
    for question in Question:
        counts = [release["outcomes"][question] for release in releases]
        rows.append((question.value, *(_counted(one) for one in counts)))
    for severity in Severity:
        rows.append((severity.value, *(str(release["severities"][severity] or "-") for release in releases)))
    rows.append(("seconds", *(f"{release['seconds']:.1f}" for release in releases)))
    return [*_aligned(rows), ""]


def _counted(outcomes: Mapping[str, int]) -> str:
    words = {Outcome.FACT: ("fact", "facts"), Outcome.DIFFERS: ("differs", "differ")}
    told = [
        counted(count, *words.get(Outcome(word), (word, word))) for word, count in outcomes.items() if count
    ]
    return ", ".join(told) or "-"


def _unfinished(report: Report) -> list[Report]:
    return [release for release in report["releases"] if release["ended_early"]]
