"""The arguments of `python -m contracts sdk`."""

import argparse
from datetime import date
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    release = "python:NAME==VERSION, node:NAME@VERSION, or python:PATH or node:PATH"
    parser.add_argument("releases", nargs="+", metavar="RELEASE", help=release)
    parser.add_argument("--against", metavar="RELEASE", help="say what changed since that release")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="findings that are known and accepted")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=None, metavar="DAY", help="judge as of that day"
    )
    parser.add_argument(
        "--reports", type=Path, default=Path("reports"), metavar="FOLDER", help="where sdk.json is written"
    )
