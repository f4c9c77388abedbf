"""Measures how long it takes to judge a large page, beside what other libraries take.

What is measured is processor time, so that other programs count for little, and all ways in turn, round by
round, so that a machine that slows down slows all of them down. The ratios tell something of the code, the
milliseconds of the machine.
"""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import process_time
from timeit import timeit
from typing import Any
from urllib.parse import urlencode

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


def peers(contract: Contract, body: bytes) -> dict[str, Way]:
    """Give the ways of libraries that are not always there."""
    found: dict[str, Way] = {}
    response = contract.fragment.success
    assert response.body
    schema = response.body.json_schema(contract.as_of)
    with contextlib.suppress(ImportError):
        import fastjsonschema

        draft_7 = {**schema, "$schema": "http://json-schema.org/draft-07/schema#"}
        quick = fastjsonschema.compile(draft_7)
        found["json.loads and fastjsonschema"] = lambda: bool(quick(json.loads(body)))
    with contextlib.suppress(ImportError):
        from cloudflare._models import construct_type
        from cloudflare.types.email_security.investigate import BulkListResponse
        from pydantic import TypeAdapter

        strict = TypeAdapter(list[BulkListResponse])
        found["json.loads and the SDK's pydantic models"] = lambda: bool(
            strict.validate_python(json.loads(body)["result"])
        )
        found["json.loads and the SDK's own construct"] = lambda: bool(
            construct_type(value=json.loads(body)["result"], type_=list[BulkListResponse])
        )
    return found


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
        Group(
            title=f"judging a page of {len(body) / 1e6:.2f} MB, {name}",
            unit="ms",
            figures=medians_ms(ways(contract, body) | peers(contract, body), 1 if is_quick else ROUNDS),
            notes=["processor time, medians"],
        )
        for name, body in {"compact": compact, "indented": indented}.items()
    ]
