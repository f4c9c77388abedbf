"""The contract suite: one operation's promises, derived from a fragment and judged on the wire."""

__version__ = "0.1.0"
