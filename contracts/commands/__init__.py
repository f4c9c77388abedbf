"""Commands of `python -m contracts` that are about records of runs. Each module has one, and its help."""
