"""Faults of who is let in: credentials, permissions, accounts, routes and methods."""

import re
from collections.abc import Callable, Iterator

from contracts.clauses.ids import (
    PERMISSION_CLAUSE,
    accepted_credentials_clause,
    refused_credentials_clause,
    refused_request_clause,
    tenant_clause,
)
from contracts.emulator.arguments import Refusal
from contracts.emulator.credentials import UNPRIVILEGED
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Call, Fault, Gate, PassesHook, Tenancy
from contracts.operation import SecurityScheme

_STATUSES = {Gate.CREDENTIALS: 401, Gate.PERMISSION: 403}


def access_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of access, lax ones first."""
    yield from _lax_credentials(subject)
    yield from _lax_tenants(subject)
    yield from _lax_routes(subject)
    yield from _strict_credentials(subject)


def _lax_credentials(subject: Subject) -> Iterator[Fault | None]:
    security = subject.fragment.security
    schemes = [(names, name) for names in security for name in names]
    for defect, told in {
        "no-credentials": "without credentials",
        "partial-credentials": "with `{0}` alone",
        "wrong-credentials": "with a wrong value for `{0}`",
        "empty-credentials": "with an empty value for `{0}`",
    }.items():
        for names, scheme in schemes if defect != "no-credentials" else [((), "")]:
            yield subject.fault(
                f"accepts/{defect}{scheme and ':'}{scheme}",
                f"A request {told.format(scheme)} is answered",
                (refused_credentials_clause(defect, scheme),),
                on_passes=_open(Gate.CREDENTIALS, _has_defect(defect, names, scheme)),
            )
    for names, scheme in schemes:
        yield subject.fault(
            f"accepts/same-form:{scheme}",
            f"A request with a wrong value for `{scheme}` is answered if it looks like the right one",
            (refused_credentials_clause("wrong-credentials", scheme),),
            on_passes=_open(Gate.CREDENTIALS, _looks_right(subject.fragment.schemes[scheme], names)),
        )
    yield subject.fault(
        "accepts/no-permission",
        "A credential without the permission is accepted",
        (PERMISSION_CLAUSE,),
        on_passes=_open(Gate.PERMISSION, lambda call: call.caller.defect == UNPRIVILEGED),
    )


def _has_defect(defect: str, names: tuple[str, ...], scheme: str) -> Callable[[Call], bool]:
    at_fault = (scheme,) if scheme else ()
    return lambda call: (
        (call.caller.defect, call.caller.at_fault) == (defect, at_fault)
        and (not names or call.caller.schemes == names)
    )


def _looks_right(scheme: SecurityScheme, names: tuple[str, ...]) -> Callable[[Call], bool]:
    is_wrong = _has_defect("wrong-credentials", names, scheme.name)
    right = _form(f"{scheme.prefix}{scheme.example}")
    return lambda call: is_wrong(call) and _form(call.headers[scheme.header.lower()]) == right


def _form(text: str) -> str:
    """Give a text with one character in place of each of its kind."""
    return re.sub("[0-9]", "0", re.sub("[A-Z]", "A", re.sub("[a-z]", "a", text)))


def _lax_tenants(subject: Subject) -> Iterator[Fault | None]:
    tenant = subject.fragment.tenant
    ways = {"other": (Tenancy.OTHER, "of somebody else"), "invented": (Tenancy.NOBODYS, "that is nobody's")}
    for way, (tenancy, told) in ways.items() if tenant else ():
        assert tenant
        yield subject.fault(
            f"accepts/{way}:path.{tenant.name}",
            f"A `{tenant.name}` {told} is answered",
            (tenant_clause(tenant, way),),
            on_passes=_open(Gate.TENANT, _is_of(tenancy)),
        )


def _lax_routes(subject: Subject) -> Iterator[Fault | None]:
    yield subject.fault(
        "accepts/unknown-route",
        "A route that does not exist is answered",
        (refused_request_clause("unknown-route"),),
        on_passes=_open(Gate.ROUTE, lambda call: True),
    )
    for method in subject.fragment.other_methods:
        yield subject.fault(
            f"accepts/method:{method}",
            f"The method {method} is answered as the operation's own",
            (refused_request_clause("other-methods"),),
            on_passes=_open(Gate.METHOD, _has_method(method)),
        )


def _strict_credentials(subject: Subject) -> Iterator[Fault | None]:
    security = subject.fragment.security
    for names in security:
        clause = (accepted_credentials_clause(names),)
        for gate, status in _STATUSES.items() if len(security) > 1 else ():
            yield subject.fault(
                f"refuses/{gate}:{'+'.join(names)}",
                f"Good {' and '.join(names)} are refused with a {status}",
                clause,
                on_passes=_shut(gate, status, comes_with(names)),
            )
        if names == security[0]:
            yield subject.fault(
                f"refuses/later:{'+'.join(names)}",
                f"Good {' and '.join(names)} are refused from the second request on, unless it has a query",
                clause,
                on_passes=_shut(
                    Gate.CREDENTIALS,
                    _STATUSES[Gate.CREDENTIALS],
                    _comes_late_with(names),
                ),
            )


def _is_of(tenancy: Tenancy) -> Callable[[Call], bool]:
    return lambda call: call.tenancy is tenancy


def _has_method(method: str) -> Callable[[Call], bool]:
    return lambda call: call.method == method


def comes_with(names: tuple[str, ...]) -> Callable[[Call], bool]:
    """Say of a call whether it was made with these security schemes."""
    return lambda call: call.caller.schemes == names


def _comes_late_with(names: tuple[str, ...]) -> Callable[[Call], bool]:
    return lambda call: call.caller.schemes == names and call.number > 1 and not call.query


def _open(gate: Gate, is_let_in: Callable[[Call], bool]) -> PassesHook:
    return lambda call, at, refusal: None if at is gate and is_let_in(call) else refusal


def _shut(gate: Gate, status: int, is_kept_out: Callable[[Call], bool]) -> PassesHook:
    def change(call: Call, at: Gate, refusal: Refusal | None) -> Refusal | None:
        is_out = at is gate and not call.caller.defect and is_kept_out(call)
        return refusal or (Refusal(status, 10000, "The credentials are refused") if is_out else None)

    return change
