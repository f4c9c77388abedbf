"""The suite judges a server that this project did not write, as a user points it at one.

Whatever the contract leaves open passes, whatever breaks it is named, and nothing that is secret gets out.
"""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from independent_server import (
    ACCOUNT,
    OTHER_ACCOUNT,
    ROUTE,
    TOKEN,
    Manners,
    Refused,
    Service,
    serving,
)
from suite import ENVIRONMENT, Ended, judge_service, run_suite

WRONG_TOKEN = TOKEN[:-1] + ("-" if TOKEN.endswith("_") else "_")


OF_THE_KEY = ("CLOUDFLARE_EMAIL", "CLOUDFLARE_API_KEY")


MANNERS = {
    "the-tame-default": Manners(),
    "three-jobs": Manners(jobs=3),
    "2300-jobs": Manners(jobs=2_300),
    "30000-jobs": Manners(jobs=30_000, sends_optional_members=False),
    "jobs-of-one-kind-only": Manners(jobs=40, only_action="RELEASE"),
    "no-optional-member": Manners(sends_optional_members=False),
    "missing-credentials-are-a-400": Manners(missing_credentials=400),
    "wrong-credentials-are-a-400": Manners(wrong_credentials=400),
    "wrong-credentials-are-a-403": Manners(wrong_credentials=403),
    "a-token-without-permission-is-a-401": Manners(unprivileged=401),
    "a-wrong-parameter-is-a-422": Manners(wrong_parameter=422),
    "another-tenant-is-a-404": Manners(other_tenant=404),
    "a-too-long-account-is-a-400": Manners(too_long_account=400),
    "past-the-end-is-a-404": Manners(past_the_end=404),
    "an-empty-parameter-is-an-absent-one": Manners(empty_parameter="absent"),
    "the-first-of-repeated-parameters-counts": Manners(repeated_parameter="first"),
    "repeated-parameters-are-refused": Manners(repeated_parameter="refused"),
    "total-count-is-gone": Manners(sends_total_count=False),
    "page-is-not-sent": Manners(sends_page=False),
    "cursors-are-sent": Manners(sends_cursors=True),
    "unknown-members-everywhere": Manners(adds_unknown_members=True),
    "null-wherever-it-may-be": Manners(prefers_nulls=True),
    "upper-case-uuids": Manners(upper_case_uuids=True),
    "odd-dates": Manners(odd_dates=True),
    "whole-numbers-written-as-1.0": Manners(numbers_with_fraction=True),
    "a-charset-in-the-content-type": Manners(content_type="application/json; charset=utf-8"),
    "a-quoted-charset-in-capitals": Manners(content_type='Application/JSON;Charset="UTF-8"'),
    "gzip": Manners(gzip=True),
    "chunked": Manners(chunked=True),
    "pretty-printed": Manners(pretty=True),
    "oldest-first": Manners(oldest_first=True),
    "messages-in-every-answer": Manners(talks_in_messages=True),
    "errors-with-source-and-documentation": Manners(verbose_errors=True),
    "slow-answers": Manners(jobs=3, every_tenth_answer_takes_s=0.5),
    "a-new-job-every-50-requests": Manners(new_job_every=50),
    "a-new-job-every-10-requests": Manners(new_job_every=10),
    "http-1.0": Manners(speaks_http_1_0=True),
    "everything-at-once": Manners(
        missing_credentials=400,
        wrong_credentials=403,
        unprivileged=401,
        other_tenant=404,
        wrong_parameter=422,
        too_long_account=400,
        past_the_end=404,
        empty_parameter="absent",
        repeated_parameter="refused",
        sends_total_count=False,
        sends_page=False,
        sends_cursors=True,
        adds_unknown_members=True,
        prefers_nulls=True,
        upper_case_uuids=True,
        odd_dates=True,
        numbers_with_fraction=True,
        content_type="application/json; charset=utf-8",
        gzip=True,
        chunked=True,
        pretty=True,
        ascii_only=True,
        oldest_first=True,
        talks_in_messages=True,
        verbose_errors=True,
        answers_head=True,
        every_tenth_answer_takes_s=0.1,
    ),
}


