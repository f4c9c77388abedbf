"""Names recordings as reports may: whose they are is often told by the path at which they stand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from contracts.audit.inputs import ENDINGS, Input, told_apart
from contracts.contract import Contract
from contracts.redaction import Redactor

_ID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")
"""As services write their ids."""
_MAIL = re.compile(r"[^/=\s]*(?:@|%40)[^/\s]*", re.IGNORECASE)


def named(inputs: Sequence[Input], contract: Contract) -> list[Input]:
    """Give recordings by names without account ids, mail addresses and what the environment holds as secret;
    pseudonyms stand for them."""
    tenant = contract.fragment.tenant
    owner = _owner(tenant.name) if tenant else None
    shown = (replace(one, origin=_shown(one.origin, contract.redactor, owner)) for one in inputs)
    return list(told_apart(shown))


def _owner(tenant: str) -> re.Pattern[str]:
    """Find what stands behind the name of the parameter that names an account, as in `account=…`."""
    word = re.escape(tenant.removesuffix("_id"))
    name = rf"(?<![0-9A-Za-z])({word}s?(?:[_-]?id)?(?:=|%3D|/))"
    endings = "|".join(map(re.escape, ENDINGS))
    return re.compile(rf"{name}([^/]+?)(?=(?:{endings})*(?:/|\Z))", re.IGNORECASE)


def _shown(origin: str, redactor: Redactor, owner: re.Pattern[str] | None) -> str:
    told = origin
    if owner:
        told = owner.sub(lambda found: found[1] + redactor.account(unquote(found[2])), told)
    told = _ID.sub(lambda found: redactor.account(found[0]), told)
    if not redactor.shows_values:
        told = _MAIL.sub(lambda found: redactor.account(found[0]), told)
    return redactor.scrub(told)
