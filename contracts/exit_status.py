"""The statuses that a session ends with, for scripts; the README explains them."""

EXIT_KEPT = 0
EXIT_BROKEN = 1
EXIT_INTERRUPTED = 2
"""As pytest has it; a run that is interrupted ends with `EXIT_COULD_NOT_TEST`."""
EXIT_CRASHED = 3
"""As pytest has it; a run that crashes ends with `EXIT_COULD_NOT_TEST`, too."""
EXIT_USAGE = 4
EXIT_NOTHING = 5
"""As pytest has it: no test was selected."""
EXIT_TOO_LITTLE = 6
EXIT_COULD_NOT_TEST = 7
