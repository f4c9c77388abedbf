"""What is secret in a run, and what keeps it out of all that is written and printed."""

import os
from collections.abc import Mapping

from contracts.errors import UsageError
from contracts.fragment import Fragment
from contracts.pseudonyms import KEY_ENV, key_from
from contracts.redaction import Redactor
from contracts.scrubber import MIN_LENGTH, Scrubber
from contracts.targets import OTHER_ACCOUNT_ENV, UNPRIVILEGED_ENV, Secrets
from contracts.wrong_credentials import wrong_name, wrong_value


def secret_names(secrets: Secrets, fragment: Fragment) -> dict[str, str]:
    """Give for each secret the variable that holds it, as a shell writes it."""
    names = {value: f"${fragment.schemes[name].env}" for name, value in secrets.schemes.items()}
    names |= {secrets.unprivileged: f"${UNPRIVILEGED_ENV}"} if secrets.unprivileged else {}
    names |= {secrets.other_account: f"${OTHER_ACCOUNT_ENV}"} if secrets.other_account else {}
    names |= {secrets.account: f"${fragment.tenant.env}"} if fragment.tenant and secrets.account else {}
    return names


def wrong_names(schemes: Mapping[str, str], fragment: Fragment) -> dict[str, str]:
    """Give what stands for each wrong value that is sent in place of the credential of a scheme: who read it
    would learn the form of the credential."""
    return {wrong_value(value): wrong_name(fragment.schemes[name].env) for name, value in schemes.items()}


def redactor_for(
    fragment: Fragment, kind: str, *, shows_values: bool, environment: Mapping[str, str] = os.environ
) -> Redactor:
    """Give what decides what may be written of a run against a target of this kind.

    Of a live one the secrets are known before it is reached, so that no crash on the way can tell them.

    Raises:
        UsageError: the key for pseudonyms is too short.
    """
    key = key_from(environment)
    names = held(fragment, environment) if kind != "emulator" else {}
    if kind == "live":
        schemes = fragment.schemes.values()
        values = {scheme.name: environment[scheme.env] for scheme in schemes if environment.get(scheme.env)}
        names |= wrong_names(values, fragment)
    return Redactor(key, shows_values=shows_values, scrubber=Scrubber(names))


def refuse_short_secrets(secrets: Secrets, fragment: Fragment) -> None:
    """Refuse secrets that could not be kept out of a report without destroying it.

    Raises:
        UsageError: one is so short that it may be part of ordinary words.
    """
    for value, name in secret_names(secrets, fragment).items():
        if len(value) < MIN_LENGTH:
            problem = f"{name[1:]} has fewer than {MIN_LENGTH} characters and cannot be told from other words"
            raise UsageError(problem, "use a longer one, or reports could not be kept free of it")


def held(fragment: Fragment, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the secrets that the environment holds, whether or not they can be used."""
    return {environment[name]: f"${name}" for name in _secret_variables(fragment) if environment.get(name)}


def variables(fragment: Fragment) -> list[str]:
    """Name the variables of the environment that decide what is judged and what is kept out of records."""
    return [*_secret_variables(fragment), fragment.server_env]


def _secret_variables(fragment: Fragment) -> list[str]:
    variables = [scheme.env for scheme in fragment.schemes.values()]
    variables += [OTHER_ACCOUNT_ENV, UNPRIVILEGED_ENV, KEY_ENV]
    variables += [fragment.tenant.env] if fragment.tenant and fragment.tenant.env else []
    return variables
