"""Answers requests, made from the fragment.

There is one route and no middleware, so a framework would bring a router for the one and wrappers for
the other; what it does to odd bytes in a path is what this emulator has to decide by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_to_bytes

from contracts.emulator.arguments import Arguments, Refusal, Texts, decode, invalid, judge, judge_all, split
from contracts.emulator.credentials import UNPRIVILEGED, Caller, Credentials, identify
from contracts.emulator.data import Items, columns
from contracts.emulator.envelope import Envelopes
from contracts.emulator.hooks import Answer, Call, Deviation, Fault, Gate, Place, Tenancy
from contracts.emulator.remembering import remembering
from contracts.emulator.store import DEFAULT_SEED, Store, wire
from contracts.emulator.variants.model import Variant
from contracts.emulator.writing import compact
from contracts.fragment import Fragment

Headers = Iterable[tuple[bytes, bytes]]

_UNKNOWN_ROUTE = Refusal(404, 7003, "No route for that URI")
_NOT_AUTHENTICATED = (401, 10000, "Authentication error")
_NOT_YOURS = Refusal(403, 9109, "Unauthorized to access requested resource")
_NO_PERMISSION = Refusal(403, 10000, "The credentials lack the permission")
_MALFORMED = invalid("The request is not HTTP")


@dataclass(frozen=True, slots=True)
class _Head:
    """What a request says beside its query, and what each gate makes of that; `refusal` is the first."""

    headers: Mapping[str, str]
    caller: Caller
    path_texts: Mapping[str, str] | None
    tenancy: Tenancy
    gates: Mapping[Gate, Refusal | None]
    refusal: Refusal | None


class Emulator:
    """The operation of a fragment over `jobs` items that follow from `seed`.

    Without `jobs` it holds as many as the `variant` says. `fault` may be exchanged at any time.

    Raises:
        UsageError: so many jobs cannot be held.
    """

    def __init__(
        self,
        fragment: Fragment,
        *,
        jobs: int | None = None,
        seed: int = DEFAULT_SEED,
        credentials: Credentials | None = None,
        fault: Fault | None = None,
        variant: Variant | None = None,
    ) -> None:
        self.fragment = fragment
        self.credentials = credentials or Credentials.of(fragment)
        self.fault = fault
        self.variant = variant or Variant()
        count = self.variant.jobs if jobs is None else jobs
        self.store = Store(self.variant.columns(columns(fragment)), count, seed)
        self.items = Items(fragment, self.store, seed, self.variant.items, self.variant.finish)
        self._envelopes = Envelopes(fragment, seed, self.variant.envelope)
        self._count = 0
        self._success = fragment.success
        self._pagination = fragment.pagination
        self._filters = {one.name: one.filter.member for one in fragment.query if one.filter}
        self._query = remembering(self._read_query)
        self._head = remembering(self._read_head)
        template = fragment.path.encode().split(b"/")
        self._templates = (template, [*fragment.prefix.encode().split(b"/"), *template[1:]])

    def answer(self, method: str, path: bytes, query: bytes, headers: Headers) -> Answer:
        """Answer a request whose path and query are as they came over the wire."""
        self._count += 1
        head = self._head(_joined(method, path, headers))
        texts, judged, meant = self._query(query)
        call = Call(
            self._count,
            method,
            path,
            query,
            texts=texts,
            headers=head.headers,
            caller=head.caller,
            path_texts=head.path_texts,
            tenancy=head.tenancy,
            **meant,
        )
        return self._refused(call, head) or self._page(call, judged)

    def malformed(self) -> Answer:
        """Answer what is not HTTP."""
        self._count += 1
        return self._refuse(Call(self._count, "", b"", b""), _MALFORMED)

    @property
    def _hooks(self) -> Deviation:
        return self.fault or self.variant

    def _meant(self, arguments: Arguments) -> dict[str, Any]:
        """Give what a call says of the values of its parameters."""
        pagination = self._pagination
        if not pagination:
            return {"arguments": arguments}
        page = arguments.get(pagination.page, 1)
        per_page = arguments.get(pagination.per_page, self.store.count)
        return {"arguments": arguments, "page": int(page), "per_page": int(per_page)}

    def _refused(self, call: Call, head: _Head) -> Answer | None:
        hooks = self._hooks
        if not hooks.touches_gates:
            return self._refuse(call, head.refusal) if head.refusal else None
        for gate, refusal in head.gates.items():
            judged = hooks.passes(call, gate, refusal)
            if judged:
                return self._refuse(call, judged)
        return None

    def _page(self, call: Call, judged: Arguments | Refusal) -> Answer:
        meant = self._hooks.arguments(call, call.texts, judged)
        if isinstance(meant, Refusal):
            return self._refuse(call, meant)
        if meant is not judged:
            call = replace(call, **self._meant(meant))
        items = self._items(call) if self._pagination else []
        if isinstance(items, Refusal):
            return self._refuse(call, items)
        body = self._envelopes.page(call, items)
        status = self._success.status
        return self._encoded(
            call, int(status) if status.isdigit() else 200, self._success.media_type, body, ()
        )

    def _items(self, call: Call) -> list[Any] | Refusal:
        chosen = {
            member: wire(call.arguments[name])
            for name, member in self._filters.items()
            if name in call.arguments
        }
        hooks = self._hooks
        listing = hooks.listing(call, chosen, self.store, self.store.select(chosen))
        first = (call.page - 1) * call.per_page
        indexes = hooks.window(call, listing, listing.window(first, call.per_page))
        if isinstance(indexes, Refusal):
            return indexes
        if not (hooks.touches_items or hooks.touches_body) and self.variant.encode is compact:
            return [self.items.written(index) for index in indexes]
        items = [self.items.cached(index) for index in indexes]
        if not hooks.touches_items:
            return items
        last = listing[listing.count - 1] if listing.count else None
        return [
            hooks.item(call, Place(index, index == last), item)
            for index, item in zip(indexes, items, strict=True)
        ]

    def _refuse(self, call: Call, refusal: Refusal) -> Answer:
        response = self.fragment.response(refusal.status)
        media_type = (response.media_type if response else "") or self._success.media_type
        body = self._envelopes.refusal(call, refusal)
        return self._encoded(call, refusal.status, media_type, body, refusal.headers)

    def _encoded(self, call: Call, status: int, media_type: str, body: Any, headers: Headers) -> Answer:
        encoded = self.variant.encode(self._hooks.body(call, status, body))
        headers = ((b"content-type", media_type.encode()), *headers)
        answer = self._hooks.answer(call, Answer(status, headers, encoded))
        if b"content-length" in dict(answer.headers) or self.variant.is_chunked:
            return answer
        length = (b"content-length", b"%d" % len(answer.body))
        return Answer(answer.status, (*answer.headers, length), answer.body)

    def _read_head(self, joined: bytes) -> _Head:
        method, _, rest = joined.partition(b"\n")
        path, _, lines = rest.partition(b"\n")
        headers = _by_name(lines)
        caller = identify(self.fragment, self.credentials, headers)
        path_texts = self._read_path(path)
        tenancy = self._read_tenancy(path_texts or {})
        gates = {
            Gate.ROUTE: _UNKNOWN_ROUTE if path_texts is None else None,
            Gate.METHOD: self._judge_method(method.decode()),
            Gate.CREDENTIALS: self._judge_credentials(caller),
            Gate.PATH: self._judge_path(path_texts or {}),
            Gate.TENANT: None if tenancy is Tenancy.OWN else _NOT_YOURS,
            Gate.PERMISSION: _NO_PERMISSION if caller.defect == UNPRIVILEGED else None,
        }
        return _Head(headers, caller, path_texts, tenancy, gates, next(filter(None, gates.values()), None))

    def _read_query(self, query: bytes) -> tuple[Texts, Arguments | Refusal, dict[str, Any]]:
        """Give what a query says, what is made of it, and what a call says of that."""
        texts = split(query)
        judged = judge_all(self.fragment.query, texts)
        return texts, judged, {} if isinstance(judged, Refusal) else self._meant(judged)

    def _read_path(self, path: bytes) -> dict[str, str] | None:
        """Give the parameters in a path, None where it is not that of the operation."""
        segments = path.split(b"/")
        for template in self._templates:
            if len(template) == len(segments) and all(map(_fits, template, segments)):
                pairs = zip(template, segments, strict=True)
                return {name[1:-1].decode(): decode(text) for name, text in pairs if name[:1] == b"{"}
        return None

    def _judge_method(self, method: str) -> Refusal | None:
        allowed = self.fragment.method
        if method == allowed:
            return None
        return Refusal(405, 10405, "Method not allowed", ((b"allow", allowed.encode()),))

    def _judge_credentials(self, caller: Caller) -> Refusal | None:
        if caller.defect in ("", UNPRIVILEGED):
            return None
        words = [scheme.prefix.strip() for scheme in self.fragment.schemes.values() if scheme.prefix]
        return Refusal(*_NOT_AUTHENTICATED, tuple((b"www-authenticate", word.encode()) for word in words))

    def _judge_path(self, texts: Mapping[str, str]) -> Refusal | None:
        for name, text in texts.items():
            judged = judge(self.fragment.parameter(name), [text])
            if isinstance(judged, Refusal):
                return judged
        return None

    def _read_tenancy(self, path_texts: Mapping[str, str]) -> Tenancy:
        tenant = self.fragment.tenant
        account = path_texts.get(tenant.name) if tenant else None
        if account in (None, self.credentials.own_account):
            return Tenancy.OWN
        return Tenancy.OTHER if account == self.credentials.other_account else Tenancy.NOBODYS


def _joined(method: str, path: bytes, headers: Headers) -> bytes:
    """Write the head of a request, in which no line can be broken, as one text."""
    return b"\n".join([method.encode(), path, *[b"%b:%b" % header for header in headers]])


def _by_name(lines: bytes) -> Mapping[str, str]:
    """Give the headers by name in lower case; one that stands twice is joined (RFC 9110 section 5.3)."""
    found: dict[str, str] = {}
    for line in lines.decode("latin-1").split("\n") if lines else ():
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return MappingProxyType(found)


def _fits(template: bytes, segment: bytes) -> bool:
    if template[:1] == b"{":
        return bool(segment)
    return segment == template or unquote_to_bytes(segment) == template
