"""The shapes of texts of a format: how they are written, whatever they say.

Of formats that can be written in several ways only. A shape tells nothing private, as long as the text has
the format: that is for whoever asks to see to.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

MAX_SHAPES = 20
"""So many different shapes are kept of a clause, the shortest, as these can be added up in any order."""
OTHER = "other"
"""Stands for all shapes that are not kept."""
_LONGEST = len("0000-00-00T00:00:00.000000000+00:00")
"""Fractions of a second finer than nanoseconds are not told apart."""
_DIGITS = str.maketrans("123456789", "000000000")


def date_time_shapes(texts: Sequence[str]) -> Counter[str]:
    """Count the shapes of valid date-times: nought for each digit, all else as it stands.

    Source: RFC 3339 section 5.6: `T` and `Z` in either case, a fraction of any length, an offset or `Z`.
    """
    # All at once: a column is long, and a call for each of its texts would cost more than judging it.
    joined = "\n".join(texts)
    if joined.count("Z") == len(texts) and "t" not in joined:
        # In UTC and in capitals, as nearly always, they differ in nothing but their length.
        lengths, one_of = Counter(map(len, texts)), {len(text): text for text in texts}
        shapes = Counter({one_of[length].translate(_DIGITS): times for length, times in lengths.items()})
    else:
        shapes = Counter(joined.translate(_DIGITS).split("\n"))
    for shape in [shape for shape in shapes if len(shape) > _LONGEST]:
        shapes[OTHER] += shapes.pop(shape)
    return shapes


SHAPES: Mapping[str, Callable[[Sequence[str]], Counter[str]]] = {"date-time": date_time_shapes}
"""What counts the shapes of valid texts, at least one, by the name of the format."""


def bounded(shapes: Counter[str]) -> Counter[str]:
    """Give the count with no more shapes than are kept, and all others together."""
    names = shapes.keys() - {OTHER}
    if len(names) <= MAX_SHAPES:
        return shapes
    kept = sorted(names, key=lambda name: (len(name), name))[:MAX_SHAPES]
    found = Counter({name: shapes[name] for name in kept})
    found[OTHER] = shapes.total() - found.total()
    return found
