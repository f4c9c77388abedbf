"""Who may ask: what the emulator accepts as credentials, and its own judgement of what came."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.fragment import Fragment
from contracts.operation import SecurityScheme

UNPRIVILEGED = "unprivileged"
"""The word for a credential that is right but has no permission."""
_WITHOUT_PERMISSION = "token-without-the-permission"
"""No word that stands in a record for something else: a secret is taken out wherever it stands."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the emulator accepts: a value for each security scheme, and whose account it is.

    `unprivileged` stands for the first scheme that is sufficient alone, without the permission.
    `other_account` exists and belongs to somebody else.
    """

    values: Mapping[str, str] = field(repr=False)
    unprivileged: str = field(default=_WITHOUT_PERMISSION, repr=False)
    own_account: str = field(default="", repr=False)
    other_account: str = field(default="", repr=False)

    @classmethod
    def of(cls, fragment: Fragment) -> "Credentials":
        """Give the examples of the fragment, which the vendor prints in its documentation."""
        values = {name: scheme.example for name, scheme in fragment.schemes.items()}
        keywords = fragment.tenant.node.keywords if fragment.tenant else {}
        own = fragment.tenant.example if fragment.tenant else ""
        other = "f" * keywords.get("maxLength", len(own))
        return cls(values, own_account=own, other_account=other)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request says it comes from: the security schemes it is judged by and, unless its credentials
    are good, what is wrong with them, in the words of `x-refuses`.

    `at_fault` are the schemes whose values are wrong or empty or, where something is lacking, those that
    were sent.
    """

    schemes: tuple[str, ...] = ()
    defect: str = ""
    at_fault: tuple[str, ...] = ()


def identify(fragment: Fragment, credentials: Credentials, headers: Mapping[str, str]) -> Caller:
    """Judge the credentials among the `headers`, whose names are in lower case.

    The first alternative of the fragment of which anything was sent counts, and no other.
    """
    sent = {
        name: _text(scheme, headers[scheme.header.lower()])
        for name, scheme in fragment.schemes.items()
        if scheme.header.lower() in headers
    }
    for alternative in fragment.security:
        if any(name in sent for name in alternative):
            return Caller(alternative, *_defect(fragment, credentials, alternative, sent))
    return Caller((), "no-credentials" if all(fragment.security) and fragment.security else "")


def _text(scheme: SecurityScheme, value: str) -> str | None:
    """Give the credential in the value of a header, None where another scheme is used."""
    if not scheme.prefix:
        return value
    word, _, rest = value.partition(" ")
    return rest.strip(" ") if word.lower() == scheme.prefix.strip().lower() else None


def _defect(
    fragment: Fragment,
    credentials: Credentials,
    alternative: tuple[str, ...],
    sent: Mapping[str, str | None],
) -> tuple[str, tuple[str, ...]]:
    """Say what is wrong, and with which schemes."""
    there = tuple(name for name in alternative if name in sent)
    if there != alternative:
        return "partial-credentials", there
    empty = tuple(name for name in alternative if sent[name] == "")
    if empty:
        return "empty-credentials", empty
    wrong = tuple(name for name in alternative if sent[name] != credentials.values[name])
    if not wrong:
        return "", ()
    first_alone = next((names for names in fragment.security if len(names) == 1), None)
    if alternative == first_alone and sent[alternative[0]] == credentials.unprivileged:
        return UNPRIVILEGED, wrong
    return "wrong-credentials", wrong
