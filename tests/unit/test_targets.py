"""What a target is made from: the environment, or the emulator."""

import pytest

from contracts.emulated import emulator_target
from contracts.errors import UsageError
from contracts.fragment import default_fragment
from contracts.run import RunOptions, reach
from contracts.targets import live_target

FRAGMENT = default_fragment()
TOKEN = {"CLOUDFLARE_API_TOKEN": "secret-token", "CLOUDFLARE_ACCOUNT_ID": "a" * 32}
LOCAL = {"CLOUDFLARE_BASE_URL": "http://127.0.0.1:9000/client/v4/"}


def test_the_vendors_server_is_the_target_where_the_environment_names_no_other():
    assert live_target(FRAGMENT, TOKEN).base_url == "https://api.cloudflare.com/client/v4"


def test_another_server_is_the_target_where_the_environment_names_one():
    assert live_target(FRAGMENT, TOKEN | LOCAL).base_url == "http://127.0.0.1:9000/client/v4"


def test_a_live_target_is_not_sent_unsafe_probes_and_promises_no_data():
    target = live_target(FRAGMENT, TOKEN)

    assert not target.allows_unsafe_probes
    assert not target.promises_complete_data


def test_a_server_of_ones_own_is_sent_unsafe_probes_where_that_is_asked_for():
    assert live_target(FRAGMENT, TOKEN | LOCAL, unsafe_probes=True).allows_unsafe_probes


@pytest.mark.parametrize(
    "url",
    [
        "https://api.cloudflare.com/client/v4",
        "https://API.Cloudflare.com./client/v4",
        "https://staging.api.cloudflare.com",
        "https://cloudflare.com",
        "https://user.cloudflare.com:8443/x",
    ],
)
def test_the_vendors_servers_are_never_sent_unsafe_probes(url):
    with pytest.raises(UsageError, match="is the vendor's"):
        live_target(FRAGMENT, TOKEN | {"CLOUDFLARE_BASE_URL": url}, unsafe_probes=True)


def test_a_server_whose_name_only_looks_like_the_vendors_is_not_the_vendors():
    url = {"CLOUDFLARE_BASE_URL": "https://notcloudflare.com/client/v4"}

    assert live_target(FRAGMENT, TOKEN | url, unsafe_probes=True).allows_unsafe_probes


def test_no_secret_is_in_the_repr_of_a_target():
    environment = {
        **TOKEN,
        "CLOUDFLARE_EMAIL": "secret@example.com",
        "CLOUDFLARE_API_KEY": "secret-key",
        "CONTRACT_OTHER_ACCOUNT_ID": "b" * 32,
        "CONTRACT_UNPRIVILEGED_TOKEN": "secret-unprivileged",
    }

    text = repr(live_target(FRAGMENT, environment))

    assert not [value for value in environment.values() if value in text]


