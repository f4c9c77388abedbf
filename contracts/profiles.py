"""How much is generated: the Hypothesis profiles of the suite, and the one in use.

Hypothesis is loaded by whoever draws, which a run leaves to a process of its own.
"""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How many examples are tried of a property, and whether they are others each time."""

    tries: int
    is_random: bool


DEFAULT = "ci"
PROFILES = {DEFAULT: Profile(50, False), "dev": Profile(100, True), "nightly": Profile(2_000, True)}


def register() -> None:
    """Let Hypothesis know the profiles, and load the default."""
    from hypothesis import HealthCheck, settings

    # Not what is loaded: under CI that is a profile of Hypothesis's own, which is never random.
    parent = settings.get_profile("default")
    patient = settings(parent, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    repeating = settings(patient, derandomize=True, database=None)
    for name, profile in PROFILES.items():
        basis = patient if profile.is_random else repeating
        settings.register_profile(name, basis, max_examples=profile.tries)
    settings.load_profile(DEFAULT)


def current() -> Profile:
    """Give the profile that Hypothesis has loaded; the default, where nobody has loaded Hypothesis."""
    if "hypothesis" not in sys.modules:
        return PROFILES[DEFAULT]
    from hypothesis import settings

    loaded = settings.default
    assert loaded
    return Profile(loaded.max_examples, not loaded.derandomize)
