"""The audit as a whole: what it finds, how it ends, that it can be ended, and that the result is the same
however the work was done."""

import errno
import gc
import json
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
import threading
import traceback
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from multiprocessing import Pipe, active_children
from pathlib import Path

import audited
import pytest
import samples
from sample_records import problems

from contracts import __version__
from contracts.__main__ import main
from contracts.audit import checkpoint, cluster, command, workers
from contracts.audit.command import AuditOptions, audit
from contracts.audit.generation import generate
from contracts.audit.judging import Terms
from contracts.audit.lines import write
from contracts.audit.pieces import Piece
from contracts.errors import UsageError
from contracts.reports import folder

ROOT = Path(__file__).resolve().parents[2]
KEY = "a key for tests, of no worth"
_TIMES = re.compile(r' "(?:started|finished|seconds)": .*\n')
OTHER = audited.record(url=audited.url() + "/more")
_DRIVER = """
import signal
import sys
from datetime import date
from pathlib import Path
from contracts.audit.checkpoint import Checkpoint
from contracts.audit.command import AuditOptions, audit
from contracts.fragment import default_fragment

# A shell that starts the tests in the background lets them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
save = Checkpoint.save

def telling(self):
    save(self)
    print(len(self.done), flush=True)
    if len(self.done) == 3:
        sys.stdin.read()

Checkpoint.save = telling
options = AuditOptions([sys.argv[1]], date(2026, 11, 24), Path(sys.argv[2]), piece_bytes=2_000_000)
sys.exit(audit(default_fragment(), options))
"""
_ENDLESS = """
import sys
from datetime import date
from contracts.audit.judging import Terms
from contracts.audit.pieces import Piece
from contracts.audit.workers import judged
from contracts.fragment import default_fragment

def pieces():
    yield Piece(sys.argv[1], 0, 9, 9, place=sys.argv[1])
    print("given", flush=True)
    yield Piece(sys.argv[1], 0, 9, 9, place=sys.argv[1])

list(judged(Terms(default_fragment(), date(2026, 11, 24)), pieces(), 2))
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A recording with every violation that one answer shows."""
    path = tmp_path_factory.mktemp("audit") / "made.jsonl"
    generate(audited.FRAGMENT, samples.AS_OF, 1_000_000, path)
    return path


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("CONTRACT_PSEUDONYM_KEY", KEY)


def options(path, reports, **changes):
    return replace(AuditOptions([str(path)], samples.AS_OF, reports), **changes)


def result(reports):
    return _TIMES.sub("", (reports / "compliance.json").read_text())


@pytest.fixture(scope="module")
def alone(recording, tmp_path_factory):
    """The record of an audit in one process, in one piece."""
    reports = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRACT_PSEUDONYM_KEY", KEY)
        assert audit(audited.FRAGMENT, options(recording, reports, piece_bytes=10**9)) == 1
    return reports


def test_every_violation_that_was_made_is_found_and_no_other(recording, alone):
    report = json.loads((alone / "compliance.json").read_text())
    expected = json.loads(recording.with_name("made.jsonl.expected.json").read_text())

    assert problems(report) == []
    assert report["recording"]["answers_broken"] == expected["answers_broken"]
    assert report["recording"]["read"] == expected["exchanges"]
    assert report["recording"]["passed_over"] == expected["other_operations"]
    assert len(expected["answers_broken"]) > 100
    assert not (alone / "audit-checkpoint.json").exists()


def test_the_days_add_up_to_the_whole(alone):
    report = json.loads((alone / "compliance.json").read_text())

    days = report["days"]
    assert sum(day["answers"] for day in days["days"]) == report["requests"]["answered"]
    for entry in report["clauses"]:
        counts = [day["clauses"].get(entry["id"], [0, 0]) for day in days["days"]]
        assert [sum(side) for side in zip(*counts, strict=True)] == [entry["checked"], entry["broken"]]
        broken = [day["day"] for day in days["days"] if day["clauses"].get(entry["id"], [0, 0])[1]]
        assert days["broken"].get(entry["id"]) == ([broken[0], broken[-1]] if broken else None)


