"""What a run says of the one before it, where a history is kept."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (
    sys.executable,
    "-m",
    "pytest",
    "tests/contract",
    "-q",
    "-k",
    "responses",
    "-p",
    "no:cacheprovider",
)


def test_a_run_with_a_history_prints_what_changed_since_the_last_one(tmp_path):
    command = [*COMMAND, "--reports", str(tmp_path), "--history", str(tmp_path / "history.jsonl")]

    first, second = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True) for _ in range(2))

    assert "history: " not in first.stdout
    assert "history: since the run begun on " in second.stdout
    assert ", no promise changed its verdict\n" in second.stdout
