"""The variants of the emulator: unusual ways to keep every promise, all that the contract leaves open.

Each module yields those of one kind. Like faults they follow from the fragment.
"""

from collections.abc import Mapping

from contracts.emulator.variants.accounts import account_variants
from contracts.emulator.variants.answers import answer_variants
from contracts.emulator.variants.model import Variant
from contracts.emulator.variants.wire import wire_variants
from contracts.fragment import Fragment

__all__ = ["variants"]


def variants(fragment: Fragment) -> Mapping[str, Variant]:
    """Give the variants by id, always in the same order."""
    builders = (answer_variants, wire_variants, account_variants)
    return {variant.id: variant for build in builders for variant in build(fragment)}
