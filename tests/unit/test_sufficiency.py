"""Whether enough was seen to call a contract kept."""

import pytest
import samples

from contracts.ledger import Ledger, Tally, Verdict
from contracts.sufficiency import too_little

ABOUT_NO_ITEM = "401:status"
ONCE = "what was broken once was not so again, and nothing was found to be kept"
NOTHING = "nothing that was selected was seen, so nothing was judged"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        pytest.param([Verdict.UNOBSERVED, Verdict.UNOBSERVED], NOTHING, id="nothing seen"),
        pytest.param([Verdict.UNOBSERVED, Verdict.VERIFIED], "", id="something kept"),
        pytest.param([Verdict.UNOBSERVED, Verdict.WAIVED], "", id="something waived"),
        pytest.param([Verdict.RETIRED], "", id="retired"),
        pytest.param([Verdict.UNSTABLE], ONCE, id="nothing but unstable"),
        pytest.param([Verdict.UNSTABLE, Verdict.UNOBSERVED, Verdict.RETIRED], ONCE, id="nothing else seen"),
        pytest.param([Verdict.UNSTABLE, Verdict.VERIFIED], "", id="something kept beside"),
        pytest.param(
            [Verdict.RETIRED, Verdict.UNOBSERVED],
            "nothing that was selected and can still fail was seen, so nothing was judged",
            id="nothing seen but what is retired",
        ),
    ],
)
def test_a_contract_of_which_nothing_was_seen_is_not_called_kept(verdicts, said):
    selected = {f"{ABOUT_NO_ITEM}{number}": verdict for number, verdict in enumerate(verdicts)}

    assert too_little(samples.contract("jobs"), Ledger(), selected, (), 0) == said


def test_what_can_no_longer_fail_does_not_count_among_what_has_to_be_verified():
    verdicts = [Verdict.VERIFIED, Verdict.RETIRED, Verdict.UNOBSERVED, Verdict.VERIFIED]
    selected = {f"{ABOUT_NO_ITEM}{number}": verdict for number, verdict in enumerate(verdicts)}
    contract, ledger = samples.contract("jobs"), Ledger()

    said = [too_little(contract, ledger, selected, (), percent) for percent in (66, 67)]

    few = "2 of the 3 clauses that can still fail were verified, less than 67 percent"
    assert said == ["", few]
    assert too_little(contract, ledger, {ABOUT_NO_ITEM: Verdict.RETIRED}, (), 100) == ""


def test_items_are_seen_also_where_nothing_is_said_of_their_type(edited_contract: samples.EditedContract):
    contract = edited_contract(
        ("    Book:\n      x-source: docs\n      type: object\n", "    Book:\n      x-source: docs\n")
    )
    clause = "200.books[].genre:enum"
    ledger = Ledger()
    ledger.tallies[clause] = Tally(checked=1)

    assert too_little(contract, ledger, {clause: Verdict.VERIFIED}, (), 0) == ""
    assert "no answer held an item" in too_little(contract, Ledger(), {clause: Verdict.VERIFIED}, (), 0)
