"""Counts in sentences."""


def counted(amount: int, one: str, several: str = "") -> str:
    """Write how many there are of something."""
    return f"{amount} {one if amount == 1 else several or f'{one}s'}"
