"""The command line of the suite: what `pytest` understands beside its own options."""

import argparse
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contracts.days import read_day
from contracts.errors import UsageError
from contracts.patience import DEFAULT_TIMEOUT_S
from contracts.plan import EMULATOR_BUDGET, LIVE_BUDGET
from contracts.profiles import PROFILES
from contracts.shares import SHARE_ADVICE, read_share

if TYPE_CHECKING:
    from contracts.run import RunOptions

UNKNOWN = "unknown"
"""Stands for a target that there is not."""
_TARGETS = ("emulator", "live")
_LONGEST_TIMEOUT_S = 600.0


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the contract suite to pytest's own.

    What they say is understood by `settle`: of a command line that pytest refuses no record could be made.
    """
    group = parser.getgroup("contract", "the contract suite")
    group.addoption(
        "--target",
        help="what to judge: the emulator that comes with the suite (default), or a live server, which the "
        "environment names (see README)",
    )
    group.addoption(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="judge as of this day, which decides what is past its end of life (default: today)",
    )
    group.addoption("--fault", help="let the emulator commit this violation (python -m contracts faults)")
    group.addoption(
        "--variant", help="let the emulator be unusual in this way, but honest (python -m contracts variants)"
    )
    group.addoption(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="known violations by clause id, each with reason, owner and expiry date: until then they do not "
        "fail the run (see README)",
    )
    group.addoption(
        "--unsafe-probes",
        action="store_true",
        help="send a live server of your own what else the emulator is sent: other methods, unknown routes, "
        "invented accounts, random wrong parameters; refused for the vendor's server",
    )
    group.addoption(
        "--plan",
        action="store_true",
        help="print what a run with these options would send, and send nothing",
    )
    group.addoption(
        "--timeout",
        metavar="SECONDS",
        help=f"give an answer up that has not come whole by then (default: {DEFAULT_TIMEOUT_S:.0f})",
    )
    group.addoption(
        "--max-requests",
        metavar="N",
        help=f"send at most so many requests (default: {LIVE_BUDGET} to a live server, {EMULATOR_BUDGET} to "
        "the emulator); clauses for which they do not suffice are unobserved",
    )
    group.addoption(
        "--min-verified",
        metavar="PERCENT",
        help="end with status 6 if less than this share of the selected clauses that are not retired was "
        "verified (default: 0)",
    )
    group.addoption(
        "--show-values",
        action="store_true",
        help="show what a server answers as it came, people's mail included, instead of pseudonyms; never "
        "credentials or the account",
    )
    group.addoption(
        "--history",
        type=Path,
        metavar="FILE",
        help="add this run to a file of runs (JSON Lines), and tell what changed since the last one of the "
        "same target",
    )
    group.addoption(
        "--record",
        type=Path,
        metavar="FILE",
        help="add all that goes over the wire to a file, redacted, bodies whole, for `python -m contracts "
        "audit` to read",
    )
    group.addoption(
        "--reports",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="where the record of the run is written (default: reports)",
    )


def settle(option: argparse.Namespace) -> str:
    """Put what the texts of the command line mean in their place, and say in a sentence why the first that
    means nothing cannot be used; empty where all can.

    Where nothing is said, or nothing that can be used, stands the default.
    """
    problems = []
    for name, (understood, default) in _MEANINGS.items():
        text = getattr(option, name)
        try:
            value = understood(text) if text is not None else default
        except UsageError as error:
            problems.append(str(error))
            value = UNKNOWN if name == "target" else default
        setattr(option, name, value)
    option.as_of = option.as_of or datetime.now(UTC).date()
    profile = getattr(option, "hypothesis_profile", None)
    if profile is not None and profile not in PROFILES:
        problems.append(f"--hypothesis-profile {profile} is none; give {' or '.join(PROFILES)}")
        # Hypothesis would crash on it.
        option.hypothesis_profile = None
    if option.target == "live" and option.debug:
        # It writes down every exception as it is.
        problems.append("--debug goes with the emulator only; leave it out, or leave --target out")
    return problems[0] if problems else ""


def options_of(option: argparse.Namespace) -> "RunOptions":
    """Give what the command line asks of a run."""
    # Imported here, so that unit tests alone do not pay for the server and the client.
    from contracts.run import RunOptions

    return RunOptions(
        target=option.target,
        fault=option.fault,
        variant=option.variant,
        max_requests=option.max_requests,
        unsafe_probes=option.unsafe_probes,
        timeout_s=option.timeout,
        baseline=option.baseline,
        history=option.history,
        record=option.record,
    )


def _target(text: str) -> str:
    if text not in _TARGETS:
        raise UsageError(f"--target {text} is none", f"give {' or '.join(_TARGETS)}")
    return text


def _date(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise UsageError(f"--as-of {text} is not a date", "write it as 2026-11-01")
    return day


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_TIMEOUT_S:
        limit = f"a number of seconds up to {_LONGEST_TIMEOUT_S:.0f}"
        raise UsageError(f"--timeout {text} cannot be used", f"give {limit}")
    return seconds


def _requests(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--max-requests {text} is no number", "give a whole one, as 400") from None


def _percent(text: str) -> int:
    share = read_share(text)
    if share is None:
        raise UsageError(f"--min-verified {text} is no share", SHARE_ADVICE)
    return share


_MEANINGS: Mapping[str, tuple[Callable[[str], object], object]] = {
    "target": (_target, "emulator"),
    "as_of": (_date, None),
    "timeout": (_seconds, DEFAULT_TIMEOUT_S),
    "max_requests": (_requests, None),
    "min_verified": (_percent, 0),
}
"""What understands the text of an option, and its default."""
