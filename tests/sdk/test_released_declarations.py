"""What is said of the types of real releases: each was found by hand in their sources, too."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import samples

from contracts.sdk.bench import Bench
from contracts.sdk.declares import describe, judged, request_for
from contracts.sdk.driving import Driver
from contracts.sdk.emulators import Emulators
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Recorder, Reply
from contracts.sdk.releases import InstalledRelease, Language
from contracts.sdk.understands import understands

Installed = Callable[[str], InstalledRelease]
PYTHON, NODE = "python:cloudflare==5.9.0", "node:cloudflare@7.3.0"
AHEAD = {
    # Both releases were made from a later contract than the fragment has.
    "query.status:lacks-SKIPPED": Severity.BREAKS,
    "200.result[].status:lacks-SKIPPED": Severity.BREAKS,
    "200.result[].messages_cancelled:adds-required": Severity.BREAKS,
    "200.result[].messages_skipped:adds-required": Severity.BREAKS,
    "200.result[].search_params.smtp_helo_ip:adds": Severity.MISLEADS,
    "200.result[].action_params/MOVE.expected_disposition:deprecated-here-only": Severity.MISLEADS,
    "200.result[].search_params.delivery_status:adds-move_failed": Severity.COSMETIC,
}
ENVELOPE = {
    "200.success:lacks": Severity.COSMETIC,
    "200.errors:lacks": Severity.COSMETIC,
    "200.messages:lacks": Severity.COSMETIC,
    "200.result_info.count:lacks": Severity.COSMETIC,
    "200.result_info.next:lacks": Severity.COSMETIC,
    "200.result_info.previous:lacks": Severity.COSMETIC,
    "200.result_info.per_page:optional": Severity.COSMETIC,
    "200.result_info.page:past-its-end-unmarked": Severity.MISLEADS,
    "200.result[].search_params.action_log:past-its-end": Severity.COSMETIC,
}
ONLY = {
    PYTHON: {"200.result_info:optional": Severity.COSMETIC},
    NODE: {
        f"200.result[].{place}:nullable": Severity.COSMETIC
        for place in (
            "action_params/MOVE.expected_disposition",
            "search_params.delivery_status",
            "search_params.final_disposition",
        )
    },
}


@pytest.mark.parametrize("name", [PYTHON, NODE])
def test_a_release_differs_in_what_its_sources_show_and_in_nothing_else(
    name: str, installed: Installed
) -> None:
    contract = samples.contract("jobs")
    checks, findings = judged(describe(installed(name), contract.fragment), contract)

    expected = AHEAD | ENVELOPE | ONLY[name]
    assert {finding.id: finding.severity for finding in findings} == {
        f"declares:{found}": severity for found, severity in expected.items()
    }
    assert checks[0].outcome is Outcome.FACT
    assert checks[0].detail.startswith("client.email")


@pytest.fixture(scope="module")
def tiny_release(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> InstalledRelease:
    """An invented SDK for Node.js, beside which there is the compiler of a real one."""
    real, folder = installed(NODE), tmp_path_factory.mktemp("tiny")
    shutil.copytree(Path(__file__).parent / "tiny_npm", folder / "node_modules" / "tiny")
    (folder / "node_modules" / "typescript").symlink_to(real.folder / "node_modules" / "typescript")
    return InstalledRelease("node:tiny", Language.NODE, "tiny", "1.0.0", folder, real.interpreter)


@pytest.fixture(scope="module")
def tiny(tiny_release: InstalledRelease) -> dict[str, Any]:
    """What the Node driver tells of it."""
    return describe(tiny_release, samples.contract("shelf").fragment)


def test_a_package_without_declarations_is_not_described(installed: Installed, tmp_path: Path) -> None:
    real, modules = installed(NODE), tmp_path / "node_modules"
    shutil.copytree(
        Path(__file__).parent / "tiny_npm", modules / "tiny", ignore=shutil.ignore_patterns("*.d.ts")
    )
    (modules / "typescript").symlink_to(real.folder / "node_modules" / "typescript")
    release = InstalledRelease("node:tiny", Language.NODE, "tiny", "1.0.0", tmp_path, real.interpreter)

    with Driver(release) as driver:
        told = driver.ask(request_for(samples.contract("shelf").fragment))

    assert told == {"id": 1, "not_described": "tiny has no declarations"}


def test_parameters_are_members_that_cross_the_wire(tiny: dict[str, Any]) -> None:
    assert tiny["call"] == "client.books.list"
    assert [(entry["in"], entry["name"], entry["required"]) for entry in tiny["parameters"]] == [
        ("path", "shelf_id", True),
        ("query", "genre", False),
        ("query", "written_by", False),
        ("query", "sheet", False),
    ]
    assert [entry["type"]["kind"] for entry in tiny["parameters"]] == ["string", "union", "union", "number"]


def test_a_text_with_some_known_values_may_be_any_text(tiny: dict[str, Any]) -> None:
    author = next(entry for entry in tiny["parameters"] if entry["argument"] == "author")

    assert [part["kind"] for part in author["type"]["of"]] == ["literal", "string"]


def test_members_of_an_answer_are_those_that_are_public_and_hold_a_value(tiny: dict[str, Any]) -> None:
    assert list(tiny["answer"]["members"]) == ["books", "sheet_info"]


def test_a_type_is_told_in_the_words_of_the_protocol(tiny: dict[str, Any]) -> None:
    book = tiny["answer"]["members"]["books"]["type"]["items"]["members"]
    kinds = {name: told["type"]["kind"] for name, told in book.items()}

    assert kinds == {
        "book_id": "string",
        "genre": "union",
        "bought_at": "date-time",
        "binding": "union",
        "title": "string",
        "weight": "union",
        "note": "string",
        "lent": "union",
        "cover": "union",
        "labels": "object",
        "sequel": "any",
        "pages": "array",
    }
    assert [part["kind"] for part in book["lent"]["type"]["of"]] == ["null", "boolean"]
    assert [part["values"] for part in book["genre"]["type"]["of"]] == [["NOVEL"], ["POETRY"]]
    assert [name for name, told in book.items() if told["deprecated"]] == ["title"]
    assert [name for name, told in book.items() if not told["required"]] == [
        *("title", "weight", "lent", "labels", "sequel"),
    ]


def test_what_is_told_can_be_compared_with_the_contract(tiny: dict[str, Any]) -> None:
    _, findings = judged(tiny, samples.contract("shelf"))

    assert {finding.id.removeprefix("declares:") for finding in findings} == {
        "query.written_by:adds",
        "query.sheet_size:lacks",
        "200.books[].title:deprecated-here-only",
        "200.books[].note:never-null",
        "200.books[].note:required",
        "200.books[].cover/CLOTH.colour:nullable",
        "200.books[].lent:adds",
        "200.books[].labels:adds",
        "200.books[].sequel:adds",
        "200.books[].pages:adds-required",
        "200.sheet_info.size:lacks",
        "200.sheet_info.grand_total:past-its-end",
    }


def test_what_comes_is_held_against_what_is_told(
    tiny: dict[str, Any], tiny_release: InstalledRelease
) -> None:
    contract = samples.contract("shelf")
    with Recorder() as recorder, Recorder() as refusing, Driver(tiny_release) as driver:
        # No emulator serves this contract; what the questions need is answered by their scripts.
        refusing.start(("127.0.0.1", 0), lambda _: Reply(404))
        address = urlsplit(refusing.origin).hostname, urlsplit(refusing.origin).port
        emulators = cast("Emulators", SimpleNamespace(address=lambda: address))
        bench = Bench(contract, driver, recorder, emulators)
        bench.described = tiny

        notes = Notes(Question.UNDERSTANDS, bench)
        understands(bench, notes)

    # A `Date` is declared, and what was parsed from JSON is given.
    breaking = {one.id: one.actual for one in notes.findings if one.severity is Severity.BREAKS}
    assert breaking == {"understands:books[].bought_at:undeclared-type": "string"}