def test_of_every_value_that_was_sent_it_is_told_how_often_on_which_day_and_to_whom(alone):
    report = json.loads((alone / "compliance.json").read_text())

    days = report["days"]
    enums = [entry for entry in report["clauses"] if entry["keyword"] == "enum" and entry["points"]]
    assert enums
    for entry in enums:
        sent = {point: times for point, times in entry["points"].items() if times}
        by_day = [day["values"].get(entry["id"], {}) for day in days["days"]]
        assert {point: sum(one.get(point, 0) for one in by_day) for point in sent} == sent
        callers = days["callers"].get(entry["id"], {})
        assert callers.keys() == sent.keys()
        assert {point: who["accounts"]["last"][0][1] for point, who in callers.items()} == {
            point: last for point, (_, last) in days["points"][entry["id"]].items()
        }


def test_the_page_says_how_many_days_a_bar_is_and_who_got_a_value_last(alone):
    page = (alone / "compliance.html").read_text()

    assert "Each bar, and each row of a table by day, is 2 days." in page
    assert re.search("The highest bar here is [0-9,]+ answers[.]", page)
    assert "Accounts that got it last: <code>" in page


@pytest.mark.parametrize("piece_bytes", [300_001, 4_000_000])
def test_the_size_of_the_pieces_does_not_change_the_result(recording, alone, tmp_path, piece_bytes):
    audit(audited.FRAGMENT, options(recording, tmp_path, piece_bytes=piece_bytes))

    assert result(tmp_path) == result(alone)


def test_several_processes_one_of_which_is_killed_do_not_change_the_result(
    recording, alone, tmp_path, monkeypatch
):
    judged, killed = workers.judged, []

    def killing(*arguments):
        for each in judged(*arguments):
            if not killed:
                killed.append(active_children()[0].pid)
                os.kill(killed[0], signal.SIGKILL)
            yield each

    monkeypatch.setattr(command, "judged", killing)
    audit(audited.FRAGMENT, options(recording, tmp_path, piece_bytes=2_000_000, processes=2))

    assert killed
    assert result(tmp_path) == result(alone)


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT])
def test_an_audit_that_was_ended_goes_on_to_the_same_result(recording, alone, tmp_path, ended_by, capsys):
    started = [sys.executable, "-c", _DRIVER, str(recording), str(tmp_path)]
    with subprocess.Popen(
        started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert next(line for line in process.stdout if line == "3\n")
        process.send_signal(ended_by)
        process.stdin.close()
        process.wait()
    if ended_by == signal.SIGINT:
        report = json.loads((tmp_path / "compliance.json").read_text())
        assert report["ended_early"] == "interrupted; --resume goes on from there"
        assert report["recording"]["read"] > 0
    kept = json.loads((tmp_path / "audit-checkpoint.json").read_text())

    audit(audited.FRAGMENT, options(recording, tmp_path, piece_bytes=2_000_000, resumes=True))

    assert len(kept["done"]) == 3
    assert KEY not in json.dumps(kept)
    assert result(tmp_path) == result(alone)


def test_a_second_ctrl_c_does_not_keep_an_audit_from_telling_what_it_found(
    recording, tmp_path, monkeypatch, capsys
):
    write_all = folder.write_all

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        write_all(*arguments)

    monkeypatch.setattr(command, "judged", lambda *_: iter_ended())
    monkeypatch.setattr(folder, "write_all", interrupted)
    # A shell that starts the tests in the background lets them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = main(["audit", str(recording), "--reports", str(tmp_path)])
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)

    assert status == 7
    assert capsys.readouterr().err.endswith("contract: interrupted; --resume goes on from there\n")
    assert json.loads((tmp_path / "compliance.json").read_text())["ended_early"]
    assert (tmp_path / "audit-checkpoint.json").exists()


