"""Fixtures with real SDKs, which come from registries: only where CI=true, as nothing else may reach out."""

import os
from collections.abc import Callable

import pytest

from contracts.sdk.installing import install
from contracts.sdk.releases import InstalledRelease, environments_folder, parse


@pytest.fixture(scope="session")
def installed() -> Callable[[str], InstalledRelease]:
    """Give the release of that name, installed; what cannot be installed in CI is an error."""

    def give(name: str) -> InstalledRelease:
        if os.environ.get("CI") != "true":
            pytest.skip(f"needs {name} from its registry; it is installed where CI=true")
        return install(parse(name), environments_folder())

    return give