class IgnoresTheStatusFilter(Service):
    def selected(self, filters):
        return super().selected({name: value for name, value in filters.items() if name != "status"})


class FiltersOutAMatchingJob(Service):
    def selected(self, filters):
        found = super().selected(filters)
        return found[1:] if filters.keys() == {"action_type"} else found


class WritesDatesWithASpace(Service):
    def shown(self, job):
        return super().shown(job) | {"created_at": f"{job['created_at']:%Y-%m-%d %H:%M:%SZ}"}


class MixesUpTheActions(Service):
    def shown(self, job):
        other = {"MOVE": {"type": "RELEASE"}, "RELEASE": {"type": "MOVE", "destination": "Inbox"}}
        return super().shown(job) | {"action_params": other[job["action_type"]]}


class CountsInTotal(Service):
    def listing(self, *asked):
        body = super().listing(*asked)
        return body | {"result_info": body["result_info"] | {"total_count": 5}}


class DoesNotSaySuccess(Service):
    def listing(self, *asked):
        body = super().listing(*asked)
        return {name: value for name, value in body.items() if name != "success"}


class HasPagesOfTenByDefault(Service):
    """Sends ten jobs where the default is twenty, and says twenty."""

    def whole(self, name, default, most, asked):
        self.is_default = name == "per_page" and name not in asked
        return 10 if self.is_default else super().whole(name, default, most, asked)

    def listing(self, *asked):
        body = super().listing(*asked)
        stated = {"per_page": 20} if self.is_default else {}
        return body | {"result_info": body["result_info"] | stated}


class IgnoresAnUnknownStatus(Service):
    def choice(self, name, of, asked):
        value = self.only(name, asked)
        return None if name == "status" and value not in of else super().choice(name, of, asked)


class LosesAJobBetweenPages(Service):
    def listing(self, filters, page, per_page):
        body, start = super().listing(filters, page, per_page), (page - 1) * per_page + 1
        if page == 1 or filters:
            return body
        shown = [self.shown(job) for job in self.selected(filters)[start : start + per_page]]
        return body | {"result": shown, "result_info": body["result_info"] | {"count": len(shown)}}


class HasPagesOfNineAtMost(Service):
    """Sends nine jobs at most, and says that it sends as many as were asked for."""

    def listing(self, filters, page, per_page):
        body = super().listing(filters, page, min(per_page, 9))
        return body | {"result_info": body["result_info"] | {"per_page": per_page}}


class BeginsAPageWithTheJobBefore(Service):
    def listing(self, filters, page, per_page):
        body, start = super().listing(filters, page, per_page), (page - 1) * per_page - 1
        if page == 1 or filters:
            return body
        shown = [self.shown(job) for job in self.selected(filters)[start : start + per_page]]
        return body | {"result": shown, "result_info": body["result_info"] | {"count": len(shown)}}


class Lenient(Service):
    """Lets in whom it should refuse with this code."""

    code = 0

    def admit_credentials(self, account, headers):
        try:
            super().admit_credentials(account, headers)
        except Refused as refused:
            if refused.args[1] != self.code:
                raise


class NeedsNoCredentials(Lenient):
    def admit_credentials(self, account, headers):
        if any(name in headers for name in ("Authorization", "X-Auth-Email", "X-Auth-Key")):
            super().admit_credentials(account, headers)


class NeedsNoPermission(Lenient):
    code = 10001


class OpensOtherAccounts(Lenient):
    code = 10002


class AcceptsLongAccounts(Lenient):
    code = 7003


class KnowsNoKeys(Service):
    def admit_credentials(self, account, headers):
        if "X-Auth-Key" in headers:
            raise Refused(401, 10000, "Keys are no longer accepted", None)
        super().admit_credentials(account, headers)


