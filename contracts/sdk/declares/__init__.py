"""The first question asked of a release: whether its types declare what the contract promises, and no more.

The release's driver reads them (`drivers/*/describe.*`). They are put into words of JSON (`declared.py`),
compared with the fragment's (`promised.py`, `comparing.py`) and judged (`judging.py`, `wording.py`). What is
declared at one place, `places.py` tells those who see what comes there.
"""

from typing import Any

from contracts.contract import Contract
from contracts.fragment import Fragment
from contracts.sdk import protocol
from contracts.sdk.declares import declared, judging
from contracts.sdk.declares.places import is_among, kinds_at
from contracts.sdk.declares.promised import promised
from contracts.sdk.driving import Driver
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.releases import InstalledRelease

__all__ = ["describe", "is_among", "judged", "kinds_at", "lacking", "request_for"]


def describe(release: InstalledRelease, fragment: Fragment) -> dict[str, Any]:
    """Give what the driver of a release tells of the types of the operation, as the protocol has it.

    Raises:
        CouldNotTest: the driver does not answer.
    """
    with Driver(release) as driver:
        return driver.ask(request_for(fragment))


def judged(described: dict[str, Any], contract: Contract) -> tuple[list[Check], list[Finding]]:
    """Compare what a driver described with what the contract promises, on the day of the contract; of a
    driver that cannot describe what its SDK declares, only say so."""
    if "not_described" in described:
        return [_method_check(Outcome.NOT_SUPPORTED, f"not described: {described['not_described']}")], []
    method = declared.method(described)
    expected = promised(contract)
    if method is None:
        return lacking(contract)
    checks, findings = judging.judge(method, expected, contract)
    return [_method_check(Outcome.FACT, method.call), *checks], findings


def lacking(contract: Contract) -> tuple[list[Check], list[Finding]]:
    """Give what is to be said of an SDK that has a client, but no method that sends the operation."""
    call = f"{contract.fragment.method} {contract.fragment.path}"
    missing = Finding(
        id=f"{Question.DECLARES}:operation:lacks",
        question=Question.DECLARES,
        severity=Severity.BREAKS,
        sentence=f"the operation is missing: no method of the client sends {call}",
        place="operation",
        expected=call,
        actual="no such method",
    )
    return [_method_check(Outcome.NOT_SUPPORTED, "none sends the operation", missing.id)], [missing]


def request_for(fragment: Fragment) -> dict[str, Any]:
    """Give what a driver is asked, so that it can tell the method of the operation by what it sends."""
    credentials = fragment.security[0] if fragment.security else ()
    return {
        "do": "describe",
        "operation": protocol.operation(fragment),
        "path_parameters": fragment.path_examples,
        "credentials": {name: fragment.schemes[name].example for name in credentials},
    }


def _method_check(outcome: Outcome, detail: str, *findings: str) -> Check:
    title = "the method of the operation"
    return Check(f"{Question.DECLARES}:operation", Question.DECLARES, title, outcome, findings, detail)
