"""What a recorded request asks for when it is sent again."""

from typing import Any

import pytest
import samples
from samples import EditedContract

from contracts import plan
from contracts.composer import Composer
from contracts.emulator.credentials import Credentials
from contracts.errors import UsageError
from contracts.exchange import Account, Identity
from contracts.plan import Probe
from contracts.replay import _probe
from contracts.reports.exchanges import recorded
from contracts.targets import Secrets, Target

PATHS = {
    "a parameter before the end": "/shelves/{shelf_id}/books",
    "a parameter at the end": "/shelves/{shelf_id}",
    "a parameter alone": "/{shelf_id}",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("account", Account)
def test_what_was_recorded_is_asked_for_again(
    edited_contract: EditedContract, path: str, account: Account
) -> None:
    contract = edited_contract(("/shelves/{shelf_id}/books:", f"{path}:"))
    fragment = contract.fragment
    credentials = Credentials.of(fragment)
    secrets = Secrets(credentials.values, credentials.own_account, credentials.other_account)
    target = Target("emulator", "http://127.0.0.1:1", "http://127.0.0.1:1", secrets, True, True, 0)
    identity = Identity(fragment.security[0])
    probes = [
        Probe(identity, account=account),
        Probe(identity, account=account, query=(("genre", "a/b}"),)),
        *plan.stranger_probes(fragment, identity),
    ]

    again = [
        _probe(recorded(samples.exchange(request, {}), contract)["request"], fragment)
        for request in map(Composer(target, fragment).request, probes)
    ]

    assert again == probes
    assert any(probe.route_suffix for probe in probes)


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/accounts/x/email-security/investigate/bulk/../bulk?delete=all"},
        {"path": "/accounts/x/email-security/investigate/bulk/a\r\nb"},
        {"identity": {"schemes": ["nobodys"], "defect": "", "scheme": ""}},
    ],
    ids=["a way up", "a line break", "an unknown scheme"],
)
def test_a_request_that_no_run_sends_is_refused(changed: dict[str, Any]) -> None:
    contract = samples.contract("jobs")
    sent = recorded(samples.exchange(samples.request(contract), {}), contract)["request"]

    with pytest.raises(UsageError, match="which no run sends"):
        _probe(sent | changed, contract.fragment)
