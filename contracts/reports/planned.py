"""What a run would send, as a person reads it (`--plan`)."""

from collections.abc import Iterator

from contracts.composer import Composer
from contracts.fragment import Fragment
from contracts.schedule import PURPOSES, Part
from contracts.targets import Target
from contracts.words import counted


def told(parts: list[Part], target: Target, fragment: Fragment, pace_s: float) -> Iterator[str]:
    """Yield the lines that say, part by part, what would be sent, and what all of it costs.

    `pace_s` is the least time between two requests.
    """
    composer = Composer(target, fragment)
    for part in parts:
        yield f"{part.name}: {PURPOSES[part.name]}; {_cost(part)}"
        for probe in part.probes:
            request = composer.request(probe)
            yield f"    {request.line}    as {request.identity}"
        if part.left_out:
            yield f"    not sent: {part.left_out}"
    total = sum(part.at_most for part in parts)
    known = sum(len(part.probes) for part in parts)
    yield ""
    yield f"{counted(total, 'request')} at most to {target.shown_url}, of {target.max_requests:,} allowed"
    are = "is" if known == 1 else "are"
    yield f"{known:,} of them {are} known beforehand; the others follow from the answers"
    if pace_s:
        yield f"at most one every {pace_s:g} s: {total * pace_s / 60:.1f} minutes at most, waits aside"
    yield "nothing was sent"


def _cost(part: Part) -> str:
    if not part.follow_ups:
        return counted(len(part.probes), "request")
    if not part.probes:
        return f"up to {counted(part.follow_ups, 'request')} following from the answers"
    return f"{counted(len(part.probes), 'request')}, and up to {part.follow_ups} following from the answers"
