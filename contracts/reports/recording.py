"""`--record FILE`: all that goes over the wire, as lines that `python -m contracts audit` reads.

Redacted as everything else, bodies whole. Lines are added as answers come, so that a run which is ended
leaves what it has seen; runs under one file are told apart by their times.
"""

import os
from contextlib import suppress
from pathlib import Path

from contracts.atomic import keep_for_owner
from contracts.audit import lines
from contracts.audit.record import Record
from contracts.client import Sent
from contracts.contract import Contract
from contracts.errors import CouldNotTest, UsageError
from contracts.exchange import Exchange
from contracts.reports import retelling
from contracts.reports.retelling import Scrub
from contracts.wire import Answer


class Recorder:
    """Adds exchanges to a file, which only its owner can read. Use it as a context manager.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, path: Path, contract: Contract, scrub: Scrub) -> None:
        self._path = path
        self._contract = contract
        self._scrub = scrub
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = os.fdopen(handle, "r+b", buffering=0)
            keep_for_owner(handle)
            self._end_line()
        except OSError as error:
            problem = f"--record {path} cannot be written ({error.strerror})"
            raise UsageError(problem, "name another file") from None

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, sent: Sent) -> None:
        """Add a request and what came.

        Raises:
            CouldNotTest: the file cannot be written any more.
        """
        line = lines.write(self._record(sent))
        try:
            written = self._file.write(line)
        except OSError as error:
            raise self._failed(error.strerror or "") from None
        if written != len(line):
            raise self._failed("it took a part of a line only")

    def _failed(self, why: str) -> CouldNotTest:
        return CouldNotTest(f"--record {self._path} cannot be written any more ({why})", "make room for it")

    def _record(self, sent: Sent) -> Record:
        request, came = sent.request, sent.came
        answer = came if isinstance(came, Answer) else None
        pairs = came.headers if isinstance(came, Answer) else tuple(came.headers.items())
        body = self._body(sent, answer) if answer else None
        return Record(
            method=request.method,
            url=f"{request.base_url}{request.line.partition(' ')[2]}",
            status=came.status,
            request_headers=request.headers,
            response_headers=retelling.headers(pairs, self._contract, self._scrub),
            body=body,
            is_whole=body is not None,
            time=sent.started,
            elapsed_ms=round(answer.elapsed_ms if answer else sent.elapsed_ms, 3),
        )

    def _body(self, sent: Sent, came: Answer) -> bytes | None:
        exchange = Exchange(
            request=sent.request,
            status=came.status,
            headers=came.headers,
            body=came.body,
            elapsed_ms=came.elapsed_ms,
            origin="",
            offset=sent.number,
        )
        return retelling.body(exchange, self._contract, self._scrub)

    def _end_line(self) -> None:
        """Begin a line of our own where a run before was ended in the midst of one."""
        with suppress(OSError):  # a pipe has no end
            if self._file.seek(0, os.SEEK_END):
                self._file.seek(-1, os.SEEK_END)
                if self._file.read(1) != b"\n":
                    self._file.write(b"\n")
