"""What a run records of its exchanges can be judged again, and says the same, or nothing."""

import json
import stat
from datetime import UTC, datetime

import audited
import pytest
import samples

from contracts.audit.lines import read
from contracts.client import Sent
from contracts.contract import Contract
from contracts.errors import CouldNotTest, UsageError
from contracts.redaction import Redactor
from contracts.reports import retelling
from contracts.reports.recording import Recorder
from contracts.wire import Answer, NoAnswer

START = datetime(2026, 11, 24, tzinfo=UTC)
JOBS = samples.contract("jobs")
SECRET = "hunter2-hunter2"
REQUEST = samples.request(JOBS, [], headers=(("Authorization", "Bearer $CLOUDFLARE_API_TOKEN"),))
MAIL = "someone@harbour.example"


class Full:
    """A file on a full disk."""

    def write(self, line):
        raise OSError(28, "No space left on device")

    def close(self):
        pass


def scrub(text):
    return text.replace(SECRET, "$SECRET")


def page(*changes):
    return json.dumps(samples.page(JOBS, *(samples.job(number, **one) for number, one in enumerate(changes))))


def recorded(tmp_path, *all_came, contract=JOBS):
    path = tmp_path / "recorded.jsonl"
    with Recorder(path, contract, scrub) as recorder:
        for number, came in enumerate(all_came, 1):
            recorder.add(Sent(number, START, 9.5, REQUEST, came))
    return [read(line) for line in path.read_bytes().splitlines()]


def answer(body, *headers, status=200):
    return Answer(status, (samples.JSON_TYPE, *headers), body.encode(), 12.0)


def said(*bodies):
    """Give what an audit of answers with these bodies counts, as they came."""
    return audited.seen(*(audited.record(body.encode(), request_headers=REQUEST.headers) for body in bodies))


def test_a_recording_of_sound_and_broken_answers_says_what_the_answers_say(tmp_path):
    bodies = [page({"comment": MAIL}), page({"status": "NONE"}, {}), page({"created_at": "soon"}), "<html>"]

    records = recorded(tmp_path, *map(answer, bodies))

    assert all(one.body for one in records)
    assert audited.seen(*records) == said(*bodies)
    assert audited.broken(*records) == {
        "200.result[].status:enum",
        "200.result[].created_at:format",
        "200:json",
    }


@pytest.mark.parametrize("body", ["", page({})[:-1]], ids=["empty", "breaks off"])
def test_a_recording_says_that_what_it_holds_is_all_that_came(tmp_path, body):
    (one,) = recorded(tmp_path, answer(body))

    assert "200:json" in audited.broken(one)


def test_nothing_private_and_no_secret_is_recorded(tmp_path):
    echo = ("x-echo", SECRET), ("date", SECRET), ("set-cookie", "session=s3ss10n")
    body = page({"comment": MAIL, "status": SECRET, "undeclared": MAIL})

    (one,) = recorded(tmp_path, answer(body, *echo))

    text = (tmp_path / "recorded.jsonl").read_text()
    assert not [private for private in (MAIL, SECRET, "s3ss10n", "harbour") if private in text]
    assert one.response_headers == (samples.JSON_TYPE,)
    assert one.request_headers == REQUEST.headers


def test_values_are_recorded_where_they_are_shown_but_no_secret(tmp_path):
    shown = Contract(audited.FRAGMENT, samples.AS_OF, Redactor(b"key", shows_values=True))

    recorded(tmp_path, answer(page({"comment": MAIL, "status_message": SECRET})), contract=shown)

    text = (tmp_path / "recorded.jsonl").read_text()
    assert MAIL in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "body",
    ['{"success": true, "success": true}', "\ufeff{}", '{"success": "' + "x" * 9000 + '", "success": 1}'],
    ids=["twice", "byte order mark", "long and twice"],
)
def test_a_body_that_would_say_something_else_is_left_out(tmp_path, body):
    assert [one.body for one in recorded(tmp_path, answer(body))] == [None]


def test_what_came_in_place_of_an_answer_is_recorded_and_tells_nothing(tmp_path):
    gone = NoAnswer("the connection broke")
    away = NoAnswer("not available", status=503, headers={"retry-after": "1"})

    records = recorded(tmp_path, gone, away, Answer(429, (), b"slow down", 1.0))

    assert [(one.status, one.elapsed_ms) for one in records] == [(0, 9.5), (503, 9.5), (429, 1.0)]
    assert audited.broken(*records) == set()


def test_the_length_and_the_coding_of_the_transfer_are_not_recorded(tmp_path):
    body = page({})

    (one,) = recorded(tmp_path, answer(body, ("Content-Length", "99999"), ("Content-Encoding", "gzip")))

    assert one.response_headers == (samples.JSON_TYPE,)
    assert audited.seen(one) == said(body)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Deprecation", "@1688169599;hint=s3cret", "@1688169599"),
        ("Sunset", "Wednesday, 11-Nov-26 23:59:59 GMT", "Wed, 11 Nov 2026 23:59:59 GMT"),
        ("Sunset", "s3cret", None),
    ],
)
def test_an_announced_date_is_recorded_as_a_date_and_nothing_else_of_it(tmp_path, name, value, told):
    (one,) = recorded(tmp_path, answer(page({}), (name, value)))

    assert one.response_header(name.lower()) == told


def test_a_recording_is_added_to_and_a_line_that_was_cut_is_ended(tmp_path):
    path = tmp_path / "recorded.jsonl"
    path.write_bytes(b'{"exchange":')

    with Recorder(path, JOBS, scrub) as recorder:
        recorder.add(Sent(1, START, 9.5, REQUEST, answer(page({}))))

    cut, line = path.read_bytes().splitlines()
    assert cut == b'{"exchange":'
    assert read(line).status == 200


def test_only_its_owner_can_read_a_recording(tmp_path):
    recorded(tmp_path, answer(page({})))

    assert (tmp_path / "recorded.jsonl").stat().st_mode & 0o077 == 0


def test_only_its_owner_can_read_a_recording_that_was_there_already(tmp_path):
    path = tmp_path / "recorded.jsonl"
    path.write_text("")
    path.chmod(0o644)

    recorded(tmp_path, answer(page({})))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_header_is_recorded_of_which_the_name_or_the_value_is_a_secret(tmp_path):
    headers = (f"x-{SECRET}", "<not shown>"), ("x-other", "<not shown>")

    (one,) = recorded(tmp_path, answer(page({}), *headers))

    assert SECRET not in (tmp_path / "recorded.jsonl").read_text()
    assert one.response_headers == (samples.JSON_TYPE,)


def test_a_recording_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "no folder" / "x", JOBS, scrub)


def test_a_recording_for_which_there_is_no_room_any_more_ends_the_run(tmp_path):
    with Recorder(tmp_path / "recorded.jsonl", JOBS, scrub) as recorder:
        recorder._file.close()
        recorder._file = Full()
        with pytest.raises(CouldNotTest, match=r"cannot be written any more \(No space left on device\)"):
            recorder.add(Sent(1, START, 9.5, REQUEST, answer(page({}))))


def test_bodies_of_an_archive_are_told_while_there_is_room(monkeypatch):
    body = page({}).encode()
    exchanges = [samples.exchange(REQUEST, body, offset=number) for number in range(3)]
    monkeypatch.setattr(retelling, "MAX_BODIES_BYTES", 2 * len(body))

    found = retelling.bodies(exchanges, JOBS, scrub)

    assert 0 < len(found) < 3
