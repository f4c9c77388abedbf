"""Makes a recording of the emulator in which it is known how many answers break each promise.

What is broken is known from the faults of the emulator, which shares no code with the checks: that a fault
was committed shows in an answer that is another than without it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, product
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlencode

from contracts.audit import lines
from contracts.audit.record import Headers, Record
from contracts.emulator.app import Emulator
from contracts.emulator.faults import faults
from contracts.emulator.hooks import Fault
from contracts.errors import UsageError
from contracts.fragment import Fragment
from contracts.operation import Parameter
from contracts.parameters import boundaries, default
from contracts.paths import filled

DAYS = 90
"""The recording spreads over so many days, the last of which is the one that counts."""
EVERY = 2
"""One exchange in so many breaks something, until each violation is in."""
OTHERS_EVERY = 50
"""One in so many is of another operation."""
_SINGLE_ANSWERS = ("x-filters/only-matching",)
_NOT_RECORDED = "content-type/none"
"""A recording that lacks the content type does not show that the answer did."""


def generate(fragment: Fragment, as_of: date, size_bytes: int, path: Path) -> int:
    """Write a recording of at least so many bytes, and what is in it beside it, as `FILE.expected.json`.

    Raises:
        UsageError: they cannot be written there.
    """
    there = [one for one in (path, _expected(path)) if one.exists()]
    if there and not _is_made(path):
        raise UsageError(f"{there[0]} is there, and was not made so", "name another file")
    try:
        return _generate(fragment, as_of, size_bytes, path)
    except OSError as error:
        problem = f"{error.filename or path} cannot be written ({error.strerror})"
        raise UsageError(problem, "name another file, where there is room") from None


def _expected(path: Path) -> Path:
    """Give the file that says what is in a recording that was made."""
    return path.parent / f"{path.name}.expected.json"


def _is_made(path: Path) -> bool:
    """Say whether a recording was made here, as far as the file beside it tells."""
    try:
        expected = json.loads(_expected(path).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(expected, dict) and expected.keys() == _Expected.__annotations__.keys()


def _generate(fragment: Fragment, as_of: date, size_bytes: int, path: Path) -> int:
    source = _Source(fragment, as_of)
    violations = list(source.violations())
    others = source.other()
    broken: Counter[str] = Counter()
    written = count = other = 0
    honest, waiting = cycle(source.honest()), iter(violations)
    left: tuple[bytes, tuple[str, ...]] | None = next(waiting, None)
    with path.open("wb") as file:
        while written < size_bytes or left:
            count += 1
            line = next(honest)
            if count % OTHERS_EVERY == 0:
                line, other = others, other + 1
            elif left and count % EVERY == 0:
                line, clauses = left
                left = next(waiting, None)
                broken.update(clauses)
            written += file.write(_timed(line, as_of, min(written / size_bytes, 1.0)))
    expected: _Expected = {
        "exchanges": count,
        "other_operations": other,
        "violations": len(violations),
        "answers_broken": dict(sorted(broken.items())),
    }
    _expected(path).write_text(json.dumps(expected, indent=1) + "\n", "utf-8")
    print(f"{count} exchanges, {len(violations)} of which break {len(broken)} clauses: {path}")
    return 0


class _Expected(TypedDict):
    """What is in a recording that was made."""

    exchanges: int
    other_operations: int
    violations: int
    answers_broken: dict[str, int]


class _Source:
    """Gives lines without their time."""

    def __init__(self, fragment: Fragment, as_of: date) -> None:
        self._fragment = fragment
        self._as_of = as_of
        self._emulator = Emulator(fragment)
        credentials = self._emulator.credentials
        self._path = fragment.prefix + filled(fragment, {})
        schemes = [fragment.schemes[name] for name in next(iter(fragment.security), ())]
        self._headers: Headers = tuple(
            (scheme.header, f"{scheme.prefix}{credentials.values[scheme.name]}") for scheme in schemes
        )

    def honest(self) -> list[bytes]:
        """Give exchanges that keep all promises: each page size, each filter, and refusals."""
        return [lines.write(self._record(query)) for query in self._queries()]

    def other(self) -> bytes:
        """Give an exchange of another operation."""
        return lines.write(Record("GET", f"https://api.example{self._path}/other", 204))

    def violations(self) -> Iterator[tuple[bytes, tuple[str, ...]]]:
        """Yield an exchange for each fault that one answer shows, and the clauses that it breaks."""
        honest = {query: self._record(query) for query in self._queries()}
        for fault in faults(self._fragment).values():
            if not self._is_shown(fault):
                continue
            self._emulator.fault = fault
            for query, without in honest.items():
                record = self._record(query)
                if (record.status, record.response_headers, record.body) != (
                    without.status,
                    without.response_headers,
                    without.body,
                ):
                    yield lines.write(record), fault.clauses
                    break
        self._emulator.fault = None

    def _is_shown(self, fault: Fault) -> bool:
        is_over = fault.until is not None and fault.until <= self._as_of
        if is_over or fault.is_intermittent or fault.id.startswith(_NOT_RECORDED):
            return False
        statuses = tuple(f"{status}{sign}" for status in self._fragment.responses for sign in ".[:")
        return all(
            clause.startswith((*statuses, "responses:")) or clause.endswith(_SINGLE_ANSWERS)
            for clause in fault.clauses
        )

    def _queries(self) -> Iterator[str]:
        pagination = self._fragment.pagination
        yield ""
        for parameter in self._fragment.query:
            texts = boundaries(parameter)
            # One page of the largest size is enough: it is larger than all others together.
            is_size = pagination is not None and parameter.name == pagination.per_page
            for text in (texts[:-2] + texts[-1:]) if is_size else texts:
                yield urlencode({parameter.name: text})
        if pagination:
            for page, per_page in product((1, 2, 3), _sizes(self._fragment.parameter(pagination.per_page))):
                yield urlencode({pagination.page: page, pagination.per_page: per_page})
        for parameter in self._fragment.query:
            yield urlencode({parameter.name: "-"})

    def _record(self, query: str) -> Record:
        headers = [(name.lower().encode(), value.encode()) for name, value in self._headers]
        answer = self._emulator.answer(self._fragment.method, self._path.encode(), query.encode(), headers)
        return Record(
            method=self._fragment.method,
            url=f"https://api.example{self._path}{'?' if query else ''}{query}",
            status=answer.status,
            request_headers=self._headers,
            response_headers=tuple((name.decode(), value.decode()) for name, value in answer.headers),
            body=answer.body,
            elapsed_ms=12.0,
        )


def _sizes(parameter: Parameter) -> list[int]:
    """Give sizes of pages as clients ask for them: the default, and some larger ones that are allowed."""
    usual = default(parameter) or 1
    most = parameter.node.keywords.get("maximum", 5 * usual)
    return sorted({min(size, most) for size in (usual, 5 * usual // 2, 5 * usual)})


def _timed(line: bytes, as_of: date, share: float) -> bytes:
    """Give a line with a time that stands so far between the first day and the last."""
    first = datetime.combine(as_of, time(), UTC) - timedelta(days=DAYS - 1)
    moment = (first + share * timedelta(days=DAYS, seconds=-1)).isoformat(timespec="seconds")
    return line.replace(b"{", b'{"time":"%s",' % moment.encode(), 1)
