"""Faults of members that say something about others, and of refusals that do not look like one."""

from collections.abc import Iterator
from dataclasses import replace

from contracts.clauses.ids import body_clause, parameter_clause
from contracts.emulator.arguments import Refusal, judge_all
from contracts.emulator.faults.subject import ChangeFor, Subject
from contracts.emulator.hooks import Answer, Call, Fault
from contracts.location import find, parse, show
from contracts.operation import Response
from contracts.schema import NULL, Node


def envelope_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of `x-counts`, `x-echoes` and `x-equals`, and of refusals."""
    for clause, response, node in subject.of_bodies():
        if clause.keyword == "x-counts":
            yield from _counts(subject, response, node, clause.id)
        elif clause.keyword == "x-echoes":
            yield from _echoes(subject, response, node, clause.id)
        elif clause.keyword == "x-equals":
            yield _equals(subject, response, node, clause.id)
    yield _answered_as_success(subject)


def _counts(subject: Subject, response: Response, node: Node, clause: str) -> Iterator[Fault | None]:
    place = show(node.location)
    ways: dict[str, tuple[str, ChangeFor]] = {
        "one-more": ("one too high", lambda call, body: lambda value: value + 1),
        "one-less": ("one too low, unless it is nought", lambda call, body: lambda value: max(value - 1, 0)),
        "nought": ("always nought", lambda call, body: lambda value: 0),
    }
    pagination = subject.fragment.pagination
    if pagination and parse(node.keywords["x-counts"]) == pagination.items[:-1]:
        told = "the size that was asked for, however many items come"
        ways["page-size"] = (told, lambda call, body: lambda value: call.per_page)
    for way, (told, change) in ways.items():
        yield subject.fault(
            f"counts/{way}:{response.status}.{place}",
            f"`{place}` is {told}",
            (clause,),
            on_body=subject.putting(response, node.location, change),
        )


def _echoes(subject: Subject, response: Response, node: Node, clause: str) -> Iterator[Fault | None]:
    place, pagination = show(node.location), subject.fragment.pagination
    parameter = subject.fragment.parameter(node.keywords["x-echoes"])
    default = parameter.node.keywords.get("default")
    ways: dict[str, tuple[str, ChangeFor]] = {
        "one-more": ("one too high", lambda call, body: lambda value: value + 1)
    }
    if default is not None:
        told = "the default, whatever was asked for"
        ways["default"] = (told, lambda call, body: lambda value: default)
    if pagination and parameter.name == pagination.per_page:
        items = pagination.items
        told = "the number of items that came"
        ways["count"] = (told, lambda call, body: lambda value: len(list(find(body, items))))
    for way, (told, change) in ways.items():
        yield subject.fault(
            f"echoes/{way}:{response.status}.{place}",
            f"`{place}` is {told}",
            (clause,),
            on_body=subject.putting(response, node.location, change),
        )


def _equals(subject: Subject, response: Response, node: Node, clause: str) -> Fault | None:
    """Change the other end, so that filters and the clauses on this end see no change."""
    there = (*node.location[:-1], *parse(node.keywords["x-equals"]))
    root = response.body
    assert root
    owner, other = root.at(there[:-1]), root.at(there)
    assert owner
    assert other
    values = other.keywords.get("enum", [])
    if owner.branches and there[-1] == owner.discriminator:
        # A branch that needs nothing else: the object stays one of the shapes.
        values = [name for name, one in owner.branches.items() if one.keywords["required"] == [there[-1]]]
    if not values:
        return None
    return subject.fault(
        f"equals/other:{response.status}.{show(node.location)}",
        f"`{show(there)}` beside `{show(node.location)}` is always {values[0]}",
        (clause,),
        **subject.altering(response, there, lambda _: values[0]),
    )


def _answered_as_success(subject: Subject) -> Fault | None:
    """Answer what a maximum forbids with the status of a success around the body of a refusal."""
    fragment, success = subject.fragment, subject.success
    refusal = next((one for status, one in fragment.responses.items() if status == "4XX"), None)
    parameter = next((one for one in fragment.query if "maximum" in one.node.keywords), None)
    if not parameter or not refusal or not refusal.body or not success.body or not success.status.isdigit():
        return None
    lies = list(_differences(success, success.body, refusal.body))
    others = [one for one in fragment.query if one is not parameter]

    def change(call: Call, answer: Answer) -> Answer:
        texts = call.texts.get(parameter.name, [""])
        is_above = texts[0].isdigit() and int(texts[0][:99]) > parameter.node.keywords["maximum"]
        # What is wrong beside it would be answered as a success, too, and break promises of its own.
        is_alone = not isinstance(judge_all(others, call.texts), Refusal)
        is_lie = answer.status >= 400 and is_above and is_alone
        return replace(answer, status=int(success.status)) if is_lie else answer

    return subject.fault(
        f"success-status:query.{parameter.name}",
        f"A `{parameter.name}` above its maximum alone is refused in words, with the status {success.status}",
        (parameter_clause(parameter, "maximum"), *lies),
        on_answer=change,
    )


def _differences(success: Response, page: Node, refusal: Node) -> Iterator[str]:
    """Name the clauses on a page that the body of a refusal breaks."""
    for name, node in page.properties.items():
        other = refusal.properties.get(name)
        if other is None:
            yield body_clause(success.status, node.location, "required")
        elif not set(node.types) & set(other.types) and NULL not in node.types:
            yield body_clause(success.status, node.location, "type")
        elif node.keywords.get("const") != other.keywords.get("const"):
            yield body_clause(success.status, node.location, "const")
