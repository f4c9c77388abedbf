import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest
from plain_jsonschema import schema_errors

from contracts.emulator.app import Emulator
from contracts.emulator.server import RunningEmulator
from contracts.emulator.variants import variants
from contracts.errors import UsageError
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
EMULATOR = Emulator(FRAGMENT, jobs=50)
OWN = EMULATOR.credentials.own_account
PATH = f"/accounts/{OWN}/email-security/investigate/bulk"
TOKEN = {"Authorization": f"Bearer {EMULATOR.credentials.values['api_token']}"}
TIMEOUT_S = 60
ROOT = str(Path(__file__).parents[2])


def talk(port: int, *pieces: bytes) -> list[tuple[int, bytes]]:
    """Send bytes as they are, and give status and body of all answers until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            rest = stream.read()
    answers = []
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
        answers.append((int(head.split()[1]), rest[:length]))
        rest = rest[length:]
    return answers


def test_it_serves_on_a_free_port_as_soon_as_it_is_entered() -> None:
    with RunningEmulator(EMULATOR) as first, RunningEmulator(Emulator(FRAGMENT, jobs=3)) as second:
        sizes = [
            len(httpx.get(running.base_url + PATH, headers=TOKEN).json()["result"])
            for running in (first, second)
        ]

    assert sizes == [20, 3]
    assert first.port != second.port
    assert first.base_url == f"http://127.0.0.1:{first.port}/client/v4"


def test_it_serves_on_the_port_that_was_asked_for_and_again_after_it_stopped() -> None:
    with RunningEmulator(EMULATOR) as free:
        port = free.port

    for _ in range(2):
        with RunningEmulator(EMULATOR, port) as running:
            assert running.port == port
            assert httpx.get(running.base_url + PATH, headers=TOKEN).status_code == 200


def test_nothing_answers_after_it_stopped() -> None:
    with RunningEmulator(EMULATOR) as running:
        pass

    with pytest.raises(httpx.ConnectError):
        httpx.get(running.base_url + PATH)


def test_idle_connections_do_not_delay_the_end() -> None:
    with httpx.Client(headers=TOKEN) as client:
        with RunningEmulator(EMULATOR) as running:
            client.get(running.base_url + PATH)
            before = threading.active_count()
            started = time.monotonic()
        elapsed_s = time.monotonic() - started

    assert threading.active_count() == before - 1
    # An idle connection is kept for minutes; this only tells waiting from not waiting.
    assert elapsed_s < 30


def test_many_clients_are_served_at_once() -> None:
    answers: list[int] = []

    def read(base: str) -> None:
        with httpx.Client(headers=TOKEN) as client:
            answers.extend(client.get(base + PATH, params={"page": page}).status_code for page in range(1, 6))

    with RunningEmulator(EMULATOR) as running:
        readers = [threading.Thread(target=read, args=(running.base_url,)) for _ in range(10)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert answers == [200] * 50


@pytest.mark.parametrize("port", [None, 70_000], ids=["in use", "no port"])
def test_a_port_that_cannot_be_taken_is_told_in_a_sentence(port: int | None) -> None:
    with RunningEmulator(EMULATOR) as running:
        wanted = port or running.port
        again = RunningEmulator(EMULATOR, wanted)
        with pytest.raises(UsageError) as refused:
            again.__enter__()

    assert str(refused.value).startswith(f"port {wanted} of 127.0.0.1 cannot be served (")
    assert "\n" not in str(refused.value)


HEAD = b"GET %s HTTP/1.1\r\nhost: a\r\n" % PATH.encode()
MALFORMED = {
    "garbage": [b"\x00\xff\r\n\r\n"],
    "bytes beyond ASCII in the path": [b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n"],
    "space in the path": [b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n"],
    "no host": [b"GET / HTTP/1.1\r\n\r\n"],
    "space in a header name": [HEAD + b"x y: 1\r\n\r\n"],
    "NUL in a header": [HEAD + b"x: \x00\r\n\r\n"],
    "negative length": [HEAD + b"content-length: -1\r\n\r\n"],
    "two lengths": [HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\n"],
    "HTTP/0.9": [b"GET /\r\n\r\n"],
    "TLS": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n"],
    "broken chunk": [HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"],
}


@pytest.mark.parametrize("pieces", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_http_is_refused_with_the_envelope(
    pieces: list[bytes], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with RunningEmulator(EMULATOR) as running:
        answers = talk(running.port, *pieces)

    response = FRAGMENT.response(400)
    assert response
    assert response.body
    assert [status for status, _ in answers] == [400]
    assert schema_errors(FRAGMENT, response.body, json.loads(answers[0][1])) == []
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


ODD = {
    "absolute form without a path": ([b"GET http://other.example HTTP/1.1\r\nHost: h\r\n\r\n"], [404]),
    "absolute form with a query": ([b"GET http://other.example?a=1 HTTP/1.1\r\nHost: h\r\n\r\n"], [404]),
    "absolute form": ([b"GET http://other.example" + HEAD[4:] + b"\r\n"], [401]),
    "asterisk": ([b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"], [404]),
    "CONNECT": ([b"CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n"], [400]),
    "WebSocket": ([HEAD + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n"], [401]),
    "bytes beyond ASCII in a header": ([HEAD + b"authorization: Bearer \xff\xfe\r\n\r\n"], [401]),
    "HTTP/1.0": ([b"GET / HTTP/1.0\r\n\r\n"], [404]),
    "pipelined": ([(HEAD + b"\r\n") * 3], [401, 401, 401]),
    "garbage after a request": ([HEAD + b"\r\n", b"\x00\r\n\r\n"], [401, 400]),
    "body that does not come": ([HEAD + b"content-length: 10\r\n\r\nab"], [401]),
    "body that is waited with": ([HEAD + b"content-length: 10\r\nexpect: 100-continue\r\n\r\n"], [401]),
    "byte for byte": ([bytes([byte]) for byte in HEAD + b"\r\n"], [401]),
    "half a request": ([HEAD], []),
}


@pytest.mark.parametrize(("pieces", "statuses"), ODD.values(), ids=ODD)
def test_unusual_http_is_answered(pieces: list[bytes], statuses: list[int]) -> None:
    with RunningEmulator(EMULATOR) as running:
        answers = talk(running.port, *pieces)

    assert [status for status, _ in answers] == statuses


SERVE = """
from contracts.emulator.app import Emulator
from contracts.emulator.server import serve
from contracts.fragment import default_fragment
serve(Emulator(default_fragment()), 0, lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


def test_a_person_stops_it_with_ctrl_c_and_sees_no_traceback() -> None:
    command = [sys.executable, "-W", "error", "-c", SERVE]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    ) as served:
        assert served.stdout
        url = served.stdout.readline().strip()
        with httpx.Client(headers=TOKEN) as client:
            status = client.get(url + PATH).status_code
            served.send_signal(signal.SIGINT)
            out, err = served.communicate(timeout=TIMEOUT_S)

    assert (status, out, err, served.returncode) == (200, "stopped\n", "", 0)


