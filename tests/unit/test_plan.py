"""What the systematic plan asks for."""

from itertools import product

from contracts import plan
from contracts.exchange import Account, Identity
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
BOTH = {"api_token", "api_email", "api_key"}


def test_every_combination_of_the_filters_is_asked_for_once_and_the_empty_one_first():
    values = {p.name: [None, *p.node.keywords["enum"]] for p in FRAGMENT.query if p.filter}
    expected = {
        tuple((name, value) for name, value in zip(values, combination, strict=True) if value)
        for combination in product(*values.values())
    }

    combinations = plan.filter_combinations(FRAGMENT)

    assert combinations[0] == ()
    assert len(combinations) == 24
    assert set(combinations) == expected


def test_page_sizes_are_asked_for_at_their_ends_next_to_the_far_end_and_at_the_default():
    queries = list(plan.boundary_queries(FRAGMENT))

    sizes = [dict(query)["per_page"] for query in queries if [name for name, _ in query] == ["per_page"]]
    assert sizes == ["1", "20", "999", "1000"]


def test_page_numbers_are_asked_for_at_the_limits_of_the_page_size_too():
    queries = list(plan.boundary_queries(FRAGMENT))

    pages = {dict(query)["page"] for query in queries if "page" in dict(query)}
    assert pages == {"1", "20", "999", "1000"}


def test_the_whole_list_is_walked_at_several_page_sizes_the_largest_first():
    assert plan.walk_sizes(FRAGMENT) == [1000, 999, 500, 20, 1]


def test_each_class_of_wrong_value_is_asked_for_one_wrong_value_a_request():
    queries = list(plan.invalid_queries(FRAGMENT))

    assert (("page", "0"),) in queries
    assert (("per_page", "1001"),) in queries
    assert (("per_page", "first"),) in queries
    assert (("status", "pending"),) in queries
    assert (("status", ""),) in queries
    assert (("page", "1"), ("page", "1")) in queries
    assert {len({name for name, _ in query}) for query in queries} == {1}


def test_every_way_in_which_credentials_can_be_lacking_is_tried():
    identities = set(plan.bad_identities(FRAGMENT, BOTH))

    assert identities == {
        Identity((), "no-credentials"),
        Identity(("api_email",), "partial-credentials", "api_email"),
        Identity(("api_key",), "partial-credentials", "api_key"),
        *(
            Identity(schemes, f"{way}-credentials", scheme)
            for schemes in FRAGMENT.security
            for scheme in schemes
            for way in ("wrong", "empty")
        ),
    }


def test_credentials_that_we_do_not_have_are_not_tried():
    identities = set(plan.bad_identities(FRAGMENT, {"api_token", "api_email"}))

    assert {identity.schemes for identity in identities} == {(), ("api_token",)}


def test_an_invented_account_and_a_route_that_does_not_exist_are_tried():
    probes = list(plan.stranger_probes(FRAGMENT, Identity(("api_token",))))

    assert Account.INVENTED in {probe.account for probe in probes}
    assert any(probe.route_suffix for probe in probes)


def test_a_method_that_the_path_has_for_another_operation_is_never_tried():
    probes = list(plan.stranger_probes(FRAGMENT, Identity(("api_token",))))

    assert {probe.method for probe in probes} == {"GET", "PUT", "DELETE", "PATCH"}
