"""A bench whose SDK is a function of a call: what it sends and what comes of it is recorded, and nothing else
runs. `honest` is one that does all as the contract says."""

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

from contracts.contract import Contract
from contracts.sdk.bench import Attempt, Bench, Call, Raised
from contracts.sdk.recorder import Headers, Recorded, Reply

ORIGIN, ELSEWHERE = "http://127.0.0.1:4010", "http://localhost:4011"
Sdk = Callable[["RecordedBench", Call], Attempt]


class RecordedBench(Bench):
    """Gives what an SDK answers, as a bench does of one that runs."""

    def __init__(self, contract: Contract, sdk: Sdk) -> None:
        self.contract = contract
        self.fragment = contract.fragment
        self.credentials = {name: scheme.example for name, scheme in self.fragment.schemes.items()}
        self.recorder = SimpleNamespace(origin=ORIGIN, elsewhere=ELSEWHERE)  # type: ignore[assignment]
        self.introduction = SimpleNamespace(modes=("default",))  # type: ignore[assignment]
        self.demanded = {}
        self.described = {}
        self._sdk = sdk

    def call(self, call: Call) -> Attempt:
        return self._sdk(self, call)

    def watch(self, call: Call, limit_s: float) -> Attempt:
        return self._sdk(self, call)


def request(bench: RecordedBench, call: Call, number: int = 0) -> Recorded:
    """Make the n-th request of a call, and what is answered: by the script, or else as if all were well."""
    arguments = {**bench.own_path, **call.arguments}
    path = bench.fragment.path
    for parameter in bench.fragment.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(arguments.pop(parameter.name), safe=""))
    query = urlencode({name: value for name, value in arguments.items() if value is not None})
    credentials = bench.good() if call.credentials is None else call.credentials
    reply = call.script(number) if call.script else None
    return Recorded(
        bench.fragment.method,
        f"{bench.fragment.prefix}{path}{'?' if query else ''}{query}",
        headers(bench, {**by_variable(bench, call), **credentials}),
        float(number),
        reply or Reply(body=json.dumps({}).encode()),
    )


def headers(bench: RecordedBench, credentials: Mapping[str, str]) -> Headers:
    """Give the headers that carry credentials."""
    schemes = bench.fragment.schemes
    return tuple((schemes[name].header, f"{schemes[name].prefix}{credentials[name]}") for name in credentials)


def by_variable(bench: RecordedBench, call: Call) -> dict[str, str]:
    """Give the credentials that the environment names, where no argument does."""
    if call.credentials:
        return {}
    variables = {scheme.env: name for name, scheme in bench.fragment.schemes.items()}
    return {variables[name]: value for name, value in call.environment.items() if name in variables}


def attempt(*requests: Recorded, raised: Raised | None = None, identities: Any = ()) -> Attempt:
    """Make what came of a call."""
    return Attempt(requests, 0.1, None if raised else {"object": {}}, tuple(identities), raised)


def error(
    message: str = "", *, status: int | None = None, is_own: bool = True, name: str = "ApiError"
) -> Raised:
    """Make an error as a driver tells it."""
    return Raised(name, (name, "Exception"), is_own, status, message)


def honest(bench: RecordedBench, call: Call) -> Attempt:
    """Send what was asked for, once, and refuse an account that no path can hold."""
    texts = {**bench.own_path, **call.arguments}
    for name in bench.own_path:
        if texts[name] in ("", ".", ".."):
            return attempt(raised=error(f"{name} cannot be {texts[name]!r}", name="ValueError"))
    return attempt(request(bench, call))
