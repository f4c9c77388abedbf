"""What is said of how an SDK reads whole lists, from what it returned."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import create_server
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import samples
from recorded_bench import RecordedBench, Sdk, attempt, error, honest, request

from contracts.errors import CouldNotTest
from contracts.sdk import walks
from contracts.sdk.bench import Attempt, Call
from contracts.sdk.emulators import Emulators
from contracts.sdk.findings import Check, Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Recorded
from contracts.sdk.replies import EMPTY
from contracts.sdk.walks import Walk, note_walk

WALK = Walk("many", "3 items", 3)
WANTED = ["a", "b", "c"]


def walked(
    walk: Walk, identities: Any, raised: Any = None, limit: int = 9
) -> tuple[str, str, dict[str, Severity]]:
    bench = RecordedBench(samples.contract("jobs"), honest)
    notes = Notes(Question.WALKS, bench)
    came = attempt(request(bench, Call()), raised=raised, identities=identities)
    note_walk(notes, walk, came, WANTED, 9)
    (check,) = notes.checks
    return check.outcome, check.detail, {one.id.partition(":")[2]: one.severity for one in notes.findings}


def test_a_list_that_comes_whole_is_as_promised() -> None:
    assert walked(WALK, WANTED) == (Outcome.AS_PROMISED, "3 items, 0 lost, 0 twice, 1 request", {})


@pytest.mark.parametrize(
    ("identities", "what"), [(["a", "c"], "many:lost"), (["a", "b", "b", "c"], "many:twice")]
)
def test_items_that_are_lost_or_come_twice_lose_data(identities: Any, what: str) -> None:
    outcome, _, findings = walked(WALK, identities)

    assert outcome == Outcome.DIFFERS
    assert findings == {what: Severity.LOSES}


def test_an_error_in_the_middle_breaks_customers_beside_what_is_lost() -> None:
    _, detail, findings = walked(WALK, ["a"], error(status=500))

    assert findings == {"many:raises": Severity.BREAKS, "many:lost": Severity.LOSES}
    assert detail == "1 item, 2 lost, 0 twice, 1 request, raises ApiError with status 500"


def test_items_that_come_twice_since_others_arrived_are_a_fact() -> None:
    moving = replace(WALK, moves=True)

    assert walked(moving, ["a", "a", "b", "c"])[::2] == (Outcome.FACT, {})
    assert walked(moving, ["a", "c"])[2] == {"many:lost": Severity.LOSES}


def test_of_a_server_that_repeats_itself_it_is_told_how_long_the_sdk_went_on() -> None:
    endless = replace(WALK, bounded=True)

    told = "9 items, 0 lost, 8 twice, 1 request, does not notice that pages repeat"
    assert walked(endless, ["a"] * 9) == (Outcome.FACT, told, {})
    assert walked(endless, WANTED)[1] == "3 items, 0 lost, 0 twice, 1 request"


MIDWAY = replace(WALK, what="empty-midway", midway=EMPTY)


@pytest.mark.parametrize(
    ("identities", "raised", "found"),
    [
        (["a"], error(status=200), {}),
        (WANTED, None, {}),
        (["a"], None, {"empty-midway:lost": Severity.LOSES}),
        (["a"], error(is_own=False), {"empty-midway:foreign-error": Severity.MISLEADS}),
        (["a", "a", "b", "c"], None, {"empty-midway:twice": Severity.LOSES}),
    ],
    ids=["an error", "asked again", "a silent end", "another's error", "a page given twice"],
)
def test_a_list_that_breaks_off_midway_loses_data_unless_an_error_says_so(
    identities: Any, raised: Any, found: dict[str, Severity]
) -> None:
    assert walked(MIDWAY, identities, raised)[2] == found


def test_only_the_second_page_is_answered_otherwise() -> None:
    assert [MIDWAY.script(number) for number in range(3)] == [None, EMPTY, None]
    assert WALK.script(1) is None


def test_a_walk_tells_its_numbers_and_its_error() -> None:
    bench = RecordedBench(samples.contract("jobs"), honest)
    notes = Notes(Question.WALKS, bench)

    note_walk(notes, WALK, attempt(request(bench, Call()), raised=error(), identities=["a", "a"]), WANTED, 9)

    (check,) = notes.checks
    assert check.counts == {"items": 2, "lost": 2, "twice": 1, "requests": 1}
    assert check.error == "ApiError"


class Peer(BaseHTTPRequestHandler):
    """Stands for an emulator: notes what it is asked, and answers what it is given to say."""

    said = b""
    asked = ""

    def do_GET(self) -> None:
        type(self).asked = self.path
        self.wfile.write(self.said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def listed(said: bytes, demanded: Any) -> tuple[list[Any], str]:
    """Give what is read of a list of one item, and what was asked for it."""
    bench = RecordedBench(samples.contract("jobs"), honest)
    bench.demanded = demanded
    pagination = bench.fragment.pagination
    assert pagination
    peer = type("One", (Peer,), {"said": said})
    with HTTPServer(("127.0.0.1", 0), peer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        found = walks._listed(bench, pagination, ("127.0.0.1", server.server_port), 1, {})
    return found, peer.asked  # type: ignore[attr-defined]


def test_what_a_list_holds_is_asked_for_with_every_value_escaped_once() -> None:
    body = json.dumps({"result": [{"id": "a"}]}).encode()

    _, asked = listed(b"HTTP/1.1 200 OK\r\n\r\n" + body, {"q": "a b,c%&ü"})

    assert parse_qs(asked.partition("?")[2])["q"] == ["a b,c%&ü"]


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"HTTP/1.1 200 OK\r\n\r\n{"],
    ids=["nothing", "no status", "a part", "no JSON"],
)
def test_an_emulator_that_does_not_answer_as_one_keeps_a_release_from_being_tested(said: bytes) -> None:
    with pytest.raises(CouldNotTest, match="the emulator does not answer"):
        listed(said, {})


def test_an_emulator_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "TIMEOUT_S", 0.01)
    bench = RecordedBench(samples.contract("jobs"), honest)

    with create_server(("127.0.0.1", 0)) as silent, pytest.raises(CouldNotTest, match="timed out"):
        walks._page(bench, silent.getsockname(), "")


Asking = Callable[[int, dict[str, Any]], dict[str, Any]]
"""Gives what an SDK asks for beside the number of a page, of which page it is, and of what it was given."""


def paging(asking: Asking, first: int | None = None) -> Sdk:
    """Make an SDK that reads pages until one is empty, from the given one on, or always from the same."""

    def sdk(bench: RecordedBench, call: Call) -> Attempt:
        assert call.address
        arguments, found, requests = dict(call.arguments), list[Any](), list[Recorded]()
        start = arguments.pop("page", 1)
        for number in range(first or start, call.walk_limit):
            query = urlencode({**asking(number - (first or start), arguments), "page": number})
            items = walks._page(bench, call.address, query)["result"]
            requests.append(request(bench, call))
            found += [item["job_id"] for item in items]
            if not items or len(found) >= call.walk_limit:
                break
        return attempt(*requests, identities=found[: call.walk_limit])

    return sdk


@pytest.fixture(scope="module")
def emulators() -> Iterator[Emulators]:
    with Emulators(samples.contract("jobs").fragment) as started:
        yield started


def asked_in_part(sdk: Sdk, emulators: Emulators) -> tuple[list[Check], dict[str, Severity]]:
    """Give the rows and the findings of lists that are asked for with arguments."""
    bench = RecordedBench(samples.contract("jobs"), sdk)
    bench.emulators = emulators
    notes, pagination = Notes(Question.WALKS, bench), bench.fragment.pagination
    assert pagination
    for walk in walks._in_part(bench, pagination, 20):
        walks._ask(bench, notes, pagination, walk, 20)
    return notes.checks, {one.id.removeprefix("walks:with-"): one.severity for one in notes.findings}


def test_what_a_customer_asks_for_holds_for_every_page(emulators: Emulators) -> None:
    checks, findings = asked_in_part(paging(lambda _, given: given), emulators)

    assert findings == {}
    assert [check.id for check in checks] == [
        f"walks:with-{name}" for name in ("per_page", "page", "action_type", "status")
    ]
    assert checks[0].title == "40 items with per_page=1"
    assert checks[0].detail == "40 items, 0 lost, 0 twice, 0 not asked for, 41 requests"
    # So much of each that it does not fit into one page.
    assert all(check.counts["requests"] > 2 for check in checks)


def test_an_sdk_that_forgets_what_was_asked_for_after_the_first_page_is_found_out(
    emulators: Emulators,
) -> None:
    _, findings = asked_in_part(paging(lambda turn, given: {} if turn else given), emulators)

    assert findings == {
        "per_page:lost": Severity.LOSES,
        "action_type:twice": Severity.LOSES,
        "action_type:unasked": Severity.BREAKS,
        "status:twice": Severity.LOSES,
        "status:unasked": Severity.BREAKS,
    }


def test_an_sdk_that_reads_from_the_first_page_whatever_is_asked_for_is_found_out(
    emulators: Emulators,
) -> None:
    checks, findings = asked_in_part(paging(lambda _, given: given, first=1), emulators)

    assert findings == {"page:unasked": Severity.BREAKS}
    assert checks[1].detail == "60 items, 0 lost, 0 twice, 20 not asked for, 4 requests"


def test_an_argument_that_the_method_lacks_is_no_finding(emulators: Emulators) -> None:
    def lacking(_: RecordedBench, call: Call) -> Attempt:
        return Attempt((), 0.0, unsupported=tuple(call.arguments))

    checks, findings = asked_in_part(lacking, emulators)

    assert findings == {}
    assert {check.outcome for check in checks} == {Outcome.NOT_SUPPORTED}
    assert checks[1].detail == "the method has no argument page"
