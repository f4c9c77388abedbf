"""Judges records one at a time, by what they show: what a recording lacks is no promise broken."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import lru_cache
from urllib.parse import urlsplit

from contracts.audit import bodies, routes
from contracts.audit.callers import Enums
from contracts.audit.periods import Period, Periods
from contracts.audit.record import Record
from contracts.audit.routes import Asked, Routes
from contracts.audit.sums import UNDATED, Sum
from contracts.checks import BESIDE_THE_SCHEMA, CHECKS, observe
from contracts.clauses.ids import protocol_clause
from contracts.client import TRANSIENT
from contracts.contract import Contract, Reading
from contracts.errors import UsageError
from contracts.exchange import Exchange
from contracts.fragment import Fragment
from contracts.ledger import Ledger, Observation
from contracts.pseudonyms import key_from
from contracts.redaction import Redactor
from contracts.reports.exchanges import recorded
from contracts.scrubber import MIN_LENGTH, Scrubber, scrubbed
from contracts.secrecy import held

_NOT_OF_THE_SERVER = (407, 499)
"""The client's own proxy says the one (RFC 9110 section 15.5.8); gateways log the other where the client went
away before there was an answer (nginx, ngx_http_request.h: NGX_HTTP_CLIENT_CLOSED_REQUEST)."""
_OF_HTTP = (*range(200), 206, 304, *TRANSIENT)
"""What HTTP itself answers to what a client added, or something in between says: of the operation it tells
nothing, unless the fragment names it. 0 is no answer at all."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an audit judges by: the fragment as of a day, and whether values may be shown as they came.

    `by_day` says that an exchange is judged as of the day on which it was recorded, and as of that day only
    where its own is not known.
    """

    fragment: Fragment
    as_of: date
    shows_values: bool = False
    by_day: bool = False


class RecordScrubber(Scrubber):
    """Takes out the secrets of the environment and those of the record that is being judged."""

    def __init__(self, always: Mapping[str, str]) -> None:
        super().__init__({})
        self._always = dict(always)
        self._of_record: Callable[[], Mapping[str, str]] = dict
        self._current: Scrubber | None = None
        self._made = lru_cache(maxsize=64)(_scrubber)

    def know(self, secrets: Callable[[], Mapping[str, str]]) -> None:
        """Take out these secrets from now on, and none of the records before; they are asked for only where
        there is something to be taken out of."""
        self._of_record = secrets
        self._current = None

    def scrub(self, text: str) -> str:
        """Replace every secret in a text."""
        if self._current is None:
            # A shorter one cannot be told from ordinary words.
            names = {text: stands for text, stands in self._of_record().items() if len(text) >= MIN_LENGTH}
            self._current = self._made(tuple({**names, **self._always}.items()))
        return self._current.scrub(text)


def _scrubber(names: tuple[tuple[str, str], ...]) -> Scrubber:
    return Scrubber(dict(names))


class Judge:
    """Judges records against a contract, and adds up what they say.

    The key of the pseudonyms, other servers and secrets to leave out are those of the environment.

    Raises:
        UsageError: the key is too short.
    """

    def __init__(self, terms: Terms, environment: Mapping[str, str] = os.environ) -> None:
        fragment = terms.fragment
        self._scrubber = RecordScrubber(held(fragment, environment))
        redactor = Redactor(key_from(environment), shows_values=terms.shows_values, scrubber=self._scrubber)
        self.contract = Contract(fragment, terms.as_of, redactor)
        self._sum = Sum()
        self._periods = Periods(self.contract, by_day=terms.by_day)
        self._enums = Enums(self.contract)
        self._routes = Routes(fragment, ("", fragment.prefix, _base_path(environment, fragment)))

    def judge(self, record: Record, origin: str, offset: int) -> None:
        """Judge a record that stands at an offset of its origin.

        Raises:
            Unreadable: it makes no sense.
        """
        asked = self._routes.asked(record)
        self._sum.read += 1
        if asked is None:
            self._sum.passed_over += 1
            return
        self._scrubber.know(lambda: routes.secrets(self.contract, record, asked))
        reading = self._reading(record, asked, origin, offset)
        day = record.time.astimezone(UTC).date().isoformat() if record.time else UNDATED
        period = self._periods.of(day)
        observations = self._observed(record, reading, day, period)
        if values := self._enums.values(reading):
            self._sum.callers.see(values, self._enums.who(record, asked), day)
        exchange = reading.exchange
        if any(seen.findings for seen in observations):
            scrub = self._scrubber.scrub
            observations = [seen.scrubbed(scrub) if seen.findings else seen for seen in observations]
            request = routes.shown(self.contract, asked, exchange.request.identity)
            exchange = replace(exchange, request=request)
        ledger = self._sum.see(day, observations, exchange, is_timed=record.elapsed_ms is not None)
        self._keep(ledger, observations, exchange)
        if period.sound.is_full:
            self._count_sound_bodies(period)

    def miss(self, origin: str, offset: int, why: str) -> None:
        """Count a record that cannot be read."""
        self._sum.miss(origin, offset, why)

    def total(self) -> Sum:
        """Give the settled sum of all since the last time."""
        for period in self._periods.begun:
            self._count_sound_bodies(period)
        total, self._sum = self._sum, Sum()
        total.settle()
        return total

    def _reading(self, record: Record, asked: Asked, origin: str, offset: int) -> Reading:
        """Read an answer; without a body where the recording does not hold it whole."""
        body = bodies.body_of(record)
        fragment = self.contract.fragment
        is_served = 200 <= record.status < 300
        who = routes.identity(fragment, record.request_headers, is_served=is_served)
        exchange = Exchange(
            request=replace(asked.request, identity=who),
            status=record.status,
            headers=record.response_headers or (),
            body=body.data if body else b"",
            elapsed_ms=record.elapsed_ms or 0.0,
            origin=origin,
            offset=offset,
        )
        if body is not None:
            reading = self.contract.read(exchange)
            if not reading.parsed or bodies.is_told(record, body, reading.parsed):
                return reading
        return Reading(replace(exchange, body=b""), fragment.response(record.status), None)

    def _observed(self, record: Record, reading: Reading, day: str, period: Period) -> list[Observation]:
        """Give what an answer says, without what a recording cannot know."""
        status = record.status
        if status in _NOT_OF_THE_SERVER or (status in _OF_HTTP and not reading.response):
            self._sum.untelling += 1
            return []
        checks = BESIDE_THE_SCHEMA if period.sound.take(reading, day) else CHECKS
        observations = list(bodies.without_blacked_out(reading, observe(reading, period.contract, checks)))
        if not reading.response:
            return observations
        hidden = set()
        if record.response_header("content-type") is None:
            hidden.add(protocol_clause(reading.response.status, "content-type"))
        if not record.has_exact_bytes:
            hidden.add(protocol_clause(reading.response.status, "encoding"))
        return [seen for seen in observations if seen.clause not in hidden] if hidden else observations

    def _count_sound_bodies(self, period: Period) -> None:
        for day, observations in period.sound.counted():
            self._sum.count(day, observations)

    def _keep(self, ledger: Ledger, observations: list[Observation], exchange: Exchange) -> None:
        """Count the clauses that an answer broke; keep it where it became an exemplar of one."""
        broken = [seen for seen in observations if seen.broken]
        if not broken:
            return
        self._sum.answers_broken.update(seen.clause for seen in broken)
        place = (exchange.origin, exchange.offset)
        exemplars = (one for seen in broken for one in ledger.tallies[seen.clause].exemplars)
        if any((one.origin, one.offset) == place for one in exemplars):
            pointers = [finding.pointer for seen in broken for finding in seen.findings]
            told = recorded(exchange, self.contract, pointers)
            self._sum.evidence[place] = scrubbed(told, self._scrubber.scrub)


def _base_path(environment: Mapping[str, str], fragment: Fragment) -> str:
    """Give the path that other servers than the vendor's are known by."""
    try:
        return urlsplit(environment.get(fragment.server_env, "")).path
    except ValueError:
        raise UsageError(
            f"{fragment.server_env} is not a base URL", "write it as https://HOST/PATH"
        ) from None
