"""Allure's own page of a red run, made by its command line and opened in a browser.

`tox run -e allure` brings Allure; what it does is done here again with a run of our own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed; tox run -e browser brings it")

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / ".tox" / "allure" / "node_modules" / ".bin" / "allure"
FAULT, CLAUSE = "enum/unknown:200.result[].status", "200.result[].status:enum"


@pytest.fixture(scope="module")
def red(tmp_path_factory):
    """The page of a run in which the emulator commits a fault."""
    allure = INSTALLED if INSTALLED.exists() else shutil.which("allure")
    if not allure or not shutil.which("node"):
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("Allure 3 or Node.js is not installed; tox run -e allure brings Allure")
    folder = tmp_path_factory.mktemp("allure")
    results, page = folder / "allure-results", folder / "allure" / "index.html"
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "tests/contract",
        "-q",
        "--fault",
        FAULT,
        "-p",
        "no:cacheprovider",
    ]
    judged = run(*suite, "--reports", folder, "--alluredir", results)
    assert judged.returncode == 1, judged.stdout
    made = run(allure, "generate", "--config", results / "allurerc.json", "--output", page.parent, results)
    assert made.returncode == 0, made.stdout
    assert run(sys.executable, "-m", "contracts.reports.allure_page", page).returncode == 0
    return page


def run(*command):
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


@pytest.fixture
def page(red, browser):
    """The page, opened; whatever it says and asks for is noted in `said` and `asked`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.said, opened.asked = [], []
    opened.on("console", lambda message: opened.said.append(message.text))
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(red.as_uri())
    opened.get_by_text("Contract of List bulk action jobs").first.wait_for()
    yield opened
    context.close()


def test_it_asks_nobody_anything_and_complains_of_nothing(page):
    page.get_by_placeholder("Search tests").wait_for()

    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_it_says_what_was_judged(page):
    for text in ("The contract is broken. Of 183 promises: 1 broken", "Fragment SHA-256", "http://127.0.0.1"):
        assert page.get_by_text(text).count() >= 1


def test_a_broken_clause_is_found_with_its_category_evidence_and_links(page):
    page.get_by_placeholder("Search tests").fill(CLAUSE)
    page.get_by_text(CLAUSE, exact=True).first.click()
    page.get_by_text("Broken promise").first.wait_for()

    told = page.inner_text("body")
    assert f"{CLAUSE} is broken: " in told
    assert "DISCOVERING_UNDECLARED" in told
    assert "rests on: docs" in told
    assert page.get_by_role("link", name="Documentation").get_attribute("href").startswith("https://")
    assert page.get_by_text("look at").count() == 1
    assert page.get_by_text("GET /accounts/$CLOUDFLARE_ACCOUNT_ID/").count() >= 1


def test_the_categories_tell_the_broken_from_the_unseen(page):
    page.get_by_text("Categories").first.click()

    for name, count in (("Broken promise", 1), ("Not seen", 5)):
        page.get_by_text(name, exact=True).first.wait_for()
        assert f"{name}\n{count}" in page.inner_text("body")
