"""The examples that `explain` shows are what they say: the one keeps its clause, the other breaks it."""

import pytest
import samples

from contracts.clauses.ids import body_clause
from contracts.examples import examples, sample, spoiled
from contracts.validation import BodyValidator

CONTRACT = samples.contract("jobs")
VALUED = [
    (response.status, node, keyword)
    for response in CONTRACT.fragment.responses.values()
    if response.body
    for node in response.body.walk()
    for keyword in (*(key for key in node.keywords if key in ("type", "enum", "const", "format", "minimum")),)
    if body_clause(response.status, node.location, keyword) in CONTRACT.clauses
]


@pytest.mark.parametrize("status", ["200", "4XX"])
def test_a_sample_of_a_body_keeps_every_promise(status):
    response = CONTRACT.fragment.responses[status]

    body = sample(response.body)

    assert BodyValidator(response, samples.AS_OF, CONTRACT.redactor).is_valid(body)


@pytest.mark.parametrize(
    ("status", "node", "keyword"),
    VALUED,
    ids=[body_clause(status, node.location, keyword) for status, node, keyword in VALUED],
)
def test_a_spoiled_value_breaks_the_keyword_and_the_sample_does_not(status, node, keyword):
    validator = BodyValidator(
        type(CONTRACT.fragment.responses[status])(status, "", "", "", node, "", ""),
        samples.AS_OF,
        CONTRACT.redactor,
    )

    broken = [seen.clause for seen in validator.judge(spoiled(node, keyword)) if seen.broken]
    kept = [seen.clause for seen in validator.judge(sample(node)) if seen.broken]

    assert broken == [body_clause(status, node.location, keyword)]
    assert kept == []


@pytest.mark.parametrize(
    ("fragment", "kept"),
    [
        ("jobs", "the same items at 20 and at 1000 a page"),
        ("shelf", "the same items at 2 and at 5 a page"),
    ],
)
def test_an_example_of_pages_is_of_sizes_that_can_be_asked_for(fragment, kept):
    contract = samples.contract(fragment)

    assert examples(contract.clauses["x-pagination/complete"], contract.fragment)[0] == kept


def test_a_keyword_that_no_value_can_show_broken_has_no_spoiled_value():
    with pytest.raises(KeyError):
        spoiled(CONTRACT.fragment.success.body, "x-counts")