class KnowsNoTokens(Service):
    def admit_credentials(self, account, headers):
        if "Authorization" in headers:
            raise Refused(401, 10000, "Tokens are not accepted yet", None)
        super().admit_credentials(account, headers)


class RefusesWithoutErrors(Service):
    def refusal(self, *said):
        return super().refusal(*said) | {"errors": []}


BROKEN = {
    "query.status:x-filters/only-matching": IgnoresTheStatusFilter,
    "query.action_type:x-filters/all-matching": FiltersOutAMatchingJob,
    "200.result[].created_at:format": WritesDatesWithASpace,
    "200.result[].action_type:x-equals": MixesUpTheActions,
    "200.result_info.total_count:const": CountsInTotal,
    "200.success:required": DoesNotSaySuccess,
    "query.per_page:default": HasPagesOfTenByDefault,
    "query.status:enum": IgnoresAnUnknownStatus,
    "x-pagination/complete": LosesAJobBetweenPages,
    "x-pagination/page-size": HasPagesOfNineAtMost,
    "x-pagination/no-repeats": BeginsAPageWithTheJobBefore,
    "security:no-credentials": NeedsNoCredentials,
    "security:x-permissions": NeedsNoPermission,
    "path.account_id:x-tenant/other": OpensOtherAccounts,
    "path.account_id:maxLength": AcceptsLongAccounts,
    "4XX.errors:minItems": RefusesWithoutErrors,
}
ENVIRONMENTS = {
    "only-a-token": OF_THE_KEY,
    "only-email-and-key": ("CLOUDFLARE_API_TOKEN",),
    "no-other-account": ("CONTRACT_OTHER_ACCOUNT_ID",),
    "no-unprivileged-token": ("CONTRACT_UNPRIVILEGED_TOKEN",),
}
CASES = {
    **{name: {"manners": manners} for name, manners in MANNERS.items()},
    **{clause: {"kind": kind} for clause, kind in BROKEN.items()},
    "no-job": {"manners": Manners(jobs=0)},
    **{name: {"without": without} for name, without in ENVIRONMENTS.items()},
}


@pytest.fixture(scope="session")
def outcome_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Ended]]:
    """Give what tells how the run of a case ended; two run at a time, and only those that were selected."""
    selected = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    pool = ThreadPoolExecutor(2)
    runs = {
        name: pool.submit(judge_service, tmp_path_factory.mktemp("run"), **case)
        for name, case in CASES.items()
        if name in selected
    }
    yield lambda name: runs[name].result()
    pool.shutdown(cancel_futures=True)


def accounts_asked_for(ended: Ended) -> set[str]:
    """Give the accounts that were asked for, but for ids of 33 characters, which are nobody's."""
    found = {unquote(ROUTE.fullmatch(target.partition("?")[0])[1]) for _, target in ended.sent}
    return {account for account in found if len(account) != 33}


@pytest.mark.parametrize("manner", MANNERS)
def test_what_the_contract_leaves_open_passes(outcome_of, manner):
    ended = outcome_of(manner)

    assert ended.clauses("violated") == []
    assert ended.status == 0
    assert ended.crashes == []


@pytest.mark.parametrize("clause", BROKEN)
def test_a_broken_promise_is_named_and_no_other(outcome_of, clause):
    ended = outcome_of(clause)

    assert ended.clauses("violated") == [clause]
    assert ended.status == 1
    assert f"{clause} is broken" in ended.printed


@pytest.mark.parametrize("case", CASES)
def test_nothing_but_the_documented_get_is_sent_and_only_for_known_accounts(outcome_of, case):
    ended = outcome_of(case)

    assert {method for method, _ in ended.sent} == {"GET"}
    assert all(ROUTE.fullmatch(target.partition("?")[0]) for _, target in ended.sent)
    assert accounts_asked_for(ended) <= {ACCOUNT, OTHER_ACCOUNT}
    assert len(ended.sent) <= 400


