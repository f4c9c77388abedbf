"""Whether enough was seen to call a contract kept."""

import pytest
import samples

from contracts.ledger import Ledger, Verdict
from contracts.sufficiency import too_little

ABOUT_NO_ITEM = "401:status"
NOTHING = "nothing that was selected was seen, so nothing was judged"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        pytest.param([Verdict.UNOBSERVED, Verdict.UNOBSERVED], NOTHING, id="nothing seen"),
        pytest.param([Verdict.UNOBSERVED, Verdict.VERIFIED], "", id="something kept"),
        pytest.param([Verdict.UNOBSERVED, Verdict.WAIVED], "", id="something waived"),
        pytest.param([Verdict.RETIRED], "", id="retired"),
    ],
)
def test_a_contract_of_which_nothing_was_seen_is_not_called_kept(verdicts, said):
    selected = {f"{ABOUT_NO_ITEM}{number}": verdict for number, verdict in enumerate(verdicts)}

    assert too_little(samples.contract("jobs"), Ledger(), selected, (), 0) == said
