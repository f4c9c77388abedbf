"""What mitmproxy recorded of the emulator is exported in mitmproxy's own environment, and audited in ours."""

import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import audited
import httpx
import jsonschema_rs
import pytest

from contracts.__main__ import main
from contracts.audit import lines
from contracts.emulator.app import Emulator
from contracts.emulator.faults import faults
from contracts.emulator.server import RunningEmulator

ROOT = Path(__file__).resolve().parents[2]
EXPORTER = ROOT / "contracts" / "audit" / "exporters" / "mitmproxy_to_lines.py"
MITMDUMP = os.environ.get("MITMDUMP") or shutil.which("mitmdump")
FAULT, BROKEN = "enum/unknown:200.result[].status", "200.result[].status:enum"

if MITMDUMP is None:
    pytest.skip("mitmproxy is not installed: tox run -e mitmproxy", allow_module_level=True)


@contextmanager
def recording(folder, upstream):
    """Give the address of a mitmproxy in front of a server, which writes its dump when it ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [MITMDUMP, "--mode", f"reverse:{upstream}", "--listen-host", "127.0.0.1", "-p", str(port)]
    command += ["-w", str(folder / "flows.dump"), "--set", f"confdir={folder}"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert any("listening at" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGINT)
        process.communicate()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The lines of exchanges with an emulator that breaks one promise, one of them for another path."""
    folder = tmp_path_factory.mktemp("mitmproxy")
    emulator = Emulator(audited.FRAGMENT, fault=faults(audited.FRAGMENT)[FAULT])
    secrets = emulator.credentials
    path = audited.FRAGMENT.prefix + audited.FRAGMENT.path.replace("{account_id}", secrets.own_account)
    headers = {"Authorization": f"Bearer {secrets.values['api_token']}", "Accept-Encoding": "gzip"}
    with (
        RunningEmulator(emulator) as server,
        recording(folder, server.base_url.removesuffix(audited.FRAGMENT.prefix)) as proxy,
    ):
        for query in ("", "?page=2", "?per_page=1", "?page=0"):
            httpx.get(f"{proxy}{path}{query}", headers=headers)
        httpx.get(f"{proxy}{path}/other", headers=headers)
        httpx.get(f"{proxy}{path}")
    command = [MITMDUMP, "-n", "-r", str(folder / "flows.dump"), "-s", str(EXPORTER)]
    command += ["--set", f"lines={folder / 'recorded.jsonl'}", "--set", f"confdir={folder}"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "recorded.jsonl"


def test_each_line_is_of_the_format(exported):
    validator = jsonschema_rs.Draft202012Validator(lines.schema())

    values = [json.loads(line) for line in exported.read_bytes().splitlines()]

    assert [value["response"]["status"] for value in values] == [200, 200, 200, 400, 404, 401]
    assert all(map(validator.is_valid, values))
    assert all(value["elapsed_ms"] > 0 and "body" in value["response"] for value in values)


def test_an_audit_of_what_was_exported_finds_the_broken_promise_and_no_other(exported, tmp_path):
    status = main(["audit", str(exported), "--processes", "1", "--reports", str(tmp_path)])

    report = json.loads((tmp_path / "compliance.json").read_text())
    broken = {entry["id"] for entry in report["clauses"] if entry["verdict"] == "violated"}
    assert (status, broken) == (1, {BROKEN})
    assert (report["recording"]["read"], report["recording"]["passed_over"]) == (6, 1)
    assert report["recording"]["unreadable"] == 0


def test_only_its_owner_can_read_what_was_exported(exported):
    assert exported.stat().st_mode & 0o077 == 0
