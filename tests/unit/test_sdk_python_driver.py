"""The Python driver, asked as the gate asks it, about an SDK written for the purpose."""

import importlib.util
from contextlib import closing
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pydantic
import pytest

from contracts.sdk import protocol
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
        raise AssertionError("is of no interest")

    def count(self) -> int:
        raise AssertionError("does not take what the path has")

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


class Awaited:
    """Is awaited for the first page, and read item by item for all, as generated SDKs have it."""

    def __init__(self, things: list[Thing]) -> None:
        self._things = things

    def __await__(self) -> Any:
        yield from ()
        return self._things

    async def __aiter__(self) -> Any:
        for thing in self._things:
            yield thing


class AsyncBigThings(BigThings):
    def list(self, *, owner: str, page: int | None = None) -> Any:
        return Awaited(super().list(owner=owner, page=page))


class AsyncClient(Client):
    @property
    def big_things(self) -> BigThings:
        return AsyncBigThings()


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = SimpleNamespace(__name__="things", Client=Client, AsyncClient=AsyncClient)
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
    with closing(driver.Driver(sdk)) as running:
        return running.call(asked)


def test_methods_that_take_what_the_path_has_may_be_meant_those_named_like_the_operation_first(
    sdk: Any,
) -> None:
    answer = driver.Driver(sdk).hello({"operation": OPERATION})

    assert answer["methods"] == ["big_things.list", "big_things.create"]
    assert (answer["version"], answer["modes"]) == (protocol.VERSION, ["default"])
    assert answer["clients"] == ["sync", "async"]


class Demanding:
    def __init__(self, *, base_url: str = "", project: str) -> None:
        """Cannot be made from what the operation has."""


def test_a_package_without_a_class_of_a_client_is_none_that_can_be_asked(
    sdk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver.importlib, "import_module", lambda name: SimpleNamespace(__name__="things"))

    with pytest.raises(driver.NoClientError, match="things has no class of a client"):
        driver.Sdk("things")


def test_a_package_that_cannot_be_imported_is_none_that_can_be_asked(
    sdk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise SystemExit("not here")

    monkeypatch.setattr(driver.importlib, "import_module", refuse)

    with pytest.raises(driver.NoClientError, match="cannot be imported"):
        driver.Sdk("things")


def test_a_client_that_cannot_be_made_is_told_in_place_of_methods(
    sdk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = SimpleNamespace(__name__="things", Client=Demanding)
    monkeypatch.setattr(driver.importlib, "import_module", lambda name: module)

    answer = driver.Driver(driver.Sdk("things")).hello({"operation": OPERATION})

    assert "cannot be made (TypeError" in answer["no_client"]
    assert "methods" not in answer


def test_a_long_text_is_cut_between_words() -> None:
    told = driver.telling.clipped("word " * 100)

    assert told.endswith("word …")
    assert len(told) <= driver.telling.MAX_TEXT + 2
    assert driver.telling.clipped("x" * 400) == f"{'x' * driver.telling.MAX_TEXT} …"


def test_what_a_validation_found_is_told_with_its_places(sdk: Any) -> None:
    class InvalidError(Exception):
        """What an SDK makes of it."""

    def fail() -> None:
        try:
            Thing.model_validate({"from": 7})
        except pydantic.ValidationError as error:
            raise InvalidError("invalid") from error

    with pytest.raises(InvalidError) as raised:
        fail()

    problems = driver.telling.tell_error(raised.value, "things")["problems"]
    assert [(one["place"], one["is_missing"]) for one in problems] == [(["id"], True), (["from"], False)]


def test_an_asynchronous_client_is_called_and_walked_as_the_other_one(sdk: Any) -> None:
    asked = {"client": {"kind": "async"}, "method": "big_things.list"}

    assert call(sdk, **asked, arguments={"owner": "me", "page": 0})["raised"]["message"] == "no such page"
    assert call(sdk, **asked)["returned"] == call(sdk)["returned"]
    assert call(sdk, **asked, walk={"identity": ["id"], "limit": 2}) == {"identities": [0, 1]}


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
        "problems": [],
    }


def test_an_argument_that_the_method_does_not_have_is_named(sdk: Any) -> None:
    assert call(sdk, arguments={"owner": "me", "colour": "red"}) == {"unsupported": ["colour"]}
    assert call(sdk, absent=["colour"]) == {"unsupported": ["colour"]}


def test_an_argument_that_has_nothing_for_absence_is_left_out(sdk: Any) -> None:
    answer = call(sdk, method="big_things.create", absent=["name"])

    assert "missing 1 required keyword-only argument: 'name'" in answer["raised"]["message"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, {"null": True}),
        (True, {"boolean": True}),
        (2**70, {"integer": str(2**70)}),
        (1.5, {"number": "1.5"}),
        (datetime(2026, 1, 1, tzinfo=UTC), {"date-time": "2026-01-01T00:00:00+00:00"}),
        (datetime(2026, 1, 1), {"other": "2026-01-01T00:00:00", "class": "datetime"}),
        ([1], {"array": [{"integer": "1"}]}),
        ({"a": None}, {"object": {"a": {"null": True}}, "class": ""}),
    ],
)
def test_a_value_is_told_with_its_type(value: Any, told: Any) -> None:
    assert driver.telling.tell(value) == told


def test_an_object_is_told_by_the_names_on_the_wire_with_undeclared_members_and_without_absent_ones() -> None:
    thing = Thing.model_validate({"id": 1, "from": "x", "added": True})
    unchecked = Thing.model_construct(_fields_set={"id"}, id=1, added=True)

    assert driver.telling.tell(thing)["object"] == {
        "id": {"integer": "1"},
        "from": {"string": "x"},
        "added": {"boolean": True},
    }
    assert driver.telling.tell(unchecked)["object"] == {"id": {"integer": "1"}, "added": {"boolean": True}}


def test_of_an_error_the_members_of_an_answer_are_told_that_it_shows() -> None:
    class ShowingError(Exception):
        errors = ({"code": 1},)

        def messages(self) -> None:
            """Give nothing that stands in an answer."""

    told = driver.telling.tell_error(ShowingError(), "things", ["errors", "messages", "result"])

    assert told["members"] == {"errors": {"array": [{"object": {"code": {"integer": "1"}}, "class": ""}]}}
