"""An exchange: one request and its answer as they went over the wire, immutable and without secrets.

Credentials and the account id never get in here: where they stood, the name of the environment variable
that holds them stands, which is also how curl is told of them. A wrong value in the place of one is named
after it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlencode

from contracts.wrong_credentials import for_shell

UNPRIVILEGED = "unprivileged"
"""The defect of credentials that are good but lack the permission."""


class Account(StrEnum):
    """Whose account a request names."""

    OWN = "own"
    OTHER = "other"
    INVENTED = "invented"
    OVERLONG = "overlong"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request says it comes from.

    `schemes` are the security schemes it carries. `defect` is empty where they should be accepted, else
    the refusal that is expected (`wrong-credentials`, `unprivileged`, …), and `scheme` the one at fault.
    """

    schemes: tuple[str, ...]
    defect: str = ""
    scheme: str = ""

    def __str__(self) -> str:
        told = "+".join(self.schemes) or "no credentials"
        return f"{told} ({self.defect} {self.scheme})".replace(" )", ")") if self.defect else told


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent. `path` follows the base URL; `is_documented` says that path and method are the
    operation's own. `headers` are those that a repetition needs, secrets named by `$VARIABLE`, wrong values
    by `$WRONG_VARIABLE`; where pseudonyms stand for other parts, nobody can repeat it."""

    method: str
    base_url: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    identity: Identity = Identity(())
    account: Account = Account.OWN
    is_documented: bool = True
    has_pseudonyms: bool = False

    def texts(self, name: str) -> list[str]:
        """Give the texts sent for the query parameter `name`, in order."""
        return [text for key, text in self.query if key == name]

    @property
    def line(self) -> str:
        """The request in one line, as a person would name it."""
        return f"{self.method} {self.path}{'?' if self.query else ''}{urlencode(self.query, quote_via=quote)}"

    @property
    def curl(self) -> str:
        """The command that sends the request again, for a shell in which the variables are set; empty where
        there is none."""
        if self.has_pseudonyms:
            return ""
        method = "" if self.method == "GET" else f" -X {self.method}"
        # A header without a value is written with a semicolon, or curl would leave it out.
        headers = "".join(
            f' -H "{name}{f": {for_shell(value)}" if value else ";"}"' for name, value in self.headers
        )
        return f'curl -g{method}{headers} "{self.base_url}{self.line.partition(" ")[2]}"'


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. `origin` and `offset` say where in the run, or in a recording, it stands;
    `setbacks` what came in place of an answer when it was sent before. A `status` of 0 says that none came,
    `is_coded` that the body came with a content coding that cannot be undone.

    What the server said is private until it is redacted, so that it is not part of the repr.
    """

    request: Request
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed_ms: float
    origin: str
    offset: int
    setbacks: tuple[str, ...] = ()
    is_coded: bool = False

    def header(self, name: str) -> str | None:
        """Give the value of a response header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)
