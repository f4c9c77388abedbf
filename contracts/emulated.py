"""The emulator as a target: started for one run, on a free port."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from contracts.emulator import DEFAULT_PORT
from contracts.emulator.app import Emulator
from contracts.emulator.hooks import Fault
from contracts.emulator.server import RunningEmulator, address
from contracts.emulator.store import DEFAULT_SEED
from contracts.emulator.variants.model import Variant
from contracts.errors import UsageError
from contracts.fragment import Fragment
from contracts.plan import EMULATOR_BUDGET
from contracts.targets import Secrets, Target, promises_complete_data
from contracts.words import did_you_mean

Found = TypeVar("Found")


@contextmanager
def emulator_target(fragment: Fragment, fault: str | None, variant: str | None = None) -> Iterator[Target]:
    """Start the emulator on a free port and give it as a target, until the block ends.

    Raises:
        UsageError: there is no fault, or no variant, of that name, or both are asked for.
    """
    emulator = emulator_of(fragment, fault, variant)
    credentials = emulator.credentials
    options = f" --fault {shlex.quote(fault)}" if fault else ""
    options += f" --variant {shlex.quote(variant)}" if variant else ""
    command = f"python -m contracts emulator --port {DEFAULT_PORT}{options}"
    with RunningEmulator(emulator) as running:
        yield Target(
            kind="emulator",
            base_url=running.base_url,
            shown_url=address(emulator, DEFAULT_PORT),
            secrets=Secrets(
                schemes=credentials.values,
                account=credentials.own_account,
                other_account=credentials.other_account,
                unprivileged=credentials.unprivileged,
            ),
            promises_complete_data=promises_complete_data("emulator", variant),
            allows_unsafe_probes=True,
            max_requests=EMULATOR_BUDGET,
            replay_hint=f"start the emulator first, which prints the variables: {command}",
            vouches_for_credentials=True,
            fault=fault,
            variant=variant,
        )


def emulator_of(
    fragment: Fragment,
    fault: str | None,
    variant: str | None,
    jobs: int | None = None,
    seed: int = DEFAULT_SEED,
) -> Emulator:
    """Make the emulator that commits the fault of a name, or is the variant of a name.

    Raises:
        UsageError: there is none of that name, both are asked for, or so many jobs cannot be held.
    """
    if fault and variant:
        raise UsageError("a variant keeps all promises and a fault does not", "ask for one of them")
    return Emulator(
        fragment,
        jobs=jobs,
        seed=seed,
        fault=_fault(fragment, fault) if fault else None,
        variant=_variant(fragment, variant) if variant else None,
    )


def _fault(fragment: Fragment, name: str) -> Fault:
    # Imported here, as below: most runs ask for none.
    from contracts.emulator.faults import faults

    return _find("fault", faults(fragment), name)


def _variant(fragment: Fragment, name: str) -> Variant:
    from contracts.emulator.variants import variants

    return _find("variant", variants(fragment), name)


def _find(kind: str, known: Mapping[str, Found], name: str) -> Found:
    if name not in known:
        advice = f"{did_you_mean(name, known)} `python -m contracts {kind}s` lists them".lstrip()
        raise UsageError(f"there is no {kind} {name!r}", advice)
    return known[name]
