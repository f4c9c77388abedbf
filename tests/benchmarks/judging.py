"""Measures how long it takes to judge a large page, beside what other libraries take.

What is measured is processor time, so that other programs count for little, and all ways in turn, round by
round, so that a machine that slows down slows all of them down. The ratios tell something of the code, the
milliseconds of the machine.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from time import process_time
from timeit import timeit
from typing import Any
from urllib.parse import urlencode, urlsplit

import jsonschema
import jsonschema_rs
import orjson
from measuring import Group

from contracts import strict_json
from contracts.contract import Contract
from contracts.emulator.app import Emulator
from contracts.formats import format_checker
from contracts.fragment import Fragment, default_fragment
from contracts.parameters import boundaries

ROUNDS = 25
Way = Callable[[], Any]


def largest_page(fragment: Fragment) -> bytes:
    """Give the largest page that the emulator sends, as it sends it."""
    emulator = Emulator(fragment)
    pagination = fragment.pagination
    assert pagination
    per_page = boundaries(fragment.parameter(pagination.per_page))[-1]
    query = urlencode({pagination.per_page: per_page}).encode()
    schemes = [fragment.schemes[name] for name in fragment.security[0]]
    headers = [(each.header.lower().encode(), f"{each.prefix}{each.example}".encode()) for each in schemes]
    path = fragment.path
    if fragment.tenant:
        path = path.replace(f"{{{fragment.tenant.name}}}", emulator.credentials.own_account)
    answer = emulator.answer(fragment.method, path.encode(), query, headers)
    assert answer.status == 200
    return answer.body


def ways(contract: Contract, body: bytes) -> dict[str, Way]:
    """Give the ways to read and to judge a page, by what they are called in the table."""
    response = contract.fragment.success
    assert response.body
    schema = response.body.json_schema(contract.as_of)
    judge = contract.validators[response.status]
    compiled = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    common = jsonschema.Draft202012Validator(schema, format_checker=format_checker())
    value = json.loads(body)
    return {
        "orjson.loads": lambda: orjson.loads(body),
        "json.loads": lambda: json.loads(body),
        "jsonschema-rs alone, nothing read": lambda: compiled.is_valid(value),
        "json.loads and jsonschema-rs": lambda: compiled.is_valid(json.loads(body)),
        "json.loads and jsonschema": lambda: common.is_valid(json.loads(body)),
        "ours: strict reading": lambda: strict_json.parse(body).has_value,
        "ours: strict reading and verdict": lambda: judge.is_valid(strict_json.parse(body).value),
        "ours: strict reading, verdict, evidence": lambda: judge.judge(strict_json.parse(body).value),
    }


def fastjsonschema(contract: Contract, body: bytes) -> dict[str, Way]:
    """Give the way of fastjsonschema, which knows no newer draft than the seventh."""
    import fastjsonschema

    response = contract.fragment.success
    assert response.body
    schema = response.body.json_schema(contract.as_of)
    quick = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema#"})
    return {"json.loads and fastjsonschema": lambda: bool(quick(json.loads(body)))}


def cloudflare(contract: Contract, body: bytes) -> dict[str, Way]:
    """Give the ways of the vendor's SDK."""
    from cloudflare._models import construct_type
    from cloudflare.types.email_security.investigate import BulkListResponse
    from pydantic import TypeAdapter

    strict, items = TypeAdapter(list[BulkListResponse]), list[BulkListResponse]
    return {
        "json.loads and the SDK's pydantic models": lambda: bool(
            strict.validate_python(json.loads(body)["result"])
        ),
        "json.loads and the SDK's own construct": lambda: bool(
            construct_type(value=json.loads(body)["result"], type_=items)
        ),
    }


def openapi_core(contract: Contract, body: bytes) -> dict[str, Way]:
    """Give the way of openapi-core, which reads the fragment as we do."""
    from openapi_core import OpenAPI
    from openapi_core.testing import MockRequest, MockResponse

    fragment = contract.fragment
    server, success = urlsplit(fragment.server_url), fragment.success
    path = fragment.prefix + fragment.path.replace("{", "").replace("}", "")
    request = MockRequest(f"{server.scheme}://{server.netloc}", fragment.method.lower(), path)
    response = MockResponse(body, status_code=int(success.status), content_type=success.media_type)
    reader = OpenAPI.from_dict(dict(fragment.document))
    # It raises where it finds something, and says nothing where it does not.
    return {"openapi-core": lambda: reader.validate_response(request, response) is None}


PEERS = (fastjsonschema, cloudflare, openapi_core)


def peers(contract: Contract, body: bytes) -> tuple[dict[str, Way], list[str]]:
    """Give the ways of libraries that are not always there, and say which they are and which lack."""
    found: dict[str, Way] = {}
    notes = []
    for peer in PEERS:
        name = peer.__name__.replace("_", "-")
        try:
            found |= peer(contract, body)
            notes.append(f"{name} {version(name)}")
        except ImportError:
            notes.append(f"not measured, {name} is not installed")
    return found, notes


def medians_ms(ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """Give the median processor time of each way in milliseconds; each must find the page good."""
    assert all(way() for way in ways.values())
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(timeit(way, timer=process_time, number=1) * 1000)
    return {name: median(taken) for name, taken in times.items()}


def groups(is_quick: bool) -> list[Group]:
    """Measure the largest page, as the emulator sends it and indented."""
    contract = Contract(default_fragment(), datetime.now(UTC).date())
    compact = largest_page(contract.fragment)
    indented = json.dumps(json.loads(compact), indent=2).encode()
    return [
        group(f"judging a page of {len(body) / 1e6:.2f} MB, {name}", contract, body, is_quick)
        for name, body in {"compact": compact, "indented": indented}.items()
    ]


def group(title: str, contract: Contract, body: bytes, is_quick: bool) -> Group:
    """Measure one page."""
    others, notes = peers(contract, body)
    figures = medians_ms(ways(contract, body) | others, 1 if is_quick else ROUNDS)
    return Group(title, "ms", figures, notes=["processor time, medians", *notes])
