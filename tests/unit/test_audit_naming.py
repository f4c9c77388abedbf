"""What of a recording's path stands in reports: nothing that tells whose it is."""

import audited
import pytest
import samples
from audited import ACCOUNT

from contracts.__main__ import main
from contracts.audit.inputs import Form, Input
from contracts.audit.judging import Judge, Terms
from contracts.audit.lines import write
from contracts.audit.naming import named

MAIL = "jane.doe@corp.example"


def origins(*paths, shows_values=False, **environment):
    contract = Judge(Terms(audited.FRAGMENT, samples.AS_OF, shows_values), audited.KEY | environment).contract
    return [one.origin for one in named([Input(path, place=path) for path in paths], contract)]


def pseudonym(text):
    return Judge(Terms(audited.FRAGMENT, samples.AS_OF), audited.KEY).contract.redactor.account(text)


@pytest.mark.parametrize(
    ("path", "private"),
    [
        (f"logs/{ACCOUNT}.jsonl.gz", ACCOUNT),
        (f"logs/{ACCOUNT.upper()}-2026/x.jsonl", ACCOUNT.upper()),
        (f"s3://logs/account={ACCOUNT}/x.jsonl", ACCOUNT),
        ("logs/account=acme/x.jsonl", "acme"),
        ("logs/account_id=acme.jsonl.zst", "acme"),
        ("logs/accounts/acme/2026.har", "acme"),
        (f"logs/{MAIL}/x.jsonl", MAIL),
        (f"logs/user={MAIL}/x.jsonl", MAIL),
        ("logs/jane%40corp.example/x.jsonl", "jane%40corp.example"),
    ],
)
def test_a_pseudonym_stands_for_whoever_a_path_names(path, private):
    assert origins(path) == [path.replace(private, pseudonym(private))]


@pytest.mark.parametrize("path", ["-", "logs/2026-09/x.jsonl", "accounting/x.har", f"logs/{ACCOUNT}0.jsonl"])
def test_the_rest_of_a_path_stays(path):
    assert origins(path) == [path]


def test_what_the_environment_holds_is_not_shown():
    assert origins("logs/acme-prod/x.jsonl", CLOUDFLARE_ACCOUNT_ID="acme-prod") == [
        "logs/$CLOUDFLARE_ACCOUNT_ID/x.jsonl"
    ]


def test_values_that_are_shown_show_mail_addresses_and_no_accounts():
    assert origins(f"{MAIL}/{ACCOUNT}.jsonl", shows_values=True) == [f"{MAIL}/{pseudonym(ACCOUNT)}.jsonl"]


def test_a_recording_is_read_as_what_its_own_name_says():
    one = Input(f"{MAIL}.har", place=f"{MAIL}.har", form=Form.HAR)

    assert [shown.form for shown in named([one], contract())] == [Form.HAR]


def contract():
    return Judge(Terms(audited.FRAGMENT, samples.AS_OF), audited.KEY).contract


def test_no_report_and_no_line_on_the_terminal_tells_whose_a_recording_is(tmp_path, capsys):
    folder = tmp_path / f"account={ACCOUNT}" / MAIL
    folder.mkdir(parents=True)
    (folder / "x.jsonl").write_bytes(write(audited.record(b"{}")) + b"nonsense\n")

    main(["audit", str(folder), "--processes", "1", "--reports", str(tmp_path / "reports")])

    told = [path.read_text() for path in (tmp_path / "reports").iterdir()] + list(capsys.readouterr())
    assert len(told) > 5
    assert not [text for text in told if ACCOUNT in text or MAIL in text]
