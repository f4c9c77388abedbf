"""What Allure is told of a clause. Allure itself is driven by allure-pytest."""

import allure

from contracts.clauses import Clause
from contracts.fragment import Fragment

_SEVERITY = {
    "docs": allure.severity_level.CRITICAL,
    "openapi": allure.severity_level.NORMAL,
    "convention": allure.severity_level.MINOR,
}


def describe(clause: Clause, fragment: Fragment) -> None:
    """Label the running test with its clause: the operation, the family, the promise, what it rests on."""
    allure.dynamic.epic(fragment.title)
    allure.dynamic.feature(clause.family.value)
    allure.dynamic.story(clause.promise)
    allure.dynamic.title(clause.id)
    allure.dynamic.severity(_SEVERITY[clause.source])
    allure.dynamic.description(
        f"{clause.description}\n\n{fragment.file}:{clause.line}, rests on: {clause.source}".strip()
    )


def attach(name: str, text: str) -> None:
    """Attach a text to the running test."""
    allure.attach(text, name, allure.attachment_type.TEXT)
