"""The scrubber: a secret is found in whatever form a server or Python writes it."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.scrubber import PIECE_LENGTH, Scrubber

TOKEN = "v1.0-e24fd090/cee0+be\"4&4a'8%5d1c9f"
EMAIL = "soc-7d1@harbour.example"
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
SCRUBBER = Scrubber({TOKEN: "$TOKEN", EMAIL: "$EMAIL", ACCOUNT: "$ACCOUNT"})
SECRETS = pytest.mark.parametrize(
    ("secret", "name"),
    [(TOKEN, "$TOKEN"), (EMAIL, "$EMAIL"), (ACCOUNT, "$ACCOUNT")],
    ids=["token", "mail address", "account"],
)
FORMS = {
    "as it is": str,
    "in capitals": str.upper,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded but for slashes": quote,
    "percent-encoded as a form": quote_plus,
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "escaped": lambda secret: "".join(f"\\u{ord(character):04X}" for character in secret),
    "in HTML": html.escape,
    "in HTML by number": lambda secret: "".join(f"&#{ord(character)};" for character in secret),
    "in HTML by hexadecimal number": lambda secret: "".join(
        f"&#x{ord(character):x};" for character in secret
    ),
    "percent-encoded to the last": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "escaped byte by byte": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "as Python writes it": lambda secret: repr(secret)[1:-1],
    "as Python writes bytes": lambda secret: repr(secret.encode())[2:-1],
}


@SECRETS
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_replaced_by_its_variable_in_every_form(secret, name, form):
    assert SCRUBBER.scrub(f"<{form(secret)}>") == f"<{name}>"


@SECRETS
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "a", "bc", "def"])
def test_a_secret_is_found_in_base64_wherever_it_begins(secret, name, encode, before):
    encoded = encode(f"{before}{secret}:and more".encode()).decode()

    assert name in SCRUBBER.scrub(encoded)
    assert secret.encode()[3:-3] not in encoded.encode()


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("length", [30, 31, 32])
@pytest.mark.parametrize("before", ["", "a", "bc", "def"])
@pytest.mark.parametrize("after", ["", ":", "::", ":::"])
def test_base64_is_replaced_with_the_blocks_that_a_secret_shares_with_its_neighbours(
    encode, length, before, after
):
    scrubber = Scrubber({TOKEN[:length]: "$TOKEN"})
    encoded = encode(f"{before}{TOKEN[:length]}{after}".encode()).decode()
    first, last = len(before) // 3, (len(before) + length + 2) // 3

    for text in (encoded, encoded.rstrip("=")):
        assert scrubber.scrub(f'"{text}"') == f'"{text[: 4 * first]}$TOKEN{text[4 * last :]}"'


@pytest.mark.parametrize("before", ["\\n", "\\u000a", "%0A", "&#10;", "token="])
def test_what_stands_before_base64_is_left_whole(before):
    for offset in range(3):
        shared = b64encode(bytes(offset) + TOKEN.encode())[4 if offset else 0 :].decode()
        assert SCRUBBER.scrub(f"{before}{shared}").startswith(f"{before}$TOKEN")


def test_two_secrets_in_one_base64_are_both_named():
    encoded = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()

    assert SCRUBBER.scrub(encoded) == "$EMAIL$TOKEN"


@SECRETS
def test_a_secret_in_hexadecimal_is_replaced(secret, name):
    assert SCRUBBER.scrub(secret.encode().hex()) == name


def test_an_account_that_is_written_as_a_uuid_is_replaced():
    account = "023e105f4ecef8ad9ca31a8372d0c353"

    scrubbed = Scrubber({account: "$ACCOUNT"}).scrub("for 023E105F-4ece-f8ad-9ca3-1a8372d0c353.")

    assert scrubbed == "for $ACCOUNT."


@SECRETS
def test_a_secret_that_was_cut_is_replaced(secret, name):
    assert SCRUBBER.scrub(f"{secret[:PIECE_LENGTH]}...") == f"{name}..."


@pytest.mark.parametrize("piece", [TOKEN[5:20], TOKEN[-PIECE_LENGTH:]], ids=["middle", "end"])
def test_any_piece_of_a_token_is_replaced(piece):
    assert SCRUBBER.scrub(f"...{piece}...") == "...$TOKEN..."


@pytest.mark.parametrize(
    "text", ["https://harbour.example/", "anne@harbour.example", "anne%40harbour.example"]
)
def test_the_domain_of_a_mail_address_is_no_secret(text):
    assert SCRUBBER.scrub(text) == text


@pytest.mark.parametrize("address", ["lou21@harbour.example", "a.d1@harbour.example"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_address_of_the_same_domain_that_ends_alike_is_no_secret(address, form):
    assert Scrubber({EMAIL: "$EMAIL"}).scrub(form(address)) == form(address)


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "a", "bc"])
def test_an_address_of_the_same_domain_is_no_secret_in_base64_either(encode, before):
    encoded = encode(f"{before}anne@harbour.example:and more".encode()).decode()

    assert SCRUBBER.scrub(encoded) == encoded


def test_an_address_of_one_letter_is_found_and_no_other_that_ends_with_it():
    scrubber = Scrubber({"j@harbour.example": "$EMAIL"})

    assert scrubber.scrub("<j@harbour.example>") == "<$EMAIL>"
    assert scrubber.scrub("@harbour.example") == "@harbour.example"


def test_two_secrets_side_by_side_are_both_named():
    assert SCRUBBER.scrub(f"{ACCOUNT}{EMAIL}") == "$ACCOUNT$EMAIL"


def test_zeros_are_not_taken_for_a_piece_of_an_account_that_has_some():
    scrubber = Scrubber({"0" * 31 + "1": "$ACCOUNT"})

    assert scrubber.scrub("00000000-0000-4000-8000-000000000000") == "00000000-0000-4000-8000-000000000000"
    assert scrubber.scrub("0" * 31 + "1") == "$ACCOUNT"


def test_a_letter_that_has_two_in_lower_case_moves_nothing():
    assert SCRUBBER.scrub(f"İİİ{ACCOUNT}İ") == "İİİ$ACCOUNTİ"


@given(text=st.text(alphabet=st.characters(exclude_characters="0123456789")))
def test_a_text_without_secrets_stays_as_it_is(text):
    assert SCRUBBER.scrub(text) == text


@given(text=st.text())
def test_without_secrets_nothing_is_scrubbed(text):
    assert Scrubber({"": "$EMPTY"}).scrub(text) == text


@given(
    before=st.text(alphabet="xyz", max_size=40),
    after=st.text(alphabet="xyz", max_size=40),
    start=st.integers(0, len(ACCOUNT) - PIECE_LENGTH),
    more=st.integers(0, len(ACCOUNT)),
)
def test_a_piece_is_found_wherever_it_stands(before, after, start, more):
    piece = ACCOUNT[start : start + PIECE_LENGTH + more]

    assert SCRUBBER.scrub(f"{before}{piece}{after}") == f"{before}$ACCOUNT{after}"


@given(
    before=st.text(alphabet="xyz", max_size=40),
    after=st.text(alphabet="xyz", max_size=40),
    length=st.integers(1, 2 * PIECE_LENGTH),
)
def test_a_secret_of_any_length_is_found_wherever_it_stands(before, after, length):
    secret = "abcdefghijklmnopqrstuvwABCD"[:length]

    assert Scrubber({secret: "$SHORT"}).scrub(f"{before}{secret}{after}") == f"{before}$SHORT{after}"
