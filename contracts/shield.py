"""Keeps pytest from printing and writing what is private in a live run, however the run goes wrong.

Python and pytest quote values wherever something crashes: in messages, arguments and local variables. A
crash of the suite is therefore told anew, by the lines of code it went through. Broken promises are no
crashes, and what they tell is redacted where they are found.
"""

import os
import sys
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import ContractsError
from contracts.redaction import Redactor

OWNER_ONLY = 0o077
_MAX_LINKS = 10
_MAX_MESSAGE = 2_000
_NOT_SHOWN = "(its message is not shown, as it may quote the server; --show-values shows it)"


class Crash(Exception):
    """Stands for an exception whose own message may quote the server."""


class Shield:
    """A pytest plugin for live runs. It also keeps the files that are written from the eyes of others."""

    def __init__(self, config: pytest.Config, redactor: Redactor) -> None:
        self._redactor = redactor
        # Both would show arguments and local variables, from which no redaction can tell what they are.
        config.option.showlocals = config.option.fulltrace = False
        self._umask = os.umask(OWNER_ONLY)
        # Never taken back: what escapes pytest is told by Python when pytest has ended.
        sys.excepthook = lambda _, crash, __: print(told(crash, self._redactor), file=sys.stderr)
        # A file that is written over keeps the mode it has.
        written = (getattr(config.option, name, None) for name in ("xmlpath", "log_file"))
        for path in map(Path, filter(None, written)):
            if path.exists():
                path.chmod(0o600)

    def pytest_unconfigure(self) -> None:
        """Give the process back the umask it had."""
        os.umask(self._umask)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell a crash anew, before any other plugin reads it: terminal, JUnit and Allure get the same."""
        report = yield
        crash = call.excinfo.value if call.excinfo else None
        if crash is not None and not isinstance(crash, pytest.fail.Exception | pytest.skip.Exception):
            report.longrepr = told(crash, self._redactor)
            substitute = Crash(last_line(crash, self._redactor)).with_traceback(crash.__traceback__)
            call.excinfo = pytest.ExceptionInfo.from_exception(substitute)
        elif isinstance(report.longrepr, str):
            report.longrepr = self._redactor.scrub(report.longrepr)
        report.sections = [(name, self._redactor.scrub(text)) for name, text in report.sections]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell a crash outside of any test anew."""
        excrepr.toterminal = lambda writer: writer.line(told(excinfo.value, self._redactor))


def told(crash: BaseException, redactor: Redactor) -> str:
    """Write a crash and what led to it, oldest first: lines of code, and messages where they are ours."""
    links = [crash]
    while len(links) < _MAX_LINKS and (before := links[-1].__cause__ or links[-1].__context__):
        links.append(before)
    return "\n\n".join(
        f"{''.join(traceback.format_tb(link.__traceback__))}{last_line(link, redactor)}"
        for link in reversed(links)
    )


def last_line(crash: BaseException, redactor: Redactor) -> str:
    """Write the type of an exception, and its message where it is ours or values may be shown."""
    if redactor.shows_values or isinstance(crash, ContractsError):
        text = "".join(traceback.format_exception_only(crash)).strip()
        return redactor.scrub(text)[:_MAX_MESSAGE]
    return f"{type(crash).__qualname__}: {_NOT_SHOWN}"
