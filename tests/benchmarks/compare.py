"""Says what got slower by more than a fifth: `python tests/benchmarks/compare.py OLD.json NEW.json`.

What is compared are the ratios within each record, so that the machine counts for little. Ends with 1 if
something got slower, with 4 if there is nothing that both records have.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TOLERATED = 1.2
_SIZE = re.compile(r"\d[\d,.]* ?")


Ratios = Mapping[tuple[str, str], tuple[float, bool]]
"""Each ratio, and whether less of it is better, by its name and the title of its group, without the size of
what was measured: that may change a little."""


def ratios(record: Mapping[str, Any]) -> Ratios:
    """Give what a record has to be compared."""
    return {
        (_SIZE.sub("", group["title"]), name): (ratio, group["is_less_better"])
        for group in record["groups"]
        for name, ratio in group["ratios"].items()
    }


def slower(old: Ratios, new: Ratios) -> Iterator[str]:
    """Yield a line for each ratio of both records that got worse by more than a fifth."""
    for key in old.keys() & new.keys():
        (was, _), (ratio, is_less_better) = old[key], new[key]
        worse, better = (ratio, was) if is_less_better else (was, ratio)
        if worse > better * TOLERATED:
            yield f"{': '.join(key)}: {was:.2f} before, {ratio:.2f} now"


def main() -> int:
    """Compare the two files of the command line."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 4
    old, new = (ratios(json.loads(Path(name).read_text(encoding="utf-8"))) for name in sys.argv[1:])
    for key in sorted(old.keys() ^ new.keys()):
        print(f"in one of them only, and not compared: {': '.join(key)}")
    if not old.keys() & new.keys():
        print("they have nothing in common", file=sys.stderr)
        return 4
    found = sorted(slower(old, new))
    print(*found or ["nothing got slower by more than a fifth"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
