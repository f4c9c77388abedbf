"""Every way in which an SDK can differ from the contract, each made in an SDK that is perfect otherwise."""

from collections.abc import Callable

import pytest
import samples
from perfect_sdk import Told, perfect, place

from contracts.contract import Contract
from contracts.sdk.declares import judged
from contracts.sdk.findings import Outcome, Severity

BREAKS, LOSES, MISLEADS, COSMETIC = Severity
TEXT, NUMBER, INTEGER = {"kind": "string"}, {"kind": "number"}, {"kind": "integer"}
NULLABLE_TEXT = {"kind": "union", "of": [TEXT, {"kind": "null"}]}


def types(path: str, **told: object) -> Callable[[Told], None]:
    """Give a place another type."""
    return lambda sdk: place(sdk, path).update(type=told)


def marks(path: str, **told: object) -> Callable[[Told], None]:
    """Say something else of a place."""
    return lambda sdk: place(sdk, path).update(told)


def lacks(path: str, name: str) -> Callable[[Told], None]:
    """Take a member away."""
    return lambda sdk: place(sdk, path)["type"]["members"].pop(name) and None


def adds(path: str, name: str, *, required: bool, kind: str = "string") -> Callable[[Told], None]:
    """Add a member."""
    return lambda sdk: place(sdk, path)["type"]["members"].update(
        {name: {"type": {"kind": kind}, "required": required}}
    )


def parameter(name: str, *, required: bool) -> Callable[[Told], None]:
    """Add a parameter."""
    return lambda sdk: sdk["parameters"].append(
        {"in": "query", "name": name, "type": TEXT, "required": required}
    )


def values(path: str, *told: object) -> Callable[[Told], None]:
    """Let a place have these values."""
    return types(path, kind="literal", values=list(told))


def shape(kind: str, **members: Told) -> Told:
    """Make a shape of the cover."""
    told = {"kind": {"type": {"kind": "literal", "values": [kind]}, "required": True}, **members}
    return {"kind": "object", "text": kind.title(), "members": told}


COLOUR = {"colour": {"type": {"kind": "literal", "values": ["RED", "GREEN"]}, "required": True}}
BOTH = {
    "kind": {"type": {"kind": "literal", "values": ["PAPER", "CLOTH"]}, "required": True},
    "colour": {**COLOUR["colour"], "required": False},
}

