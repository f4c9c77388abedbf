"""Traffic and client together, over a real socket, against the emulator."""

import re
from dataclasses import replace
from datetime import date
from random import Random
from typing import ClassVar

import pytest

from contracts.client import Client
from contracts.contract import Contract
from contracts.emulator.app import Emulator
from contracts.emulator.arguments import Refusal
from contracts.emulator.credentials import Credentials
from contracts.emulator.hooks import Fault, Gate
from contracts.emulator.server import RunningEmulator
from contracts.emulator.variants import variants
from contracts.errors import BudgetExhausted, CredentialsRefused, TargetUnreachable, Throttled, UsageError
from contracts.exchange import Account, Identity
from contracts.fragment import default_fragment
from contracts.ledger import Ledger, Verdict
from contracts.plan import Probe
from contracts.schedule import PURPOSES
from contracts.targets import Secrets, Target
from contracts.traffic import Traffic
from contracts.wire import NoAnswer

FRAGMENT = default_fragment()
CONTRACT = Contract(FRAGMENT, date(2026, 11, 24))
CREDENTIALS = Credentials.of(FRAGMENT)
TOKEN = Identity(("api_token",))


def target_at(base_url, **changes):
    secrets = Secrets(CREDENTIALS.values, CREDENTIALS.own_account)
    return replace(Target("live", base_url, base_url, secrets, False, False, 400), **changes)


@pytest.fixture
def start():
    """Start an emulator and give the traffic of a run against it."""
    opened = []

    def begin(fault=None, jobs=50, variant=None, **changes):
        running = RunningEmulator(Emulator(FRAGMENT, jobs=jobs, fault=fault, variant=variant))
        opened.append(running)
        target = target_at(running.__enter__().base_url, **changes)
        client = Client(target, FRAGMENT)
        opened.append(client)
        return Traffic(CONTRACT, target, client, Ledger())

    yield begin
    for one in reversed(opened):
        one.__exit__(None, None, None)


def verdict(traffic, clause):
    return traffic.ledger.tally(clause).verdict(CONTRACT.clauses[clause])


class LostOnce(Fault):
    """The third item of the list is missing from the first answer that is filtered, and only from that."""

    lost_from: ClassVar[list[int]] = []

    def window(self, call, listing, indexes):
        if b"status=" not in call.query or len(indexes) < 3:
            return indexes
        self.lost_from.append(call.number)
        return indexes[:2] + indexes[3:] if call.number == self.lost_from[0] else indexes


def test_a_violation_that_is_gone_when_looked_at_again_is_unstable_and_not_broken(start):
    traffic = start(LostOnce())

    traffic.send("filters")

    assert verdict(traffic, "query.status:x-filters/all-matching") is Verdict.UNSTABLE


class AlwaysLost(Fault):
    """The third item is missing from every answer that is filtered."""

    def window(self, call, listing, indexes):
        return indexes[:2] + indexes[3:] if b"status=" in call.query else indexes


def test_a_violation_that_is_still_there_when_looked_at_again_is_broken(start):
    traffic = start(AlwaysLost())

    traffic.send("filters")

    assert verdict(traffic, "query.status:x-filters/all-matching") is Verdict.VIOLATED


class Shuffles(Fault):
    """Each answer cuts its page from the list in an order of its own."""

    def window(self, call, listing, indexes):
        places = Random(call.number).sample(range(listing.count), listing.count)
        first = (call.page - 1) * call.per_page
        return [listing[place] for place in places[first : first + call.per_page]]