def heads(variant: str, requests: int = 2) -> list[bytes]:
    """Give what the answers to some requests over one connection begin with, as bytes came."""
    emulator = Emulator(FRAGMENT, jobs=3, variant=variants(FRAGMENT)[variant])
    with (
        RunningEmulator(emulator) as running,
        socket.create_connection(("127.0.0.1", running.port)) as connection,
    ):
        connection.sendall((HEAD + b"\r\n") * requests)
        connection.settimeout(TIMEOUT_S)
        with connection.makefile("rb") as stream:
            found = [_head(stream) for _ in range(requests)]
    return [head for head in found if head]


def _head(stream: BinaryIO) -> bytes:
    head = b"".join(iter(stream.readline, b"\r\n")) if stream.peek(1) else b""
    length = [int(line.split(b":")[1]) for line in head.splitlines() if line.startswith(b"content-length")]
    stream.read(sum(length))
    return head


def test_an_old_server_answers_http_1_0_and_hangs_up() -> None:
    (head,) = heads("http-1.0")

    assert head.startswith(b"HTTP/1.0 401 ")
    assert b"connection: close" in head


def test_a_server_that_closes_its_connections_answers_once() -> None:
    (head,) = heads("connection-closed")

    assert head.startswith(b"HTTP/1.1 401 ")