def test_an_interrupted_audit_of_standard_input_offers_nothing_that_would_be_refused(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(command, "judged", lambda *_: iter_ended())

    status = main(["audit", "-", "--reports", str(tmp_path)])

    assert status == 7
    assert capsys.readouterr().err.endswith("contract: interrupted; run again\n")
    assert not (tmp_path / "audit-checkpoint.json").exists()


@pytest.mark.parametrize("why", ["refused", "without recordings", "crashed", "interrupted", "at the first"])
def test_no_earlier_record_is_taken_for_that_of_an_audit_that_found_nothing(
    tmp_path, monkeypatch, capsys, why
):
    (tmp_path / "good.jsonl").write_bytes(write(audited.record()))
    reports = tmp_path / "reports"
    assert audit(audited.FRAGMENT, options(tmp_path / "good.jsonl", reports)) == 0
    ends = {"crashed": RuntimeError("x"), "interrupted": KeyboardInterrupt()}
    if why in ends:
        monkeypatch.setattr(command, "find", lambda _: raised(ends[why]))
    elif why == "at the first":
        monkeypatch.setattr(command, "judged", lambda *_: iter_ended())
    name = "good" if why == "at the first" else "none"
    recordings = [] if why == "without recordings" else [str(tmp_path / f"{name}.jsonl")]

    status = main(["audit", *recordings, "--reports", str(reports)])

    report = json.loads((reports / "compliance.json").read_text())
    is_refused = why in ("refused", "without recordings")
    assert (status, report["outcome"]["word"]) == (4 if is_refused else 7, "untested")
    assert report["outcome"]["exit_status"] == status
    assert report["ended_early"]
    assert not problems(report)
    assert json.loads((reports / "previous" / "compliance.json").read_text())["outcome"]["word"] == "kept"
    if why != "at the first":
        assert f"is kept: {reports}/previous/compliance.json" in capsys.readouterr().err


def test_an_audit_that_cannot_print_keeps_the_record_of_what_it_found(tmp_path):
    (tmp_path / "one.jsonl").write_bytes(write(audited.record(b"{}")))
    arguments = ["audit", str(tmp_path / "one.jsonl"), "--processes", "1", "--reports", str(tmp_path)]

    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "contracts", *arguments], stdout=full, cwd=ROOT, check=False
        )

    report = json.loads((tmp_path / "compliance.json").read_text())
    assert ended.returncode == 7
    assert (report["outcome"]["word"], report["recording"]["read"]) == ("broken", 1)


def raised(error):
    raise error


def no_room(text, path):
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


@pytest.mark.parametrize(("body", "status"), [(None, 7), (b"{}", 1)], ids=["kept", "broken"])
def test_an_audit_whose_record_cannot_be_written_says_so_and_can_go_on(
    tmp_path, monkeypatch, capsys, body, status
):
    record = audited.record() if body is None else audited.record(body)
    (tmp_path / "one.jsonl").write_bytes(write(record))
    asked = options(tmp_path / "one.jsonl", tmp_path / "reports")
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write", no_room)

        assert audit(audited.FRAGMENT, asked) == status

    told = capsys.readouterr()
    assert told.out.endswith("record: none, it could not be written\n")
    assert told.err.endswith(
        "contract: could not test: what the run found could not be written "
        f"({tmp_path}/reports/compliance.json: No space left on device); make room, and run again\n"
    )
    assert audit(audited.FRAGMENT, replace(asked, resumes=True)) == (0 if body is None else 1)
    assert not (tmp_path / "reports" / "audit-checkpoint.json").exists()


def test_forms_that_could_be_written_say_what_an_audit_ended_with_for_those_that_could_not(
    tmp_path, monkeypatch
):
    (tmp_path / "one.jsonl").write_bytes(write(audited.record()))
    put = folder.write
    monkeypatch.setattr(
        folder, "write", lambda text, path: (no_room if path.name == folder.PAGE else put)(text, path)
    )

    status = audit(audited.FRAGMENT, options(tmp_path / "one.jsonl", tmp_path / "reports"))

    report = json.loads((tmp_path / "reports" / "compliance.json").read_text())
    assert (status, report["outcome"]["exit_status"]) == (7, 7)
    assert "compliance.html: No space left on device" in report["outcome"]["sentence"]
    assert problems(report) == []


@pytest.mark.parametrize(("saved", "status"), [(0, 7), (1, 1)], ids=["before all", "after a broken answer"])
def test_an_audit_whose_checkpoint_cannot_be_written_ends_early(tmp_path, monkeypatch, capsys, saved, status):
    (tmp_path / "one.jsonl").write_bytes(write(audited.record(b"{}")))
    put, saves = checkpoint.write, []

    def filling(text, path):
        saves.append(path)
        (put if len(saves) <= saved else no_room)(text, path)

    monkeypatch.setattr(checkpoint, "write", filling)

    assert audit(audited.FRAGMENT, options(tmp_path / "one.jsonl", tmp_path)) == status

    report = json.loads((tmp_path / "compliance.json").read_text())
    assert report["ended_early"] == (
        f"could not test: {tmp_path}/audit-checkpoint.json cannot be written (No space left on device); "
        "make room, then --resume"
    )
    assert f"contract: {report['outcome']['sentence']}\n" in capsys.readouterr().err
    assert problems(report) == []


