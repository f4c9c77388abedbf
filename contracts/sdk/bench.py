"""Where a release is tried: its driver, the recorder in between, and the emulators behind it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import Any

from contracts import parameters
from contracts.contract import Contract
from contracts.errors import CouldNotTest
from contracts.examples import sample
from contracts.operation import Parameter
from contracts.paths import filled
from contracts.sdk.driving import Driver
from contracts.sdk.emulators import Emulators
from contracts.sdk.recorder import Recorded, Recorder, Script

DEFAULT_MODE = "default"
_TIMEOUT_S = 20
_MOST_TRIED = 12
"""So many methods are tried before none is called the operation's."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a validation found wrong with an answer: where, and whether something is missing there. The steps
    of the place are names and numbers of items, and what an SDK adds of its own for types."""

    place: tuple[str, ...]
    is_missing: bool
    message: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An error as the driver told it; `is_own` says that its class is one of the SDK's, `members` are those
    of the answer that it shows."""

    name: str
    classes: tuple[str, ...]
    is_own: bool
    status: int | None
    message: str
    problems: tuple["Problem", ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}{f' with status {self.status}' if self.status else ''}"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the method by a customer. None in `arguments` is passed as the language's null; those in
    `absent` as what the language has for a thing that is not there. `address` is that of an emulator, where
    it is not the usual one."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    credentials: Mapping[str, str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    mode: str = DEFAULT_MODE
    address: tuple[str, int] | None = None
    script: Script | None = None
    walk_limit: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a call: what was returned or raised, the requests that crossed the wire, and the seconds
    that it took. `unsupported` are arguments that the SDK's method does not have. One that is not `is_over`
    was not waited for to its end."""

    requests: tuple[Recorded, ...]
    seconds: float
    returned: Mapping[str, Any] | None = None
    identities: tuple[Any, ...] = ()
    raised: Raised | None = None
    unsupported: tuple[str, ...] = ()
    is_over: bool = True

    @property
    def told(self) -> str:
        """Say in a few words how the call ended for the customer."""
        if not self.is_over:
            return "is not over"
        return f"raises {self.raised}" if self.raised else "returns"


class Bench:
    """A release with its `method` of the operation found, empty where none sends its request. `demanded` are
    the parameters in the query that the method cannot be called without, each with a value. `described` is
    what the driver tells of the SDK's types, empty where it was not asked.

    `kind` is the kind of client that is used, of those in the introduction; empty for the usual one.

    Raises:
        CouldNotTest: the driver fails, or the package has no client.
    """

    def __init__(
        self,
        contract: Contract,
        driver: Driver,
        recorder: Recorder,
        emulators: Emulators,
        kind: str = "",
    ) -> None:
        self.contract = contract
        self.fragment = contract.fragment
        # What the emulator accepts: the examples of the public documentation.
        self.credentials = {name: scheme.example for name, scheme in self.fragment.schemes.items()}
        self.release = driver.release
        self.recorder = recorder
        self._driver = driver
        self._kind = kind
        self.emulators = emulators
        self.introduction = driver.hello(contract.fragment)
        self.demanded: Mapping[str, Any] = {}
        self.described: Mapping[str, Any] = {}
        self.method = self._found()

    @property
    def base_url(self) -> str:
        """The base URL that the SDK is given."""
        return f"{self.recorder.origin}{self.fragment.prefix}"

    @property
    def own_path(self) -> Mapping[str, str]:
        """The parameters in the path, our account among them."""
        return self.fragment.path_examples

    @property
    def always(self) -> Mapping[str, Any]:
        """The arguments of every call, where it names no others."""
        return {**self.own_path, **self.demanded}

    def good(self, names: Sequence[str] = ()) -> dict[str, str]:
        """Give good credentials: those of these schemes, or of the first way to authenticate."""
        return {name: self.credentials[name] for name in names or self.fragment.security[0]}

    def call(self, call: Call) -> Attempt:
        """Let the SDK make a call, and give what came of it.

        Raises:
            CouldNotTest: the driver or the emulator fails.
        """
        return self._call(self._driver, call)

    def watch(self, call: Call, limit_s: float) -> Attempt:
        """Let the SDK make a call that may last, in a process of its own that is ended after so many seconds.

        Raises:
            CouldNotTest: the driver or the emulator fails.
        """
        with Driver(self.release) as driver:
            driver.hello(self.fragment)
            is_late = Event()

            def end() -> None:
                is_late.set()
                driver.end()

            ending = Timer(limit_s, end)
            ending.start()
            try:
                return self._call(driver, call)
            except CouldNotTest:
                if not is_late.is_set():
                    raise
                return Attempt(self.recorder.taken(), limit_s, is_over=False)
            finally:
                ending.cancel()

    def _call(self, driver: Driver, call: Call) -> Attempt:
        self.recorder.start(call.address or self.emulators.address(), call.script)
        begun = time.monotonic()
        answer = driver.ask(self._request(call))
        seconds = time.monotonic() - begun
        if self.recorder.failure:
            raise CouldNotTest(self.recorder.failure, "run it again")
        return Attempt(
            self.recorder.taken(),
            seconds,
            answer.get("returned"),
            tuple(answer.get("identities", ())),
            _raised(answer.get("raised")),
            tuple(answer.get("unsupported", ())),
        )

    def _request(self, call: Call, method: str = "") -> dict[str, Any]:
        credentials = self.good() if call.credentials is None else call.credentials
        base_url = {} if self.fragment.server_env in call.environment else {"base_url": self.base_url}
        settings = {**base_url, "timeout_s": _TIMEOUT_S, "mode": call.mode, "credentials": credentials}
        settings |= {"kind": self._kind} if self._kind else {}
        body = self.fragment.success.body
        request = {
            "do": "call",
            "method": method or self.method,
            "client": {**settings, **call.settings},
            "environment": dict(call.environment),
            "arguments": {**self.always, **call.arguments},
            "absent": list(call.absent),
            "members": list(body.properties) if body else [],
        }
        if call.walk_limit:
            assert self.fragment.pagination
            identity = list(self.fragment.pagination.identity)
            request["walk"] = {"identity": identity, "limit": call.walk_limit}
        return request

    def _found(self) -> str:
        """Name the method whose request is the operation's, by looking at the wire; empty where none is.

        One that wants more than our account is found where that are parameters of the operation.
        """
        methods = self.introduction.methods[:_MOST_TRIED]
        for method in methods:
            if self._sends(method, {}):
                return method
        for method in methods:
            known = self._known(method)
            if known and self._sends(method, known):
                self.demanded = self._least(method, known)
                return method
        return ""

    def _sends(self, method: str, arguments: Mapping[str, Any]) -> bool:
        """Say whether a method sends the operation's request."""
        self.recorder.start(self.emulators.address())
        self._driver.ask(self._request(Call(arguments), method))
        wanted = self.fragment.method, self.own_target
        return any((one.method, one.target.partition("?")[0]) == wanted for one in self.recorder.taken())

    def _known(self, method: str) -> dict[str, Any]:
        """Give a value for each parameter in the query that a method has an argument for."""
        values = {one.name: usual_value(one) for one in self.fragment.query}
        self.recorder.start(self.emulators.address())
        unknown = self._driver.ask(self._request(Call(values), method)).get("unsupported", ())
        return {name: value for name, value in values.items() if name not in unknown}

    def _least(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give those of the arguments without which a method sends nothing."""
        least = dict(arguments)
        for name in arguments:
            fewer = {other: value for other, value in least.items() if other != name}
            least = fewer if self._sends(method, fewer) else least
        return least

    @property
    def own_target(self) -> str:
        """The path of the operation for our own account, as it stands on the wire."""
        return self.fragment.prefix + filled(self.fragment, {})


def usual_value(parameter: Parameter) -> Any:
    """Give a value that may stand for any: the default, or else one that the contract allows."""
    default = parameters.default(parameter)
    return sample(parameter.node) if default is None else default


def _raised(told: Mapping[str, Any] | None) -> Raised | None:
    if told is None:
        return None
    problems = tuple(
        Problem(tuple(one["place"]), one["is_missing"], one["message"]) for one in told.get("problems", ())
    )
    classes = tuple(told["classes"])
    members = told.get("members", {})
    return Raised(told["class"], classes, told["is_own"], told["status"], told["message"], problems, members)
