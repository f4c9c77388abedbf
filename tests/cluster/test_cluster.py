"""An audit on a cluster says to the byte what one process says, whatever becomes of the workers."""

import gzip
import json
import os
import re
import signal
import urllib.request
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import audited
import pytest
import samples

from contracts.audit import cluster
from contracts.audit.command import AuditOptions, audit
from contracts.audit.generation import generate
from contracts.audit.inputs import find
from contracts.audit.judging import Terms
from contracts.audit.pieces import cut
from contracts.errors import UsageError

if find_spec("distributed") is None and os.environ.get("CI") != "true":
    pytest.skip("Dask is not installed: pip install '.[cluster]'", allow_module_level=True)

import distributed
from local_cluster import KEY, TOKEN, running

_TIMES = re.compile(r' "(?:started|finished|seconds)": .*\n')


@pytest.fixture(autouse=True)
def _secrets(monkeypatch):
    monkeypatch.setenv("CONTRACT_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("audit") / "made.jsonl"
    generate(audited.FRAGMENT, samples.AS_OF, 1_000_000, path)
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    with running(tmp_path_factory.mktemp("three"), 3) as found:
        yield found


def options(path, reports, address="", **changes):
    given = AuditOptions([str(path)], samples.AS_OF, reports, piece_bytes=400_000, cluster=address)
    return replace(given, **changes)


def result(reports):
    return _TIMES.sub("", (reports / "compliance.json").read_text())


@pytest.fixture
def alone(recording, tmp_path):
    audit(audited.FRAGMENT, options(recording, tmp_path / "alone"))
    return result(tmp_path / "alone")


def test_a_cluster_whose_worker_is_killed_midway_gives_the_same_record_to_the_byte(
    recording, alone, tmp_path, three, monkeypatch
):
    judged, killed = cluster.judged, []

    def killing(*arguments):
        for number, each in enumerate(judged(*arguments)):
            if number == 2:
                killed.append(three.workers[0])
                killed[0].send_signal(signal.SIGKILL)
            yield each

    monkeypatch.setattr(cluster, "judged", killing)
    status = audit(audited.FRAGMENT, options(recording, tmp_path / "cluster", three.address))

    assert status == 1
    assert killed[0].wait() == -signal.SIGKILL
    assert result(tmp_path / "cluster") == alone


def test_each_answer_is_judged_as_of_its_own_day_there_too(tmp_path, three):
    last_day = audited.FRAGMENT.sunsets[0] - timedelta(days=1)
    generate(audited.FRAGMENT, last_day, 1_000_000, tmp_path / "old.jsonl")
    before, after = (replace(options(tmp_path / "old.jsonl", tmp_path / name), as_of=None) for name in "ab")

    assert audit(audited.FRAGMENT, before) == 1
    assert audit(audited.FRAGMENT, replace(after, cluster=three.address)) == 1

    expected = json.loads((tmp_path / "old.jsonl.expected.json").read_text())
    assert json.loads(result(tmp_path / "b"))["recording"]["answers_broken"] == expected["answers_broken"]
    assert result(tmp_path / "b") == result(tmp_path / "a")


def test_a_compressed_recording_is_sent_along_and_gives_the_same(recording, alone, tmp_path, three):
    packed = tmp_path / recording.name
    packed.write_bytes(gzip.compress(recording.read_bytes()))

    audit(audited.FRAGMENT, options(packed, tmp_path / "cluster", three.address))

    assert result(tmp_path / "cluster").replace(str(packed), str(recording)) == alone


def test_an_audit_on_a_cluster_that_was_interrupted_goes_on_elsewhere(
    recording, alone, tmp_path, three, monkeypatch
):
    judged = cluster.judged

    def interrupted(*arguments):
        for number, each in enumerate(judged(*arguments)):
            if number == 3:
                raise KeyboardInterrupt
            yield each

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "judged", interrupted)
        audit(audited.FRAGMENT, options(recording, tmp_path / "cluster", three.address))
    done = json.loads((tmp_path / "cluster" / "audit-checkpoint.json").read_text())["done"]

    audit(audited.FRAGMENT, options(recording, tmp_path / "cluster", resumes=True))

    assert len(done) == 3
    assert result(tmp_path / "cluster") == alone


