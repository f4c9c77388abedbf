"""An emulator of the operation that the fragment describes, made from the fragment alone.

`app.py` answers, `server.py` puts it on a socket, `faults/` make it deviate. It shares the fragment
with the suite and no code that checks: one bug must not hide in both.
"""

DEFAULT_PORT = 4010
"""Where a person finds it, who names no other."""