def test_ctrl_c_does_not_reach_a_worker_that_is_starting(capfd):
    worker = workers._Worker(Terms(audited.FRAGMENT, samples.AS_OF))
    os.kill(worker._process.pid, signal.SIGINT)

    worker.give(Piece("test.jsonl", 0, 1, 1, data=b"\n"))
    said = worker.take()
    worker.end()

    assert said.read == 0
    assert capfd.readouterr().err == ""


def test_a_crash_in_a_worker_is_told_with_where_it_arose():
    worker = workers._Worker(Terms(audited.FRAGMENT, samples.AS_OF))
    try:
        worker.give(Piece("test.jsonl", 0, 1, 1, data=5))

        with pytest.raises(TypeError) as crash:
            worker.take()
    finally:
        worker.end()

    assert "in judge_piece" in "".join(traceback.format_exception(crash.value))


def test_a_crash_on_a_cluster_is_told_with_where_it_arose():
    settings = cluster.Settings(audited.FRAGMENT.digest, __version__, samples.AS_OF, False, {})
    piece = Piece("test.jsonl", 0, 1, 1, data=5)

    said = cluster.judge_there(cluster.Sealed(settings), cluster.Sealed(piece)).open()

    assert isinstance(said, TypeError)
    assert "in judge_piece" in "".join(traceback.format_exception(said))


class Odd(Exception):
    """Cannot be handed from one process to another."""

    def __init__(self, what, place):
        super().__init__(f"{what} at {place}")
        # Not even by what Dask, once it is loaded, makes of errors.
        self.held = threading.Lock()


def test_a_crash_that_cannot_be_handed_on_is_told_all_the_same():
    try:
        raise Odd("trouble", "a place")
    except Odd as error:
        told = pickle.loads(pickle.dumps(workers.portable(error)))

    assert str(told) == "Odd: trouble at a place"
    assert "raise Odd(" in "".join(traceback.format_exception(told))


def test_what_a_worker_refuses_is_told_as_it_would_be_here():
    error = UsageError("a problem", "an advice")

    assert str(pickle.loads(pickle.dumps(workers.portable(error)))) == str(error)


def test_workers_end_with_the_audit_even_in_the_midst_of_a_piece(tmp_path):
    fifo = tmp_path / "never.jsonl"
    os.mkfifo(fifo)
    with subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(fifo)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout.readline() == b"given\n"

        process.kill()

        # Workers have the pipe as well: only their end ends it.
        assert process.stdout.read() == b""


def test_an_audit_of_something_else_is_not_resumed(recording, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "judged", lambda *_: iter_ended())
    asked = options(recording, tmp_path)
    assert audit(audited.FRAGMENT, asked) == 7

    with pytest.raises(UsageError, match="--show-values are not as in the audit that was ended"):
        audit(audited.FRAGMENT, replace(asked, resumes=True, shows_values=True))


def test_an_audit_that_is_resumed_after_midnight_judges_as_of_the_days_that_it_began_with(
    recording, tmp_path, monkeypatch
):
    judged = command.judged
    asked = options(recording, tmp_path / "ended", piece_bytes=2_000_000)
    monkeypatch.setattr(command, "_today", lambda: samples.AS_OF)
    audit(audited.FRAGMENT, options(recording, tmp_path / "whole", as_of=None))
    monkeypatch.setattr(command, "judged", lambda *given: iter_ended(*islice(judged(*given), 2)))
    assert audit(audited.FRAGMENT, replace(asked, as_of=None)) == 1
    monkeypatch.setattr(command, "_today", lambda: samples.AS_OF + timedelta(days=1))
    monkeypatch.setattr(command, "judged", judged)

    with pytest.raises(UsageError, match=r"the day \(--as-of\) are not as in the audit that was ended"):
        audit(audited.FRAGMENT, replace(asked, as_of=samples.AS_OF, resumes=True))
    audit(audited.FRAGMENT, replace(asked, as_of=None, resumes=True))

    assert result(tmp_path / "ended") == result(tmp_path / "whole")


