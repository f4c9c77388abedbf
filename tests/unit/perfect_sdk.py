"""What a driver tells of an SDK that declares all that a contract promises, and no more."""

from typing import Any

from contracts.contract import Contract
from contracts.schema import NULL
from contracts.sdk.declares.model import Declared, Member
from contracts.sdk.declares.promised import promised

Told = dict[str, Any]


def perfect(contract: Contract) -> Told:
    """Give what its driver answers to `describe`."""
    method = promised(contract)
    return {
        "call": "client.perfect.list",
        "expresses": ["integer", "date-time"],
        "parameters": [
            {"in": key.partition(".")[0], "name": key.partition(".")[2], **_member(member)}
            for key, member in method.parameters.items()
        ],
        "answer": _type(method.answer, contract),
    }


def _member(member: Member, contract: Contract | None = None) -> Told:
    return {"type": _type(member.type, contract), "required": member.is_required}


def _type(declared: Declared, contract: Contract | None) -> Told:
    parts = [_alone(declared, kind, contract) for kind in sorted(declared.kinds - {NULL})]
    parts += [{"kind": NULL}] if NULL in declared.kinds else []
    return parts[0] if len(parts) == 1 else {"kind": "union", "of": parts}


def _alone(declared: Declared, kind: str, contract: Contract | None) -> Told:
    if declared.values:
        return {"kind": "literal", "values": list(declared.values)}
    if kind == "array":
        assert declared.items
        return {"kind": kind, "items": _type(declared.items, contract)}
    if declared.shapes:
        return {"kind": "union", "of": [_type(shape, contract) for shape in declared.shapes]}
    if kind == "object":
        members = {
            name: _member(member, contract)
            for name, member in declared.members.items()
            # Whoever declares all and no more has left out what may be gone.
            if not (contract and member.sunset and member.sunset <= contract.as_of)
        }
        return {"kind": kind, "members": members}
    return {"kind": declared.format or kind}


def place(told: Told, path: str) -> Told:
    """Give the entry of a member of the answer, or of a parameter: `answer books[] title`, `query genre`."""
    first, *names = path.split()
    if first != "answer":
        return next(
            entry for entry in told["parameters"] if (entry["in"], entry["name"]) == (first, names[0])
        )
    found = {"type": told["answer"]}
    for name in names:
        members = found["type"]["members"]
        found = members[name.removesuffix("[]")]
        if name.endswith("[]"):
            found = {"type": found["type"]["items"]}
    return found
