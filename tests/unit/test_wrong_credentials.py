"""Wrong credentials: of the form of the real ones, and never these."""

import re
from string import ascii_letters, digits, punctuation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client import Client
from contracts.composer import Composer
from contracts.emulator.credentials import Credentials
from contracts.exchange import Identity
from contracts.fragment import default_fragment
from contracts.plan import Probe
from contracts.secrecy import redactor_for
from contracts.targets import Secrets, Target
from contracts.wrong_credentials import wrong_value

FRAGMENT = default_fragment()
CREDENTIALS = Credentials.of(FRAGMENT)
TARGET = Target(
    "emulator",
    "http://127.0.0.1:1",
    "http://127.0.0.1:1",
    Secrets(CREDENTIALS.values, CREDENTIALS.own_account),
    True,
    True,
    9,
)
SENDABLE = st.text(ascii_letters + digits + punctuation, min_size=1)
SCHEMES = [(names, name) for names in FRAGMENT.security for name in names]


def form(text: str) -> str:
    return re.sub("[0-9]", "0", re.sub("[A-Z]", "A", re.sub("[a-z]", "a", text)))


@given(SENDABLE.filter(lambda text: set(text) & {*ascii_letters, *digits}))
def test_a_wrong_value_has_the_form_of_the_real_one_and_no_letter_or_digit_of_it(secret: str) -> None:
    wrong = wrong_value(secret)

    assert form(wrong) == form(secret)
    assert not [one for one, other in zip(wrong, secret, strict=True) if one == other and one.isalnum()]


@given(st.text(punctuation, max_size=40))
def test_a_value_without_letters_and_digits_is_not_taken_for_wrong_either(secret: str) -> None:
    assert wrong_value(secret) not in (secret, "")


@given(st.text("0123456789abcdef", min_size=1))
def test_the_wrong_value_of_a_hexadecimal_key_is_hexadecimal(secret: str) -> None:
    assert int(wrong_value(secret), 16) >= 0


def test_a_request_sent_again_carries_the_same_wrong_value() -> None:
    secret = CREDENTIALS.values["api_token"]

    assert wrong_value(secret) == wrong_value(secret)


@pytest.mark.parametrize(("names", "scheme"), SCHEMES)
def test_a_wrong_value_is_sent_and_shown_by_its_name_only(names: tuple[str, ...], scheme: str) -> None:
    composer = Composer(TARGET, FRAGMENT)
    probe = Probe(Identity(names, "wrong-credentials", scheme))
    known = FRAGMENT.schemes[scheme]

    sent, shown = composer.headers(probe)[known.header], dict(composer.request(probe).headers)[known.header]

    wrong = wrong_value(CREDENTIALS.values[scheme])
    assert sent == f"{known.prefix}{wrong}"
    assert shown == f"{known.prefix}$WRONG_{known.env}"
    with Client(TARGET, FRAGMENT) as client:
        assert client.scrub(f"<{wrong}>") == f"<$WRONG_{known.env}>"


def test_wrong_values_are_scrubbed_in_a_live_run_before_a_server_is_reached() -> None:
    secret = CREDENTIALS.values["api_token"]

    redactor = redactor_for(FRAGMENT, "live", shows_values=True, environment={"CLOUDFLARE_API_TOKEN": secret})

    assert redactor.scrub(wrong_value(secret)) == "$WRONG_CLOUDFLARE_API_TOKEN"
