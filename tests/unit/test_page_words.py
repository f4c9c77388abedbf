"""What the page says at its top: no more than the run has seen."""

import pytest
import sample_records as records

from contracts.ledger import Verdict
from contracts.reports.html import charts, page, words
from contracts.reports.markdown import markdown
from contracts.words import moment


def test_a_moment_is_told_in_utc():
    assert moment("2026-11-24T19:00:00+02:00") == "2026-11-24 17:00:00 UTC"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (0, "nothing was sent to a live server"),
        (1, "1 request was sent to a live server"),
        (1_234, "1,234 requests were sent to a live server"),
    ],
)
def test_what_was_sent_is_said_in_words(sent, said):
    report = records.green()
    report["requests"]["sent"] = sent

    assert words.sent(report) == said


def test_the_banner_says_against_what_when_as_of_and_by_and_against_which_version():
    text = page(records.broken())

    byline = text[text.index('<p class="byline">') :].partition("</p>")[0]
    for told in (
        "Against a live server",
        "http://127.0.0.1:1",
        "begun on 2026-11-24 09:00:00 UTC",
        "as of 24 November 2026",
        "version",
    ):
        assert told in byline


def test_what_a_record_of_version_1_does_not_say_leaves_no_gap():
    report = records.broken()
    report["fragment"]["version"] = report["suite"]["python"] = ""

    text = page(report)

    assert "version <code></code>" not in text
    assert "Python ;" not in text


def test_a_moment_in_the_strip_is_a_day_in_utc():
    assert words.short_day("2026-11-24T01:00:00+02:00") == "23 Nov"


def test_each_time_of_a_run_is_said_to_be_when_it_began_or_when_it_ended():
    report = records.broken()
    began, ended = report["started"], report["finished"]

    html, text = page(report), markdown(report)

    assert html.count(moment(began)) == html.count(f"begun on {moment(began)}") + 1
    assert f'<dt>Begun</dt><dd><time datetime="{began}">' in html
    assert f"begun at {began}, ended at {ended}, " in text


@pytest.mark.parametrize(("place", "way"), [(12, "start"), (50, "around"), (88, "finish")])
def test_what_stands_at_the_end_of_a_line_is_written_towards_its_middle(place, way):
    assert charts.towards(place) == way


def test_of_recorded_traffic_nothing_is_said_to_have_been_sent():
    recorded = records.broken() | {"recording": {"read": 1}}

    assert words.sent(recorded) == "1 recorded exchange was read"


@pytest.mark.parametrize(
    ("verdicts", "there_are", "said"),
    [
        ({"verified": 8, "violated": 1}, 9, "all 9 such promises"),
        ({"verified": 7, "retired": 1, "unobserved": 1}, 9, "7 of the 9 such promises"),
        ({"verified": 9}, 183, "9 of the 183 such promises"),
        ({"unobserved": 9}, 9, "no such promise"),
        ({"retired": 3}, 183, "no such promise"),
    ],
    ids=["all", "not all seen", "not all selected", "none", "nothing but retired"],
)
def test_only_promises_of_which_answers_told_something_are_said_to_be_tested(verdicts, there_are, said):
    clauses = [{}] * sum(verdicts.values())
    told = {
        "clauses": clauses,
        "fragment": {"clauses": there_are},
        "verdicts": dict.fromkeys(Verdict, 0) | verdicts,
    }

    assert words.tested(told) == said


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ({"fault": None, "variant": None}, ""),
        ({"fault": "enum/unknown", "variant": None}, ", with the fault enum/unknown"),
        ({"variant": "forbidden"}, ", with the variant forbidden"),
    ],
    ids=["neither", "a fault", "a variant"],
)
def test_an_emulator_that_was_told_to_misbehave_is_called_so(ways, told):
    assert words.target({"target": {"kind": "emulator", **ways}}) == f"{words.TARGETS['emulator']}{told}"
