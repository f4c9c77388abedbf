"""Sends probes and gives exchanges; counts requests, and tries again what may pass."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from time import perf_counter

from contracts.composer import Composer
from contracts.errors import BudgetExhausted, TargetUnreachable
from contracts.exchange import Exchange, Request
from contracts.fragment import THROTTLED, Fragment
from contracts.patience import DEFAULT_TIMEOUT_S, Patience
from contracts.plan import Probe
from contracts.scrubber import Scrubber
from contracts.secrecy import secret_names, wrong_names
from contracts.targets import Target
from contracts.wire import Answer, NoAnswer, Wire

TRANSIENT = (502, 503, 504, *range(520, 531))
"""Said by something in between, or by a server that is about to return (RFC 9110 15.6.3 to 15.6.5); from 520
on by the edge in front of the vendor's servers."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went over the wire, the `number`th of the run, and what came: each time counts that it
    was sent. What came is as the server sent it, and so private."""

    number: int
    started: datetime
    elapsed_ms: float
    request: Request
    came: Answer | NoAnswer = field(repr=False)


class Client:
    """Sends probes to a target and gives exchanges, which hold no secret.

    `on_sent` is told the number of requests with each that is sent, `on_wire` what went over the wire.
    Use it as a context manager.
    """

    def __init__(
        self,
        target: Target,
        fragment: Fragment,
        patience: Patience | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        on_sent: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.patience = patience or Patience()
        self.sent = 0
        self.on_wire: Callable[[Sent], None] = lambda _: None
        self._target = target
        self._fragment = fragment
        self._limit = target.max_requests
        self._is_heard = False
        self._on_sent = on_sent
        wrong = wrong_names(target.secrets.schemes, fragment)
        self._scrubber = Scrubber(secret_names(target.secrets, fragment) | wrong)
        self._composer = Composer(target, fragment)
        self._wire = Wire(self._composer.guard(), trust_env=target.kind == "live", timeout_s=timeout_s)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self._wire.__exit__(*exception)

    @property
    def remaining(self) -> int:
        """The number of requests that the run may still send."""
        return self._target.max_requests - self.sent

    @contextmanager
    def allowance(self, requests: int) -> Iterator[None]:
        """Let no more than so many requests be sent until the block ends."""
        self._limit = min(self.sent + requests, self._target.max_requests)
        try:
            yield
        finally:
            self._limit = self._target.max_requests

    def send(self, probe: Probe, origin: str) -> Exchange:
        """Send a probe, and again if what came in place of an answer may pass; each time counts.

        Raises:
            UsageError: the target must not be sent such a request.
            BudgetExhausted: no more requests may be sent.
            TargetUnreachable: no answer came, however often it was tried.
            Throttled: the target asks for more patience than a run has.
        """
        failures: list[NoAnswer] = []
        for tries in count(1):
            self._spend()
            try:
                answer = self._try(probe)
            except NoAnswer as failure:
                failures.append(failure)
                if failure.is_stale:
                    continue  # at once: the next one has a connection of its own
                if not self._may_pass(failure, tries):
                    raise self._unreachable(probe, origin, failures) from None
                continue
            if answer.status != THROTTLED:
                setbacks = [failure.problem for failure in failures if not failure.is_stale]
                return self._exchange(probe, answer, origin, setbacks)
            self.patience.after_throttling(answer.by_name, tries)
        raise AssertionError("counting has no end")

    def scrub(self, text: str) -> str:
        """Replace each secret in a text, as a server may echo one, by the variable that holds it."""
        return self._scrubber.scrub(text)

    def _spend(self) -> None:
        if self.sent >= self._limit:
            whose = "of the run" if self._limit == self._target.max_requests else "meant for this part"
            spent = f"{self.sent} of {self._target.max_requests} are spent"
            problem = f"all requests {whose} were sent ({spent})"
            raise BudgetExhausted(problem, "raise --max-requests, or select fewer clauses")
        self.patience.before_request()
        self.sent += 1
        self._on_sent(self.sent)

    def _try(self, probe: Probe) -> Answer:
        url, headers = self._composer.url(probe), self._composer.headers(probe)
        started, clock = datetime.now(UTC), perf_counter()

        def tell(came: Answer | NoAnswer) -> None:
            elapsed_ms = (perf_counter() - clock) * 1000
            self.on_wire(Sent(self.sent, started, elapsed_ms, self._composer.request(probe), came))

        try:
            answer = self._wire.send(probe.method, url, headers)
        except NoAnswer as failure:
            tell(failure)
            raise
        tell(answer)
        self._is_heard = True
        self.patience.note_quota(answer.by_name)
        if answer.status in TRANSIENT:
            problem, advice = f"the server is not available ({answer.status})", "run again when it is back"
            raise NoAnswer(
                problem, advice, is_its_own_fault=True, status=answer.status, headers=answer.by_name
            )
        return answer

    def _may_pass(self, failure: NoAnswer, tries: int) -> bool:
        # A server that never answered is rather a wrong address than a passing fault.
        is_hopeless = not failure.is_passing or (failure.is_unheard and not self._is_heard)
        return not is_hopeless and self.patience.after_failure(failure.headers, failure.problem, tries)

    def _unreachable(self, probe: Probe, origin: str, failures: list[NoAnswer]) -> TargetUnreachable:
        tries, failure = len(failures), failures[-1]
        often = f", {tries} times in a row" if tries > 1 else ""
        request = self._composer.request(probe)
        problem = f"{failure.problem} at {request.base_url}{often}; the request was {request.line}"
        stand_in = Answer(failure.status, tuple(failure.headers.items()), b"", 0.0)
        exchange = self._exchange(probe, stand_in, origin, [one.problem for one in failures])
        return TargetUnreachable(problem, failure.advice, exchange if failure.is_its_own_fault else None)

    def _exchange(self, probe: Probe, answer: Answer, origin: str, setbacks: list[str]) -> Exchange:
        return Exchange(
            request=self._composer.request(probe),
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            elapsed_ms=answer.elapsed_ms,
            origin=origin,
            offset=self.sent,
            setbacks=tuple(setbacks),
            is_coded=answer.is_coded,
        )
