"""Fixtures of the unit tests. What needs no fixture stands in `samples.py` and the modules beside it."""

from pathlib import Path

import pytest
import samples
from samples import Edited, EditedContract

from contracts import profiles
from contracts.contract import Contract
from contracts.fragment import Fragment
from contracts.ledger import Ledger

profiles.register()


@pytest.fixture
def jobs() -> Contract:
    """The contract of the real fragment as of 2026-11-24."""
    return samples.contract("jobs")


@pytest.fixture
def shelf() -> Contract:
    """The contract of the invented fragment as of 2026-11-24."""
    return samples.contract("shelf")


@pytest.fixture(params=["jobs", "shelf"])
def each(request: pytest.FixtureRequest) -> Contract:
    """Either contract."""
    return samples.contract(request.param)


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Write a copy of a fragment in which each (old, new) pair is replaced, where `old` stands first."""

    def write(*pairs: tuple[str, str], of: str = "shelf") -> Path:
        text = samples.FILES[of].read_text("utf-8")
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "copy.openapi.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def edited_contract(edited: Edited) -> EditedContract:
    """Give the contract of such a copy."""
    return lambda *pairs, of="shelf": Contract(Fragment(edited(*pairs, of=of)), samples.AS_OF)


@pytest.fixture
def ledger() -> Ledger:
    """What one good page and one with an unknown status say."""
    # Imported here, so that what needs no record does not pay for the server.
    import sample_records

    return sample_records.two_pages()
