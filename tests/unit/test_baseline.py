"""The baseline: what is refused with which words, and what becomes of a verdict as of which day."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from contracts.baseline import NO_BASELINE, Baseline, State, Waiver, load, state
from contracts.errors import UsageError
from contracts.ledger import Tally, Verdict

CLAUSES = samples.contract("shelf").clauses
CLAUSE = "200.books[].genre:enum"
OTHER = "200.books[].bought_at:format"
SOUND = f"""\
{CLAUSE}:
  reason: one genre
    too many
  owner: shelving
  expires: "2026-12-31"
"""
WAIVER = Waiver(CLAUSE, "one genre too many", "shelving", date(2026, 12, 31), 1)
BROKEN = Tally(checked=2, broken=1)


def read(folder: Path, text: str) -> Baseline:
    path = folder / "known.yaml"
    path.write_text(text, "utf-8")
    return load(path, CLAUSES, samples.AS_OF)


def test_a_waiver_names_clause_reason_owner_last_day_and_line(tmp_path: Path) -> None:
    baseline = read(tmp_path, "# What we know of.\n\n" + SOUND)

    expected = Waiver(CLAUSE, "one genre too many", "shelving", date(2026, 12, 31), 3)
    assert baseline == Baseline(str(tmp_path / "known.yaml"), samples.AS_OF, {CLAUSE: expected})


def test_a_waiver_of_a_clause_with_a_slash_in_its_id_has_its_line(tmp_path: Path) -> None:
    members = SOUND.partition("\n")[2]

    baseline = read(tmp_path, f"{SOUND}x-pagination/complete:\n{members}")

    assert [(waiver.clause, waiver.line) for waiver in baseline.waivers.values()] == [
        (CLAUSE, 1),
        ("x-pagination/complete", 6),
    ]


def test_what_is_secret_is_taken_out_of_the_words_of_a_waiver(tmp_path: Path) -> None:
    baseline = read(tmp_path, SOUND).scrubbed(lambda text: text.replace("genre", "$A").replace("shelv", "$B"))

    assert baseline.waivers == {CLAUSE: replace(WAIVER, reason="one $A too many", owner="$Bing")}


def test_a_baseline_may_be_written_as_json(tmp_path: Path) -> None:
    members = {"reason": "one genre too many", "owner": "shelving", "expires": "2026-12-31"}

    assert read(tmp_path, json.dumps({CLAUSE: members})).waivers == {CLAUSE: WAIVER}


def test_a_baseline_may_waive_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "{}").waivers == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "problem", "advice"),
    [
        pytest.param(SOUND, "", 0, "is empty", "or {} for none", id="empty"),
        pytest.param(SOUND, "- a\n", 1, "not a mapping from clause ids", "reason, owner", id="a list"),
        pytest.param(SOUND, "{", 2, "is not YAML", "correct the syntax", id="not YAML"),
        pytest.param("genre:enum", "gener:enum", 1, "there is no clause", CLAUSE, id="misspelt clause"),
        pytest.param(
            CLAUSE, "?", 1, "there is no clause '?'", "`python -m contracts clauses`", id="no clause"
        ),
        pytest.param(SOUND, SOUND + SOUND, 6, "stands twice", "remove one", id="duplicate"),
        pytest.param(SOUND, f"{CLAUSE}: known\n", 1, "is not a mapping", "reason, owner", id="only a text"),
        pytest.param("  reason: one genre\n    too many\n", "", 1, "has no reason", "write", id="no reason"),
        pytest.param("  owner: shelving\n", "", 1, "has no owner", "write", id="no owner"),
        pytest.param('  expires: "2026-12-31"\n', "", 1, "has no expires", "write", id="no expiry"),
        pytest.param("shelving", "null", 4, "has no owner", "write owner", id="null owner"),
        pytest.param("shelving", '" "', 4, "owner is not a text", "write owner", id="blank owner"),
        pytest.param("shelving", "7", 4, "owner is not a text", "in quotes", id="a number as owner"),
        pytest.param("shelving", "[me]", 4, "owner is not a text", "in quotes", id="a list as owner"),
        pytest.param("owner:", "by: x\n  owner:", 4, "'by' is not a member", "only", id="unknown member"),
        pytest.param('"2026-12-31"', "2026-12-31", 5, "YAML reads", "in quotes", id="unquoted date"),
        pytest.param("2026-12-31", "2026-02-30", 5, "not a date", "2026-11-01", id="no such day"),
        pytest.param("2026-12-31", "20261231", 5, "not a date", "2026-11-01", id="another form of date"),
        pytest.param("2026-12-31", "never", 5, "not a date", "2026-11-01", id="no date"),
    ],
)
def test_a_baseline_that_is_wrong_is_refused_with_place_problem_and_advice(
    tmp_path: Path, old: str, new: str, line: int, problem: str, advice: str
) -> None:
    assert old in SOUND

    with pytest.raises(UsageError) as caught:
        read(tmp_path, SOUND.replace(old, new, 1))

    place = f"{tmp_path / 'known.yaml'}{f':{line}' if line else ''}: "
    assert caught.value.problem.startswith(place)
    assert problem in caught.value.problem
    assert advice in caught.value.advice
    assert "\n" not in str(caught.value)


def test_a_baseline_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.yaml", CLAUSES, samples.AS_OF)


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        pytest.param(date(2026, 12, 30), Verdict.WAIVED, id="the day before"),
        pytest.param(date(2026, 12, 31), Verdict.WAIVED, id="the last day"),
        pytest.param(date(2027, 1, 1), Verdict.VIOLATED, id="the day after"),
    ],
)
def test_a_waiver_holds_up_to_and_including_its_last_day(day: date, verdict: Verdict) -> None:
    baseline = Baseline("known.yaml", day, {CLAUSE: WAIVER})

    assert baseline.verdict(CLAUSES[CLAUSE], BROKEN) is verdict


TALLIES = st.builds(Tally, *[st.integers(0, 2)] * 4)


@given(TALLIES, st.integers(-500, 500))
def test_a_waiver_changes_the_verdict_of_a_violation_within_its_time_and_no_other(
    tally: Tally, days_left: int
) -> None:
    clause, other = CLAUSES[CLAUSE], CLAUSES[OTHER]
    baseline = Baseline("known.yaml", WAIVER.expires - timedelta(days=days_left), {CLAUSE: WAIVER})

    is_waived = baseline.verdict(clause, tally) is Verdict.WAIVED

    assert is_waived == (tally.verdict(clause) is Verdict.VIOLATED and days_left >= 0)
    assert is_waived or baseline.verdict(clause, tally) is tally.verdict(clause)
    assert baseline.verdict(other, tally) is tally.verdict(other)
    assert NO_BASELINE.verdict(clause, tally) is tally.verdict(clause)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.WAIVED, State.IN_USE),
        (Verdict.VIOLATED, State.EXPIRED),
        (Verdict.VERIFIED, State.NOT_NEEDED),
        (Verdict.RETIRED, State.NOT_NEEDED),
        (Verdict.UNSTABLE, State.NOT_SEEN),
        (Verdict.UNOBSERVED, State.NOT_SEEN),
        (None, State.NOT_SEEN),
    ],
)
def test_the_verdict_says_what_becomes_of_the_waiver(verdict: Verdict | None, said: State) -> None:
    assert state(verdict) is said
