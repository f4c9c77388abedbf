"""The arguments of `python -m contracts sdk`, and what its help teaches."""

import argparse
from pathlib import Path

from contracts.days import day
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT, EXIT_USAGE
from contracts.sdk.findings import Severity

_DESCRIPTION = """\
Holds releases of SDKs against the contract: installs each into an environment of its own, drives it as a
customer would against the emulator, and says what differs."""
_FAILING = " or ".join(severity for severity in Severity if severity.fails)
_OTHERS = " or ".join(severity for severity in Severity if not severity.fails)
_EPILOG = f"""\
releases:
  python:cloudflare==5.6.0                     of the registry that pip is set up for
  node:cloudflare@7.0.0                        of the registry that npm is set up for; needs Node.js 20
  python:dist/cloudflare-5.6.0-py3-none-any.whl, python:../cloudflare-python
                                               a wheel, a source distribution, a checkout
  node:cloudflare-7.0.0.tgz, node:../cloudflare-typescript/dist
                                               a tarball, the folder of a checkout that building makes
  go:cloudflare-go@7.1.0 --driver go=./driver  of another language, by a program of yours that calls the SDK;
                                               contracts/sdk/drivers/README.md tells what it has to answer

outcomes of checks:
  as promised, differs, not supported by the SDK; a fact is what it does where the contract says nothing

severities of findings:
  {_FAILING} stops a release, unless it is waived
  {_OTHERS} is told, and stops nothing

baseline: YAML or JSON; each key is LANGUAGE:PACKAGE and the id of a finding, as the run prints it
  "python:cloudflare walks:refused-end:raises":
    reason: pages are read until one is empty
    owner: sdk
    expires: "2027-05-31"                      the last day on which it holds

exit statuses:
  {EXIT_KEPT}  nothing that was seen {_FAILING}
  {EXIT_BROKEN}  a release does, and that is not waived; so does one whose client lacks the operation
  {EXIT_USAGE}  the command line or the baseline is wrong, or the registry has no such release
  {EXIT_COULD_NOT_TEST}  could not test: not installed, interrupted, a package that has no client, a driver
     that fails or strays from its protocol; or the record could not be written. If something was seen before
     that stops a release, it is {EXIT_BROKEN}

results:
  tables on standard output, and FOLDER/sdk.json, which `python -m contracts report RECORD --format html --sdk
  FOLDER/sdk.json` puts on the page. Environments are kept below $XDG_CACHE_HOME or ~/.cache, in
  bulk-jobs-contract/sdk, with what the releases depended on when they were installed, which `dependencies` in
  sdk.json tells. Delete that folder to install all anew, as for a release that was uploaded a second time.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command, and its help."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.add_argument(
        "releases", nargs="+", metavar="RELEASE", help="LANGUAGE:PACKAGE with its version, or LANGUAGE:PATH"
    )
    parser.add_argument(
        "--against", metavar="RELEASE", help="say what a customer notices who comes from that release"
    )
    parser.add_argument(
        "--driver",
        action="append",
        default=[],
        metavar="LANGUAGE=COMMAND",
        help="drive the releases of another language by that program; once a language",
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="findings that are known and accepted")
    parser.add_argument(
        "--as-of",
        type=day,
        default=None,
        metavar="YYYY-MM-DD",
        help="judge as of that day (default: today)",
    )
    parser.add_argument(
        "--reports",
        type=Path,
        default=Path("reports"),
        metavar="FOLDER",
        help="where sdk.json is written (default: reports)",
    )