def test_no_secret_is_in_what_the_cluster_says_shows_or_is_started_with(recording, tmp_path, three):
    shown, judged = [], cluster.judged

    def looking(*arguments):
        for each in judged(*arguments):
            if not shown:
                shown.extend(pages(three))
            yield each

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "judged", looking)
        audit(audited.FRAGMENT, options(recording, tmp_path, three.address))

    assert [page for page in shown if "judge_there" in page], shown[0][:2000]
    assert len(shown) > 8
    texts = [*shown, three.said, *command_lines()]
    assert not [text for text in texts for secret in (KEY, TOKEN) if secret in text]


def pages(found):
    """Give what the scheduler shows on the web, and what it tells of the tasks that it has."""

    def tasks(dask_scheduler):
        return {key: f"{task!r} {task.run_spec!r}" for key, task in dask_scheduler.tasks.items()}

    with distributed.Client(found.address, set_as_default=False) as client:
        base = client.dashboard_link.rpartition("/")[0]
        about = client.run_on_scheduler(tasks)
        told = [*map(repr, (about, client.story(*about), client.call_stack(), client.get_scheduler_logs()))]
    names = ["main/workers", "main/logs", "main/exceptions", *(f"task/{key}" for key in about)]
    for name in names:
        with urllib.request.urlopen(f"{base}/info/{name}.html") as answer:
            told.append(answer.read().decode())
    return told


def command_lines():
    """Give what any process here was started with, where the system tells."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text()
        except OSError:
            continue


def test_a_worker_that_cannot_open_a_path_names_it_and_what_to_do(recording, tmp_path, three):
    one = next(iter(cluster_pieces(recording)))
    away = replace(one, place=str(tmp_path / "away.jsonl"))

    with pytest.raises(UsageError, match=r"the worker tcp://\S+ cannot open \S+made.jsonl \(No such file"):
        list(cluster.judged(terms(), iter([away]), three.address))


def test_a_worker_that_finds_a_smaller_file_says_so(recording, tmp_path, three):
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"{}\n")
    away = replace(next(iter(cluster_pieces(recording))), place=str(other))

    with pytest.raises(UsageError, match="has another file as"):
        list(cluster.judged(terms(), iter([away]), three.address))


def test_a_worker_with_another_contract_is_told(recording, three):
    other = Terms(samples.contract("shelf").fragment, samples.AS_OF)

    with pytest.raises(UsageError, match="has another version"):
        list(cluster.judged(other, cluster_pieces(recording), three.address))


def cluster_pieces(recording):
    return cut(find([str(recording)])[0], 10**9)


def terms():
    return Terms(audited.FRAGMENT, samples.AS_OF)


def test_a_piece_that_kills_one_worker_after_the_other_ends_the_audit_with_a_sentence(
    recording, tmp_path, tmp_path_factory, capsys
):
    deadly = tmp_path / "deadly.jsonl"
    deadly.write_bytes(recording.read_bytes()[:1000])

    with running(tmp_path_factory.mktemp("doomed"), 3) as doomed:
        status = audit(audited.FRAGMENT, options(deadly, tmp_path / "cluster", doomed.address))

    assert status == 7
    assert f"workers died again and again of {deadly} from byte 0 on" in capsys.readouterr().err


def test_a_cluster_that_is_not_there_ends_the_audit_with_a_sentence(recording, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT_S", 1)

    status = audit(audited.FRAGMENT, options(recording, tmp_path, "tcp://127.0.0.1:9"))

    assert status == 7
    assert "no scheduler of Dask answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_cluster_without_workers_ends_the_audit_with_a_sentence(
    recording, tmp_path, monkeypatch, capsys, tmp_path_factory
):
    monkeypatch.setattr(cluster, "IDLE_TIMEOUT_S", 1)
    with running(tmp_path_factory.mktemp("left"), 1) as left:
        for worker in left.workers:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        status = audit(audited.FRAGMENT, options(recording, tmp_path, left.address))

    assert status == 7
    assert "the cluster has no workers; start some" in capsys.readouterr().err


def test_what_is_sealed_shows_nothing_of_itself():
    sealed = cluster.Sealed({"key": KEY})

    assert (repr(sealed), str(sealed), sealed.open()) == ("<sealed>", "<sealed>", {"key": KEY})
