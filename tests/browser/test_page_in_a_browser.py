"""The page as people meet it: opened from disk in Chromium, by mouse and by keyboard, and printed."""

import re
from urllib.parse import quote

import pytest
import records

pytest.importorskip("playwright", reason="Playwright is not installed; tox run -e browser brings it")

from axe_playwright_python.sync_playwright import Axe

KINDS = ("green", "red", "partial", "interrupted", "unstarted", "many", "hostile", "audit")
BROKEN_CARD = f"[id='clause-{records.BROKEN}']"
KEPT = "200.success:const"
FORBID_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""


def focused(visit):
    """Give what has the focus as the page names it."""
    return visit.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def is_in_view(visit, selector):
    """Say whether the top of an element is in the window."""
    box = visit.page.locator(selector).bounding_box()
    return 0 <= box["y"] < 900


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_silent_asks_for_nothing_and_axe_finds_nothing(opened, files, kind, scheme):
    visit = opened(kind, color_scheme=scheme)
    visit.unfold(20)

    # One promise in the list is like the other, and to look at two thousand takes axe minutes.
    visit.page.evaluate("document.querySelectorAll('.row:nth-child(n + 20)').forEach(row => row.remove())")

    found = Axe().run(visit.page)

    told = [
        (one["id"], [node["target"] for node in one["nodes"][:3]]) for one in found.response["violations"]
    ]
    assert told == []
    assert visit.said == []
    assert visit.asked == [files[kind].as_uri()]
    assert visit.page.evaluate("window.violations") == []