class BreaksTies(Fault):
    """Items stand in groups of five, within which the order is another each time."""

    def window(self, call, listing, indexes):
        places = sorted(range(listing.count), key=lambda place: (place // 5, hash((place, call.number))))
        first = (call.page - 1) * call.per_page
        return [listing[place] for place in places[first : first + call.per_page]]


@pytest.mark.parametrize("fault", [Shuffles, BreaksTies])
def test_a_list_without_an_order_of_its_own_is_broken_though_it_is_so_otherwise_each_time(start, fault):
    traffic = start(fault(), jobs=300, max_requests=2_000)

    traffic.send("walks")

    assert verdict(traffic, "x-pagination/same-order") is Verdict.VIOLATED
    assert verdict(traffic, "x-pagination/no-repeats") is Verdict.VIOLATED


def test_a_list_to_which_items_come_while_parts_of_it_are_read_is_not_one_without_an_order(start):
    traffic = start(jobs=2_010, variant=variants(FRAGMENT)["arriving"], max_requests=5_000)

    traffic.send("walks")

    assert not [clause for clause, tally in traffic.ledger.tallies.items() if tally.broken]
    assert verdict(traffic, "x-pagination/no-repeats") is Verdict.UNSTABLE


class BeginsAnew(Fault):
    """Past the end the first page comes again."""

    def window(self, call, listing, indexes):
        return indexes or listing.window(0, call.per_page)


class StaysAtTheEnd(Fault):
    """Past the end the last page comes again."""

    def window(self, call, listing, indexes):
        last = max(listing.count - 1, 0) // call.per_page * call.per_page
        return indexes or listing.window(last, call.per_page)


@pytest.mark.parametrize("fault", [BeginsAnew, StaysAtTheEnd])
def test_a_page_that_comes_again_past_the_end_breaks_that_clause_and_spares_those_on_the_list(start, fault):
    traffic = start(fault())

    for part in ("filters", "walks"):
        traffic.send(part)

    filters = [f"query.{name}:x-filters/all-matching" for name in ("action_type", "status")]
    assert verdict(traffic, "x-pagination/past-the-end") is Verdict.VIOLATED
    assert [verdict(traffic, clause) for clause in filters] == [Verdict.VERIFIED] * 2
    assert verdict(traffic, "x-pagination/complete") is Verdict.VERIFIED
    assert "50 items, first " in traffic.ledger.tally("x-pagination/past-the-end").exemplars[0].actual


def test_a_last_page_that_comes_again_for_ever_is_soon_found(start):
    traffic = start(StaysAtTheEnd(), jobs=1_500)
    before = traffic.ledger.requests

    traffic.walker.sample((), 1)

    assert traffic.ledger.requests - before < 30


class HasPagesOfNineAtMost(Fault):
    """A page never holds more than nine items, whatever was asked for, and says what was asked for."""

    def window(self, call, listing, indexes):
        size = min(call.per_page, 9)
        return listing.window((call.page - 1) * size, size)


@pytest.mark.parametrize("jobs", [50, 2_000])
def test_a_page_that_others_follow_holds_as_many_items_as_were_asked_for(start, jobs):
    traffic = start(HasPagesOfNineAtMost(), jobs=jobs)

    traffic.send("walks")

    assert verdict(traffic, "x-pagination/page-size") is Verdict.VIOLATED


@pytest.mark.parametrize("name", ["page", "per_page"])
def test_a_default_is_told_from_pages_that_are_never_full(start, name):
    traffic = start(HasPagesOfNineAtMost())

    traffic.send("boundaries")

    assert verdict(traffic, f"query.{name}:default") is Verdict.VERIFIED


class IgnoresPage(Fault):
    """Every page is the first one."""

    def window(self, call, listing, indexes):
        return listing.window(0, call.per_page)


def test_a_server_that_never_ends_its_list_is_given_up_and_found_to_repeat(start):
    traffic = start(IgnoresPage(), jobs=30)

    traffic.send("walks")

    assert verdict(traffic, "x-pagination/no-repeats") is Verdict.VIOLATED
    assert not traffic.cut_short


def test_a_list_too_long_to_read_to_the_end_leaves_completeness_unobserved(start):
    traffic = start(jobs=100_000, max_requests=100)
    traffic.want(["access", "walks"])

    traffic.send("walks")

    assert verdict(traffic, "x-pagination/complete") is Verdict.UNOBSERVED
    assert verdict(traffic, "x-pagination/no-repeats") is Verdict.VERIFIED
    assert verdict(traffic, "x-pagination/same-order") is Verdict.VERIFIED


def test_the_last_page_of_a_list_too_long_to_read_is_found(start):
    traffic = start(jobs=100_003)

    walk = traffic.walker.sample((), 1000)

    assert [len(CONTRACT.items(page)) for page in walk.pages if CONTRACT.items(page)][-1] == 3


def test_the_last_page_of_a_list_of_known_length_is_not_searched_for(start):
    traffic = start(jobs=100_003)
    before = traffic.ledger.requests

    walk = traffic.walker.sample((), 1000, count=100_003)

    assert page_numbers(walk.pages) == ["1", "2", "3", "50", "101"]
    assert traffic.ledger.requests - before == 5


def test_of_a_sample_the_same_pages_are_looked_at_again_in_the_same_order(start):
    traffic = start(jobs=100_003)
    walk = traffic.walker.sample((), 1000)

    again = traffic.walker.again(walk)

    assert page_numbers(again.pages) == page_numbers(walk.pages)
    assert page_numbers(sorted(again.pages, key=offset)) == page_numbers(sorted(walk.pages, key=offset))


def offset(page):
    return page.exchange.offset


def page_numbers(pages):
    return [page.exchange.request.texts("page")[0] for page in pages]


def test_an_empty_account_says_nothing_about_items(start):
    traffic = start(jobs=0)

    for group in ("filters", "boundaries", "walks"):
        traffic.send(group)

    assert verdict(traffic, "200.result[].status:enum") is Verdict.UNOBSERVED
    assert verdict(traffic, "query.page:default") is Verdict.UNOBSERVED
    assert verdict(traffic, "x-pagination/complete") is Verdict.UNOBSERVED
    assert not [tally for tally in traffic.ledger.tallies.values() if tally.broken]


def test_a_group_is_sent_once(start):
    traffic = start()
    traffic.send("invalid")
    sent = traffic.ledger.requests

    traffic.send("invalid")

    assert traffic.ledger.requests == sent


def test_a_part_of_the_traffic_knows_the_clauses_that_were_judged_from_it(start):
    traffic = start()
    walk, refusal = "x-pagination/complete", "4XX.success:const"

    for part in ("invalid", "walks"):
        traffic.send(part)

    told = {part: {walk, refusal} & spent.clauses for part, spent in traffic.spent.items()}
    assert told == {"access": set(), "invalid": {refusal}, "walks": {walk}}


def test_what_the_budget_does_not_allow_is_noted(start):
    traffic = start(max_requests=5)
    traffic.want(["access", "invalid"])

    traffic.send("invalid")

    assert traffic.ledger.requests == 5
    assert traffic.cut_short == {"invalid": "all requests of the run were sent (5 of 5 are spent)"}


def test_what_follows_from_the_answers_leaves_the_rest_of_the_budget_to_other_parts(start):
    traffic = start(jobs=100_000, max_requests=100)
    traffic.want(["access", "filters", "invalid"])

    traffic.send("filters")
    traffic.send("invalid")

    assert traffic.cut_short.keys() == {"filters"}
    assert verdict(traffic, "query.status:enum") is Verdict.VERIFIED


def test_a_budget_that_does_not_suffice_for_the_first_look_could_not_test(start):
    secrets = Secrets(CREDENTIALS.values, CREDENTIALS.own_account)
    traffic = start(secrets=secrets, max_requests=1)

    with pytest.raises(BudgetExhausted):
        traffic.send("invalid")


def test_credentials_that_are_all_refused_end_the_run_and_name_the_permission(start):
    secrets = Secrets({"api_token": "not-the-token"}, CREDENTIALS.own_account)
    traffic = start(secrets=secrets)

    with pytest.raises(CredentialsRefused) as ended:
        traffic.send("filters")

    assert "Cloud Email Security: Read" in str(ended.value)
    assert "not-the-token" not in str(ended.value)


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(Probe(TOKEN, method="DELETE"), id="another method"),
        pytest.param(Probe(TOKEN, route_suffix="/x"), id="another route"),
        pytest.param(Probe(TOKEN, account=Account.INVENTED), id="an invented account"),
    ],
)
def test_a_live_target_is_never_sent_anything_but_the_operation(start, probe):
    traffic = start()

    with pytest.raises(UsageError, match="must not be sent to a live target"):
        traffic.exchange(probe)

    assert traffic.ledger.requests == 0


