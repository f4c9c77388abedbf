"""What is said in the same words wherever it is said."""


def counted(amount: int, singular: str, plural: str = "") -> str:
    """Write an amount of something."""
    return f"{amount:,} {singular if amount == 1 else plural or f'{singular}s'}"
