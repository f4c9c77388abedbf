"""A browser, and the pages to open in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import records

from contracts.reports.html import page

try:
    from playwright import sync_api
except ImportError:
    # A gate that opened no page must not be green; elsewhere the tests say that they are skipped.
    if os.environ.get("CI"):
        raise

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", one => window.violations.push(one.violatedDirective));
"""


@dataclass
class Visit:
    """A page that is open: `said` is what it wrote to the console, `asked` what it asked the network for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def unfold(self, most: int) -> None:
        """Open what is folded, but no more than so much of it."""
        self.page.eval_on_selector_all(
            "details", f"all => all.slice(0, {most}).forEach(one => {{ one.open = true; }})"
        )

    def rows(self) -> list[str]:
        """Give the ids of the promises that the list shows, in its order."""
        return self.page.eval_on_selector_all(".row", "rows => rows.map(row => row.dataset.id)")


@pytest.fixture(scope="session")
def all_records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, records.Record]:
    """The record of each kind of run, by a word for it."""
    red = records.run(records.FAULT)
    return {
        "green": records.run(),
        "red": red,
        "partial": records.run(selected=records.BROKEN),
        "interrupted": records.run(is_interrupted=True),
        "unstarted": records.unstarted(tmp_path_factory.mktemp("unstarted")),
        "many": records.multiplied(red),
        "bad": records.badly_broken(red),
        "hostile": records.hostile(red),
        "audit": records.audit(tmp_path_factory.mktemp("audit")),
    }


@pytest.fixture(scope="session")
def files(
    all_records: dict[str, records.Record], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The page of each kind of run, by the same word."""
    folder, written = tmp_path_factory.mktemp("pages"), {}
    for name, record in all_records.items():
        written[name] = folder / f"{name}.html"
        before = records.history(record, 40) if name == "red" else []
        sdk = records.released(3) if name == "green" else None
        written[name].write_text(page(record, before, sdk=sdk), "utf-8")
    return written


@pytest.fixture(scope="session")
def browser(files: dict[str, Path]) -> Iterator[Any]:
    """Chromium, as the system has it: skipped where there is none, but not where all is to be tested.

    The pages come first: Playwright's event loop, once it runs, stands in the way of the suite's own.
    """
    command = next(filter(None, map(shutil.which, COMMANDS)), None)
    if not command:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("Chromium is not installed (on Debian and Ubuntu: apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=command)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any, files: dict[str, Path]) -> Iterator[Callable[..., Visit]]:
    """Open the page of a kind of run from disk, at a place of it, in a window of this width."""
    contexts = []

    def visit(name: str, anchor: str = "", width: int = 1280, before: str = "", **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.add_init_script(NOTE_VIOLATIONS + before)
        visited.page.on("console", lambda message: visited.said.append(message.text))
        visited.page.on("pageerror", lambda error: visited.said.append(str(error)))
        visited.page.on("request", lambda request: visited.asked.append(request.url))
        visited.page.goto(f"{files[name].as_uri()}{anchor}")
        return visited

    yield visit
    for context in contexts:
        context.close()
