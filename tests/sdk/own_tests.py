"""Runs the tests of the operation that a Python SDK ships in its source distribution, on the emulator.

`tox run -e sdk-own-tests` brings the SDK and what its tests need. Which of them are those of the operation
follows from the SDK's method that sends it; nothing in them is changed.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from contracts.errors import CouldNotTest
from contracts.exit_status import EXIT_COULD_NOT_TEST
from contracts.fragment import Fragment, default_fragment
from contracts.sdk.declares import request_for
from contracts.sdk.driving import Driver
from contracts.sdk.emulators import Emulators
from contracts.sdk.releases import InstalledRelease, Language


def main(package: str, options: list[str]) -> int:
    """Run the tests of the installed release of `package`; give pytest's status, or 7."""
    fragment = default_fragment()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            sources = unpacked(package, version(package), folder)
            file, method = tests_of(method_of(package, fragment, folder))
            if not (sources / file).is_file():
                raise CouldNotTest(f"{sources.name} has no {file}", "name a release that ships its tests")
            with Emulators(fragment) as emulators:
                host, port = emulators.address()
                environment = clean(fragment) | {"TEST_API_BASE_URL": f"http://{host}:{port}"}
                return run(sources, [file, "-k", f"_{method}", *options], environment)
        except CouldNotTest as error:
            print(f"own_tests: {error}", file=sys.stderr)
            return EXIT_COULD_NOT_TEST


def unpacked(package: str, release: str, folder: Path) -> Path:
    """Download the source distribution of a release and unpack it into a folder."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package]
    done = subprocess.run([*pip, "--dest", str(folder), f"{package}=={release}"], check=False)
    found = next(folder.glob("*.tar.gz"), None)
    if done.returncode or not found:
        raise CouldNotTest(f"no source distribution of {package} {release}", "see what pip says above")
    with tarfile.open(found) as archive:
        archive.extractall(folder, filter="data")
    return folder / found.name.removesuffix(".tar.gz")


def method_of(package: str, fragment: Fragment, folder: Path) -> str:
    """Name the SDK's method of the operation, from the client on."""
    release = InstalledRelease(
        package, Language.PYTHON, package, version(package), folder, Path(sys.executable)
    )
    with Driver(release) as driver:
        call: str = driver.ask(request_for(fragment))["call"]
    if not call:
        raise CouldNotTest(f"no method of {package} sends the operation", "name a release that has one")
    return call.removeprefix("client.")


def tests_of(method: str) -> tuple[str, str]:
    """Name the file with the tests of a method, as generated SDKs lay them out, and the method's own name."""
    *folders, resource, name = method.split(".")
    return "/".join(("tests", "api_resources", *folders, f"test_{resource}.py")), name


def clean(fragment: Fragment) -> dict[str, str]:
    """Give our environment without credentials: the tests have public ones of their own."""
    secrets = {scheme.env for scheme in fragment.schemes.values()}
    return {name: value for name, value in os.environ.items() if name not in secrets}


def run(sources: Path, arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest on the tests, as they are."""
    # Their own options ask for workers on all cores, which a few tests do not need.
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", *arguments]
    return subprocess.run(command, cwd=sources, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
