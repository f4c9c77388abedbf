"""The faults that the emulator can commit, derived from the clauses that they break.

Each builder below finds its clause by keyword and family and gives nothing where the fragment makes no
such promise. How an answer deviates is told in `deviations.py`, where it can in `hooks.py`.
"""

import json
from collections.abc import Iterator, Mapping

from contracts.clauses import Clause, Family, body_clause, derive, refused_credentials_clause
from contracts.emulator import deviations
from contracts.emulator.hooks import Fault
from contracts.fragment import Fragment
from contracts.location import Location, show
from contracts.operation import Parameter
from contracts.schema import Node

_NOT_ZERO = 7


def faults(fragment: Fragment) -> Mapping[str, Fault]:
    """Give the faults by id, always in the same order.

    Raises:
        FragmentError: a promise does not say what it rests on.
    """
    subject = _Subject(fragment)
    built = [build(subject) for build in _BUILDERS]
    return {fault.id: fault for fault in built if fault and fault.clauses}


class _Subject:
    """A fragment, looked at for what can be broken."""

    def __init__(self, fragment: Fragment) -> None:
        self.fragment = fragment
        self.success = fragment.success.status
        self.clauses = derive(fragment)
        self.filters = [parameter for parameter in fragment.query if parameter.filter]
        self._nodes = {
            body_clause(response.status, node.location, keyword): node
            for response in fragment.responses.values()
            for node in (response.body.walk() if response.body else ())
            for keyword in (*node.keywords, "required")
        }

    def promises(self, keyword: str, *families: Family) -> Iterator[tuple[Clause, Node]]:
        """Yield the clauses on a keyword of bodies, outside of unions, and the schemas they are about."""
        for clause in self.clauses.values():
            node = self._nodes.get(clause.id)
            if not node or clause.keyword != keyword or clause.family not in families:
                continue
            if not any(step.startswith("/") for step in node.location):
                yield clause, node

    def in_item(self, node: Node) -> Location:
        """Give the place of a node within an item of the list; empty where it has none."""
        pagination = self.fragment.pagination
        size = len(pagination.items) if pagination else 0
        is_inside = pagination and node.location[:size] == pagination.items
        return node.location[size:] if is_inside else ()

    def known(self, *clause_ids: str) -> tuple[str, ...]:
        """Give those ids that are clauses of the fragment."""
        return tuple(clause_id for clause_id in clause_ids if clause_id in self.clauses)

    def filtered(self, parameter: Parameter) -> Location:
        """Give the member that a parameter filters on."""
        assert parameter.filter
        return parameter.filter.member


def _missing_member(subject: _Subject) -> Fault | None:
    taken = [subject.filtered(parameter) for parameter in subject.filters]
    if subject.fragment.pagination:
        taken.append(subject.fragment.pagination.identity)
    for clause, node in subject.promises("required", Family.SCHEMA):
        member = subject.in_item(node)
        if member and not clause.sunset and not node.branches and member not in taken:
            summary = f"The last item of each page lacks `{show(member)}`"
            return deviations.ItemMemberMissing(
                "missing-member", summary, (clause.id,), member=member, chosen=deviations.is_last
            )
    return None


def _unknown_enum_value(subject: _Subject) -> Fault | None:
    last = [subject.filtered(parameter) for parameter in subject.filters[-1:]]
    found = [
        promise for promise in subject.promises("enum", Family.ENUM) if subject.in_item(promise[1]) in last
    ]
    if not found:
        return None
    clause, node = found[0]
    # Longer than each declared value, so none of them.
    unknown = max(map(str, node.keywords["enum"]), key=len) + "_UNDECLARED"
    return deviations.ItemChanged(
        "unknown-enum-value",
        f"The first item of each page has the `{show(last[0])}` {unknown}",
        (clause.id,),
        member=last[0],
        change=lambda value: unknown,
        chosen=deviations.is_first,
    )