CASES = {
    "a parameter is missing": (
        lambda sdk: sdk["parameters"].remove(place(sdk, "query genre")),
        {"query.genre:lacks": BREAKS},
    ),
    "a parameter is added": (parameter("author", required=False), {"query.author:adds": MISLEADS}),
    "a required parameter is added": (
        parameter("author", required=True),
        {"query.author:adds-required": BREAKS},
    ),
    "a parameter has to be given": (marks("query genre", required=True), {"query.genre:required": BREAKS}),
    "a required parameter may be left out": (
        marks("path shelf_id", required=False),
        {"path.shelf_id:optional": MISLEADS},
    ),
    "a parameter may be null": (
        types("path shelf_id", **NULLABLE_TEXT),
        {"path.shelf_id:nullable": MISLEADS},
    ),
    "a parameter has another type": (types("query sheet", **TEXT), {"query.sheet:other-type": BREAKS}),
    "a parameter takes fractions": (types("query sheet", **NUMBER), {"query.sheet:fractional": MISLEADS}),
    "a parameter takes more": (
        types("query sheet", kind="union", of=[INTEGER, TEXT]),
        {"query.sheet:wider": MISLEADS},
    ),
    "a parameter takes anything": (types("query sheet", kind="any"), {"query.sheet:untyped": COSMETIC}),
    "a value cannot be asked for": (values("query genre", "NOVEL"), {"query.genre:lacks-POETRY": BREAKS}),
    "a value too many can be asked for": (
        values("query genre", "NOVEL", "POETRY", "CRIME"),
        {"query.genre:adds-CRIME": MISLEADS},
    ),
    "a parameter takes any value": (types("query genre", **TEXT), {"query.genre:any-value": COSMETIC}),
    "a member of an item is missing": (
        lacks("answer books[]", "title"),
        {"200.books[].title:lacks": LOSES},
    ),
    "a member of the envelope is missing": (
        lacks("answer sheet_info", "held"),
        {"200.sheet_info.held:lacks": COSMETIC},
    ),
    "the list itself is missing": (lacks("answer", "books"), {"200.books:lacks": LOSES}),
    "a member is added": (
        adds("answer books[]", "isbn", required=False),
        {"200.books[].isbn:adds": MISLEADS},
    ),
    "a required member is added": (
        adds("answer books[]", "isbn", required=True),
        {"200.books[].isbn:adds-required": BREAKS},
    ),
    "an optional member is required": (
        marks("answer books[] title", required=True),
        {"200.books[].title:required": BREAKS},
    ),
    "a required member is optional": (
        marks("answer books[] genre", required=False),
        {"200.books[].genre:optional": COSMETIC},
    ),
    "a member that may be null is not": (
        types("answer books[] note", **TEXT),
        {"200.books[].note:never-null": BREAKS},
    ),
    "a member that is never null may be": (
        types("answer books[] title", **NULLABLE_TEXT),
        {"200.books[].title:nullable": COSMETIC},
    ),
    "a member has another type": (
        types("answer books[] weight", **TEXT),
        {"200.books[].weight:other-type": BREAKS},
    ),
    "a number has no fractions": (
        types("answer books[] weight", **INTEGER),
        {"200.books[].weight:other-type": BREAKS},
    ),
    "an integer has fractions": (
        types("answer sheet_info held", **NUMBER),
        {"200.sheet_info.held:fractional": MISLEADS},
    ),
    "a member has more types": (
        types("answer books[] title", kind="union", of=[TEXT, NUMBER]),
        {"200.books[].title:wider": COSMETIC},
    ),
    "a member is untyped": (
        types("answer books[] cover", kind="any"),
        {"200.books[].cover:untyped": COSMETIC},
    ),
    "an object has no members": (
        types("answer sheet_info", kind="object", members={}),
        {"200.sheet_info:untyped": COSMETIC},
    ),
    "the items of a list are untyped": (
        types("answer books", kind="array", items={"kind": "any"}),
        {"200.books[]:untyped": COSMETIC},
    ),
    "a value is missing": (
        values("answer books[] genre", "NOVEL"),
        {"200.books[].genre:lacks-POETRY": BREAKS},
    ),
    "a value is added": (
        values("answer books[] genre", "NOVEL", "POETRY", "CRIME"),
        {"200.books[].genre:adds-CRIME": COSMETIC},
    ),
    "values are not told": (types("answer books[] genre", **TEXT), {"200.books[].genre:any-value": COSMETIC}),
    "text is said to have but some values": (
        values("answer books[] title", "Emma"),
        {"200.books[].title:lacks-any-other": BREAKS},
    ),
    "a date-time is text": (
        types("answer books[] bought_at", **TEXT),
        {"200.books[].bought_at:text": COSMETIC},
    ),
    "a date-time is a day": (
        types("answer books[] bought_at", kind="date"),
        {"200.books[].bought_at:day-only": LOSES},
    ),
    "text is a date-time": (
        types("answer books[] title", kind="date-time"),
        {"200.books[].title:other-format": BREAKS},
    ),
    "a shape is missing": (
        types("answer books[] cover", kind="union", of=[shape("PAPER"), shape("FUR")]),
        {"200.books[].cover:lacks-shape-CLOTH": BREAKS, "200.books[].cover:adds-shape-FUR": COSMETIC},
    ),
    "a shape stands for all": (
        types("answer books[] cover", **shape("CLOTH", **COLOUR)),
        {"200.books[].cover:lacks-shape-PAPER": BREAKS},
    ),
    "two shapes have one type": (
        types("answer books[] cover", kind="object", members=BOTH),
        {"200.books[].cover:merged-CLOTH": COSMETIC},
    ),
    "two shapes have one type that asks for what one of them lacks": (
        types("answer books[] cover", kind="object", members=BOTH | COLOUR),
        {
            "200.books[].cover:merged-CLOTH": COSMETIC,
            "200.books[].cover/PAPER.colour:adds-required": BREAKS,
        },
    ),
    "a shape lacks a member": (
        types("answer books[] cover", kind="union", of=[shape("PAPER"), shape("CLOTH")]),
        {"200.books[].cover/CLOTH.colour:lacks": LOSES},
    ),
    "a member is called deprecated that is not": (
        marks("answer books[] title", deprecated=True),
        {"200.books[].title:deprecated-here-only": MISLEADS},
    ),
    "a parameter is called deprecated that is not": (
        marks("query genre", deprecated=True),
        {"query.genre:deprecated-here-only": MISLEADS},
    ),
    "a member is past its end of life": (
        adds("answer sheet_info", "grand_total", required=False, kind="integer"),
        {"200.sheet_info.grand_total:past-its-end-unmarked": MISLEADS},
    ),
    "a member is required past its end of life": (
        adds("answer sheet_info", "grand_total", required=True, kind="integer"),
        {
            "200.sheet_info.grand_total:required": BREAKS,
            "200.sheet_info.grand_total:past-its-end-unmarked": MISLEADS,
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_difference_is_named_by_its_place_and_rated_by_what_it_means(case: str, shelf: Contract) -> None:
    change, expected = CASES[case]
    sdk = perfect(shelf)
    change(sdk)

    checks, findings = judged(sdk, shelf)

    assert {finding.id: finding.severity for finding in findings} == {
        f"declares:{name}": severity for name, severity in expected.items()
    }
    differing = {name for check in checks if check.outcome is Outcome.DIFFERS for name in check.findings}
    assert differing == {finding.id for finding in findings}


def test_a_perfect_sdk_differs_in_nothing(each: Contract) -> None:
    checks, findings = judged(perfect(each), each)

    assert findings == []
    assert {check.outcome for check in checks[1:]} == {Outcome.AS_PROMISED}
    assert len(checks) > 10


def test_a_deprecated_member_is_not_blamed_for_its_mark(shelf: Contract) -> None:
    sdk = perfect(shelf)
    adds("answer sheet_info", "grand_total", required=False, kind="integer")(sdk)
    marks("answer sheet_info grand_total", deprecated=True)(sdk)

    _, findings = judged(sdk, shelf)

    assert [(finding.id, finding.severity) for finding in findings] == [
        ("declares:200.sheet_info.grand_total:past-its-end", COSMETIC)
    ]


def test_before_its_end_of_life_a_deprecated_member_has_to_be_marked() -> None:
    before = samples.contract("shelf", samples.BEFORE)
    marked, unmarked = perfect(before), perfect(before)
    marks("answer sheet_info grand_total", deprecated=True)(marked)

    assert judged(marked, before)[1] == []
    assert [finding.id for finding in judged(unmarked, before)[1]] == [
        "declares:200.sheet_info.grand_total:deprecated-unmarked"
    ]


def test_null_that_stands_for_absence_is_no_difference(shelf: Contract) -> None:
    sdk = perfect(shelf)
    types("answer books[] title", **NULLABLE_TEXT)(sdk)
    marks("answer books[] title", absent=True)(sdk)

    assert judged(sdk, shelf)[1] == []


def test_a_language_is_not_blamed_for_what_it_cannot_say(shelf: Contract) -> None:
    sdk = perfect(shelf) | {"expresses": []}
    types("answer sheet_info held", **NUMBER)(sdk)
    types("answer books[] bought_at", **TEXT)(sdk)

    assert judged(sdk, shelf)[1] == []


def test_one_object_may_be_told_as_several_that_are_as_promised_together(shelf: Contract) -> None:
    sdk = perfect(shelf)
    books = place(sdk, "answer books")
    whole = books["type"]["items"]["members"]
    novel = {name: told for name, told in whole.items() if name != "note"}
    novel["genre"] = {"type": {"kind": "literal", "values": ["NOVEL"]}, "required": True}
    poetry = whole | {"genre": {"type": {"kind": "literal", "values": ["POETRY"]}, "required": True}}
    parts = [{"kind": "object", "members": members} for members in (novel, poetry)]
    books["type"] = {"kind": "array", "items": {"kind": "union", "of": parts}}

    assert judged(sdk, shelf)[1] == []


def test_an_sdk_that_gives_but_the_list_lacks_only_the_envelope(shelf: Contract) -> None:
    sdk = perfect(shelf)
    sdk["answer"] = place(sdk, "answer books")["type"]

    _, findings = judged(sdk, shelf)

    assert [(finding.id, finding.severity) for finding in findings] == [
        ("declares:200.sheet_info:lacks", COSMETIC)
    ]


def test_an_sdk_without_the_operation_breaks_customers(shelf: Contract) -> None:
    described = {"call": "", "expresses": [], "parameters": [], "answer": {"kind": "any"}}

    checks, findings = judged(described, shelf)

    assert [(check.outcome, check.findings) for check in checks] == [
        (Outcome.NOT_SUPPORTED, ("declares:operation:lacks",))
    ]
    assert [(finding.severity, finding.sentence) for finding in findings] == [
        (BREAKS, "the operation is missing: no method of the client sends GET /shelves/{shelf_id}/books")
    ]


def test_a_finding_says_what_a_customer_sees_and_where_it_is_promised(shelf: Contract) -> None:
    sdk = perfect(shelf)
    values("answer books[] genre", "NOVEL")(sdk)
    place(sdk, "answer books[] genre")["type"]["text"] = "Literal['NOVEL']"

    finding = judged(sdk, shelf)[1][0]

    assert finding.sentence == (
        "`books[].genre` may be POETRY, which its type does not have: code that handles all declared values "
        "misses it"
    )
    assert (finding.place, finding.expected, finding.actual) == (
        "200.books[].genre:enum",
        "one of NOVEL, POETRY",
        "Literal['NOVEL']",
    )


def test_the_worst_comes_first(shelf: Contract) -> None:
    sdk = perfect(shelf)
    lacks("answer sheet_info", "held")(sdk)
    marks("answer books[] title", required=True)(sdk)
    lacks("answer books[]", "weight")(sdk)

    severities = [finding.severity for finding in judged(sdk, shelf)[1]]

    assert severities == [BREAKS, LOSES, COSMETIC]


def test_a_row_of_the_table_names_some_places_and_counts_the_rest(shelf: Contract) -> None:
    sdk = perfect(shelf)
    for name in ("title", "weight", "note", "binding"):
        lacks("answer books[]", name)(sdk)

    checks, _ = judged(sdk, shelf)

    row = next(check for check in checks if check.id == "declares:answer:members")

    assert row.title == "members of the answer: which there are"
    assert row.detail == "9 of 13 alike; lacks: books[].binding, books[].title, books[].weight and 1 more"
