"""When the next request may be sent: pace, what the server asks for, and whether to try once more.

Time is passed in, so that nothing here is ever waited for in a test.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep, time

from contracts.errors import Throttled
from contracts.fragment import THROTTLED

DEFAULT_TIMEOUT_S = 60.0
"""How long one answer may take to come whole."""
MAX_TRIES = 5
MAX_WAIT_S = 300.0
"""The longest that one wait may be asked for, where nothing is known of the vendor's limit."""
MAX_WAITED_S = 900.0
"""All waits of a run together."""
_FIRST_BACKOFF_S = 0.5
_FIRST_BACKOFF_THROTTLED_S = 2.0
_ADVICE = "run again later, or with fewer requests"

Wait = Callable[[float, str], None]
"""Waits for so many seconds, for a reason that may be shown; it is empty where only the pace is kept."""


def parse_retry_after(text: str, now: float) -> float | None:
    """Give the seconds that `Retry-After` asks to wait, None where it is neither a number nor a date.

    `now` is the time in seconds since the epoch, against which a date is read.

    Source: RFC 9110 section 10.2.3.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max((date - datetime.fromtimestamp(now, UTC)).total_seconds(), 0.0)


def parse_exhausted(headers: Mapping[str, str]) -> float | None:
    """Give the seconds until there is a quota again, None where some is left or nothing is said of it.

    Understands `RateLimit: "name";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers, as the vendor sends it)
    and the older pair `RateLimit-Remaining: 0`, `RateLimit-Reset: 30`. Names are in lower case. A longer
    number is taken for a date since the epoch, which some send there, and says nothing.
    """
    waits = [
        float(reset[1])
        for item in headers.get("ratelimit", "").split(",")
        if re.search(r";\s*r=0\s*(?:;|$)", item) and (reset := re.search(r";\s*t=(\d{1,8})\s*(?:;|$)", item))
    ]
    older = headers.get("ratelimit-reset", "").strip()
    if headers.get("ratelimit-remaining", "").strip() == "0" and re.fullmatch(r"[0-9]{1,8}", older):
        waits.append(float(older))
    return max(waits, default=None)


@dataclass(slots=True)
class Patience:
    """How one run waits. `pace_s` is the least time between two requests, `max_wait_s` the longest that one
    wait may be asked for.

    What may pass is tried `max_tries` times.
    `wait` waits; `clock` is monotonic and `now` the time since the epoch, both in seconds. `throttled`
    counts the answers that asked to slow down, `waited_s` adds up all waits but those for the pace.
    """

    pace_s: float = 0.0
    max_wait_s: float = MAX_WAIT_S
    wait: Wait = lambda seconds, _: sleep(seconds)
    clock: Callable[[], float] = monotonic
    now: Callable[[], float] = time
    dice: random.Random = field(default_factory=random.Random)
    max_tries: int = MAX_TRIES
    throttled: int = 0
    waited_s: float = 0.0
    _paced_from: float = 0.0
    _quota_from: float = 0.0

    def before_request(self) -> None:
        """Wait until the next request may be sent.

        Raises:
            Throttled: the waits of the run become too long.
        """
        without_quota = self._quota_from - self.clock()
        if without_quota > 0:
            self._pause(without_quota, "the server says that the quota is used up")
        too_early = self._paced_from - self.clock()
        if too_early > 0:
            self.wait(too_early, "")
        self._paced_from = self.clock() + self.pace_s

    def note_quota(self, headers: Mapping[str, str]) -> None:
        """Let the next request wait where an answer says that the quota is used up.

        Names of headers are in lower case, here and below.
        """
        exhausted = parse_exhausted(headers)
        if exhausted is not None:
            self._quota_from = self.clock() + min(exhausted, self.max_wait_s)

    def after_throttling(self, headers: Mapping[str, str], tries: int) -> None:
        """Wait after the answer that asks to slow down; `tries` counts how often the request was sent.

        Raises:
            Throttled: the server asks for more patience than a run has.
        """
        self.throttled += 1
        why = f"the server asks to slow down ({THROTTLED})"
        if tries >= MAX_TRIES:
            raise Throttled(f"{why}, {tries} times in a row", _ADVICE)
        self._wait_as_told(headers, why, self._backoff(_FIRST_BACKOFF_THROTTLED_S, tries))

    def after_failure(self, headers: Mapping[str, str], why: str, tries: int) -> bool:
        """Say whether to send a request again that got no answer, or none of the server's own, after waiting
        as long as is due.

        Raises:
            Throttled: the server asks for more patience than a run has.
        """
        if tries >= self.max_tries:
            return False
        self._wait_as_told(headers, why, self._backoff(_FIRST_BACKOFF_S, tries))
        return True

    def _wait_as_told(self, headers: Mapping[str, str], why: str, backoff_s: float) -> None:
        asked = parse_retry_after(headers.get("retry-after", ""), self.now())
        if asked is not None and asked > self.max_wait_s:
            problem = f"{why}, and not to come back for {asked:.0f} s"
            raise Throttled(problem, f"a run waits {self.max_wait_s:.0f} s at most; run again later")
        # Jitter comes on top of what was asked for; a server that asks for nothing is not hurried either.
        least = (asked or 0.0) + self.dice.random() * _FIRST_BACKOFF_S
        self._pause(backoff_s if asked is None else max(least, backoff_s), why)

    def _backoff(self, first_s: float, tries: int) -> float:
        return float(first_s * 2 ** (tries - 1) * (1 + self.dice.random() / 2))

    def _pause(self, seconds: float, why: str) -> None:
        if self.waited_s + seconds > MAX_WAITED_S:
            problem = f"{why}, and the run has waited {self.waited_s:.0f} s already"
            raise Throttled(problem, _ADVICE)
        self.waited_s += seconds
        self.wait(seconds, why)
