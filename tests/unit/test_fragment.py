"""The fragment: what is understood is indexed, everything else refused with file, line and advice."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import samples
import yaml
from openapi_spec_validator import validate
from samples import Edited

from contracts.contract import Contract
from contracts.errors import FragmentError
from contracts.fragment import Fragment, default_fragment
from contracts.yaml_source import YamlSource


@pytest.mark.parametrize("file", samples.FILES.values(), ids=samples.FILES)
def test_the_document_is_openapi_to_the_letter(file: Path) -> None:
    validate(yaml.safe_load(file.read_text("utf-8")))


def test_a_checkout_uses_the_fragment_under_spec() -> None:
    fragment = default_fragment()

    assert fragment.file == "spec/list-bulk-action-jobs.openapi.yaml"
    assert fragment.digest == hashlib.sha256(samples.JOBS_FILE.read_bytes()).hexdigest()


def test_the_operation_of_the_shelf_is_indexed(shelf: Contract) -> None:
    fragment = shelf.fragment

    assert (fragment.method, fragment.path) == ("GET", "/shelves/{shelf_id}/books")
    assert (fragment.title, fragment.server_env) == ("List the books of a shelf", "LIBRARY_URL")
    assert (fragment.server_url, fragment.prefix) == ("https://library.example/v1", "/v1")
    assert [parameter.name for parameter in fragment.query] == ["genre", "sheet", "sheet_size"]
    assert fragment.tenant is fragment.parameter("shelf_id")
    assert fragment.security == (("reader_card",),)
    assert list(fragment.responses) == ["200", "429", "4XX"]
    assert fragment.success is fragment.responses["200"]
    assert fragment.rate_limit is None


@pytest.mark.parametrize(
    ("status", "documented"),
    [
        pytest.param(200, "200", id="a code"),
        pytest.param(404, "4XX", id="a range"),
        pytest.param(429, "429", id="a code before its range"),
        pytest.param(201, None, id="another success"),
        pytest.param(500, None, id="a range that is not there"),
    ],
)
def test_the_documented_answer_is_found_by_status(
    shelf: Contract, status: int, documented: str | None
) -> None:
    response = shelf.fragment.response(status)

    assert (response.status if response else None) == documented


def test_a_fragment_without_a_success_is_refused(edited: Edited) -> None:
    with pytest.raises(FragmentError):
        Contract(Fragment(edited(('        "200":\n', '        "5XX":\n'))), samples.AS_OF)


OBJECTS = {
    "document": "openapi: 3.1.0",
    "info": "  title: List the books of a shelf",
    "server": "  - url: https://library.example/v1",
    "path": "    get:",
    "operation": "      operationId: list-books",
    "parameter": "          in: path",
    "filter": "            field: genre",
    "pagination": "        items: books[]",
    "response": "          description: A sheet of books.",
    "media type": "            application/json:\n              x-source: docs",
    "schema": "                type: object",
    "member": "          const: 0",
    "components": "  securitySchemes:",
    "security scheme": "      scheme: bearer",
    "component schema": "      enum: [NOVEL, POETRY]",
}


@pytest.mark.parametrize("line", OBJECTS.values(), ids=OBJECTS)
def test_an_unknown_keyword_is_refused_where_it_stands(edited: Edited, line: str) -> None:
    last = line.rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip(" -"))].replace("-", " ")
    addition = f"{indent}x-unheard-of: 1\n"
    path = edited((f"{line}\n", f"{addition}{line}\n" if line.endswith(":") else f"{line}\n{addition}"))

    with pytest.raises(FragmentError) as refusal:
        Fragment(path)

    assert "'x-unheard-of' is not understood" in refusal.value.problem
    assert_at(refusal.value, path, "x-unheard-of")


def edits(file: str, *keys: str) -> list[Any]:
    """Give the edits that a file beside the shelf lists."""
    listed = yaml.safe_load((samples.SHELF_FILE.parent / file).read_text("utf-8"))
    return [pytest.param(*(edit[key] for key in keys), id=edit["why"]) for edit in listed]


def assert_at(refusal: FragmentError, path: Path, text: str) -> None:
    """Check that a refusal names the file, advises, and names a line that holds the text."""
    assert refusal.file == path.name
    assert refusal.advice
    assert text in path.read_text("utf-8").splitlines()[refusal.line - 1]


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"), edits("refusals.yaml", "old", "new", "line", "problem")
)
def test_what_cannot_be_meant_is_refused_where_it_stands(
    edited: Edited, old: str, new: str, line: str, problem: str
) -> None:
    path = edited((old, new))

    with pytest.raises(FragmentError) as refusal:
        Contract(Fragment(path), samples.AS_OF)

    assert problem in refusal.value.problem
    assert_at(refusal.value, path, line)


@pytest.mark.parametrize(("old", "new"), edits("shapes.yaml", "old", "new"))
def test_a_value_of_the_wrong_shape_is_refused_and_not_a_crash(edited: Edited, old: str, new: str) -> None:
    path = edited((old, new))

    with pytest.raises(FragmentError) as refusal:
        Fragment(path)

    assert refusal.value.line > 0


def test_a_document_that_is_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- 1\n", "utf-8")

    with pytest.raises(FragmentError, match="is not an object"):
        Fragment(path)


def test_a_keyword_beside_the_reference_of_a_parameter_is_not_ignored(edited: Edited) -> None:
    reference = '$ref: "#/components/parameters/page"'
    path = edited((reference, f"{reference}\n          required: true"), of="jobs")

    with pytest.raises(FragmentError) as refusal:
        Fragment(path)

    assert_at(refusal.value, path, "required: true")


def test_a_reference_keeps_the_line_of_each_keyword(jobs: Contract) -> None:
    clause = jobs.clauses["4XX.errors:minItems"]
    source = YamlSource(samples.JOBS_FILE, "spec")

    assert clause.pointer == "/components/schemas/Refusal/properties/errors/minItems"
    assert clause.line == source.line(clause.pointer)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("items: books[]", "items: [books]", id="a list for a path"),
        pytest.param('pattern: "^[^a-z]"', 'pattern: "[A-Z]\\\\Z"', id="a pattern of Python"),
        pytest.param("scheme: bearer", "scheme: bearer\n      description: 42", id="a number for words"),
    ],
)
def test_what_nobody_has_thought_of_names_the_fragment_and_is_no_crash(edited: Edited, old, new) -> None:
    with pytest.raises(FragmentError) as refused:
        Contract(Fragment(edited((old, new))), samples.AS_OF)

    assert ".yaml" in str(refused.value)
    assert "; " in str(refused.value)
