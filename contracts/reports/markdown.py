"""`compliance.md`: the record for pull requests and job summaries, short whatever a run has found.

GitHub takes no comment of more than 65,536 characters, so each part has its share of bytes. What does not fit
is counted, and stands in the record.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports import deprecations, headline, releases, terminal
from contracts.reports.compliance import Outcome
from contracts.reports.headline import ways
from contracts.reports.markdown_text import block, cell, code, prose
from contracts.words import counted, told_change

MAX_BYTES = 64 * 1024
MAX_IN_FULL = 5
"""So many broken clauses are told in full."""
MAX_NAMED = 8
"""So many are named together."""
_MAX_CURL = 2_000
_SHARES = {
    "facts": 4_000,
    "table": 4_000,
    "full": 14_000,
    "rest": 9_000,
    Verdict.UNOBSERVED: 10_000,
    Verdict.UNSTABLE: 2_000,
    Verdict.RETIRED: 1_000,
    "points": 3_000,
    "waivers": 4_000,
    "deprecations": 3_000,
    "ended": 1_000,
    "releases": 2_000,
    "findings": 3_000,
    "changes": 3_000,
}
_OF_RELEASES = ("ended", "releases", "findings", "changes")
_MARKS = {Outcome.KEPT: "✅", Outcome.BROKEN: "❌", Outcome.INCOMPLETE: "⚠️", Outcome.UNTESTED: "⚠️"}
_CAUSES = {
    Verdict.UNOBSERVED: "Not seen",
    Verdict.UNSTABLE: "Unstable",
    Verdict.RETIRED: "Past their end of life",
}


def markdown(report: Mapping[str, Any], sdk: Mapping[str, Any] | None = None) -> str:
    """Give the record as GitHub's Markdown, in less than `MAX_BYTES` bytes; `sdk` is the record of the gate
    before a release, to be told beside it."""
    parts = [
        f"## {_MARKS[headline.seriousness(report, sdk)]} {prose(headline.title_beside(report, sdk))}",
        " ".join(map(prose, _told(report, sdk))),
        *_fitted([_facts(report)], "facts"),
        "\n".join(_fitted(_table(report), "table")),
        *_broken(report),
        *_causes(report),
        *_list("Values never seen", _points(report), "points"),
        *_list("Waivers", map(prose, terminal.told_waivers(report)), "waivers"),
        *_list("Deprecated", map(prose, deprecations.told(report)), "deprecations"),
        *(_released(sdk) if sdk else ()),
    ]
    return "\n\n".join(parts) + "\n"


def _told(report: Mapping[str, Any], sdk: Mapping[str, Any] | None) -> Iterator[str]:
    yield headline.told(report)
    if because := headline.why(report):
        yield f"{because[:1].upper()}{because[1:]}."
    if sdk:
        yield f"{releases.told(sdk)}."


def _facts(report: Mapping[str, Any]) -> str:
    fragment, target = report["fragment"], report["target"]
    url = f" at {code(target['base_url'])}" if target["base_url"] else ""
    told = "".join(f" with the {kind} {code(name)}" for kind, name in ways(report).items())
    what = code(fragment["operation"]) if fragment["operation"] else prose(fragment["title"])
    return (
        f"{what} of the {terminal.TARGETS[target['kind']]}{told}{url}, judged on "
        f"{headline.evidence(report)}, begun at {report['started']}, ended at {report['finished']}, "
        f"as of {headline.as_of(report)}, "
        f"against {code(fragment['file'])} (SHA-256 {code(fragment['sha256'])}), "
        f"by version {prose(report['suite']['version'])} of the suite."
    )


def _table(report: Mapping[str, Any]) -> list[str]:
    head, *rows = terminal.rows(report)
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    return lines + [f"| {' | '.join(cell(prose(text)) for text in row)} |" for row in rows]


def _broken(report: Mapping[str, Any]) -> Iterator[str]:
    entries = [entry for entry in report["clauses"] if entry["verdict"] == Verdict.VIOLATED]
    if not entries:
        return
    yield "### Broken"
    told = [_in_full(entry, report) for entry in entries[:MAX_IN_FULL]]
    kept = _kept(told, "full")
    yield from told[:kept]
    rest = (
        f"{code(entry['id'])}: {prose(entry['promise'])} ({_place(entry, report)})"
        for entry in entries[kept:]
    )
    yield from _list("Broken, too", rest, "rest")


def _in_full(entry: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    lines = [
        f"#### {code(entry['id'])}",
        "",
        prose(entry["promise"]),
        "",
        f"- promised: {_place(entry, report)} (rests on: {entry['source']})",
        f"- broken: at {entry['broken']:,} of {counted(entry['checked'], 'place')} looked at",
    ]
    for exemplar in entry["exemplars"][:1]:
        where = code(exemplar["pointer"]) if exemplar["pointer"] else "the answer as a whole"
        lines += [
            f"- request: {code(exemplar['request'])}",
            f"- answer: {exemplar['status']}, {where}",
            f"- expected: {code(exemplar['expected'])}",
            f"- actual: {code(exemplar['actual'])}",
        ]
        lines += ["", block(exemplar["curl"], "sh", _MAX_CURL)] if exemplar["curl"] else []
        hint = report["target"]["replay_hint"]
        lines += ["", f"({prose(hint)})"] if hint else []
    return "\n".join(lines)


def _place(entry: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    return code(f"{report['fragment']['file']}:{entry['line']}")


def _causes(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a list for each verdict that is neither kept nor broken, with the clauses that share a reason on
    one line."""
    for verdict, title in _CAUSES.items():
        causes: dict[str, list[str]] = {}
        for entry in report["clauses"]:
            if entry["verdict"] == verdict:
                causes.setdefault(entry["reason"], []).append(entry["id"])
        lines = [f"{prose(why)}: {_named(ids)}" for why, ids in causes.items()]
        if verdict is Verdict.UNOBSERVED:
            cut = (f"{prose(part)} was cut short: {prose(why)}" for part, why in report["cut_short"].items())
            lines = [*cut, *lines]
        if verdict is Verdict.UNSTABLE:
            lines += _seen_once(report)
        yield from _list(title, lines, verdict)


