"""How generated queries are tried, whatever Hypothesis itself would allow."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from contracts.strategies import smallest


@pytest.fixture
def hasty():
    """A profile of Hypothesis in which nothing is fast enough, as its own is for a server far away."""
    before = settings.get_current_profile_name()
    settings.register_profile("hasty", deadline=timedelta(microseconds=1), database=None, max_examples=2)
    settings.load_profile("hasty")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("hasty")
def test_a_server_may_take_longer_than_hypothesis_gives_a_test():
    def breaks(_):
        return sum(range(100_000)) == 0  # takes a while, and is never so

    assert smallest(st.just((("page", "1"),)), breaks, tries=2, seed=0) is None