@pytest.mark.parametrize("case", CASES)
def test_no_credential_and_no_account_id_is_printed_or_written(outcome_of, case):
    ended = outcome_of(case)

    assert ended.leaks == []


@pytest.mark.parametrize("case", CASES)
def test_no_traceback_is_printed(outcome_of, case):
    ended = outcome_of(case)

    assert "Traceback" not in ended.printed
    assert "INTERNALERROR" not in ended.printed


@pytest.mark.parametrize("case", ["no-job"])
def test_an_account_without_jobs_breaks_nothing_and_says_nothing_about_jobs(outcome_of, case):
    ended = outcome_of(case)

    assert [clause for clause in ended.clauses("verified") if "result[]" in clause] == []
    assert "200.result[].status:enum" in ended.clauses("unobserved")
    assert ended.clauses("violated") == []
    assert ended.status == 6
    assert "nothing is broken" in ended.last_line


@pytest.mark.parametrize("manner", ["total-count-is-gone"])
def test_a_total_count_that_is_gone_after_its_end_of_life_is_retired(outcome_of, manner):
    ended = outcome_of(manner)

    assert "200.result_info.total_count:required" in ended.clauses("retired")


def test_a_total_count_that_is_gone_before_its_end_of_life_breaks_the_contract(tmp_path):
    ended = judge_service(tmp_path, Manners(sends_total_count=False), options=("--as-of", "2026-10-31"))

    assert ended.clauses("violated") == ["200.result_info.total_count:required"]
    assert ended.status == 1


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_lacks_its_credential_is_not_failed(outcome_of, environment):
    ended = outcome_of(environment)

    assert ended.clauses("violated") == []
    assert ended.status == 0


@pytest.mark.parametrize("environment", ["only-a-token"])
def test_with_only_a_token_the_clauses_of_the_key_are_unobserved(outcome_of, environment):
    ended = outcome_of(environment)

    of_the_key = [clause["id"] for clause in ended.report["clauses"] if "api_email" in clause["id"]]
    assert "security/api_email+api_key:accepted" in of_the_key
    assert set(of_the_key) <= set(ended.clauses("unobserved"))
    assert "security/api_token:accepted" in ended.clauses("verified")


@pytest.mark.parametrize("environment", ["only-email-and-key"])
def test_with_only_email_and_key_the_token_is_unobserved(outcome_of, environment):
    ended = outcome_of(environment)

    assert "security/api_token:accepted" in ended.clauses("unobserved")
    assert "security/api_email+api_key:accepted" in ended.clauses("verified")


@pytest.mark.parametrize("environment", ["no-other-account"])
def test_without_another_account_its_clause_is_unobserved_and_nobody_asks_for_it(outcome_of, environment):
    ended = outcome_of(environment)

    assert "path.account_id:x-tenant/other" in ended.clauses("unobserved")
    assert accounts_asked_for(ended) == {ACCOUNT}


@pytest.mark.parametrize("environment", ["no-unprivileged-token", "a-token-without-permission-is-a-401"])
def test_without_a_valid_unprivileged_token_the_permission_is_unobserved(outcome_of, environment):
    ended = outcome_of(environment)

    assert "security:x-permissions" in ended.clauses("unobserved")


def test_a_base_url_may_end_with_a_slash(tmp_path):
    with serving() as server:
        ended = run_suite(tmp_path, {**ENVIRONMENT, "CLOUDFLARE_BASE_URL": f"{server.base_url}/"})

    assert all(ROUTE.fullmatch(target.partition("?")[0]) for _, target in server.service.sent)
    assert ended.clauses("violated") == []
    assert ended.status == 0


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_wrong_token_could_not_test_and_names_the_permission_but_not_the_token(tmp_path, status):
    wrong = WRONG_TOKEN
    manners = Manners(wrong_credentials=status)

    ended = judge_service(tmp_path, manners, without=OF_THE_KEY, CLOUDFLARE_API_TOKEN=wrong)

    assert ended.status == 7
    assert "Cloud Email Security: Read" in ended.last_line
    assert TOKEN[:-1] not in ended.printed
    assert "Traceback" not in ended.printed
    assert ended.leaks == []
    assert len(ended.sent) == 1