def test_an_audit_that_is_resumed_judges_all_as_of_the_one_day_that_it_began_with(
    recording, alone, tmp_path, monkeypatch
):
    judged = command.judged
    asked = options(recording, tmp_path, piece_bytes=2_000_000)
    monkeypatch.setattr(command, "judged", lambda *given: iter_ended(*islice(judged(*given), 2)))
    assert audit(audited.FRAGMENT, asked) == 1
    monkeypatch.setattr(command, "judged", judged)

    audit(audited.FRAGMENT, replace(asked, as_of=None, resumes=True))

    assert result(tmp_path) == result(alone)


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept | {"key": 5},
        lambda kept: kept | {"key": "\0"},
        lambda kept: kept | {"sum": {}},
        lambda kept: kept | {"done": 5},
        lambda kept: [],
        lambda kept: None,
    ],
)
def test_a_checkpoint_that_was_changed_is_not_resumed(recording, tmp_path, monkeypatch, change):
    monkeypatch.setattr(command, "judged", lambda *_: iter_ended())
    asked = options(recording, tmp_path)
    assert audit(audited.FRAGMENT, asked) == 7
    path = tmp_path / "audit-checkpoint.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))

    with pytest.raises(UsageError, match="holds no audit to resume"):
        audit(audited.FRAGMENT, replace(asked, resumes=True))


def iter_ended(*before):
    yield from before
    raise KeyboardInterrupt


def test_there_is_nothing_to_resume_without_a_checkpoint(recording, tmp_path):
    with pytest.raises(UsageError, match="holds no audit to resume"):
        audit(audited.FRAGMENT, options(recording, tmp_path, resumes=True))


@pytest.mark.parametrize(
    ("lines", "status", "sentence"),
    [
        ([write(audited.record())], 0, ""),
        ([write(audited.record(b"{}"))], 1, ""),
        ([write(audited.record()), b"nonsense\n"], 6, "1 record could not be read"),
        ([write(audited.record(status=403))], 6, "no answer held an item"),
        ([write(OTHER)], 6, "the only exchange was not of GET "),
        ([write(OTHER)] * 2, 6, "none of 2 exchanges was of GET "),
        ([write(OTHER)], 6, "name its base URL in CLOUDFLARE_BASE_URL"),
        ([], 6, "no exchange could be read"),
    ],
    ids=["kept", "broken", "unreadable", "refusal", "another", "others", "gateway", "empty"],
)
def test_the_exit_status_is_that_of_a_run(tmp_path, capsys, lines, status, sentence):
    (tmp_path / "one.jsonl").write_bytes(b"".join(lines))

    ended = main(["audit", str(tmp_path), "--processes", "1", "--reports", str(tmp_path / "reports")])

    report = json.loads((tmp_path / "reports" / "compliance.json").read_text())
    assert (ended, report["outcome"]["exit_status"]) == (status, status)
    assert sentence in capsys.readouterr().err
    assert problems(report) == []


def test_what_was_broken_on_no_known_day_is_told_too(tmp_path, capsys):
    broken = audited.record(b"{}", time=None)
    (tmp_path / "one.jsonl").write_bytes(write(broken))

    main(["audit", str(tmp_path), "--processes", "1", "--reports", str(tmp_path / "reports")])

    told = capsys.readouterr().out
    assert "broken: 200.result:required: by 1 answer, on none of the days told apart\n" in told


