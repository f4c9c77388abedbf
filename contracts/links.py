"""Checks that the parts of a fragment fit: that none names in another what is not there."""

from typing import TYPE_CHECKING, Any

from contracts.location import Location, parse
from contracts.operation import Parameter, Response
from contracts.schema import NULL, Node

if TYPE_CHECKING:
    from contracts.fragment import Fragment

_OF_PARAMETERS = {
    "string": {"type", "enum", "maxLength"},
    "integer": {"type", "minimum", "maximum"},
}
_NOTES = {"description", "default", "example", "examples", "x-source"}


def check_links(fragment: "Fragment") -> None:
    """Check what the keywords of one part name in another.

    Raises:
        FragmentError: a rule, a filter or the pagination names what is not there, there is no successful
            response, or a parameter's schema is of a kind that cannot be assessed.
    """
    successes = [response for status, response in fragment.responses.items() if status.startswith("2")]
    if len(successes) != 1 or not successes[0].body:
        at = f"{fragment.pointer}/responses"
        raise fragment.source.refuse(at, "not exactly one response is a success with a body", "declare one")
    for parameter in fragment.parameters:
        _check_parameter(fragment, parameter)
    if fragment.pagination:
        _check_page(fragment, fragment.parameter(fragment.pagination.page))
        _check_page_size(fragment, fragment.parameter(fragment.pagination.per_page))
    for response in fragment.responses.values():
        for node in response.body.walk() if response.body else ():
            _check_rules(fragment, response, node)
    _check_lists(fragment, successes[0].body)


def _check_parameter(fragment: "Fragment", parameter: Parameter) -> None:
    node = parameter.node
    known = _OF_PARAMETERS.get(node.types[0], set()) if len(node.types) == 1 else set()
    if parameter.place == "path" and node.types != ("string",):
        known = set()
    if parameter.is_required and parameter.place == "query":
        problem = f"{parameter.name} is required, and most requests leave it out"
        raise fragment.source.refuse(parameter.pointer, problem, "teach the suite, or leave `required` out")
    for keyword in node.keywords:
        if keyword not in known | _NOTES:
            problem = f"{keyword} is not supported here for a parameter of type {' or '.join(node.types)}"
            raise fragment.source.refuse(node.origins[keyword], problem, "use a string or an integer")


def _check_page(fragment: "Fragment", parameter: Parameter) -> None:
    """Check that pages are counted from one, as the walks do."""
    keywords = parameter.node.keywords
    if (keywords.get("minimum"), keywords.get("default")) != (1, 1):
        problem = f"the pages are not counted from one, and the first is not the default of {parameter.name}"
        raise fragment.source.refuse(
            f"{parameter.pointer}/schema", problem, "write minimum: 1 and default: 1"
        )


def _check_page_size(fragment: "Fragment", parameter: Parameter) -> None:
    keywords, at = parameter.node.keywords, f"{parameter.pointer}/schema"
    limits = {name: keywords[name] for name in ("minimum", "default", "maximum") if name in keywords}
    sizes = list(limits.values())
    if not sizes or any(not isinstance(size, int) or size < 1 for size in sizes) or sizes != sorted(sizes):
        problem = (
            f"the sizes that {parameter.name} allows are not known: {limits or 'no limit and no default'}"
        )
        advice = "write minimum, default and maximum as integers from 1 on, none below the one before"
        raise fragment.source.refuse(at, problem, advice)


def _check_rules(fragment: "Fragment", response: Response, node: Node) -> None:
    assert response.body
    queries = [parameter.name for parameter in fragment.query]
    for keyword in ("x-counts", "x-equals", "x-echoes"):
        if keyword not in node.keywords:
            continue
        target = node.keywords[keyword]
        base = node.location[:-1] if keyword == "x-equals" else ()
        is_there = target in queries if keyword == "x-echoes" else _is_there(response.body, base, target)
        if not is_there:
            problem = f"{keyword} names {target}, which is not there"
            raise fragment.source.refuse(node.origins[keyword], problem, "correct the name")


def _is_there(body: Node, base: Location, target: Any) -> bool:
    try:
        return body.at((*base, *parse(target))) is not None
    except (ValueError, AttributeError, TypeError):
        return False


def _check_lists(fragment: "Fragment", body: Node) -> None:
    pagination = fragment.pagination
    at = f"{fragment.pointer}/x-pagination"
    filters = [parameter for parameter in fragment.query if parameter.filter]
    if not pagination:
        if filters:
            pointer = f"{filters[0].pointer}/x-filters"
            raise fragment.source.refuse(pointer, "there is no list to filter", "add x-pagination")
        return
    places = {f"{at}/items": pagination.items, f"{at}/identity": (*pagination.items, *pagination.identity)}
    for parameter in filters:
        assert parameter.filter
        places[f"{parameter.pointer}/x-filters/field"] = (*pagination.items, *parameter.filter.member)
    for pointer, place in places.items():
        node = body.at(place)
        if not node or NULL in node.types:
            problem = f"{'.'.join(place)} is not there, or may be null"
            raise fragment.source.refuse(pointer, problem, "name a place of the successful response")