@pytest.mark.parametrize(
    ("kind", "variables"),
    [(KnowsNoTokens, "CLOUDFLARE_API_TOKEN"), (KnowsNoKeys, "CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY")],
    ids=["the-token", "email-and-key"],
)
def test_of_two_credentials_a_refused_one_ends_the_run_and_is_named(tmp_path, kind, variables):
    ended = judge_service(tmp_path, kind=kind)

    assert ended.status == 7
    assert f"refuses {variables} (" in ended.last_line
    assert ended.clauses("violated") == []
    assert len(ended.sent) <= 2


def test_a_wrong_token_is_not_recorded_as_a_broken_promise(tmp_path):
    ended = judge_service(tmp_path, without=OF_THE_KEY, CLOUDFLARE_API_TOKEN=WRONG_TOKEN)

    assert ended.status == 7
    assert ended.clauses("violated") == []


def test_a_token_that_no_header_can_hold_is_wrong_usage_and_is_not_printed(tmp_path):
    ended = judge_service(tmp_path, CLOUDFLARE_API_TOKEN=f"{TOKEN[:-1]}é")

    assert TOKEN[:-1] not in ended.printed
    assert ended.status == 4


def test_a_server_that_is_not_there_could_not_be_tested(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/client/v4"
        ended = run_suite(tmp_path, {**ENVIRONMENT, "CLOUDFLARE_BASE_URL": url})

    assert ended.status == 7
    assert url in ended.last_line
    assert "Traceback" not in ended.printed
    assert ended.leaks == []


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("CLOUDFLARE_ACCOUNT_ID",), "CLOUDFLARE_ACCOUNT_ID"),
        (("CLOUDFLARE_API_TOKEN", *OF_THE_KEY), "CLOUDFLARE_API_TOKEN"),
        (("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"), "CLOUDFLARE_API_KEY"),
        (tuple(ENVIRONMENT), "CLOUDFLARE_API_TOKEN"),
    ],
    ids=["no-account", "no-credentials", "half-a-key", "nothing"],
)
def test_a_missing_environment_is_wrong_usage_and_says_what_is_missing(tmp_path, missing, named):
    ended = judge_service(tmp_path, without=missing)

    assert ended.status == 4
    assert named in ended.last_line
    assert "Traceback" not in ended.printed
    assert ended.sent == []
    assert ended.leaks == []


def test_a_record_is_written_even_where_the_environment_is_wrong(tmp_path):
    judge_service(tmp_path, without=("CLOUDFLARE_ACCOUNT_ID",))

    assert (tmp_path / "reports" / "compliance.json").exists()


def test_junit_xml_and_allure_results_hold_no_secret_either(tmp_path):
    junit, allure = tmp_path / "junit.xml", tmp_path / "allure"
    options = ("--junitxml", str(junit), "--alluredir", str(allure))

    ended = judge_service(tmp_path, kind=CountsInTotal, options=options)

    assert junit.exists()
    assert any(allure.iterdir())
    assert ended.leaks == []
    assert ended.status == 1


def test_what_people_wrote_into_a_waiver_is_told_without_secrets(tmp_path, tmp_path_factory):
    known = tmp_path_factory.mktemp("known") / "known.json"
    said = {"reason": f"{ACCOUNT} has it, try {TOKEN}", "owner": OTHER_ACCOUNT, "expires": "9999-12-31"}
    known.write_text(json.dumps({"200.result_info.total_count:const": said}))

    ended = judge_service(tmp_path, kind=CountsInTotal, options=("--baseline", str(known)))

    assert ended.clauses("waived") == ["200.result_info.total_count:const"]
    assert "$CLOUDFLARE_ACCOUNT_ID has it, try $CLOUDFLARE_API_TOKEN" in ended.printed
    assert ended.leaks == []
    assert ended.status == 0
