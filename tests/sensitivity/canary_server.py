"""A server that says more than it should: canaries wherever a body is private, and all that it was sent.

It shares no code with the project. It keeps few promises, so that a run against it has much to tell.
"""

import json
import secrets
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote

# New in every process, so that a search for them finds what leaked and never this file.
ACCOUNT, OTHER_ACCOUNT = secrets.token_hex(16), secrets.token_hex(16)
TOKEN, UNPRIVILEGED_TOKEN = (
    secrets.token_urlsafe(30),
    f"{secrets.token_urlsafe(24)}/+ '{secrets.token_hex(4)}",
)
EMAIL, KEY = f"soc+{secrets.token_hex(6)}@harbour.example", secrets.token_hex(20)
PSEUDONYM_KEY = secrets.token_urlsafe(24)
ENVIRONMENT = {
    "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
    "CLOUDFLARE_API_TOKEN": TOKEN,
    "CLOUDFLARE_EMAIL": EMAIL,
    "CLOUDFLARE_API_KEY": KEY,
    "CONTRACT_OTHER_ACCOUNT_ID": OTHER_ACCOUNT,
    "CONTRACT_UNPRIVILEGED_TOKEN": UNPRIVILEGED_TOKEN,
    "CONTRACT_PSEUDONYM_KEY": PSEUDONYM_KEY,
}

NUMBER, PRIVATE_NUMBER = "undeclared number", "private number"
CANARIES = {name: str(10**14 + secrets.randbelow(10**14)) for name in (NUMBER, PRIVATE_NUMBER)}
MADE_UP: set[str] = set()
"""What came in place of the credentials of a live run."""
UNKNOWN_STATUS = "SHREDDING"
PRIVATE_OF_JOB = ("comment", "status_message")
PRIVATE_OF_SEARCH = (
    *("alert_id", "domain", "exact_subject", "message_id", "metric"),
    *("query", "recipient", "sender", "subject"),
)
MAIL = "sender"
"""The canary that is a mail address at a private place."""


def canary(name: str) -> str:
    """Give the canary of this name: a word that stands nowhere else in the world."""
    return CANARIES.setdefault(name, f"canary{secrets.token_hex(8)}")


def mail_of_a_job() -> str:
    """Give a mail address at the domain of EMAIL, which must not be taken for that."""
    return f"{canary(MAIL)}.{EMAIL[EMAIL.index('@') - 1 :]}"


def page(echo: str, token: str) -> str:
    """Give a page of jobs; `echo` is all that was sent in one line, `token` the credential in it."""
    jobs = [job(number, echo, token) for number in range(6)]
    jobs[1] |= {"status": token, "job_id": f"not a uuid: {token}"[:64]}
    jobs[2] |= {"comment": [canary("in an array")], "status_message": {"who": canary("in an object")}}
    jobs[3] |= {
        "created_at": f"2026-08-03 {canary('long date')} {'x' * 64}",
        "action_type": f"{canary('at')}@x.y",
    }
    jobs[4] |= {"status": UNKNOWN_STATUS, "x_number": int(CANARIES[NUMBER])}
    info = {"count": "6", "per_page": token, "total_count": 7, "page": f"{canary('page')} {'x' * 64}"}
    info |= {"next": canary("next"), "previous": [canary("previous")]}
    said = [
        {
            "code": 17,
            "message": f"{echo} {canary('message')} {'x' * 64}",
            "documentation_url": quote(echo, safe=""),
        }
    ]
    said += [{"code": token, "message": token, "source": {"pointer": f"/{canary('mail in a pointer')}@x.y"}}]
    body = {"success": token, "errors": said, "messages": said, "result": jobs, "result_info": info}
    name = json.dumps(canary("repeated name"))
    return f'{json.dumps(body)[:-1]}, "x_twice": {{{name}: 1, {name}: 2}}}}'


def job(number: int, echo: str, token: str) -> dict[str, Any]:
    """Give a job with a canary at every private place and in members that nobody declared."""
    search = {
        name: [canary(name)] if number % 2 else f"{canary(name)} of a job" for name in PRIVATE_OF_SEARCH
    }
    search |= {} if number % 2 else {MAIL: mail_of_a_job()}
    return {
        "job_id": f"00000000-0000-4000-8000-{number:012}",
        "action_type": "RELEASE",
        "action_params": {"type": "RELEASE", "x_folder": canary("in the branch of a union")},
        "search_params": search,
        "status": "PENDING",
        "total_messages_discovered": 1,
        "messages_pending": 1,
        "messages_successful": 0,
        "messages_failed": 0,
        "created_at": "2026-08-03T06:12:41Z",
        **{name: int(CANARIES[PRIVATE_NUMBER]) if number == 5 else canary(name) for name in PRIVATE_OF_JOB},
        "x_echo": echo,
        "x_by_person": {canary("undeclared name"): [canary("undeclared value"), {token: token}]},
    }


