"""Makes the credentials that a server has to refuse: of the form of the real ones, and no more of theirs."""

from functools import cache
from secrets import choice
from string import ascii_lowercase, ascii_uppercase, digits

# The letters of hexadecimal are a kind of their own: what has others has not the form of such a key.
_KINDS = (digits, ascii_uppercase[:6], ascii_uppercase[6:], ascii_lowercase[:6], ascii_lowercase[6:])
_OTHERS = {
    character: kind[:index] + kind[index + 1 :] for kind in _KINDS for index, character in enumerate(kind)
}
# One character for all of a kind: to turn them back would take the secret.
_FORM = " ".join(
    (
        "".join(f"{kind[0]}-{kind[-1]}" for kind in _KINDS),
        f"'{''.join(f'[{kind[0]}*{len(kind)}]' for kind in _KINDS)}'",
    )
)

NAME = "$WRONG_"
"""Stands before the name of a variable, in place of its `$`, where a wrong value was sent for it."""


@cache
def wrong_value(secret: str) -> str:
    """Give a random value of the form of a secret, the same one whenever it is asked for in a process.

    Each letter and digit is another of its kind, so that a server sees by nothing but the value itself that
    it is wrong, and nobody who sees it learns more of the secret than its form.
    """
    value = "".join(choice(_OTHERS.get(character, character)) for character in secret)
    return value if value != secret else "0" * max(len(secret), 1)


def wrong_name(variable: str) -> str:
    """Give what stands for the wrong value of the secret that a variable holds."""
    return f"{NAME}{variable}"


def for_shell(text: str) -> str:
    """Let a shell make the wrong values that are named in a text between double quotes.

    They are others than those that were sent, which are not told, and tell no more than the form of a secret
    either: a server may log what it refuses.
    """
    before, *named = text.split(NAME)
    return before + "".join(f'$(printf %s "${name}" | tr {_FORM})' for name in named)