BROKEN_WORDS = r"""grid => {
    const found = [], texts = document.createTreeWalker(grid, NodeFilter.SHOW_TEXT), range = new Range();
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/[^\s-]+/g)) {
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            if (new Set(Array.from(range.getClientRects(), one => one.top)).size > 1) { found.push(word[0]); }
        }
    }
    return found;
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_table_of_three_releases_is_seen_whole_and_breaks_no_word(opened, width):
    grid = opened("green", width=width).page.locator("#sdk .scrolled")

    assert grid.evaluate(BROKEN_WORDS) == []
    assert grid.evaluate("grid => grid.scrollWidth - grid.clientWidth") == 0


@pytest.mark.parametrize("width", [360, 1280, 2560])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_no_wider_than_the_window_even_with_all_opened(opened, kind, width):
    visit = opened(kind, width=width)

    visit.unfold(400)

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("green", "The contract is kept"),
        ("red", "The contract is broken"),
        ("partial", "Only 1 of the 183 promises was selected, and it is kept"),
        ("interrupted", "The run was interrupted"),
        ("unstarted", "The contract could not be tested"),
    ],
)
def test_the_verdict_is_the_first_heading_and_on_the_first_screen(opened, kind, title):
    visit = opened(kind, width=360)

    assert visit.page.locator("h1").inner_text() == title
    assert is_in_view(visit, "h1")


@pytest.mark.parametrize("kind", ["hostile", "audit"])
def test_hostile_text_is_shown_as_text_and_runs_nothing(opened, kind):
    visit = opened(kind)

    assert visit.page.evaluate("window.hit") is None
    assert visit.page.locator("img, main script, main style").count() == 0
    assert visit.page.locator("a[href^='javascript']").count() == 0
    assert "\\u202egnp.exe\\x00\\x1b[2J\\ud800xxx" in visit.page.locator("main").inner_text()


def test_the_answers_of_an_audit_are_drawn_over_time_and_told_in_tables(opened):
    visit = opened("audit")
    visit.unfold(400)

    spans = visit.page.locator("#days .spans").filter(has_text="PENDING").first.inner_text()
    told = visit.page.locator("#days .over-time.broken").inner_text()
    assert visit.page.locator("#days svg[role=img]").count() == 2
    assert "first on 4 September 2026, last on 4 September 2026" in told
    assert re.search(r"COMPLETED\s+2026-09-02\s+2026-09-02\s+39 days", spans)
    assert re.search(r"PENDING\s+2026-10-11\s+2026-10-11\s+sent on the last day", spans)
    assert re.search(r"SKIPPED\s+never seen", spans)
    assert opened("green").page.locator("#days").count() == 0


def test_a_broken_promise_leads_to_its_exchange_in_two_clicks(opened):
    visit = opened("red")

    visit.page.locator(".named a").first.click()
    assert is_in_view(visit, BROKEN_CARD)
    visit.page.locator(f"{BROKEN_CARD} .exchange > summary").first.click()

    body = visit.page.locator(f"{BROKEN_CARD} .body").first
    assert body.is_visible()
    assert body.locator("mark").first.inner_text() == '"status": "DISCOVERING_UNDECLARED"'


def test_the_search_finds_promises_by_every_word(opened):
    visit = opened("green")

    visit.page.locator("#search").fill("per_page 1000 refused")

    assert visit.rows() == ["query.per_page:maximum"]
    assert visit.page.locator("#found").inner_text() == "1 of 183 promises"
    visit.page.locator("#search").press("Escape")
    assert len(visit.rows()) == 183


@pytest.mark.parametrize("member", ["verdict", "family", "source"])
def test_a_filter_leaves_what_has_the_value_and_reset_brings_back_the_rest(opened, all_records, member):
    visit, clauses = opened("red"), all_records["red"]["clauses"]
    for value in {clause[member] for clause in clauses}:
        visit.page.locator(f"#{member}").select_option(value)

        assert visit.rows() == [clause["id"] for clause in clauses if clause[member] == value]

    visit.page.locator("form [type=reset]").click()
    visit.page.locator(f"#found:text-is('{len(clauses)} promises')").wait_for()
    assert len(visit.rows()) == len(clauses)


def test_two_filters_leave_what_has_both_values(opened, all_records):
    visit = opened("red")

    visit.page.locator("#family").select_option("envelope")
    visit.page.locator("#source").select_option("docs")

    clauses = all_records["red"]["clauses"]
    both = [one["id"] for one in clauses if (one["family"], one["source"]) == ("envelope", "docs")]
    assert both
    assert visit.rows() == both


@pytest.mark.parametrize(("selector", "member", "value"), [
    (".counts .violated a", "verdict", "violated"),
    (".families [data-family=enum]", "family", "enum"),
])  # fmt: skip
def test_a_figure_leads_to_the_promises_that_it_counts(opened, all_records, selector, member, value):
    visit = opened("red")

    visit.page.locator(selector).click()

    assert visit.rows() == [one["id"] for one in all_records["red"]["clauses"] if one[member] == value]
    assert visit.page.locator(f"#{member}").input_value() == value


def test_the_list_can_be_put_in_another_order_and_back(opened, all_records):
    visit, clauses = opened("red"), all_records["red"]["clauses"]

    visit.page.locator("#order").select_option("verdict")
    assert visit.rows()[0] == records.BROKEN
    visit.page.locator("#order").select_option("checked")
    checked = {one["id"]: one["checked"] for one in clauses}
    assert [checked[id_] for id_ in visit.rows()] == sorted(checked.values())
    visit.page.locator("#order").select_option("line")
    assert visit.rows() == [one["id"] for one in clauses]


@pytest.mark.parametrize("hidden_first", [False, True], ids=["at once", "though a filter hides it"])
def test_a_link_to_a_promise_opens_it(opened, hidden_first):
    anchor = f"#{quote(f'clause-{KEPT}')}"
    visit = opened("red", "" if hidden_first else anchor)
    if hidden_first:
        visit.page.locator("#family").select_option("enum")
        visit.page.evaluate(f"location.hash = {anchor!r}")

    row = visit.page.locator(f"[id='clause-{KEPT}']")
    row.locator(".more").wait_for(state="visible")
    assert is_in_view(visit, f"[id='clause-{KEPT}']")
    assert "const: true" in row.inner_text()
    assert KEPT in focused(visit)


def test_a_link_to_a_broken_promise_leads_to_its_evidence(opened):
    visit = opened("red", f"#{quote(f'clause-{records.BROKEN}')}")

    assert is_in_view(visit, BROKEN_CARD)
    assert '"DISCOVERING_UNDECLARED"' in visit.page.locator(BROKEN_CARD).inner_text()


def test_the_page_is_used_by_keyboard_alone(opened):
    visit = opened("red")
    keyboard = visit.page.keyboard

    keyboard.press("Tab")
    assert focused(visit) == "Skip to the report"
    keyboard.press("Enter")
    visit.page.locator("main:focus").wait_for()
    keyboard.press("Tab")
    assert focused(visit).startswith("result[].status is one of")
    keyboard.press("/")
    assert focused(visit) == "search"
    keyboard.type(KEPT)
    for _ in range(11):  # the four choices, the reset, the heads of the columns, the promise that is left
        keyboard.press("Tab")
    keyboard.press("Enter")

    assert visit.page.locator(f"[id='clause-{KEPT}'] .more").is_visible()


def test_the_command_to_ask_again_is_copied_as_it_is(opened, all_records):
    visit = opened("red")
    clause = next(one for one in all_records["red"]["clauses"] if one["id"] == records.BROKEN)

    button = visit.page.locator(f"{BROKEN_CARD} .copy").first
    button.click()
    visit.page.locator("#said", has_text="Copied").wait_for(state="attached")
    visit.page.locator("#search").focus()
    visit.page.keyboard.press("Control+V")

    assert visit.page.locator("#search").input_value() == clause["exemplars"][0]["curl"]


def test_the_theme_is_chosen_and_remembered(opened):
    visit = opened("green", color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = visit.page.evaluate(colour)

    visit.page.locator("#theme").click()
    assert visit.page.evaluate(colour) == light
    visit.page.locator("#theme").click()
    dark = visit.page.evaluate(colour)
    visit.page.reload()

    assert dark != light
    assert visit.page.evaluate(colour) == dark
    assert visit.page.locator("#theme").inner_text() == "Theme: dark"


def test_where_nothing_may_be_stored_the_theme_is_chosen_all_the_same(opened):
    visit = opened("green", before=FORBID_STORAGE)

    visit.page.locator("#theme").click()

    assert visit.page.locator("#theme").inner_text() == "Theme: light"
    assert visit.said == []


def test_without_scripts_all_of_it_is_there_and_nothing_that_needs_one(opened):
    visit = opened("red", java_script_enabled=False)

    visit.page.locator(".named a").first.click()
    visit.page.locator(f"{BROKEN_CARD} .exchange > summary").first.click()

    assert visit.page.locator(f"{BROKEN_CARD} .body").first.is_visible()
    assert visit.page.locator(".row").count() == 183
    for control in ("#theme", "#filters", ".copy >> nth=0"):
        assert not visit.page.locator(control).is_visible()


def test_in_print_what_is_folded_is_open_and_the_controls_are_gone(opened):
    visit = opened("red")
    visit.page.emulate_media(media="print")

    assert visit.page.locator(f"{BROKEN_CARD} .body").first.is_visible()
    for control in ("nav", "#filters", "#theme", ".copy >> nth=0"):
        assert not visit.page.locator(control).is_visible()
    assert visit.page.locator("#sign-off .signature").is_visible()
    assert not visit.page.locator(".row .more").first.is_visible()


def test_a_print_has_all_promises_whatever_was_searched_for(opened):
    visit = opened("red")
    visit.page.locator("#search").fill(records.BROKEN)
    assert visit.page.locator(".row").count() < 183

    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = visit.page.locator(".row").count()
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert printed == 183
    assert visit.page.locator(".row").count() < 183


def test_the_id_of_a_clause_alone_leads_to_it(opened):
    visit = opened("red")

    visit.page.evaluate("id => { location.hash = id; }", "200.success:const")

    assert visit.page.locator("[id='clause-200.success:const'] details").get_attribute("open") is not None


@pytest.mark.parametrize("kind", ["green", "red", "bad", "audit"])
def test_a_page_prints_to_a_pdf_that_a_person_can_sign(opened, kind):
    printed = opened(kind).page.pdf(prefer_css_page_size=True)

    assert printed.startswith(b"%PDF-")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 18


def test_in_print_a_few_broken_promises_are_shown_in_full_and_all_are_named(opened, all_records):
    visit, clauses = opened("bad"), all_records["bad"]["clauses"]
    visit.page.emulate_media(media="print")

    printed = visit.page.locator("main").inner_text()
    assert visit.page.locator("#broken .card:visible").count() == 3
    assert visit.page.locator("#broken .short li:visible").count() == 141
    assert "The evidence against the other 138 is left out in print" in printed
    assert visit.page.locator(".row .promise:visible").count() == len(clauses)
    assert [clause["id"] for clause in clauses if clause["id"] not in printed] == []


def test_in_print_all_that_was_found_of_releases_is_told_but_for_the_exchanges(opened):
    visit = opened("green")
    visit.page.emulate_media(media="print")

    found = visit.page.locator("#sdk .found")
    assert found.count() == found.filter(visible=True).count() == 30
    assert visit.page.locator("#sdk .found dd:visible", has_text="no x").count() == 30
    assert visit.page.locator("#sdk .found pre:visible").count() == 0
    assert "What was sent and answered is left out in print" in visit.page.locator("#sdk").inner_text()


def test_on_the_screen_the_exchange_of_what_was_found_of_a_release_can_be_opened(opened):
    visit = opened("green")

    visit.page.locator("#sdk .found summary").first.click()

    assert visit.page.locator("#sdk .found pre:visible").count() == 1
    assert "left out in print" not in visit.page.locator("#sdk").inner_text()


def test_on_the_screen_the_evidence_against_every_broken_promise_is_there(opened):
    visit = opened("bad")

    assert visit.page.locator("#broken .card:visible").count() == 141
    assert "left out in print" not in visit.page.locator("main").inner_text()


def test_two_thousand_promises_are_there_at_once_and_searched(opened, all_records):
    visit, last = opened("many"), all_records["many"]["clauses"][-1]["id"]

    ready = visit.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    visit.page.locator("#search").fill(last)

    # Far above what it takes, which is a third of a second: what grows with the square would take longer.
    assert ready < 3_000
    assert visit.rows() == [last]


def test_the_runs_before_are_shown_and_what_changed(opened, all_records):
    visit = opened("red")

    assert visit.page.locator(".strip li").count() == 30
    told = visit.page.locator("#past").inner_text()
    assert "1 newly broken" in told
    assert records.BROKEN in told
    assert "1 new\n" in told
    assert all_records["red"]["clauses"][0]["id"] in told


def test_a_column_sorts_by_its_head_and_the_other_way_round_by_a_second_click(opened, all_records):
    visit, clauses = opened("red"), all_records["red"]["clauses"]
    head = visit.page.locator(".columns button", has_text="Looked at")
    by_places = [clause["checked"] for clause in sorted(clauses, key=lambda clause: clause["checked"])]
    places = {clause["id"]: clause["checked"] for clause in clauses}

    head.click()
    assert [places[clause] for clause in visit.rows()] == by_places
    assert visit.page.locator("#order").input_value() == "checked"
    assert head.get_attribute("aria-label") == "Sort by Looked at, now in order"

    head.press("Enter")
    assert [places[clause] for clause in visit.rows()] == by_places[::-1]
    assert head.get_attribute("aria-label") == "Sort by Looked at, now reversed"

    visit.page.locator("form [type=reset]").click()
    visit.page.locator(".columns [data-way='reversed']").wait_for(state="detached")
    assert visit.rows() == [clause["id"] for clause in clauses]


def test_an_amount_of_promises_found_is_written_as_everywhere_else(opened):
    visit = opened("many")

    visit.page.locator("#search").fill("unobserved")

    assert visit.page.locator("#found").inner_text() == "22 of 2,000 promises"


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_drawing_is_cut_off_on_a_phone(opened, kind):
    visit = opened(kind, width=360)

    cut = visit.page.evaluate("""() => [...document.querySelectorAll("svg text")].filter((text) => {
      const room = text.ownerSVGElement.getBoundingClientRect(), box = text.getBoundingClientRect();
      return box.left < room.left - 1 || box.right > room.right + 1;
    }).map((text) => text.textContent)""")

    assert cut == []
