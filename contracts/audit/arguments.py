"""The command line of an audit."""

import argparse
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

from contracts.errors import UsageError

_UNITS = {None: 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command line of an audit has."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file, folder, pattern, or - for standard input"
    )
    today = datetime.now(UTC).date()
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        default=today,
        metavar="YYYY-MM-DD",
        help="judge as of this day (default: today)",
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="known violations, as of a run")
    parser.add_argument(
        "--min-verified",
        type=int,
        default=0,
        metavar="PERCENT",
        help="end with status 6 if less than this share of the clauses was verified (default: 0)",
    )
    parser.add_argument(
        "--reports",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="where compliance.json is written (default: reports)",
    )
    parser.add_argument(
        "--show-values",
        action="store_true",
        help="show what was answered as it came, but never credentials or accounts",
    )
    parser.add_argument(
        "--processes",
        type=_count,
        default=os.cpu_count() or 1,
        metavar="N",
        help="judge on so many cores (default: all)",
    )
    parser.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="judge on the workers of a cluster of Dask instead, by the address of its scheduler",
    )
    parser.add_argument("--resume", action="store_true", help="go on where an audit was ended")
    parser.add_argument(
        "--generate",
        nargs=2,
        metavar=("SIZE", "FILE"),
        help="make a recording of the emulator of so many bytes, as 10MB, with known violations",
    )


def size_of(text: str) -> int:
    """Read a size in bytes.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,6})(KB|MB|GB)?", text)
    if not found:
        raise UsageError(f"{text} is not a size", "write it as 10MB or 2GB")
    return int(found[1]) * _UNITS[found[2]]


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)
