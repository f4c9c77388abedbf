"""What a run may send, decided beforehand."""

from dataclasses import replace

import pytest

from contracts.contract import Contract
from contracts.exchange import Account
from contracts.fragment import default_fragment
from contracts.schedule import PURPOSES, parts_for, schedule
from contracts.targets import Secrets, Target

FRAGMENT = default_fragment()
SCHEMES = {"api_token": "t", "api_email": "e", "api_key": "k"}
SECRETS = Secrets(SCHEMES, "account", "other", "unprivileged")
LIVE = Target("live", "https://api.example", "https://api.example", SECRETS, False, False, 400)


def parts(target=LIVE, wanted=tuple(PURPOSES)):
    return {part.name: part for part in schedule(FRAGMENT, target, wanted)}


def test_the_parts_come_in_order_of_worth():
    assert list(parts(wanted=["walks", "access", "invalid"])) == ["access", "invalid", "walks"]


@pytest.mark.parametrize("budget", [1, 2, 5, 30, 66, 100, 400, 2_000])
@pytest.mark.parametrize("is_free", [True, False], ids=["free", "guarded"])
def test_no_more_is_planned_than_the_budget_allows(budget, is_free):
    planned = parts(replace(LIVE, max_requests=budget, allows_unsafe_probes=is_free))

    assert sum(part.at_most for part in planned.values()) <= budget


def test_each_way_to_be_recognised_is_looked_at_first():
    assert [str(probe.identity) for probe in parts()["access"].probes] == ["api_token", "api_email+api_key"]


def test_what_the_budget_does_not_allow_is_told_and_the_less_worthy_go_first():
    planned = parts(replace(LIVE, max_requests=30))

    assert planned["access"].left_out == planned["boundaries"].left_out == ""
    assert "do not fit the budget" in planned["invalid"].left_out
    assert planned["invalid"].probes == ()


def test_a_part_that_fits_only_in_part_is_cut():
    planned = parts(replace(LIVE, max_requests=5), wanted=["access", "invalid"])

    assert len(planned["invalid"].probes) == 3
    assert planned["invalid"].left_out.startswith("22 of its 25 requests")


def test_what_only_a_server_of_ones_own_may_be_sent_is_left_out():
    planned = parts()

    for name in ("strangers", "generated-forbidden"):
        assert planned[name].at_most == 0
        assert "server of one's own" in planned[name].left_out


def test_the_parts_that_follow_from_the_answers_share_what_is_left():
    planned = parts()

    known = sum(len(part.probes) for part in planned.values())
    shared = [planned[name].at_most for name in ("filters", "walks", "generated-allowed")]
    assert shared == sorted(shared, reverse=True)
    assert min(shared) > 0
    assert 390 <= known + planned["boundaries"].follow_ups + sum(shared) <= 400


def test_without_another_account_nobody_elses_is_asked_for():
    planned = parts(replace(LIVE, secrets=Secrets(SCHEMES, "account")))

    accounts = {probe.account for part in planned.values() for probe in part.probes}
    assert accounts == {Account.OWN, Account.OVERLONG}


def test_every_clause_is_shown_by_parts_that_there_are(jobs: Contract):
    for clause in jobs.clauses.values():
        assert set(parts_for(clause)) <= set(PURPOSES)
        assert "access" in parts_for(clause)
