"""Status codes, content types and the letter of JSON."""

from collections.abc import Iterator

from contracts.clauses.ids import STATUS_CLAUSE, protocol_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation, clip, kept
from contracts.operation import Response
from contracts.redaction import Redactor
from contracts.strict_json import Flaw, FlawKind

_KEYWORDS = {FlawKind.ENCODING: "encoding", FlawKind.SYNTAX: "json", FlawKind.DUPLICATE: "unique-names"}


def status_is_documented(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `responses:status` where the fragment names neither the code nor its range.

    What came in place of an answer before the request was sent again makes it unstable.
    """
    expected = f"one of the status codes {', '.join(contract.fragment.responses)}"
    status, setbacks = reading.exchange.status, reading.exchange.setbacks
    came = str(status) if status else "no answer"
    if not reading.response:
        told = clip(f"{came}, {len(setbacks)} times in a row: {setbacks[-1]}") if setbacks else came
        yield Observation(STATUS_CLAUSE, 1, 1, findings=(Finding("", expected, told),))
        return
    yield kept(STATUS_CLAUSE)
    for setback in setbacks:
        finding = Finding("", expected, clip(f"{setback}; when sent again: {came}"))
        yield Observation(STATUS_CLAUSE, 1, unstable=1, findings=(finding,))


def content_type_is_documented(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `content-type` where the media type is another; its parameters are free (RFC 9110 8.3.1)."""
    if reading.parsed and reading.response:
        came = reading.exchange.header("content-type")
        media_type = (came or "").partition(";")[0].strip().lower()
        expected = reading.response.media_type
        clause = protocol_clause(reading.response.status, "content-type")
        if media_type == expected:
            yield kept(clause)
        else:
            actual = contract.redactor.shown_header(came) if came else "no content type"
            yield Observation(clause, 1, 1, findings=(Finding("", expected, actual),))


def body_is_strict_json(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause that each flaw of the body belongs to (RFC 8259, RFC 7493)."""
    if reading.parsed and reading.response:
        for kind, keyword in _KEYWORDS.items():
            clause = protocol_clause(reading.response.status, keyword)
            if not reading.parsed.flaws:
                yield kept(clause)
                continue
            found = [flaw for flaw in reading.parsed.flaws if flaw.kind is kind]
            if kind is FlawKind.DUPLICATE and not reading.parsed.has_value:
                continue
            if kind is FlawKind.ENCODING and reading.exchange.is_coded:
                continue
            findings = tuple(_flawed(flaw, reading.response, contract.redactor) for flaw in found[:3])
            yield Observation(clause, 1, min(len(found), 1), findings=findings)


def _flawed(flaw: Flaw, response: Response, redactor: Redactor) -> Finding:
    pointer = redactor.shown_pointer(flaw.pointer, response.body)
    return Finding(pointer, "strict JSON", redactor.shown_detail(flaw.detail, flaw.pointer, response.body))