def test_no_secret_that_stands_in_the_base_url_is_shown(monkeypatch):
    url = f"http://127.0.0.1:9/gateway/{'A' * 31}b/secret-token/v4"
    environment = {"CLOUDFLARE_API_TOKEN": "secret-token", "CLOUDFLARE_ACCOUNT_ID": "a" * 31 + "b"}
    for name, value in (environment | {"CLOUDFLARE_BASE_URL": url}).items():
        monkeypatch.setenv(name, value)

    with reach(FRAGMENT, RunOptions("live")) as target:
        assert target.base_url == url
        assert (
            target.shown_url == "http://127.0.0.1:9/gateway/$CLOUDFLARE_ACCOUNT_ID/$CLOUDFLARE_API_TOKEN/v4"
        )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param({}, "set CLOUDFLARE_ACCOUNT_ID, and CLOUDFLARE_API_TOKEN or", id="nothing"),
        pytest.param(
            {"CLOUDFLARE_ACCOUNT_ID": "a"},
            "CLOUDFLARE_API_TOKEN or CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY",
            id="no credentials",
        ),
        pytest.param(TOKEN | {"CLOUDFLARE_API_TOKEN": "tok\u00e9n-canary"}, "beyond ASCII", id="not ASCII"),
        pytest.param(TOKEN | {"CLOUDFLARE_API_TOKEN": "token-canary\n"}, "a line break", id="line break"),
        pytest.param(TOKEN | {"CONTRACT_OTHER_ACCOUNT_ID": "a" * 32}, "our own account", id="own as other"),
        pytest.param(TOKEN | {"CONTRACT_UNPRIVILEGED_TOKEN": "secret-token"}, "our own", id="own as weak"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": ""}, "not a base URL", id="empty URL"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "http://127.0.0.1:abc/x"}, "not a base", id="no port"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "http://[::1/x"}, "not a base URL", id="no address"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "https://:p@127.0.0.1"}, "not a base", id="password"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "https://127.0.0.1/x#f"}, "not a base", id="fragment"),
        pytest.param(
            TOKEN | {"CLOUDFLARE_BASE_URL": "https://127.0.0.1/x#"}, "not a base", id="empty fragment"
        ),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "https://127.0.0.1/x?"}, "not a base", id="empty query"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "https://api..test/x"}, "not a base", id="empty label"),
        pytest.param(
            TOKEN | {"CLOUDFLARE_BASE_URL": f"https://{'a' * 64}.test"}, "not a base", id="long label"
        ),
        pytest.param({"CLOUDFLARE_EMAIL": "a@b", "CLOUDFLARE_ACCOUNT_ID": "a"}, "no credentials", id="half"),
        pytest.param({"CLOUDFLARE_API_TOKEN": "t"}, "CLOUDFLARE_ACCOUNT_ID is not set", id="no account"),
        pytest.param(TOKEN | {"CLOUDFLARE_ACCOUNT_ID": "a" * 33}, "longer than 32", id="overlong account"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "http://example.com"}, "clear text", id="clear text"),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "ftp://127.0.0.1"}, "not a base URL", id="other scheme"),
        pytest.param(
            TOKEN | {"CLOUDFLARE_BASE_URL": "https://u:p@127.0.0.1"}, "not a base", id="credentials"
        ),
        pytest.param(TOKEN | {"CLOUDFLARE_BASE_URL": "nonsense"}, "not a base URL", id="no URL"),
    ],
)
def test_an_environment_that_cannot_be_used_is_refused_in_one_sentence(environment, told):
    with pytest.raises(UsageError) as refused:
        live_target(FRAGMENT, environment)

    assert told in str(refused.value)
    assert not [value for value in environment.values() if len(value) > 8 and value in str(refused.value)]


def test_loopback_may_be_spoken_to_without_tls():
    target = live_target(FRAGMENT, TOKEN | {"CLOUDFLARE_BASE_URL": "http://[::1]:9000"})

    assert target.base_url == "http://[::1]:9000"


def test_an_unknown_fault_is_refused_with_the_command_that_lists_them():
    with pytest.raises(UsageError, match="python -m contracts faults"):
        emulator_target(FRAGMENT, "no-such-fault").__enter__()


def test_an_unknown_fault_is_told_with_those_that_are_spelt_like_it():
    with pytest.raises(UsageError, match=r"did you mean missing:200\.result\[\]\.job_id or"):
        emulator_target(FRAGMENT, "missing:200.result[].job_ids").__enter__()


def test_an_unknown_variant_is_refused_with_the_command_that_lists_them():
    with pytest.raises(UsageError, match="python -m contracts variants"):
        emulator_target(FRAGMENT, None, "no-such-variant").__enter__()


def test_a_fault_and_a_variant_exclude_each_other():
    with pytest.raises(UsageError, match="ask for one of them"):
        emulator_target(FRAGMENT, "json/empty:200", "gzip").__enter__()


def test_a_variant_promises_no_data_and_can_be_started_again():
    with emulator_target(FRAGMENT, None, "nulls") as target:
        assert not target.promises_complete_data
        assert target.replay_hint.endswith(" --variant nulls")


def test_the_command_that_starts_a_fault_again_is_quoted_for_a_shell():
    with emulator_target(FRAGMENT, "missing:200.result[].job_id") as target:
        assert target.replay_hint.endswith(" --fault 'missing:200.result[].job_id'")
