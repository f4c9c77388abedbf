"""The server between an SDK and the emulator, on loopback."""

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest
import samples

from contracts.emulator.app import Emulator
from contracts.emulator.server import RunningEmulator
from contracts.sdk.recorder import Recorder, Reply
from contracts.sdk.replies import cut

NOBODY = ("127.0.0.1", 1)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def ask(url: str, target: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    try:
        connection.request("GET", target, headers={"X-Mark": "one"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_scripted_answer_is_given_and_the_request_recorded_as_it_came(recorder: Recorder) -> None:
    recorder.start(NOBODY, lambda number: Reply(202, body=b"%d" % number))

    answers = [ask(recorder.origin, "/a%2Fb?c=%20"), ask(recorder.elsewhere, "/d")]

    assert answers == [(202, b"0"), (202, b"1")]
    first, second = recorder.taken()
    assert (first.method, first.target, first.header("x-mark")) == ("GET", "/a%2Fb?c=%20", "one")
    assert (first.is_elsewhere, second.is_elsewhere) == (False, True)


def test_the_body_of_a_request_is_recorded(recorder: Recorder) -> None:
    recorder.start(NOBODY, lambda number: Reply())
    connection = HTTPConnection(urlsplit(recorder.elsewhere).netloc)

    connection.request("POST", "/", b"told")
    connection.getresponse().read()
    connection.close()

    assert [one.body for one in recorder.taken()] == [b"told"]


def test_a_dropped_connection_has_no_answer_and_is_recorded(recorder: Recorder) -> None:
    recorder.start(NOBODY, lambda number: Reply(is_dropped=True))

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(recorder.origin, "/")

    assert len(recorder.taken()) == 1


def test_a_connection_that_breaks_in_the_midst_of_the_body_announces_what_does_not_come(
    recorder: Recorder,
) -> None:
    recorder.start(NOBODY, lambda number: cut(b'{"result": []}'))

    with pytest.raises(IncompleteRead) as broken:
        ask(recorder.origin, "/")

    assert (broken.value.partial, broken.value.expected) == (b'{"resul', 7)


def test_what_no_script_answers_is_passed_on_to_the_emulator(recorder: Recorder) -> None:
    fragment = samples.contract("jobs").fragment
    with RunningEmulator(Emulator(fragment)) as emulator:
        recorder.start(("127.0.0.1", emulator.port))

        status, _ = ask(recorder.origin, f"{fragment.prefix}{fragment.path}")

    assert status == 401
    assert recorder.taken()[0].reply.status == 401


def test_an_emulator_that_is_gone_is_not_laid_to_the_sdk(recorder: Recorder) -> None:
    recorder.start(NOBODY)

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(recorder.origin, "/")

    assert "emulator" in recorder.failure


def test_an_emulator_that_was_gone_spoils_no_later_scenario(recorder: Recorder) -> None:
    recorder.start(NOBODY)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(recorder.origin, "/")

    recorder.start(NOBODY, lambda number: Reply(202))

    assert ask(recorder.origin, "/") == (202, b"")
    assert recorder.failure == ""


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"],
    ids=["before it", "without a status", "in its body"],
)
def test_an_emulator_that_ends_in_the_midst_of_an_answer_is_not_laid_to_the_sdk(
    recorder: Recorder, said: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dying:
        recorder.start(dying.getsockname())

        def die() -> None:
            connection, _ = dying.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        threading.Thread(target=die, daemon=True).start()
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            ask(recorder.origin, "/")

    assert "emulator" in recorder.failure


def test_a_request_that_the_emulator_cannot_be_sent_is_answered_as_it_would(recorder: Recorder) -> None:
    recorder.start(NOBODY)

    assert recorder.answer("GET", "/a b", (), is_elsewhere=False) == Reply(400)
    assert recorder.failure == ""