def test_a_chunked_answer_says_no_length_and_is_read_the_same() -> None:
    (head,) = heads("chunked", requests=1)
    emulators = [
        Emulator(FRAGMENT, jobs=50, variant=variant) for variant in (None, variants(FRAGMENT)["chunked"])
    ]

    bodies = []
    for emulator in emulators:
        with RunningEmulator(emulator) as running:
            bodies.append(httpx.get(running.base_url + PATH, headers=TOKEN).content)

    assert b"transfer-encoding: chunked" in head.lower()
    assert b"content-length" not in head
    assert bodies[0] == bodies[1]


def test_a_slow_server_takes_its_time() -> None:
    emulator = Emulator(FRAGMENT, jobs=3, variant=variants(FRAGMENT)["slow"])
    with RunningEmulator(emulator) as running:
        answer = httpx.get(running.base_url + PATH, headers=TOKEN)

    assert answer.elapsed.total_seconds() >= emulator.variant.delay_s


def test_head_is_answered_without_a_body_where_it_is_answered() -> None:
    emulator = Emulator(FRAGMENT, jobs=3, variant=variants(FRAGMENT)["head-answered"])
    with RunningEmulator(emulator) as running:
        answer = httpx.head(running.base_url + PATH, headers=TOKEN)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_what_comes_behind_an_upgrade_that_is_not_made_is_answered_too() -> None:
    upgrade = HEAD + b"connection: upgrade\r\nupgrade: h2c\r\n\r\n"
    with RunningEmulator(EMULATOR) as running:
        answers = talk(running.port, upgrade + HEAD + b"\r\n", HEAD + b"\r\n")

    assert [status for status, _ in answers] == [401, 401, 401]


def test_nothing_is_answered_behind_an_answer_that_closes_the_connection() -> None:
    with RunningEmulator(EMULATOR) as running:
        answers = talk(running.port, HEAD + b"connection: close\r\n\r\n" + HEAD + b"\r\n")

    assert [status for status, _ in answers] == [401]


def test_a_client_that_asks_for_much_before_it_reads_gets_all_of_it() -> None:
    request = HEAD + b"authorization: " + TOKEN["Authorization"].encode() + b"\r\n\r\n"
    with (
        RunningEmulator(EMULATOR) as running,
        socket.create_connection(("127.0.0.1", running.port), timeout=TIMEOUT_S) as connection,
    ):
        # Far more than sockets hold: neither side must wait for the other for ever.
        sending = threading.Thread(target=connection.sendall, args=(request * 3000,))
        sending.start()
        with connection.makefile("rb") as stream:
            heads = [_head(stream) for _ in range(3000)]
        sending.join()

    assert {head.split(b"\r\n")[0] for head in heads} == {b"HTTP/1.1 200 OK"}


def test_a_slow_server_answers_in_the_order_it_was_asked() -> None:
    emulator = Emulator(FRAGMENT, jobs=3, variant=variants(FRAGMENT)["slow"])
    with RunningEmulator(emulator) as running:
        answers = talk(running.port, HEAD + b"\r\n" + b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")

    assert [status for status, _ in answers] == [401, 404]


def test_a_client_of_old_http_gets_no_chunks() -> None:
    emulator = Emulator(FRAGMENT, jobs=3, variant=variants(FRAGMENT)["chunked"])
    with (
        RunningEmulator(emulator) as running,
        socket.create_connection(("127.0.0.1", running.port), timeout=TIMEOUT_S) as connection,
    ):
        connection.sendall(HEAD.replace(b"1.1", b"1.0") + b"\r\n")
        with connection.makefile("rb") as stream:
            head, _, body = stream.read().partition(b"\r\n\r\n")

    assert b"chunked" not in head
    assert not json.loads(body)["success"]


def test_an_answer_has_the_date_of_now() -> None:
    with RunningEmulator(EMULATOR) as running:
        told = parsedate_to_datetime(httpx.get(running.base_url + PATH, headers=TOKEN).headers["date"])

    assert abs((datetime.now(UTC) - told).total_seconds()) < TIMEOUT_S


def test_a_server_that_is_told_to_end_by_a_supervisor_ends_as_with_ctrl_c() -> None:
    command = [sys.executable, "-W", "error", "-c", SERVE]
    environment = {**os.environ, "PYTHONPATH": ROOT}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as served:
        assert served.stdout
        served.stdout.readline()
        served.terminate()
        out, err = served.communicate(timeout=TIMEOUT_S)

    assert (out, err, served.returncode) == ("stopped\n", "", 0)
