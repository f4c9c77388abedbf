"""A server of "List bulk action jobs" by somebody else: written from the documentation alone.

It shares no code with the project and has data, credentials and accounts of its own. `Manners` chooses among
what the contract leaves open. Every server of this module keeps the contract; the tests derive broken ones.
"""

import gzip
import json
import random
import re
import secrets
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

# New in every process, so that a search for them finds what leaked and never this file.
ACCOUNT, OTHER_ACCOUNT = secrets.token_hex(16), secrets.token_hex(16)
TOKEN, UNPRIVILEGED_TOKEN = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
EMAIL, KEY = f"soc-{secrets.token_hex(4)}@harbour.example", secrets.token_hex(20)

ROUTE = re.compile(r"/client/v4/accounts/([^/]+)/email-security/investigate/bulk")
ACTIONS = ("MOVE", "RELEASE")
STATUSES = ("COMPLETED", "PROCESSING", "PENDING", "FAILED", "DISCOVERING", "SKIPPED", "CANCELLED")
DESTINATIONS = ("JunkEmail", "DeletedItems", "Inbox", "RecoverableItemsPurges", "RecoverableItemsDeletions")
DISPOSITIONS = ("MALICIOUS", "MALICIOUS-BEC", "SUSPICIOUS", "SPOOF", "SPAM", "BULK", "ENCRYPTED", "EXTERNAL")
DELIVERIES = ("delivered", "moved", "quarantined", "rejected", "deferred", "bounced", "queued")
NULLABLE_OF_JOB = ("comment", "completed_at", "started_at", "status_message")
NULLABLE_OF_SEARCH = (
    *("alert_id", "domain", "exact_subject", "message_action", "message_id"),
    *("metric", "query", "recipient", "sender", "subject"),
)
FIRST_JOB_AT = datetime(2026, 8, 3, 6, 12, 41, 208_000, UTC)


@dataclass(frozen=True, slots=True)
class Manners:
    """What the contract leaves to the server."""

    jobs: int = 60
    only_action: str | None = None
    sends_optional_members: bool = True
    missing_credentials: int = 401
    wrong_credentials: int = 401
    unprivileged: int = 403
    other_tenant: int = 403
    wrong_parameter: int = 400
    too_long_account: int = 404
    past_the_end: int = 200
    empty_parameter: str = "refused"  # or "absent"
    repeated_parameter: str = "last"  # or "first", "refused"
    sends_total_count: bool = True
    sends_page: bool = True
    sends_cursors: bool = False
    adds_unknown_members: bool = False
    prefers_nulls: bool = False
    upper_case_uuids: bool = False
    odd_dates: bool = False
    numbers_with_fraction: bool = False
    content_type: str = "application/json"
    gzip: bool = False
    chunked: bool = False
    pretty: bool = False
    ascii_only: bool = False
    oldest_first: bool = False
    talks_in_messages: bool = False
    verbose_errors: bool = False
    answers_head: bool = False
    every_tenth_answer_takes_s: float = 0
    new_job_every: int = 0  # so many requests; 0 is never
    speaks_http_1_0: bool = False
    announces: tuple[tuple[str, str], ...] = ()  # headers of every answer


class Refused(Exception):
    """The request is answered with a 4XX; its arguments: status, code, text and culprit."""


