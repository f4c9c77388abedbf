"""What changed from one run to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger import Verdict
from contracts.reports.changes import changes, got_worse, told

VERDICTS = [verdict.value for verdict in Verdict]


@pytest.mark.parametrize(
    ("old", "new", "kinds", "is_worse"),
    [
        ("verified", "violated", ["newly broken"], True),
        ("waived", "violated", ["newly broken"], True),
        (None, "violated", ["newly broken", "new"], True),
        ("unobserved", "violated", ["newly broken", "newly seen"], True),
        ("verified", "unobserved", ["newly unseen"], True),
        ("verified", None, ["gone"], True),
        ("violated", None, ["gone"], False),
        ("verified", "waived", ["newly waived"], False),
        ("verified", "unstable", ["newly unstable"], False),
        ("verified", "retired", ["newly retired"], False),
        ("violated", "verified", ["newly kept"], False),
        ("unobserved", "verified", ["newly seen"], False),
        ("violated", "unobserved", [], False),
        (None, "verified", ["new"], False),
    ],
)
def test_a_change_has_its_name_and_is_worse_or_not(old, new, kinds, is_worse):
    before, after = ({"a:type": verdict} if verdict else {} for verdict in (old, new))

    assert changes(before, after) == {kind: ["a:type"] for kind in kinds}
    assert got_worse(before, after) is is_worse


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(VERDICTS)))
def test_nothing_changed_between_equal_runs(verdicts):
    assert changes(verdicts, verdicts) == {}
    assert list(told(verdicts, verdicts)) == ["nothing changed"]
    assert not got_worse(verdicts, verdicts)


def test_a_person_is_told_the_worst_first_with_both_verdicts():
    old, new = {"a": "unobserved", "b": "verified"}, {"a": "verified", "b": "violated", "c": "verified"}

    assert list(told(old, new)) == [
        "newly broken: 1",
        "  b: verified -> violated",
        "newly seen: 1",
        "  a: unobserved -> verified",
        "new: 1",
        "  c: not there -> verified",
    ]
