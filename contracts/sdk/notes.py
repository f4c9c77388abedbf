"""Takes down what comes of the checks of one question, and writes exchanges so that they can be shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.scrubber import Scrubber
from contracts.sdk.bench import Attempt, Bench
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.recorder import Headers, Recorded

_LONGEST_BODY = 2_000


class Notes:
    """The rows and the findings of one question, as they come."""

    def __init__(self, question: Question, bench: Bench) -> None:
        self.question = question
        self.checks: list[Check] = []
        self.findings: list[Finding] = []
        self._scrubber = Scrubber(_names(bench))

    def check(
        self,
        what: str,
        title: str,
        outcome: Outcome,
        detail: str = "",
        findings: Sequence[Finding] = (),
        seconds: float = 0.0,
        cases: Mapping[str, str] | None = None,
        counts: Mapping[str, int] | None = None,
        error: str = "",
    ) -> None:
        """Note a row, and the findings that it led to."""
        ids = tuple(dict.fromkeys(finding.id for finding in findings))
        name = f"{self.question}:{what}"
        detail = self._scrubber.scrub(detail)
        self.checks.append(
            Check(
                name,
                self.question,
                title,
                outcome,
                ids,
                detail,
                round(seconds, 1),
                dict(cases or {}),
                dict(counts or {}),
                error,
            )
        )
        known = {finding.id for finding in self.findings}
        for finding in findings:
            if finding.id not in known:
                known.add(finding.id)
                self.findings.append(finding)

    def finding(
        self,
        what: str,
        severity: Severity,
        sentence: str,
        *,
        place: str = "",
        expected: str = "",
        actual: str = "",
        attempt: Attempt | None = None,
    ) -> Finding:
        """Make a finding; its exchange is the last one of the attempt."""
        exchange = self._shown(attempt.requests[-1]) if attempt and attempt.requests else None
        scrub = self._scrubber.scrub
        return Finding(
            f"{self.question}:{what}",
            self.question,
            severity,
            scrub(sentence),
            place,
            scrub(expected),
            scrub(actual),
            exchange,
        )

    def target(self, request: Recorded) -> str:
        """Write the request line, without secrets."""
        return self._scrubber.scrub(f"{request.method} {request.target}")

    def _shown(self, request: Recorded) -> Mapping[str, Any]:
        reply = request.reply
        body = reply.body[:_LONGEST_BODY].decode("utf-8", "replace")
        return {
            "request": {
                "method": request.method,
                "target": self._scrubber.scrub(request.target),
                "headers": self._shown_headers(request.headers),
            },
            "answer": None
            if reply.is_dropped
            else {
                "status": reply.status,
                "headers": self._shown_headers(reply.headers),
                "body": self._scrubber.scrub(body),
            },
        }

    def _shown_headers(self, headers: Headers) -> list[list[str]]:
        return [[name, self._scrubber.scrub(value)] for name, value in headers]


def _names(bench: Bench) -> dict[str, str]:
    """Give the variable that stands for each value that no report shows."""
    schemes = bench.fragment.schemes
    names = {value: f"${schemes[name].env}" for name, value in bench.credentials.items()}
    tenant = bench.fragment.tenant
    return names | ({bench.own_path[tenant.name]: f"${tenant.env}"} if tenant else {})