def test_the_client_stops_at_the_budget(start):
    traffic = start(max_requests=1)
    traffic.ask()

    with pytest.raises(BudgetExhausted):
        traffic.ask()


def test_a_target_that_does_not_answer_is_told_by_its_address():
    target = target_at("http://127.0.0.1:1")

    with Client(target, FRAGMENT) as client, pytest.raises(TargetUnreachable, match=r"127\.0\.0\.1:1"):
        client.send(Probe(TOKEN), "1-plan")


def test_an_exchange_holds_neither_the_credentials_nor_the_account(start):
    traffic = start()
    secrets = [*CREDENTIALS.values.values(), CREDENTIALS.own_account]

    exchange = traffic.exchange(Probe(Identity(("api_email", "api_key")))).exchange

    assert exchange.status == 200
    assert not [secret for secret in secrets if secret in repr(exchange.request)]
    assert "$CLOUDFLARE_API_KEY" in exchange.request.curl


def test_two_runs_send_the_same_requests(start):
    runs = [start(jobs=200, allows_unsafe_probes=True, max_requests=2_000) for _ in range(2)]

    for traffic in runs:
        for part in PURPOSES:
            traffic.send(part)

    assert runs[0].ledger.requests > 150
    assert runs[0].digest == runs[1].digest


class AlwaysNew(Fault):
    """An honest account in which a job appears with every third request."""

    def window(self, call, listing, indexes):
        first = (call.page - 1) * call.per_page - call.number // 3
        numbers = range(first, min(first + call.per_page, listing.count))
        return [listing[number] if number >= 0 else 10_000 - number for number in numbers]


