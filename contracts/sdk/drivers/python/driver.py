"""Drives a Python SDK as the gate says; the protocol is told in `README.md` one folder up.

It runs inside the SDK's own environment, and so uses nothing but the SDK and the standard library.
"""

import argparse
import asyncio
import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import platform
import queue
import re
import sys
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

VERSION = 2
GRACE_S = 5
"""So long a call may still last when the gate is gone."""
SYNC, ASYNC = "sync", "async"
NOWHERE = "http://127.0.0.1:9"
STRICT = re.compile(r"_?strict", re.IGNORECASE)
OPTIONS = {"base_url": "base_url", "max_retries": "max_retries", "timeout_s": "timeout"}

Json = dict[str, Any]


def beside(name: str) -> ModuleType:
    """Load a file that stands beside this one, whatever modules of that name the environment has."""
    spec = importlib.util.spec_from_file_location(f"_driver_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


telling = beside("telling")


def plain(name: str) -> str:
    """Take from a name what languages write differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


class NoClientError(Exception):
    """The package is none whose client could be made: nothing can be asked of it."""


class Sdk:
    """An installed SDK: its module, its client classes by kind, and its methods by dotted name.

    Raises:
        NoClientError: the package cannot be imported, or has no client.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.version = importlib.metadata.version(package)
        self.module = imported(package)
        self.classes = client_classes_of(self.module, package)
        if not self.classes:
            raise NoClientError(f"{self.module.__name__} has no class of a client: none takes a base_url")
        # The first kind is what a customer meets who looks no further.
        self.options = inspect.signature(next(iter(self.classes.values())).__init__).parameters
        self.strict = next((name for name in self.options if STRICT.match(name)), None)
        self._clients: dict[str, Any] = {}

    def client(self, wanted: Json, environment: dict[str, str]) -> Any:
        """Give a client; one that was made for the same settings and environment is used again."""
        key = json.dumps([wanted, environment], sort_keys=True)
        if key not in self._clients:
            client_class = self.classes[wanted.get("kind") or next(iter(self.classes))]
            self._clients[key] = client_class(**self._settings(wanted))
        return self._clients[key]

    def _settings(self, wanted: Json) -> dict[str, Any]:
        names = {plain(name): name for name in self.options}
        settings = {names[plain(name)]: value for name, value in wanted.get("credentials", {}).items()}
        settings |= {OPTIONS[name]: wanted[name] for name in OPTIONS if name in wanted}
        if self.strict and wanted.get("mode") == "strict":
            settings[self.strict] = True
        return settings

    def methods(self, operation: Json) -> list[str]:
        """Name the methods that may be the operation's, likeliest first.

        Raises:
            NoClientError: the client cannot be made with what the operation has.
        """
        known = {plain(name) for name in self.options}
        # Without credentials no client may be made; none of these ever leaves.
        credentials = {name: "none" for name in operation["credentials"] if plain(name) in known}
        try:
            client = self.client({"credentials": credentials, "base_url": NOWHERE}, {})
        except Exception as error:  # whatever a package does that is no SDK of this API
            raise NoClientError(f"its client cannot be made ({telling.told_shortly(error)})") from None
        segments = [part for part in operation["path"].split("/") if part and not part.startswith("{")]
        inside = re.findall(r"{(\w+)}", operation["path"])
        words = [plain(word) for word in re.split(r"[^A-Za-z0-9]+", operation["id"])]
        found: list[str] = []
        for trail, resource in sorted(resources(client, segments, ()), key=lambda pair: -len(pair[0])):
            names = [name for name in public(resource) if is_candidate(resource, name, inside)]
            names.sort(key=lambda name: (plain(name) not in words, name))
            found += [".".join((*trail, name)) for name in names]
        return list(dict.fromkeys(found))


def imported(package: str) -> ModuleType:
    """Import the module that a distribution brings."""
    try:
        return importlib.import_module(module_of(package))
    except (Exception, SystemExit) as error:
        raise NoClientError(f"it cannot be imported ({telling.told_shortly(error)})") from None


def module_of(package: str) -> str:
    """Name the module that a distribution brings."""
    brought = importlib.metadata.packages_distributions()
    names = [name for name, owners in brought.items() if package in owners and not name.startswith("_")]
    return min(names, key=lambda name: (plain(name) != plain(package), len(name)))


def client_classes_of(module: ModuleType, package: str) -> dict[str, Any]:
    """Find the classes of clients by kind, the synchronous one first: they take a base URL, and of several
    that do, the one that is named like the package is meant."""
    classes = [
        value
        for name, value in list(vars(module).items())
        if inspect.isclass(value) and not name.startswith("_") and takes(value.__init__, "base_url")
    ]
    found = {}
    for kind, prefix in ((SYNC, ""), (ASYNC, ASYNC)):
        alike = [one for one in classes if one.__name__.lower().startswith(ASYNC) == (kind == ASYNC)]
        wanted = plain(prefix + package)
        if alike:
            found[kind] = min(alike, key=lambda one: (plain(one.__name__) != wanted, one.__name__))
    return found


def takes(function: Any, name: str) -> bool:
    """Say whether a function has an argument of that name."""
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def public(resource: Any) -> list[str]:
    """Name what is public of a resource."""
    return [name for name in dir(type(resource)) if not name.startswith("_")]


def resources(
    resource: Any, segments: list[str], trail: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the resources below one whose names follow the segments of the path, some left out."""
    yield trail, resource
    for index, segment in enumerate(segments):
        for name in public(resource):
            if plain(name) == plain(segment) and not inspect.isfunction(getattr(type(resource), name)):
                yield from resources(getattr(resource, name), segments[index + 1 :], (*trail, name))


def is_candidate(resource: Any, name: str, inside: list[str]) -> bool:
    """Say whether a method takes the parameters in the path; it may need more."""
    function = getattr(type(resource), name)
    return inspect.isfunction(function) and set(inside) <= set(inspect.signature(function).parameters)


def method_of(client: Any, dotted: str) -> Any:
    """Give the method of a client by its dotted name."""
    found = client
    for name in dotted.split("."):
        found = getattr(found, name)
    return found


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables until the block ends."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Driver:
    """Answers the requests of the gate."""

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk
        # One for all calls, as what an asynchronous client has open belongs to its loop.
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """End what asynchronous clients have open."""
        self._runner.close()

    def hello(self, request: Json) -> Json:
        """Say which SDK this is, what it can do, and which methods may be the operation's."""
        try:
            methods = self._sdk.methods(request["operation"])
        except NoClientError as error:
            return Clientless(str(error)).hello(request)
        return {
            **about(),
            "sdk": {"package": self._sdk.package, "version": self._sdk.version},
            "modes": ["default", *(["strict"] if self._sdk.strict else [])],
            "clients": list(self._sdk.classes),
            "methods": methods,
        }

    def call(self, request: Json) -> Json:
        """Call the method once, and tell what it returned or raised."""
        answer: Json = {}
        try:
            with environment(request.get("environment", {})):
                client = self._sdk.client(request["client"], request.get("environment", {}))
                method = method_of(client, request["method"])
                arguments, unsupported = arguments_of(method, request)
                if unsupported:
                    return {"unsupported": unsupported}
                returned = method(**arguments)
                if "walk" in request:
                    answer["identities"] = []
                    self._walk(returned, request["walk"], answer["identities"])
                else:
                    answer["returned"] = telling.tell_members(self._awaited(returned), request["members"])
        except Exception as error:
            names = request.get("members", ())
            answer["raised"] = telling.tell_error(error, self._sdk.module.__name__, names)
        return answer

    def _awaited(self, returned: Any) -> Any:
        async def wait(awaitable: Awaitable[Any]) -> Any:
            return await awaitable

        return self._runner.run(wait(returned)) if inspect.isawaitable(returned) else returned

    def _walk(self, returned: Any, wanted: Json, identities: list[Any]) -> None:
        """Read a list to its end, or as far as the gate wants, and note what identifies each item."""

        async def walk() -> None:
            async for item in returned:
                identities.append(identity_of(item, wanted["identity"]))
                if len(identities) >= wanted["limit"]:
                    return

        if hasattr(returned, "__aiter__"):
            self._runner.run(walk())
            return
        for item in returned:
            identities.append(identity_of(item, wanted["identity"]))
            if len(identities) >= wanted["limit"]:
                return

    def describe(self, request: Json) -> Json:
        """Tell what the SDK declares."""
        answer: Json = beside("describe").describe(self._sdk, request)
        return answer


class Clientless:
    """Answers for a package that has no client."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def hello(self, _: Json) -> Json:
        """Say why nothing can be asked."""
        return {**about(), "no_client": self._reason}


def about() -> Json:
    """Say what this driver is."""
    runtime = f"{platform.python_implementation()} {platform.python_version()}"
    return {"version": VERSION, "language": "python", "runtime": runtime}


def arguments_of(method: Any, request: Json) -> tuple[dict[str, Any], list[str]]:
    """Give the arguments of a call, and the names of those that the method does not have."""
    known = inspect.signature(method).parameters
    defaults = {name: known[name].default for name in request.get("absent", ()) if name in known}
    absent = {name: value for name, value in defaults.items() if value is not inspect.Parameter.empty}
    arguments = {**request["arguments"], **absent}
    return arguments, [name for name in (*arguments, *request.get("absent", ())) if name not in known]


def identity_of(item: Any, names: list[str]) -> Any:
    """Give what identifies an item."""
    for name in names:
        item = item[name] if isinstance(item, dict) else getattr(item, name)
    return item


def lines() -> Iterator[str]:
    """Yield the lines of standard input; when it has ended, whatever still lasts is ended soon after."""
    read: queue.Queue[str] = queue.Queue()

    def reading() -> None:
        for line in sys.stdin:
            read.put(line)
        read.put("")
        late = threading.Timer(GRACE_S, os._exit, [1])
        late.daemon = True
        late.start()

    threading.Thread(target=reading, daemon=True).start()
    while line := read.get():
        yield line


def main() -> None:
    """Answer line by line until standard input ends; what the SDK prints goes to standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", required=True)
    answers, sys.stdout = sys.stdout, sys.stderr
    driver: Driver | Clientless
    try:
        driver = Driver(Sdk(parser.parse_args().package))
    except NoClientError as error:
        driver = Clientless(str(error))
    for line in lines():
        request = json.loads(line)
        answer = getattr(driver, request["do"])(request)
        print(json.dumps({"id": request["id"], **answer}), file=answers, flush=True)


if __name__ == "__main__":
    main()
