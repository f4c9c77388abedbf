"""What is secret in a run, and what keeps quiet about it."""

import pytest

from contracts.errors import UsageError
from contracts.fragment import default_fragment
from contracts.secrecy import redactor_for, refuse_short_secrets, secret_names
from contracts.targets import Secrets

FRAGMENT = default_fragment()
ENVIRONMENT = {
    "CLOUDFLARE_ACCOUNT_ID": "023e105f4ecef8ad9ca31a8372d0c353",
    "CLOUDFLARE_API_TOKEN": "8M7wS6hCpXVc-DoRnPPY_UCWPgy8aea4Wy6kCe5T",
    "CLOUDFLARE_EMAIL": "soc-7d1@harbour.example",
    "CLOUDFLARE_API_KEY": "144c9defac04969c7bfad8efaa8ea194",
    "CONTRACT_OTHER_ACCOUNT_ID": "9a7806061c88ada191ed06f989cc3dac",
    "CONTRACT_UNPRIVILEGED_TOKEN": "dtBhyJ2P3U9tzN5vQbYw7XcAkR8sLmEf1G4hKo6i",
    "CONTRACT_PSEUDONYM_KEY": "q3rXcAkR8sLmEf1G4hKo6idtBhyJ2P3U9tzN5vQb",
}
SECRETS = Secrets(
    {
        "api_token": ENVIRONMENT["CLOUDFLARE_API_TOKEN"],
        "api_email": ENVIRONMENT["CLOUDFLARE_EMAIL"],
        "api_key": ENVIRONMENT["CLOUDFLARE_API_KEY"],
    },
    ENVIRONMENT["CLOUDFLARE_ACCOUNT_ID"],
    ENVIRONMENT["CONTRACT_OTHER_ACCOUNT_ID"],
    ENVIRONMENT["CONTRACT_UNPRIVILEGED_TOKEN"],
)


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_every_secret_of_the_environment_is_scrubbed_in_a_live_run(variable):
    redactor = redactor_for(FRAGMENT, "live", shows_values=False, environment=ENVIRONMENT)

    assert redactor.scrub(f"<{ENVIRONMENT[variable]}>") == f"<${variable}>"


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_a_secret_is_scrubbed_even_where_the_others_are_missing(variable):
    environment = {variable: ENVIRONMENT[variable]}

    redactor = redactor_for(FRAGMENT, "live", shows_values=True, environment=environment)

    assert redactor.scrub(ENVIRONMENT[variable]) == f"${variable}"


def test_no_secret_is_in_the_repr_of_a_redactor():
    told = repr(redactor_for(FRAGMENT, "live", shows_values=False, environment=ENVIRONMENT))

    assert not [value for value in ENVIRONMENT.values() if value in told]


def test_runs_under_one_key_give_an_account_the_same_pseudonym():
    of = {
        name: redactor_for(FRAGMENT, "live", shows_values=False, environment=environment)
        for name, environment in {"keyed": ENVIRONMENT, "again": ENVIRONMENT, "random": {}}.items()
    }
    account = ENVIRONMENT["CLOUDFLARE_ACCOUNT_ID"]

    assert of["keyed"].account(account) == of["again"].account(account) != of["random"].account(account)


def test_each_secret_of_a_target_is_named_by_its_variable():
    names = secret_names(SECRETS, FRAGMENT)

    own = {value: f"${name}" for name, value in ENVIRONMENT.items() if name != "CONTRACT_PSEUDONYM_KEY"}
    assert names == own


def test_secrets_that_are_long_enough_are_accepted():
    assert refuse_short_secrets(SECRETS, FRAGMENT) is None


@pytest.mark.parametrize(
    ("secrets", "variable"),
    [
        (Secrets({"api_token": "letmein"}, "a" * 32), "CLOUDFLARE_API_TOKEN"),
        (Secrets({}, "jobs"), "CLOUDFLARE_ACCOUNT_ID"),
        (Secrets({}, "a" * 32, other_account="page"), "CONTRACT_OTHER_ACCOUNT_ID"),
        (Secrets({}, "a" * 32, unprivileged="status"), "CONTRACT_UNPRIVILEGED_TOKEN"),
    ],
    ids=["token", "account", "other account", "unprivileged token"],
)
def test_a_secret_that_may_be_an_ordinary_word_is_refused_and_not_shown(secrets, variable):
    with pytest.raises(UsageError) as refused:
        refuse_short_secrets(secrets, FRAGMENT)

    assert variable in str(refused.value)
    assert "letmein" not in str(refused.value)