class Door(BaseHTTPRequestHandler):
    """Answers each request with more than it should."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    house: "House"

    def do_GET(self) -> None:
        """Answer, unless the house says otherwise."""
        self.house.requests += 1
        if not self.house.receives(self.house.requests, self):
            self.close_connection = True
            return
        sent = [self.headers.get(name, "") for name in ("Authorization", "X-Auth-Email", "X-Auth-Key")]
        path, _, query = self.path.partition("?")
        account = path.split("/accounts/")[-1].split("/")[0]
        token = sent[0].partition(" ")[2] or sent[2] or sent[1]
        MADE_UP.update({sent[0].partition(" ")[2], *sent[1:]} - {"", *ENVIRONMENT.values()})
        echo = " ".join([*sent, account])
        asked = parse_qs(query)
        is_known = token in (TOKEN, KEY) and account == ACCOUNT and not self.house.refuses_all
        is_known = is_known and (sent[0] or sent[1] == EMAIL)
        if is_known and int_or_none(asked.get("per_page", ["1"])[0]) and len(asked) < 3:
            self.answer(200, "application/json", page(echo, token), echo)
        elif is_known:
            self.answer(
                400, f"application/problem+json; note={canary('type')} {'x' * 64}", page(echo, token), echo
            )
        elif token == UNPRIVILEGED_TOKEN:
            self.answer(302, "text/plain", f"{echo} {canary('redirected')}", echo)
        elif self.house.refuses_all:
            self.answer(403, "application/json", refusal(echo), echo)
        else:
            self.answer(403, f"text/html; note={token}", html(echo), echo)

    def answer(self, status: int, content_type: str, body: str, echo: str) -> None:
        """Send an answer, with everything in its headers as well."""
        raw = body.encode()
        line = "".join(character for character in echo if character.isprintable())
        self.send_response(status, f"{canary('reason')} {line}")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("X-Echo", line)
        self.send_header("X-Trace", canary("header"))
        self.send_header("Set-Cookie", f"session={canary('cookie')}; note={quote(line)}")
        self.send_header("Location", f"https://harbour.example/{quote(line)}?{canary('location')}")
        self.send_header("Allow", f"{canary('allow')}@x.y, {line}")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Keep no access log."""


def int_or_none(text: str) -> int | None:
    """Read a number as lenient servers do."""
    return int(text) if text.strip().isdecimal() else None


def refusal(echo: str) -> str:
    """Give an envelope that refuses and repeats what was sent."""
    texts = [f"{canary('refused')} {'x' * 64}", f"{canary('mail in a message')}@x.y", echo]
    errors = [{"code": 1000, "message": text} for text in texts]
    return json.dumps({"success": False, "errors": errors, "messages": [], "result": None})


def html(echo: str) -> str:
    """Give a page that is no JSON and repeats what was sent, in every form that comes to mind."""
    encoded = b64encode(echo.encode()).decode()
    escaped = "".join(f"\\u{ord(character):04x}" for character in echo)
    forms = [echo, quote(echo, safe=""), encoded, escaped, echo.upper(), json.dumps(echo)[1:-1], echo[:40]]
    return f"<html><p>{canary('html')}</p>\n" + "\n".join(f"<li>{form}</li>" for form in forms)


class House(ThreadingHTTPServer):
    """The socket. `receives` is told each request, by its number, and says whether it is answered."""

    def __init__(self, receives: Callable[[int, Door], bool], refuses_all: bool) -> None:
        self.requests = 0
        self.receives = receives
        self.refuses_all = refuses_all
        super().__init__(("127.0.0.1", 0), type("OwnDoor", (Door,), {"house": self}))

    def handle_error(self, *_: object) -> None:
        """Print nothing where a client hangs up."""


@contextmanager
def serving(
    receives: Callable[[int, Door], bool] = lambda *_: True, refuses_all: bool = False
) -> Iterator[str]:
    """Serve on a free port of loopback until the block is left, and give the base URL."""
    house = House(receives, refuses_all)
    thread = threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{house.server_port}/client/v4"
    finally:
        house.shutdown()
        house.server_close()
        thread.join()
