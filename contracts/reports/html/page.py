"""Puts the page together: one text with its own style and script, beside which a browser runs nothing."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from textwrap import dedent
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contracts.reports import deprecations, headline, releases
from contracts.reports.html import charts, escaping, view, words
from contracts.reports.html.compiled import CompiledBeside
from contracts.reports.html.days import over_time
from contracts.reports.past import past
from contracts.words import counted, moment, told_change


def page(
    report: Mapping[str, Any],
    history: Sequence[Mapping[str, Any]] = (),
    sdk: Mapping[str, Any] | None = None,
) -> str:
    """Give the page of a report; `history` has an entry for each earlier run, oldest first, `sdk` is the
    record of the gate before a release, to be told beside it."""
    style, script, footer = _own("page.css"), _own("page.js"), _footer(report)
    cards = view.cards(report)
    template = _environment().get_template("page.html")
    return template.render(
        report=report,
        style=style,
        script=script,
        footer=footer,
        policy=_policy(styles=(style, footer), scripts=(script,)),
        title=headline.title_beside(report, sdk),
        told=headline.told(report),
        why=headline.why(report),
        evidence=headline.evidence(report, words.day),
        as_of=headline.as_of(report, words.day),
        look=headline.seriousness(report, sdk).value,
        known={clause["id"] for clause in report["clauses"]},
        cards=cards,
        carded={card.clause["id"] for group in cards.values() for card in group},
        unseen=view.unseen(report),
        half_seen=view.half_seen(report),
        families=view.values(report, "family"),
        sources=view.values(report, "source"),
        enums=view.listing(report, keyword="enum", member="points"),
        formats=view.listing(report, keyword="format", member="shapes"),
        timelines=charts.timelines(report),
        columns=charts.histogram(report["elapsed_ms"]),
        unproven=view.unproven(report),
        over_time=over_time(report),
        past=past(report, history),
        sdk=sdk,
        sdk_told=releases.told(sdk) if sdk else "",
        sdk_grid=releases.grid(sdk) if sdk else {},
        sdk_findings=releases.findings(sdk) if sdk else [],
        sdk_comparisons=releases.comparisons(sdk) if sdk else [],
    )


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Give a Content-Security-Policy that allows these styles, these scripts, and no request."""
    return (
        f"default-src 'none'; style-src {' '.join(map(_digest, styles))}; "
        f"script-src {' '.join(map(_digest, scripts))}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _footer(report: Mapping[str, Any]) -> Markup:
    """Give the style that writes on each printed page what it is about."""
    about = f"{report['target']['base_url'] or report['target']['kind']}, as of {headline.as_of(report)}"
    digest = f"fragment {report['fragment']['sha256']}"
    said = Markup('@page{@bottom-left{content:"%s\\a %s"}}')
    return said % (escaping.css_text(about), escaping.css_text(digest))


@cache
def _own(name: str) -> Markup:
    # Written by us, and without what could end its element.
    return Markup(resources.files(__package__).joinpath(name).read_text("utf-8"))  # noqa: S704


@cache
def _environment() -> Environment:
    # What templates are compiled to depends on what is said here.
    here = Path(__file__)
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escaping.finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledBeside(here.with_name("templates"), here.read_text("utf-8")),
    )
    environment.filters |= {
        "ticked": escaping.ticked,
        "breakable": escaping.breakable,
        "marked": escaping.marked,
        "dedent": dedent,
        "to": escaping.to,
        "number": words.number,
        "counted": counted,
        "duration": words.duration,
        "moment": moment,
        "day": words.day,
        "short_day": words.short_day,
        "told_change": told_change,
        "verdict": words.verdict,
        "towards": charts.towards,
        "capitalize_first": lambda text: f"{text[:1].upper()}{text[1:]}",
    }
    environment.tests |= {"web_address": escaping.is_web_address, "still_sent": deprecations.is_still_sent}
    environment.globals |= {"IN_PRINT": view.IN_PRINT, "words": words}
    environment.globals |= {"share": charts.share, "slices": charts.slices}
    return environment
