"""The command line of an audit."""

import argparse
import os
import re
from pathlib import Path

from contracts.days import day
from contracts.errors import UsageError
from contracts.shares import share

_EPILOG = """\
a recording is read by the end of its name, after which .gz or .zst may stand:
  .jsonl .ndjson   lines, an exchange each; so is whatever else is named, and standard input
  .har             an HTTP archive, as browsers and proxies save it
  .yaml .yml       a cassette of VCR.py; so is .json that begins as one

examples:
  # all recordings in a folder
  %(prog)s logs/
  # in object storage; this needs the extra `audit`, and s3fs
  %(prog)s 's3://bucket/2026-11/*.jsonl.gz'
  # what another program writes
  zcat gateway.gz | %(prog)s -
  # go on after Ctrl-C or a crash
  %(prog)s logs/ --resume
  # on the workers of a cluster; this needs the extra `cluster`
  %(prog)s logs/ --cluster tcp://HOST:8786
  # something to try it with
  %(prog)s --generate 100MB try.jsonl

it ends with 0 if nothing that was seen breaks the contract, 1 if something does, 4 if what was asked for
cannot be done, 6 if too little was seen, 7 if it was ended early; contracts/audit/README.md tells the rest
"""
_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?|ucx)://)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]@]+):[0-9]{1,5}")
_UNITS = {None: 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command line of an audit has."""
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, _EPILOG
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file, folder, pattern, address, or - for standard input"
    )
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="YYYY-MM-DD",
        help="judge all as of this day (default: each exchange as of the day on which it was recorded, as of "
        "today in UTC where that is not known; or as the audit that is resumed did)",
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="known violations, as of a run")
    parser.add_argument(
        "--min-verified",
        type=share,
        default=0,
        metavar="PERCENT",
        help="end with status 6 if less than this share of the clauses that are not retired was verified "
        "(default: 0)",
    )
    parser.add_argument(
        "--reports",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="where the record is written, in all its forms (default: reports)",
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
        type=_scheduler,
        metavar="ADDRESS",
        help="judge on the workers of a cluster of Dask instead, by the address of its scheduler",
    )
    parser.add_argument("--resume", action="store_true", help="go on where an audit was ended")
    parser.add_argument(
        "--generate",
        nargs=2,
        metavar=("SIZE", "FILE"),
        help="make a recording of the emulator of at least SIZE, as 100MB, with known violations, which "
        "alone take some 30 MB",
    )


def size_of(text: str) -> int:
    """Read a size in bytes.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,6})(KB|MB|GB)?", text)
    if not found or not int(found[1]):
        raise UsageError(f"{text} is not a size", "write it as 10MB or 2GB")
    return int(found[1]) * _UNITS[found[2]]


def _scheduler(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address of a scheduler, as tcp://HOST:8786")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)
