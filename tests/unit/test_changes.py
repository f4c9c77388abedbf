"""What changed from one run to another."""

from copy import deepcopy
from itertools import permutations

import pytest
import sample_records as records
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger import Verdict
from contracts.reports.changes import changes, differences, got_worse, told

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
        ("verified", "waived", ["no longer kept but waived"], True),
        ("verified", "unstable", ["no longer kept but unstable"], True),
        ("violated", "waived", ["newly waived"], False),
        ("unobserved", "waived", ["newly waived", "newly seen"], False),
        ("violated", "unstable", ["newly unstable"], False),
        ("waived", "unstable", ["newly unstable"], False),
        ("verified", "retired", ["newly retired"], False),
        ("violated", "verified", ["newly kept"], False),
        ("unobserved", "verified", ["newly seen"], False),
        ("violated", "unobserved", ["broken before and not seen now"], False),
        ("waived", "unobserved", ["broken before and not seen now"], False),
        ("unstable", "unobserved", ["broken before and not seen now"], False),
        ("retired", "verified", ["no longer retired"], False),
        ("retired", "unobserved", ["no longer retired"], False),
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


@pytest.mark.parametrize(("old", "new"), list(permutations([*VERDICTS, None], 2)))
def test_no_change_is_kept_from_anybody(old, new):
    before, after = ({"a:type": verdict} if verdict else {} for verdict in (old, new))

    assert changes(before, after)
    assert f"  a:type: {old or 'not there'} -> {new or 'not there'}" in list(told(before, after))


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


@pytest.mark.parametrize(
    ("member", "change", "line"),
    [
        ("target", {"kind": "emulator"}, "not the same target: live -> emulator"),
        ("target", {"base_url": "http://b"}, "not the same server: http://127.0.0.1:1 -> http://b"),
        (
            "target",
            {"account": "other"},
            "not the same account, or not under the same CONTRACT_PSEUDONYM_KEY: abc -> other",
        ),
        ("target", {"fault": "enum/unknown:x"}, "not the same fault: none -> enum/unknown:x"),
        ("target", {"variant": "empty"}, "not the same variant: none -> empty"),
        ("fragment", {"sha256": "0" * 64}, f"not the same fragment (SHA-256): {{}} -> {'0' * 64}"),
        ("suite", {"version": "9"}, "not the same version of the suite: {} -> 9"),
        ("as_of", "2027-01-01", "not as of the same day: 2026-11-24 -> 2027-01-01"),
        ("ended_early", "the server went away", "not judged to the end: the new run: the server went away"),
    ],
    ids=["kind", "server", "account", "fault", "variant", "fragment", "suite", "day", "end"],
)
def test_what_two_records_are_not_the_same_in_is_told(member, change, line):
    old = records.broken()
    new = deepcopy(old)
    new[member] = new[member] | change if isinstance(change, dict) else change

    before = {"fragment": old["fragment"]["sha256"], "suite": old["suite"]["version"]}.get(member, "")
    assert list(differences(old, new)) == [line.format(before)]


def test_that_two_records_are_not_of_the_same_clauses_is_told():
    whole, some = records.green(), records.partial(records.green())
    others = some | {"clauses": whole["clauses"][9:18]}

    assert list(differences(whole, some)) == ["not the same selection of clauses: 183 of 183 -> 9 of 183"]
    assert list(differences(some, others)) == ["not the same selection of clauses: 9 of 183 -> 9 of 183"]
    assert list(differences(some, some)) == []


def test_nothing_is_told_of_two_records_of_the_same_target():
    assert list(differences(records.broken(), records.green())) == []


def test_two_runs_on_the_emulator_are_of_the_same_account_whatever_its_pseudonym():
    old, new = records.broken(), records.broken()
    for report, account in ((old, "one"), (new, "two")):
        report["target"] |= {"kind": "emulator", "account": account}

    assert list(differences(old, new)) == []