def _space_in_date_time(subject: _Subject) -> Fault | None:
    for clause, node in subject.promises("format", Family.FORMAT):
        member = subject.in_item(node)
        if member and node.keywords["format"] == "date-time":
            return deviations.ItemChanged(
                "space-in-date-time",
                f"Every `{show(member)}` has a space for the T",
                (clause.id,),
                member=member,
                change=lambda value: value.upper().replace("T", " "),
            )
    return None


def _deprecated_not_zero(subject: _Subject) -> Fault | None:
    for clause, node in subject.promises("const", Family.DEPRECATION):
        if node.keywords["const"] == 0 and not subject.in_item(node):
            return deviations.BodyChanged(
                "deprecated-not-zero",
                f"`{show(node.location)}` is {_NOT_ZERO}",
                (clause.id,),
                member=node.location,
                change=lambda value: _NOT_ZERO,
            )
    return None


def _count_off_by_one(subject: _Subject) -> Fault | None:
    for clause, node in subject.promises("x-counts", *Family):
        return deviations.BodyChanged(
            "count-off-by-one",
            f"`{show(node.location)}` is one too high",
            (clause.id,),
            member=node.location,
            change=lambda value: value + 1,
        )
    return None


def _filter_ignored(subject: _Subject) -> Fault | None:
    for parameter in subject.filters:
        return deviations.FilterIgnored(
            "filter-ignored",
            f"The parameter `{parameter.name}` is ignored",
            subject.known(f"query.{parameter.name}:x-filters/only-matching"),
            parameter=parameter.name,
        )
    return None


def _page_repeats_item(subject: _Subject) -> Fault:
    # The item whose place is taken is lost, to a list that is filtered as well.
    lost = [f"query.{parameter.name}:x-filters/all-matching" for parameter in subject.filters]
    return deviations.PageRepeatsItem(
        "page-repeats-item",
        "Each page after the first has the last item of the page before in place of its own first",
        subject.known("x-pagination/no-repeats", "x-pagination/complete", *lost),
    )


def _no_credentials_accepted(subject: _Subject) -> Fault:
    return deviations.NoCredentialsAccepted(
        "no-credentials-accepted",
        "A request without credentials is answered",
        subject.known(refused_credentials_clause("no-credentials", "")),
    )


def _refusal_says_success(subject: _Subject) -> Fault | None:
    for clause, node in subject.promises("const", Family.ERROR):
        value = node.keywords["const"]
        if isinstance(value, bool):
            return deviations.BodyChanged(
                "refusal-says-success",
                f"`{show(node.location)}` of a refusal is {json.dumps(not value)}",
                (clause.id,),
                member=node.location,
                change=lambda value: not value,
                is_refusal=True,
            )
    return None


def _wrong_content_type(subject: _Subject) -> Fault:
    broken = subject.known(f"{subject.success}:content-type")
    return deviations.WrongContentType("wrong-content-type", "A page comes as text/html", broken)


def _duplicate_name(subject: _Subject) -> Fault:
    broken = subject.known(f"{subject.success}:unique-names")
    return deviations.NameTwice("duplicate-name", "The first member of a page's body stands twice", broken)


def _maximum_not_enforced(subject: _Subject) -> Fault | None:
    for parameter in subject.fragment.query:
        if "maximum" in parameter.node.keywords:
            return deviations.MaximumNotEnforced(
                "maximum-not-enforced",
                f"A `{parameter.name}` above the maximum is answered as the maximum",
                subject.known(f"query.{parameter.name}:maximum"),
                fragment=subject.fragment,
                parameter=parameter,
            )
    return None


_BUILDERS = (
    _missing_member,
    _unknown_enum_value,
    _space_in_date_time,
    _deprecated_not_zero,
    _count_off_by_one,
    _filter_ignored,
    _page_repeats_item,
    _no_credentials_accepted,
    _refusal_says_success,
    _wrong_content_type,
    _duplicate_name,
    _maximum_not_enforced,
)