def made_job(number: int, only_action: str | None) -> dict[str, Any]:
    """Give the job with this number, 0 being the oldest, with a life that fits its status."""
    dice = random.Random(number)
    status, action = STATUSES[number % 7], only_action or dice.choice(ACTIONS)
    created = FIRST_JOB_AT + timedelta(minutes=37 * number)
    found = 0 if status in ("PENDING", "SKIPPED") else dice.randint(3, 4_000)
    done = {"COMPLETED": found, "PENDING": 0, "DISCOVERING": 0, "SKIPPED": 0}.get(status, found // 3)
    failed = done // 9 if status != "FAILED" else done
    job: dict[str, Any] = {
        "job_id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        "action_type": action,
        "action_params": {"type": action},
        "search_params": made_search(dice, created),
        "status": status,
        "total_messages_discovered": found,
        "messages_pending": found - done,
        "messages_successful": done - failed,
        "messages_failed": failed,
        "created_at": created,
    }
    if action == "MOVE":
        job["action_params"]["destination"] = dice.choice(DESTINATIONS)
        if dice.random() < 0.5:
            job["action_params"]["expected_disposition"] = dice.choice(DISPOSITIONS)
    if status != "PENDING":
        job["started_at"] = created + timedelta(seconds=dice.randint(1, 90))
    if status in ("COMPLETED", "FAILED", "SKIPPED", "CANCELLED"):
        job["completed_at"] = job["started_at"] + timedelta(seconds=dice.randint(1, 900))
    if status in ("FAILED", "SKIPPED"):
        job["status_message"] = "provider: quota exceeded" if status == "FAILED" else "nothing matched"
    if dice.random() < 0.3:
        job["comment"] = "Räumung nach Vorfall № 4711 📎"
    return job


def made_search(dice: random.Random, created: datetime) -> dict[str, Any]:
    """Give what somebody searched for, as varied as people are."""
    search = {
        "start": created - timedelta(days=30),
        "end": created,
        "delivery_status": dice.choice(DELIVERIES),
        "final_disposition": dice.choice(DISPOSITIONS),
        "message_action": dice.choice(("PREVIEW", "QUARANTINE_RELEASED", "MOVED")),
        "sender": "billing@fjord-invoices.example",
        "recipient": "anne.o'neil@harbour.example",
        "subject": "Overdue: “Rechnung” 2026/08",
        "query": 'subject:"overdue" AND NOT sender:harbour.example',
        "detections_only": dice.random() < 0.5,
        "submissions": dice.random() < 0.2,
        "action_log": dice.random() < 0.2,
    }
    return {name: value for name, value in search.items() if dice.random() < 0.6}


class Service:
    """The operation: what is asked in, what is answered out."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.jobs = [made_job(number, manners.only_action) for number in range(manners.jobs)]
        self.sent: list[tuple[str, str]] = []
        self.crashes: list[BaseException] = []

    def answer(self, method: str, target: str, headers: Message) -> tuple[int, dict[str, Any]]:
        """Give the status and the body for a request."""
        self.let_time_pass()
        try:
            body = self.listing(*self.admitted(method, target, headers))
        except Refused as refused:
            status, code, text, pointer = refused.args
            return status, self.finished(self.refusal(code, text, pointer))
        return 200, self.finished(body)

    def let_time_pass(self) -> None:
        """Hesitate, and take a new job in, now and then."""
        if self.manners.every_tenth_answer_takes_s and len(self.sent) % 10 == 0:
            time.sleep(self.manners.every_tenth_answer_takes_s)
        if self.manners.new_job_every and len(self.sent) % self.manners.new_job_every == 0:
            self.jobs.append(made_job(len(self.jobs), self.manners.only_action))

    def admitted(self, method: str, target: str, headers: Message) -> tuple[dict[str, str], int, int]:
        """Give the filters, the page and its size, or refuse."""
        path, _, query = target.partition("?")
        route = ROUTE.fullmatch(path)
        if not route:
            raise Refused(404, 7003, f"No route for {path}", None)
        if method != "GET" and not (method == "HEAD" and self.manners.answers_head):
            raise Refused(405, 10405, "Method not allowed", None)
        self.admit_credentials(unquote(route[1]), headers)
        asked = parse_qs(query, keep_blank_values=True, max_num_fields=100)
        choices = {"action_type": ACTIONS, "status": STATUSES}
        filters = {name: self.choice(name, of, asked) for name, of in choices.items() if name in asked}
        page, per_page = self.whole("page", 1, None, asked), self.whole("per_page", 20, 1000, asked)
        return {name: value for name, value in filters.items() if value is not None}, page, per_page

    def admit_credentials(self, account: str, headers: Message) -> None:
        """Refuse whoever may not list the jobs of this account."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        email, key = headers.get("X-Auth-Email", ""), headers.get("X-Auth-Key", "")
        if not (token.strip() or (email and key)):
            raise Refused(self.manners.missing_credentials, 9106, "Missing credentials", None)
        is_unprivileged = scheme.lower() == "bearer" and token == UNPRIVILEGED_TOKEN
        is_known = (scheme.lower() == "bearer" and token == TOKEN) or (email, key) == (EMAIL, KEY)
        if not (is_known or is_unprivileged):
            raise Refused(self.manners.wrong_credentials, 10000, "Authentication error", None)
        if is_unprivileged:
            raise Refused(self.manners.unprivileged, 10001, "Permission is missing", None)
        if len(account) > 32:
            raise Refused(self.manners.too_long_account, 7003, "No such account", "/account_id")
        if account != ACCOUNT:
            raise Refused(self.manners.other_tenant, 10002, "Not an account of yours", "/account_id")

    def only(self, name: str, asked: dict[str, list[str]]) -> str | None:
        """Give the one value of a parameter."""
        values = asked.get(name, [])
        if len(values) > 1 and self.manners.repeated_parameter == "refused":
            raise Refused(self.manners.wrong_parameter, 10010, f"{name} is repeated", f"/{name}")
        value = values[0 if self.manners.repeated_parameter == "first" else -1] if values else None
        return None if value == "" and self.manners.empty_parameter == "absent" else value

    def choice(self, name: str, of: tuple[str, ...], asked: dict[str, list[str]]) -> str | None:
        """Give the value of a parameter that has a list of values."""
        value = self.only(name, asked)
        if value is not None and value not in of:
            raise Refused(self.manners.wrong_parameter, 10011, f"{name} is unknown", f"/{name}")
        return value

    def whole(self, name: str, default: int, most: int | None, asked: dict[str, list[str]]) -> int:
        """Give the value of a parameter that is a whole number above zero."""
        value = self.only(name, asked)
        if value is None:
            return default
        number = int(value) if re.fullmatch("[0-9]{1,30}", value) else 0
        if number < 1 or (most and number > most):
            raise Refused(self.manners.wrong_parameter, 10012, f"{name} is out of bounds", f"/{name}")
        return number

    def selected(self, filters: dict[str, str]) -> list[dict[str, Any]]:
        """Give the jobs that the filters let through, in order."""
        ordered = self.jobs if self.manners.oldest_first else self.jobs[::-1]
        return [job for job in ordered if filters.items() <= job.items()] if filters else ordered

    def listing(self, filters: dict[str, str], page: int, per_page: int) -> dict[str, Any]:
        """Give the body of a page."""
        found, start = self.selected(filters), (page - 1) * per_page
        if self.manners.past_the_end != 200 and page > 1 and start >= len(found):
            raise Refused(self.manners.past_the_end, 10020, "There is no such page", "/page")
        shown = [self.shown(job) for job in found[start : start + per_page]]
        info: dict[str, Any] = {"count": len(shown), "per_page": per_page}
        info |= {"total_count": 0} if self.manners.sends_total_count else {}
        info |= {"page": 0} if self.manners.sends_page else {}
        if self.manners.sends_cursors:
            info |= {"next": f"p{page + 1}", "previous": f"p{page - 1}"}
        if self.manners.prefers_nulls:
            info |= {"next": None, "previous": None}
        said = [{"code": 1700, "message": "Maintenance on Sunday"}] if self.manners.talks_in_messages else []
        return {"success": True, "errors": [], "messages": said, "result": shown, "result_info": info}

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        """Give a job as it is sent, but for the form of its dates."""
        shown = dict(job)
        if self.manners.upper_case_uuids:
            shown["job_id"] = shown["job_id"].upper()
        if not self.manners.sends_optional_members:
            shown = {name: value for name, value in job.items() if name not in NULLABLE_OF_JOB}
            shown["search_params"] = {}
        if self.manners.prefers_nulls:
            shown |= dict.fromkeys(NULLABLE_OF_JOB)
            shown["search_params"] = shown["search_params"] | dict.fromkeys(NULLABLE_OF_SEARCH)
        return shown

    def refusal(self, code: int, text: str, pointer: str | None) -> dict[str, Any]:
        """Give the body of a 4XX."""
        error: dict[str, Any] = {"code": code, "message": text}
        if self.manners.verbose_errors:
            error |= {"documentation_url": f"https://harbour.example/errors/{code}"}
            error |= {"source": {"pointer": pointer} if pointer else {}}
        return {"success": False, "errors": [error], "messages": [], "result": None}

    def finished(self, value: Any) -> Any:
        """Give a value as JSON has it, dressed as the manners have it."""
        if isinstance(value, datetime):
            return odd_date(value) if self.manners.odd_dates else value.isoformat().replace("+00:00", "Z")
        if type(value) is int and self.manners.numbers_with_fraction:
            return float(value)
        if isinstance(value, list):
            return [self.finished(item) for item in value]
        if isinstance(value, dict):
            news = {"x_new": {"since": "2026-10", "of": [1, None, "two"]}}
            news = news if self.manners.adds_unknown_members else {}
            return {name: self.finished(item) for name, item in value.items()} | news
        return value


def odd_date(moment: datetime) -> str:
    """Give a date in one of the forms that RFC 3339 allows and few servers send."""
    shapes = (
        moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
        f"{moment:%Y-%m-%dT%H:%M:%S}-00:00",
        f"{moment:%Y-%m-%dt%H:%M:%S}z",
        f"{moment:%Y-%m-%dT%H:%M:%S.%f}789Z",
        f"{moment:%Y-%m-%dt%H:%M:%S}.5+00:00",
        "2016-12-31T23:59:60Z",
        "2017-01-01T05:29:60.999+05:30",
    )
    return shapes[moment.minute % len(shapes)]


class Door(BaseHTTPRequestHandler):
    """HTTP around a service."""

    service: Service
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        """Note whatever was sent, with any method."""
        is_well_formed = super().parse_request()
        if is_well_formed:
            self.service.sent.append((self.command, self.path))
        return is_well_formed

    def respond(self) -> None:
        """Answer with what the service says, in the dress that the manners choose."""
        manners = self.service.manners
        status, body = self.service.answer(self.command, self.path, self.headers)
        text = json.dumps(body, ensure_ascii=manners.ascii_only, indent=2 if manners.pretty else None)
        is_zipped = manners.gzip and "gzip" in self.headers.get("Accept-Encoding", "")
        payload = gzip.compress(text.encode()) if is_zipped else text.encode()
        self.send_response(status)
        self.send_header("Content-Type", manners.content_type)
        for name, value in manners.announces:
            self.send_header(name, value)
        if is_zipped:
            self.send_header("Content-Encoding", "gzip")
        if manners.speaks_http_1_0 or self.command not in ("GET", "HEAD"):
            self.send_header("Connection", "close")  # what delimits the body in HTTP/1.0
        elif manners.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            half = len(payload) // 2
            parts = b"%x\r\n%b\r\n%x;note=rest\r\n%b\r\n0\r\n\r\n"
            payload = parts % (half, payload[:half], len(payload) - half, payload[half:])
        else:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = respond  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep no access log."""


class House(ThreadingHTTPServer):
    """The socket, which keeps what went wrong instead of printing it."""

    def handle_error(self, *_: object) -> None:
        """Keep a crash of the server, which a client that hangs up is not."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            self.RequestHandlerClass.service.crashes.append(error)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is reached."""

    base_url: str
    service: Service = field(repr=False)


@contextmanager
def serving(manners: Manners | None = None, kind: type[Service] = Service) -> Iterator[Address]:
    """Serve on a free port of loopback until the block is left."""
    service = kind(manners or Manners())
    version = "HTTP/1.0" if service.manners.speaks_http_1_0 else "HTTP/1.1"
    house = House(("127.0.0.1", 0), type("Door", (Door,), {"service": service, "protocol_version": version}))
    thread = threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{house.server_port}/client/v4", service)
    finally:
        house.shutdown()
        house.server_close()
        thread.join()
