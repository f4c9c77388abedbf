"""How long a block may wait for a connection."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from socket import socket, socketpair

import pytest

from contracts.deadline import Deadline

SOON_S, LONG_S = 0.05, 20.0
Connect = Callable[[], tuple[socket, socket]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as opened:

        def made() -> tuple[socket, socket]:
            ours, theirs = socketpair()
            ours.settimeout(LONG_S)
            return opened.enter_context(ours), opened.enter_context(theirs)

        yield made


@pytest.fixture
def deadline(request: pytest.FixtureRequest) -> Iterator[Deadline]:
    deadline = Deadline(getattr(request, "param", SOON_S))
    yield deadline
    deadline.close()


def test_who_waits_too_long_is_woken_each_time(deadline: Deadline, connect: Connect) -> None:
    for _ in range(2):
        ours, _theirs = connect()
        deadline.watch(ours)

        with pytest.raises(TimeoutError), deadline:
            ours.recv(1)


def test_a_connection_that_comes_about_too_late_is_of_no_use(deadline: Deadline, connect: Connect) -> None:
    slow, late = connect()[0], connect()[0]
    deadline.watch(slow)
    heard = []

    def open_late() -> None:
        slow.recv(1)
        deadline.watch(late)
        heard.append(late.recv(1))

    with pytest.raises(TimeoutError), deadline:
        open_late()
    assert heard == [b""]


def test_a_connection_that_is_closed_already_does_no_harm(deadline: Deadline, connect: Connect) -> None:
    ours, waiting = connect()[0], connect()[0]
    ours.close()
    deadline.watch(ours)
    waiting.settimeout(4 * SOON_S)

    with pytest.raises(TimeoutError, match=r"^$"), deadline:
        waiting.recv(1)


def test_what_is_over_is_so_though_the_thread_that_looks_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deadline, "_look", lambda _: None)
    deadline = Deadline(0.0)

    with pytest.raises(TimeoutError, match=r"^$"), deadline:
        raise LookupError


@pytest.mark.parametrize("deadline", [60.0], indirect=True)
def test_an_error_of_a_block_that_is_in_time_is_the_blocks_own(deadline: Deadline) -> None:
    with pytest.raises(LookupError), deadline:
        raise LookupError


def test_an_interruption_is_never_called_a_timeout(deadline: Deadline, connect: Connect) -> None:
    ours, _theirs = connect()
    deadline.watch(ours)

    def wait_and_interrupt() -> None:
        ours.recv(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), deadline:
        wait_and_interrupt()


@pytest.mark.parametrize("deadline", [60.0], indirect=True)
def test_a_connection_is_left_open_by_a_block_in_time(deadline: Deadline, connect: Connect) -> None:
    ours, theirs = connect()
    deadline.watch(ours)

    with deadline:
        theirs.sendall(b"a")

    assert ours.recv(1) == b"a"
