"""The record as Markdown: short, in order, and inert whatever stands in it."""

from html.parser import HTMLParser

import pytest
import sample_records as records
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from contracts.reports.headline import told
from contracts.reports.markdown import MAX_BYTES, MAX_IN_FULL, markdown
from contracts.reports.markdown_text import block, cell, code, prose
from contracts.reports.visible import visible

RENDER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
BROKEN = records.broken()
ANY = st.text(st.characters(exclude_categories=[])) | st.text("`|\\*_[]()<>#@&~$-+=0. \na:/w", min_size=1)
OURS = {"h2", "h3", "h4", "p", "ul", "li", "code", "pre"} | {"table", "thead", "tbody", "tr", "th", "td"}


class Seen(HTMLParser):
    """The tags, comments and texts of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.tags.append("comment")

    def unknown_decl(self, data):
        self.tags.append("declaration")


def seen(text):
    return Seen(RENDER.render(text))


@given(text=ANY)
def test_prose_shows_the_text_in_one_paragraph_and_makes_nothing_of_it_but_code(text):
    shown = seen(prose(text))

    assert set(shown.tags) <= {"p", "code"}
    assert shown.tags.count("p") <= 1
    squeezed = "".join(visible(text).split())[:250].replace("`", "")
    assert "".join(shown.text.split())[:250].replace("`", "").startswith(squeezed[:200])


@given(text=ANY.filter(lambda text: visible(text, "").strip() and len(visible(text, "")) < 300))
def test_code_shows_the_very_text(text):
    shown = seen(f"a {code(text)} b")

    assert shown.tags == ["p", "code"]
    assert shown.text == f"a {visible(text, '')} b\n"


@given(text=ANY, other=ANY)
def test_a_cell_is_one_cell_whatever_stands_in_it(text, other):
    table = f"| head | head |\n| --- | --- |\n| {cell(prose(text))} | {cell(code(other))} |\n"

    tags = seen(table).tags

    assert [tag for tag in tags if tag != "code"] == [
        "table",
        "thead",
        "tr",
        "th",
        "th",
        "tbody",
        "tr",
        "td",
        "td",
    ]


@given(text=ANY)
def test_a_block_holds_the_very_text_and_ends(text):
    shown = seen(f"{block(text, 'sh', 10_000)}\n\nafter")

    assert shown.tags == ["pre", "code", "p"]
    assert shown.text == f"{visible(text)}\n\nafter\n"


@pytest.mark.parametrize(
    "text", ["@everyone", "see @org/team.", "https://evil.example/x", "www.evil.example"]
)
def test_nobody_is_notified_and_nothing_is_linked(text):
    assert "`" in prose(text)
    assert seen(prose(text)).text.strip() == text


@settings(max_examples=15)
@given(count=st.integers(0, 60), text=ANY)
def test_it_stays_short_and_inert_for_any_text(count, text):
    written = markdown(records.many(count, text))

    assert len(written.encode()) < MAX_BYTES
    assert set(seen(written).tags) <= OURS


@pytest.mark.parametrize("text", records.HOSTILE.values(), ids=records.HOSTILE)
def test_thousands_of_broken_clauses_fit_and_the_rest_is_counted(text):
    report = records.many(3000, text)

    written = markdown(report)

    assert len(written.encode()) < MAX_BYTES
    assert set(seen(written).tags) <= OURS
    assert "more, see compliance.json" in written
    assert prose(told(report)) in written.splitlines()[2]


def test_the_outcome_comes_first_then_the_table_then_what_is_broken():
    lines = markdown(BROKEN).splitlines()

    assert [line for line in lines if line.startswith("#")] == [
        "## ❌ The contract is broken",
        "### Broken",
        f"#### `{records.BROKEN}`",
        "### Not seen",
        "### Unstable",
        "### Past their end of life",
        "### Values never seen",
        "### Waivers",
        "### Deprecated",
    ]
    assert lines.index(
        "| family | verified | violated | waived | unstable | unobserved | retired | points seen |"
    ) < (lines.index("### Broken"))


def test_a_broken_clause_is_told_with_place_request_pointer_expected_actual_and_curl():
    entry = records.entry_of(BROKEN, records.BROKEN)
    (exemplar,) = entry["exemplars"]

    told = markdown(BROKEN).partition(f"#### `{records.BROKEN}`")[2].partition("####")[0]

    for line in (
        f"- promised: `{BROKEN['fragment']['file']}:{entry['line']}` (rests on: docs)",
        f"- request: `{exemplar['request']}`",
        "- answer: 200, `/result/0/status`",
        '- actual: `"LOST"`',
        f"- expected: `{exemplar['expected']}`",
        f"```sh\n{exemplar['curl']}\n```",
        "(first do this)",
    ):
        assert line in told


def test_no_more_than_a_few_are_told_in_full_and_the_others_in_a_line():
    written = markdown(records.many(MAX_IN_FULL + 2, "x"))

    rest = written.partition("### Broken, too")[2].partition("###")[0].strip().splitlines()
    assert written.count("\n#### ") == MAX_IN_FULL
    assert [line.partition(": ")[0] for line in rest] == [f"- `{MAX_IN_FULL}x`", f"- `{MAX_IN_FULL + 1}x`"]


def test_what_was_not_seen_stands_by_its_reason_each_once():
    told = markdown(BROKEN).partition("### Not seen")[2].partition("###")[0].strip().splitlines()

    reasons = {entry["reason"] for entry in BROKEN["clauses"] if entry["verdict"] == "unobserved"}
    assert told[0] == "- walks was cut short: the budget was spent"
    assert len(told) == 1 + len(reasons)
    assert all("what would show it: " in line for line in told[1:])


def test_waivers_stand_with_owner_and_reason():
    (told,) = markdown(BROKEN).partition("### Waivers\n\n")[2].partition("\n\n")[0].splitlines()

    assert seen(told).text.strip() == f"waived: {records.WAIVED} until 2026-12-31 (mail): see TICKET-1"


@pytest.mark.parametrize(
    ("report", "first"),
    [
        pytest.param(
            records.green(),
            "## ✅ The contract is kept\n\nAll 183 promises were put to the test, and",
            id="kept",
        ),
        pytest.param(
            records.unstarted(),
            "## ⚠️ The contract could not be tested\n\nNo promise was put to the test. No account.",
            id="unstarted",
        ),
    ],
)
def test_the_outcome_is_said_in_plain_words(report, first):
    written = markdown(report)

    assert written.startswith(first)
    assert "### Broken" not in written


def test_an_emulator_that_was_told_to_misbehave_is_called_so():
    report = records.broken()
    report["target"] |= {"kind": "emulator", "fault": "enum/unknown"}

    assert " with the fault `enum/unknown`" in markdown(report)
