"""Bodies against their schemas."""

from collections.abc import Iterable

from contracts.contract import Contract, Reading
from contracts.ledger import Observation


def body_follows_its_schema(reading: Reading, contract: Contract) -> Iterable[Observation]:
    """Judge every keyword of the schema at every place of the body where it applies."""
    if not reading.parsed or not reading.parsed.has_value or not reading.response:
        return ()
    return contract.validators[reading.response.status].judge(reading.parsed.value)
