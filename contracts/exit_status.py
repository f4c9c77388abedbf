"""The statuses that a session ends with, for scripts; the README explains them."""

EXIT_KEPT = 0
EXIT_BROKEN = 1
EXIT_INTERRUPTED = 2
"""As pytest has it; a run that is interrupted ends with `EXIT_COULD_NOT_TEST`."""
EXIT_USAGE = 4
EXIT_TOO_LITTLE = 6
EXIT_COULD_NOT_TEST = 7