def _seen_once(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what showed of each unstable clause that it was broken once."""
    for entry in report["clauses"]:
        for exemplar in entry["exemplars"][:1] if entry["verdict"] == Verdict.UNSTABLE else ():
            where = code(exemplar["pointer"]) if exemplar["pointer"] else "the answer as a whole"
            yield (
                f"{code(entry['id'])}: {code(exemplar['request'])} gave a {exemplar['status']}, {where}: "
                f"expected {code(exemplar['expected'])}, actual {code(exemplar['actual'])}"
            )


def _points(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the coverage points never seen of the clauses of which others were."""
    for entry in report["clauses"]:
        if entry["unseen"] and entry["verdict"] != Verdict.UNOBSERVED:
            yield f"{code(entry['id'])}: {_named(entry['unseen'])}"


def _released(sdk: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the gate found of releases: how much of each, what is grave, and what changed."""
    severities = list(sdk["releases"][0]["severities"]) if sdk["releases"] else []
    early = [f"- {one}" for one in _ended_early(sdk)]
    if severities or early:
        yield "### Released SDKs"
    if early:
        yield "\n".join(_fitted(early, "ended"))
    if severities:
        yield "\n".join(_fitted(_table_of_releases(sdk, severities), "releases"))
    yield from _list("What stops a release, unless it is waived", _grave(sdk), "findings")
    yield from _list("What a customer notices who changes", _changes(sdk), "changes")


def _ended_early(sdk: Mapping[str, Any]) -> Iterator[str]:
    if sdk["ended_early"]:
        yield f"It ended early: {prose(sdk['ended_early'])}"
    for release in sdk["releases"]:
        if release["ended_early"]:
            yield f"{code(release['name'])} was not judged to the end: {prose(release['ended_early'])}"


def _grave(sdk: Mapping[str, Any]) -> Iterator[str]:
    # That with which others are compared is out already: nothing stops it.
    judged = {release["name"] for release in sdk["releases"] if not release["is_reference"]}
    for found in releases.findings(sdk):
        names = [name for name in found.releases if name in judged]
        if names and found.finding["severity"] in sdk["fails_on"]:
            waived = " (waived)" if found.finding["is_waived"] else ""
            words = f"{prose(found.finding['severity'])}{waived}: {prose(found.finding['sentence'])}"
            yield f"{words} ({', '.join(map(code, names))})"


def _table_of_releases(sdk: Mapping[str, Any], severities: list[str]) -> list[str]:
    lines = [f"| release | {' | '.join(severities)} |", f"| --- |{' ---: |' * len(severities)}"]
    for release in sdk["releases"]:
        words = code(release["name"]) + (" (the reference)" if release["is_reference"] else "")
        words += " (not judged to the end)" if release["ended_early"] else ""
        counts = (str(release["severities"][severity]) for severity in severities)
        lines.append(f"| {cell(words)} | {' | '.join(counts)} |")
    return lines


def _changes(sdk: Mapping[str, Any]) -> Iterator[str]:
    for compared in releases.comparisons(sdk):
        way = f"from {code(compared.reference)} to {code(compared.release)}"
        if not compared.changes:
            yield f"{way}: nothing that could be seen"
        for change in compared.changes:
            kind, sides = told_change(change)
            yield f"{way}: {prose(kind)}: {prose(change['sentence'])}{f' ({prose(sides)})' if sides else ''}"


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(map(code, names[:MAX_NAMED])) + more


def _list(title: str, items: Iterable[str], share: str) -> Iterator[str]:
    """Yield a title and a list, as far as the share goes, if there is anything in it."""
    lines = [f"- {item}" for item in items]
    if lines:
        yield f"### {title}"
        yield "\n".join(_fitted(lines, share))


def _fitted(pieces: list[str], share: str) -> list[str]:
    """Give the first pieces, as far as they fit, and how many more there are."""
    kept = _kept(pieces, share)
    left = len(pieces) - kept
    record = "sdk.json" if share in _OF_RELEASES else "compliance.json"
    return [*pieces[:kept], f"\nand {left} more, see {record}"] if left else pieces


def _kept(pieces: list[str], share: str) -> int:
    size, limit = 0, _SHARES[share]
    for count, piece in enumerate(pieces):
        size += len(piece.encode()) + 2
        if size > limit:
            return count
    return len(pieces)