def test_whoever_stops_reading_does_not_change_what_an_audit_found(tmp_path):
    (tmp_path / "one.jsonl").write_bytes(write(audited.record(b"{}")))
    arguments = ["audit", str(tmp_path / "one.jsonl"), "--processes", "1", "--reports", str(tmp_path)]

    with subprocess.Popen(
        [sys.executable, "-m", "contracts", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        process.stdout.close()
        told = process.stderr.read()

    assert (process.returncode, b"Error" in told) == (1, False)


def test_a_recording_whose_name_is_no_text_is_told(tmp_path):
    name = tmp_path / os.fsdecode(b"\xff.jsonl")
    name.write_bytes(b"nonsense\n")
    arguments = ["audit", str(name), "--processes", "1", "--reports", str(tmp_path)]

    ended = subprocess.run(
        [sys.executable, "-m", "contracts", *arguments],
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    assert ended.returncode == 6
    assert b"\\udcff.jsonl at 0: the line is not JSON\n" in ended.stdout


def test_standard_input_is_read(tmp_path):
    arguments = ["audit", "-", "--processes", "1", "--reports", str(tmp_path)]

    ended = subprocess.run(
        [sys.executable, "-m", "contracts", *arguments], input=write(audited.record()), cwd=ROOT, check=False
    )

    assert ended.returncode == 0
    assert json.loads((tmp_path / "compliance.json").read_text())["recording"]["read"] == 1


def test_judging_leaves_the_collector_of_cycles_as_it_was():
    before = gc.get_threshold()
    judging = workers.judged(Terms(audited.FRAGMENT, samples.AS_OF), iter([Piece("-", 0, 0, 0, b"")] * 2), 1)

    next(judging)
    during = gc.get_threshold()
    judging.close()

    assert gc.get_threshold() == before
    assert during[0] >= workers.MAX_UNCOLLECTED


def test_workers_that_die_again_and_again_end_the_audit(monkeypatch):
    # Ends at once, without an answer.
    monkeypatch.setattr(workers, "_serve", print)

    with pytest.raises(workers.CouldNotTest, match="died"):
        list(workers.judged(Terms(audited.FRAGMENT, samples.AS_OF), iter([1] * 9), 2))


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["audit", "--generate", "much", "x"],
        ["audit", "--generate", "1KB", "nowhere/x"],
        ["audit", "--generate", "1KB", "."],
        ["audit", "--generate", "0MB", "x"],
        ["audit", "--generate", "1KB", "x", "recorded.jsonl"],
        ["audit", "nowhere.jsonl"],
    ],
)
def test_a_command_line_that_cannot_be_done_ends_with_4(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_a_recording_of_somebody_is_not_written_over(tmp_path, capsys):
    path = tmp_path / "recorded.jsonl"
    path.write_text("dear to somebody")

    assert main(["audit", "--generate", "1KB", str(path)]) == 4
    assert capsys.readouterr().err.endswith("is there, and was not made so; name another file\n")
    assert path.read_text() == "dear to somebody"


@pytest.mark.parametrize("is_beside", [True, False], ids=["a recording beside it", "alone"])
@pytest.mark.parametrize("text", ["dear to somebody", '{"exchanges": 1}', "[]"])
def test_what_somebody_expects_is_not_written_over(tmp_path, capsys, text, is_beside):
    path, expected = tmp_path / "recorded.jsonl", tmp_path / "recorded.jsonl.expected.json"
    expected.write_text(text)
    if is_beside:
        path.write_text(text)

    assert main(["audit", "--generate", "1KB", str(path)]) == 4
    assert capsys.readouterr().err.endswith("is there, and was not made so; name another file\n")
    assert {one.read_text() for one in tmp_path.iterdir()} == {text}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tls://127.0.0.1:9", "Dask has no certificates to speak tls with; name them in its settings"),
        ("ucx://127.0.0.1:9", "Dask does not speak ucx here"),
    ],
)
def test_a_cluster_that_is_spoken_to_in_a_way_that_is_not_set_up_is_told(
    recording, tmp_path, capsys, address, told
):
    pytest.importorskip("distributed")

    status = main(["audit", str(recording), "--reports", str(tmp_path), "--cluster", address])

    assert status == 4
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "http://host:1", "host:port", "a b:1", ""])
def test_what_is_no_address_of_a_cluster_is_refused_before_anything_is_tried(address, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["audit", "x.jsonl", "--cluster", address])

    assert ended.value.code == 4
    assert capsys.readouterr().err.endswith("is no address of a scheduler, as tcp://HOST:8786\n")


def test_a_cluster_without_what_it_takes_ends_with_4_and_says_what_to_install(
    recording, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "distributed", None)

    status = main(["audit", str(recording), "--cluster", "tcp://127.0.0.1:9", "--reports", str(tmp_path)])

    assert status == 4
    assert "install the project with the extra `cluster`" in capsys.readouterr().err


def test_a_worker_that_dies_in_the_middle_of_its_answer_is_noticed():
    ours, theirs = Pipe()
    os.write(theirs.fileno(), struct.pack("!i", 1000) + b"half of it")
    theirs.close()
    worker = object.__new__(workers._Worker)
    worker.pipe = ours

    assert worker.take() is None


def test_what_goes_wrong_while_a_piece_is_judged_is_told_by_the_process_that_waits():
    with pytest.raises(AttributeError):
        list(workers.judged(Terms(audited.FRAGMENT, samples.AS_OF), iter(["no piece"] * 2), 2))
