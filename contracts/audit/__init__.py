"""Judges recorded traffic instead of sending any: `python -m contracts audit`.

Records are read from files (`inputs.py`, and a module for each format), laid to the operation and judged one
at a time (`routes.py`, `judging.py`), added up (`sums.py`), on all cores (`workers.py`), and told
(`telling.py`). `README.md` beside this file documents the format.
"""