def test_an_account_that_moves_with_every_look_breaks_nothing(start):
    traffic = start(AlwaysNew(), jobs=300)

    traffic.send("walks")

    assert not [clause for clause, tally in traffic.ledger.tallies.items() if tally.broken]
    assert verdict(traffic, "x-pagination/no-repeats") is Verdict.UNSTABLE


class EchoesToken(Fault):
    """The refusal says back what it was sent."""

    def body(self, call, status, body):
        return body | {"result": CREDENTIALS.values["api_token"]} if status >= 400 else body


def test_a_credential_that_the_server_echoes_is_not_kept(start):
    traffic = start(EchoesToken())

    traffic.send("invalid")

    (exemplar, *_) = traffic.ledger.tally("4XX.result:type").exemplars
    assert exemplar.actual == '"$CLOUDFLARE_API_TOKEN"'


def test_what_was_broken_before_the_budget_ended_is_noted(start):
    for budget in range(60, 110):
        traffic = start(AlwaysLost(), jobs=10, max_requests=budget)
        traffic.send("filters")
        if verdict(traffic, "query.status:x-filters/all-matching") is not Verdict.UNOBSERVED:
            break

    assert verdict(traffic, "query.status:x-filters/all-matching") in (Verdict.UNSTABLE, Verdict.VIOLATED)


class HasPagesOfTenByDefault(Fault):
    """A page holds ten items where the default says more."""

    def window(self, call, listing, indexes):
        return indexes[:10] if b"per_page" not in call.query else indexes


def test_a_part_that_is_known_beforehand_may_look_again_even_where_all_is_planned_for(start):
    traffic = start(HasPagesOfTenByDefault(), jobs=60)

    traffic.send("boundaries")

    assert verdict(traffic, "query.per_page:default") is Verdict.VIOLATED


class RefusesToken(Fault):
    """The token has expired; e-mail and key are good."""

    def passes(self, call, gate, refusal):
        is_token = call.caller.schemes == ("api_token",)
        return Refusal(401, 10000, "expired") if gate is Gate.CREDENTIALS and is_token else refusal


def test_a_credential_known_to_be_good_that_is_refused_breaks_its_own_clause_and_no_other(start):
    traffic = start(RefusesToken(), vouches_for_credentials=True)

    for part in PURPOSES:
        traffic.send(part)

    broken = [clause for clause, tally in traffic.ledger.tallies.items() if tally.broken]
    assert broken == ["security/api_token:accepted"]


def test_a_credential_that_may_be_wrong_is_not_laid_to_the_contract_when_refused(start):
    traffic = start(RefusesToken())

    with pytest.raises(CredentialsRefused, match=r"refuses CLOUDFLARE_API_TOKEN.*; check it, "):
        traffic.send("boundaries")

    assert not [tally for tally in traffic.ledger.tallies.values() if tally.broken]


class CutsPageTwo(Fault):
    """The second page ends too early."""

    def answer(self, call, answer):
        return replace(answer, body=answer.body[:-9]) if b"page=2" in call.query.split(b"&") else answer


def test_a_page_that_cannot_be_read_is_not_the_end_of_the_list(start):
    traffic = start(CutsPageTwo(), jobs=2_500)

    traffic.send("filters")

    assert {c for c, tally in traffic.ledger.tallies.items() if tally.broken} == {"200:json"}


class WrongOnLargePages(Fault):
    """Pages of 30 and more carry a wrong number."""

    def body(self, call, status, body):
        if status == 200 and call.per_page >= 30:
            body["result_info"]["total_count"] = 7
        return body


def test_a_generated_request_that_breaks_a_promise_is_shrunk_and_shown_as_curl(start):
    traffic = start(WrongOnLargePages())
    traffic.want(["access", "generated-allowed"])

    traffic.send("generated-allowed")

    (exemplar, *_) = traffic.ledger.tally("200.result_info.total_count:const").exemplars
    assert exemplar.origin == "2-smallest"
    assert re.search(r"[?&]per_page=30\b", exemplar.request)
    assert exemplar.request.partition(" ")[2] in exemplar.curl


class FailsOnLargePages(Fault):
    """Pages of a thousand are answered by the gateway."""

    def answer(self, call, answer):
        return replace(answer, status=502) if call.per_page == 1000 else answer


class Impatient:
    """Waits for nothing."""

    def __call__(self, seconds, why):
        assert seconds >= 0


