"""The Python driver, asked as the gate asks it, about an SDK written for the purpose."""

import importlib.util
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pydantic
import pytest

from contracts.sdk.driving import _FILES
from contracts.sdk.releases import Language

OPERATION = {"id": "list-things", "method": "GET", "path": "/owners/{owner}/big-things", "credentials": []}


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sdk_driver", _FILES[Language.PYTHON][1])
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


driver = loaded()


class Thing(pydantic.BaseModel):
    model_config = {"extra": "allow"}
    id: int
    from_: str = pydantic.Field(default="", alias="from")


class BigThings:
    def create(self, *, owner: str, name: str) -> Thing:
        raise AssertionError("needs more than the path has")

    def list(self, *, owner: str, page: int | None = None) -> list[Thing]:
        if page == 0:
            raise ValueError("no such page")
        return [Thing(id=number) for number in range(3)]


class Owners:
    """Leads nowhere, though it is named like the path."""


class Client:
    def __init__(self, *, base_url: str = "", api_token: str = "", timeout: float = 1) -> None:
        self.settings = (base_url, api_token, timeout)

    @property
    def owners(self) -> Owners:
        return Owners()

    @property
    def big_things(self) -> BigThings:
        return BigThings()


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = SimpleNamespace(__name__="things", Client=Client)
    monkeypatch.setattr(driver.importlib, "import_module", lambda name: module)
    monkeypatch.setattr(driver, "module_of", lambda package: "things")
    monkeypatch.setattr(driver.importlib.metadata, "version", lambda package: "1.0")
    return driver.Sdk("things")


def call(sdk: Any, **request: Any) -> Any:
    asked = {
        "method": "big_things.list",
        "client": {},
        "arguments": {"owner": "me"},
        "members": [],
        **request,
    }
    return driver.Driver(sdk).call(asked)


def test_the_method_is_found_by_the_path_and_what_it_needs(sdk: Any) -> None:
    answer = driver.Driver(sdk).hello({"operation": OPERATION})

    assert answer["methods"] == ["big_things.list"]
    assert (answer["version"], answer["modes"]) == (1, ["default"])


class Demanding:
    def __init__(self, *, base_url: str = "", project: str) -> None:
        """Cannot be made from what the operation has."""


@pytest.mark.parametrize("classes", [{}, {"Client": Demanding}], ids=["no client", "another client"])
def test_a_package_that_is_no_sdk_of_the_api_has_no_method(
    sdk: Any, monkeypatch: pytest.MonkeyPatch, classes: dict[str, type]
) -> None:
    module = SimpleNamespace(__name__="things", **classes)
    monkeypatch.setattr(driver.importlib, "import_module", lambda name: module)
    operation = OPERATION | {"credentials": ["api_token"]}

    answer = driver.Driver(driver.Sdk("things")).hello({"operation": operation})

    assert answer["methods"] == []


def test_credentials_are_matched_by_name_whatever_the_spelling(sdk: Any) -> None:
    client = sdk.client({"credentials": {"apiToken": "t"}, "base_url": "u", "timeout_s": 5}, {})

    assert client.settings == ("u", "t", 5)


def test_a_list_is_walked_up_to_the_limit(sdk: Any) -> None:
    assert call(sdk, walk={"identity": ["id"], "limit": 2}) == {"identities": [0, 1]}
    assert call(sdk, walk={"identity": ["id"], "limit": 9}) == {"identities": [0, 1, 2]}


def test_an_error_is_told_with_its_classes_and_whose_it_is(sdk: Any) -> None:
    assert call(sdk, arguments={"owner": "me", "page": 0})["raised"] == {
        "class": "ValueError",
        "classes": ["ValueError", "Exception"],
        "is_own": False,
        "status": None,
        "message": "no such page",
    }


def test_an_argument_that_the_method_does_not_have_is_named(sdk: Any) -> None:
    assert call(sdk, arguments={"owner": "me", "colour": "red"}) == {"unsupported": ["colour"]}
    assert call(sdk, absent=["colour"]) == {"unsupported": ["colour"]}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, {"null": True}),
        (True, {"boolean": True}),
        (2**70, {"integer": str(2**70)}),
        (1.5, {"number": "1.5"}),
        (datetime(2026, 1, 1, tzinfo=UTC), {"date-time": "2026-01-01T00:00:00+00:00"}),
        ([1], {"array": [{"integer": "1"}]}),
        ({"a": None}, {"object": {"a": {"null": True}}, "class": ""}),
    ],
)
def test_a_value_is_told_with_its_type(value: Any, told: Any) -> None:
    assert driver.tell(value) == told


def test_an_object_is_told_by_the_names_on_the_wire_with_undeclared_members_and_without_absent_ones() -> None:
    thing = Thing.model_validate({"id": 1, "from": "x", "added": True})
    unchecked = Thing.model_construct(_fields_set={"id"}, id=1, added=True)

    assert driver.tell(thing)["object"] == {
        "id": {"integer": "1"},
        "from": {"string": "x"},
        "added": {"boolean": True},
    }
    assert driver.tell(unchecked)["object"] == {"id": {"integer": "1"}, "added": {"boolean": True}}
