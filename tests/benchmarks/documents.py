"""Measures audits of HAR files and cassettes, beside what their parsers alone take."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import ijson
from auditing import audited, generated
from measuring import Group
from vcr.cassette import Cassette
from vcr.persisters.filesystem import FilesystemPersister
from vcr.request import Request
from vcr.serializers import yamlserializer

from contracts.audit import lines
from contracts.audit.generation import EVERY
from contracts.audit.record import Record

HAR_MB, CASSETTE_MB = 100, 30
QUICK_MB = 1


def groups(is_quick: bool) -> list[Group]:
    """Measure both forms, start to exit, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        made = generated(1, Path(folder)).read_bytes().splitlines()
        # One exchange in two breaks something, which takes its time; here it is one in hundreds.
        made = [made[EVERY - 1], *made[::EVERY]]
        har = archive(made, QUICK_MB if is_quick else HAR_MB, Path(folder))
        tape = cassette(made, QUICK_MB if is_quick else CASSETTE_MB, Path(folder))
        return [
            measured("HAR", har, "ijson", entries_s),
            measured("cassettes", tape, "VCR.py", interactions_s),
        ]


def measured(form: str, path: Path, parser: str, parsed_s: Callable[[Path], float]) -> Group:
    """Lay an audit of a document to what its parser takes."""
    size_mb = path.stat().st_size / 1e6
    rates = {parser: size_mb / parsed_s(path), "ours, one process": size_mb / audited(path, 1)[0]}
    title = f"auditing {form}, {size_mb:,.0f} MB"
    return Group(title, "MB/s", rates, False, [f"{parser} parses and does no more; ours is start to exit"])


def records(made: list[bytes], mb: int) -> list[Record]:
    """Give exchanges of so many MB, the same again where there are not enough."""
    found, size_bytes = [], 0
    while size_bytes < mb * 1_000_000:
        line = made[len(found) % len(made)]
        found.append(lines.read(line))
        size_bytes += len(line)
    return found


def archive(made: list[bytes], mb: int, folder: Path) -> Path:
    """Write a HAR file of about so many MB."""
    entries = [_entry(record) for record in records(made, mb)]
    path = folder / "made.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return path


def _entry(record: Record) -> dict[str, object]:
    request, response = (
        [{"name": name, "value": value} for name, value in headers or ()]
        for headers in (record.request_headers, record.response_headers)
    )
    text = (record.body or b"").decode(errors="replace")
    return {
        "startedDateTime": record.time.isoformat() if record.time else None,
        "time": record.elapsed_ms,
        "request": {"method": record.method, "url": record.url, "headers": request},
        "response": {
            "status": record.status,
            "headers": response,
            "content": {"size": len(text.encode()), "text": text},
        },
    }


def cassette(made: list[bytes], mb: int, folder: Path) -> Path:
    """Let VCR.py write a cassette of about so many MB."""
    tape = Cassette(folder / "made.yaml")
    for record in records(made, mb):
        request = Request(record.method, record.url, None, dict(record.request_headers or ()))
        headers: dict[str, list[str]] = {}
        for name, value in record.response_headers or ():
            headers.setdefault(name, []).append(value)
        status = {"code": record.status, "message": ""}
        tape.append(request, {"status": status, "headers": headers, "body": {"string": record.body or b""}})
    path = folder / "made.yaml"
    FilesystemPersister.save_cassette(path, tape._as_dict(), yamlserializer)
    return path


def entries_s(path: Path) -> float:
    """Give the seconds that ijson takes for the entries of a HAR file."""
    started = perf_counter()
    with path.open("rb") as file:
        for _ in ijson.items(file, "log.entries.item", use_float=True):
            pass
    return perf_counter() - started


def interactions_s(path: Path) -> float:
    """Give the seconds that VCR.py takes for the interactions of a cassette."""
    started = perf_counter()
    FilesystemPersister.load_cassette(path, yamlserializer)
    return perf_counter() - started
