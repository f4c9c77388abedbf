"""The matrix: what counts as caught, what as missed, and what its report says."""

import json

import pytest
from cases import Case, cases, sample
from outcomes import read
from report import Report, lines, to_json, write

from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
OWN, OTHER = "200.success:const", "200.errors:type"
FAULT = Case("const:200.success", "fault", "envelope", (OWN,))
VARIANT = Case("gzip", "variant")


@pytest.fixture
def left(tmp_path):
    """Write what a run leaves: its exit status, and a record in which some clauses are not verified."""

    def leave(status, sentence="", **verdicts):
        entries = [
            {
                "id": clause,
                "verdict": verdicts.get(name, "verified"),
                "exemplars": [{"offset": 7}, {"offset": 3}],
            }
            for name, clause in (("own", OWN), ("other", OTHER))
        ]
        (tmp_path / "status").write_text(str(status))
        report = {"clauses": entries, "requests": {"sent": 9}, "outcome": {"sentence": sentence}}
        (tmp_path / "compliance.json").write_text(json.dumps(report))
        return tmp_path

    return leave


def test_a_fault_whose_clause_is_named_is_caught(left):
    outcome = read(FAULT, left(1, own="violated"))

    assert outcome.is_right
    assert outcome.named_by == (OWN,)
    assert outcome.after_requests == 3


def test_a_fault_that_only_another_clause_names_is_missed(left):
    outcome = read(FAULT, left(1, other="violated"))

    assert not outcome.is_right
    assert outcome.named_by == ()
    assert outcome.blamed == (OTHER,)


def test_a_fault_that_is_named_beside_a_clause_it_does_not_break_is_not_right(left):
    assert not read(FAULT, left(1, own="violated", other="violated")).is_right


def test_a_fault_that_nothing_names_is_missed(left):
    assert not read(FAULT, left(0)).is_right


def test_a_fault_that_comes_now_and_then_may_be_named_as_unstable(left):
    now_and_then = Case("x@every-25th", "fault", "envelope", (OWN,), is_intermittent=True)

    assert read(now_and_then, left(0, own="unstable")).is_right
    assert not read(FAULT, left(0, own="unstable")).is_right


def test_a_broken_clause_with_an_exit_status_of_success_is_not_right(left):
    assert "exit status 0" in read(FAULT, left(0, own="violated")).error


def test_a_fault_beside_which_the_suite_could_not_test_is_not_caught(left):
    now_and_then = Case("x@every-25th", "fault", "envelope", (OWN,), is_intermittent=True)

    outcome = read(now_and_then, left(7, "the suite itself failed", own="unstable"))

    assert not outcome.is_right
    assert outcome.error == "exit status 7 (the suite itself failed)"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (0, ""),
        (6, "nothing is broken, but no answer held an item, so nothing can be said of items"),
        (6, "nothing is broken, but x was broken once, and the run ended before it could be looked at again"),
    ],
    ids=["kept", "no jobs", "moving"],
)
def test_a_variant_that_nothing_blames_passes(left, status, sentence):
    assert read(VARIANT, left(status, sentence)).is_right


@pytest.mark.parametrize(
    ("status", "own"), [(1, "violated"), (7, "verified"), (1, "verified"), (6, "verified")]
)
def test_a_variant_that_is_blamed_or_ends_the_run_does_not_pass(left, status, own):
    assert not read(VARIANT, left(status, own=own)).is_right


def test_a_run_without_a_record_is_not_right_and_shows_its_end(tmp_path):
    (tmp_path / "log").write_text("it broke")

    for case in (FAULT, VARIANT):
        outcome = read(case, tmp_path)

        assert not outcome.is_right
        assert outcome.error.endswith("it broke")


def test_a_clause_that_no_fault_proves_makes_the_report_weak(left):
    outcomes = [read(FAULT, left(1, own="violated"))]

    assert Report(FRAGMENT, outcomes, (OWN,)).is_strong
    weak = Report(FRAGMENT, outcomes, (OWN, OTHER))
    assert weak.unproven == [OTHER]
    assert not weak.is_strong
    assert f"clause {OTHER}: no fault shows that it can fail" in list(lines(weak))


def test_the_record_names_the_faults_that_prove_each_clause(left, tmp_path):
    report = Report(FRAGMENT, [read(FAULT, left(1, own="violated")), read(VARIANT, left(0))], (OWN,))

    written = json.loads(write(report, tmp_path / "reports").read_text())

    assert written == json.loads(json.dumps(to_json(report)))
    assert written["clauses"] == {OWN: [FAULT.id]}
    assert (written["faults"], written["variants"]) == ({"total": 1, "caught": 1}, {"total": 1, "passed": 1})


def test_the_sample_has_every_variant_and_a_fault_of_each_family_and_condition():
    known = list(cases(FRAGMENT))

    chosen = list(sample(known))

    assert {case.id for case in known if case.kind == "variant"} <= {case.id for case in chosen}
    assert {case.family for case in chosen} == {case.family for case in known}
    assert {case.condition for case in chosen} == {case.condition for case in known}
    assert len([case for case in chosen if case.kind == "fault"]) < 30