def test_a_request_on_which_the_server_always_fails_breaks_a_promise_and_does_not_end_the_run(start):
    traffic = start(FailsOnLargePages())
    traffic.client.patience.wait = Impatient()

    traffic.send("boundaries")
    traffic.send("invalid")

    assert verdict(traffic, "responses:status") is Verdict.VIOLATED
    (exemplar, *_) = traffic.ledger.tally("responses:status").exemplars
    assert "per_page=1000" in exemplar.request
    assert exemplar.actual.startswith("502, 5 times in a row")
    assert verdict(traffic, "query.per_page:maximum") is Verdict.VERIFIED


class Fails(Fault):
    """After a while there is nothing but the gateway."""

    def answer(self, call, answer):
        return replace(answer, status=503) if call.number > 10 else answer


def test_a_server_that_fails_on_everything_could_not_be_tested(start):
    traffic = start(Fails())
    traffic.client.patience.wait = Impatient()

    with pytest.raises(TargetUnreachable, match="503"):
        traffic.send("boundaries")

    assert not [clause for clause, tally in traffic.ledger.tallies.items() if tally.broken]


class FailsForKeys(Fault):
    """Who sends another credential than the first is answered by the gateway."""

    def answer(self, call, answer):
        return answer if "authorization" in call.headers else replace(answer, status=502)


def test_credentials_on_which_the_server_fails_break_a_promise_where_others_are_answered(start):
    traffic = start(FailsForKeys())
    traffic.client.patience.wait = Impatient()

    traffic.send("access")

    assert verdict(traffic, "responses:status") is Verdict.VIOLATED
    assert verdict(traffic, "security/api_token:accepted") is Verdict.VERIFIED


class Drops:
    """A wire on which the connection of before is closed, and then each new one."""

    def __init__(self):
        self.sent = 0

    def send(self, *_):
        self.sent += 1
        raise NoAnswer("the connection ended early", is_stale=self.sent == 1)


def test_a_request_that_is_never_answered_is_said_to_be_sent_as_often_as_it_was(start, monkeypatch):
    traffic = start()
    client, drops = traffic.client, Drops()
    client.patience.wait = Impatient()
    traffic.send("access")
    monkeypatch.setattr(client._wire, "send", drops.send)

    with pytest.raises(TargetUnreachable, match="5 times in a row"):
        client.send(Probe(traffic.identity), "test")

    assert drops.sent == 5


def send_all(traffic):
    for part in PURPOSES:
        traffic.send(part)


class Expires(Fault):
    """The token ends while the run lasts."""

    def passes(self, call, gate, refusal):
        is_over = gate is Gate.CREDENTIALS and call.number > 20
        return Refusal(401, 10000, "expired") if is_over else refusal


def test_credentials_that_end_while_the_run_lasts_end_it_and_break_nothing(start):
    traffic = start(Expires())

    with pytest.raises(CredentialsRefused, match="refuses CLOUDFLARE_API_TOKEN"):
        send_all(traffic)

    assert not [clause for clause, tally in traffic.ledger.tallies.items() if tally.broken]
    assert verdict(traffic, "query.status:enum") is Verdict.UNOBSERVED


class ReversesPages(Fault):
    """Each page has its items in the opposite order."""

    def window(self, call, listing, indexes):
        return indexes[::-1]


def test_what_was_broken_and_could_not_be_looked_at_again_is_told_apart(start):
    for budget in range(8, 30):
        traffic = start(ReversesPages(), jobs=60, max_requests=budget)
        traffic.want(["access", "walks"])
        traffic.send("walks")
        if traffic.unsettled:
            break

    assert traffic.unsettled == {"x-pagination/same-order"}
    assert verdict(traffic, "x-pagination/same-order") is Verdict.UNSTABLE


def test_a_server_that_asks_for_ever_to_slow_down_is_not_asked_again_by_the_generators(start):
    class Throttles(Fault):
        def answer(self, call, answer):
            return replace(answer, status=429) if call.number > 2 else answer

    traffic = start(Throttles())
    traffic.client.patience.wait = Impatient()

    with pytest.raises(Throttled, match="5 times in a row"):
        traffic.send("generated-allowed")

    assert traffic.client.sent == 7


class RefusesDeepPages(Fault):
    """No page is given from the third on, though there are more items."""

    def arguments(self, call, texts, judged):
        is_deep = int(texts.get("page", ["1"])[0]) > 2
        return Refusal(400, 10020, "too deep") if is_deep else judged


def test_a_refusal_after_a_full_page_is_not_the_end_of_a_list(start):
    traffic = start(RefusesDeepPages(), jobs=2_500)

    walk = traffic.walker.walk((), 1000)

    assert not walk.is_complete
