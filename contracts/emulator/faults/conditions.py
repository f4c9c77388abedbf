"""Faults that come only now and then, because real ones do.

A condition wraps any fault. Which faults come under which is derived: of each family one, of those that a
run can see there, and another kind under each condition.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.clauses import Family
from contracts.clauses.ids import pagination_clause
from contracts.emulator.faults.access import comes_with
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Call, Deviation, Fault, Place
from contracts.emulator.mixing import mix
from contracts.emulator.store import wire
from contracts.location import EACH, Location, find

_LATE_PAGE = 3
_ONE_ITEM_IN = 100
_ONE_REQUEST_IN = 25

Suits = Callable[[Subject, Fault], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """When a fault comes: on which requests, at which items of theirs. `suits` says which faults can be
    seen under it."""

    id: str
    summary: str
    suits: Suits
    calls: Callable[[Call], bool] = lambda call: True
    places: Callable[[Place, Any], bool] = lambda place, item: True
    is_intermittent: bool = False


def conditional(fault: Fault, condition: Condition) -> Fault:
    """Make the fault that comes under the condition only."""
    guarded = {
        name: _guarded(condition, hook)
        for name in Deviation.__dataclass_fields__
        if name.startswith("on_") and name != "on_item" and (hook := getattr(fault, name))
    }
    if fault.on_item:
        guarded["on_item"] = _guarded_item(condition, fault)
    return Fault(
        id=f"{fault.id}@{condition.id}",
        summary=f"{fault.summary}, {condition.summary}",
        clauses=fault.clauses,
        family=fault.family,
        until=fault.until,
        is_intermittent=condition.is_intermittent,
        **guarded,
    )


def _guarded(condition: Condition, hook: Callable[..., Any]) -> Callable[..., Any]:
    """Ask a hook where the condition holds; all hooks are given last what they give back unchanged."""
    return lambda call, *given: hook(call, *given) if condition.calls(call) else given[-1]


def _guarded_item(condition: Condition, fault: Fault) -> Callable[[Call, Place, Any], Any]:
    def change(call: Call, place: Place, item: Any) -> Any:
        is_met = condition.calls(call) and condition.places(place, item)
        return fault.item(call, place, item) if is_met else item

    return change


def conditional_faults(subject: Subject, known: Iterable[Fault]) -> Iterator[Fault]:
    """Yield a fault of every family under each condition, of those that can be seen there."""
    known = [fault for fault in known if not fault.until]
    for turn, condition in enumerate(conditions(subject)):
        for family in Family:
            kinds = _first_of_kinds(
                fault for fault in known if fault.family is family and condition.suits(subject, fault)
            )
            if kinds:
                yield conditional(kinds[turn % len(kinds)], condition)


def _first_of_kinds(suited: Iterable[Fault]) -> list[Fault]:
    kinds: dict[str, Fault] = {}
    for fault in suited:
        kinds.setdefault(fault.id.partition(":")[0].partition("/")[0], fault)
    return list(kinds.values())


def conditions(subject: Subject) -> Iterator[Condition]:
    """Yield the conditions that the fragment lends itself to."""
    yield from _of_pages(subject)
    yield from _of_filters(subject)
    yield from _of_items(subject)
    for names in subject.fragment.security[1:]:
        yield Condition(
            "+".join(names),
            f"to who comes with {' and '.join(names)}",
            # Who comes so asks for one page, without a filter, and for the account of another.
            lambda subject, fault: (
                (_is_seen_once(subject, fault) and fault.family is not Family.FILTER)
                or _is_of_other_tenant(fault)
            ),
            calls=comes_with(names),
        )
    yield Condition(
        f"every-{_ONE_REQUEST_IN}th",
        f"on every {_ONE_REQUEST_IN}th request",
        lambda subject, fault: _is_seen_once(subject, fault) or _repeats(fault),
        calls=lambda call: call.number % _ONE_REQUEST_IN == 0,
        is_intermittent=True,
    )


def _of_pages(subject: Subject) -> Iterator[Condition]:
    pagination = subject.fragment.pagination
    if not pagination:
        return
    yield Condition(
        f"page-{_LATE_PAGE}",
        f"from page {_LATE_PAGE} on",
        lambda subject, fault: _is_of_page(subject, fault) or _misplaces(fault),
        calls=lambda call: call.page >= _LATE_PAGE,
    )
    most = subject.fragment.parameter(pagination.per_page).node.keywords.get("maximum")
    if most is not None:
        yield Condition(
            f"{pagination.per_page}={most}",
            f"with {pagination.per_page}={most}",
            lambda subject, fault: _is_of_page(subject, fault) or _misplaces(fault) or _ignores(fault),
            calls=lambda call: call.per_page == most,
        )


def _of_filters(subject: Subject) -> Iterator[Condition]:
    choices = [
        (parameter.name, str(parameter.node.keywords["enum"][0]))
        for parameter in subject.filters
        if "enum" in parameter.node.keywords
    ]
    if choices:
        yield Condition(
            _joined(choices[:1]),
            f"where {_joined(choices[:1])} and nothing else is filtered by",
            lambda subject, fault: _repeats(fault),
            calls=_is_filtered_by(subject, dict(choices[:1])),
        )
        yield Condition(
            _joined(choices),
            f"where {_joined(choices)} is filtered by",
            lambda subject, fault: _is_of_page(subject, fault) or _ignores(fault),
            calls=_is_filtered_by(subject, dict(choices)),
        )


def _of_items(subject: Subject) -> Iterator[Condition]:
    yield Condition(
        "last-item",
        "on the last item of the last page",
        lambda subject, fault: fault.touches_items and _is_steady(subject, fault, is_certain=True),
        places=lambda place, item: place.is_end,
    )
    yield Condition(
        f"1-in-{_ONE_ITEM_IN}",
        f"on one item in {_ONE_ITEM_IN}",
        lambda subject, fault: fault.touches_items and _is_steady(subject, fault, is_certain=False),
        # Mixed, since the values of items follow a pattern that repeats.
        places=lambda place, item: mix(place.index) % _ONE_ITEM_IN == 0,
    )
    for parameter in subject.filters[-1:]:
        assert parameter.filter
        member, values = parameter.filter.member, parameter.node.keywords.get("enum", ())
        if values:
            yield Condition(
                f"{parameter.name}-is-{values[-1]}",
                f"on items whose {parameter.name} is {values[-1]}",
                lambda subject, fault: fault.touches_items and _is_steady(subject, fault, is_certain=False),
                places=_has(member, wire(values[-1])),
            )


def _joined(choices: Sequence[tuple[str, str]]) -> str:
    return ",".join(f"{name}={text}" for name, text in choices)


def _has(member: Location, text: str) -> Callable[[Place, Any], bool]:
    return lambda place, item: any(wire(value) == text for _, value in find(item, member))


def _is_filtered_by(subject: Subject, chosen: Mapping[str, str]) -> Callable[[Call], bool]:
    names = [parameter.name for parameter in subject.filters]
    return lambda call: {name: call.texts[name][0] for name in names if name in call.texts} == chosen


def _is_of_page(subject: Subject, fault: Fault) -> bool:
    """Say whether a fault shows on any page that holds some items."""
    if fault.touches_items:
        return _is_steady(subject, fault, is_certain=False)
    return _is_seen_once(subject, fault) and _place(fault).startswith(subject.success.status)


def _is_seen_once(subject: Subject, fault: Fault) -> bool:
    """Say whether any one answer of its kind shows a fault, because what it changes is always there."""
    is_of_answers = bool(fault.on_body or fault.on_answer) and _place(fault)[:3] in subject.fragment.responses
    return (is_of_answers or fault.touches_items) and _is_steady(subject, fault, is_certain=True)


def _is_steady(subject: Subject, fault: Fault, *, is_certain: bool) -> bool:
    """Say whether a fault leaves items told apart, and changes what is always there, if that is asked."""
    place = subject.place(fault.clauses[0])
    if place is None:
        return not is_certain or fault.family is not Family.FILTER or fault.touches_items
    pagination = subject.fragment.pagination
    identity = (*pagination.items, *pagination.identity) if pagination else ()
    if identity[: len(place.location)] == place.location and fault.touches_items:
        return False
    return place.is_always_there if is_certain else fault.touches_items or EACH not in place.location


def _place(fault: Fault) -> str:
    return fault.id.partition(":")[2]


def _misplaces(fault: Fault) -> bool:
    """Say whether a fault shows in two answers, whatever else is read, and loses nothing."""
    return fault.on_window is not None and fault.clauses in (
        (pagination_clause("no-repeats"),),
        (pagination_clause("same-order"),),
    )


def _repeats(fault: Fault) -> bool:
    return fault.on_window is not None and fault.clauses == (pagination_clause("no-repeats"),)


def _ignores(fault: Fault) -> bool:
    """Say whether a fault ignores a filter, on all pages alike."""
    is_filter = fault.on_listing is not None and len(fault.clauses) == 1
    return is_filter and fault.clauses[0].endswith("only-matching")


def _is_of_other_tenant(fault: Fault) -> bool:
    return fault.clauses[0].endswith(":x-tenant/other")
