"""Says what got slower by more than a fifth: `python tests/benchmarks/compare.py OLD.json NEW.json`.

What is compared are the ratios within each record, so that the machine counts for little. Ends with 1 if
something got slower.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TOLERATED = 1.2


def slower(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each ratio that both records have and that got worse by more than a fifth."""
    before = {group["title"]: group["ratios"] for group in old["groups"]}
    for group in new["groups"]:
        for name, ratio in group["ratios"].items():
            was = before.get(group["title"], {}).get(name)
            worse, better = (ratio, was) if group["is_less_better"] else (was, ratio)
            if was and worse > better * TOLERATED:
                yield f"{group['title']}: {name}: {was:.2f} before, {ratio:.2f} now"


def main() -> int:
    """Compare the two files of the command line."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 4
    old, new = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:])
    found = list(slower(old, new))
    print(*found or ["nothing got slower by more than a fifth"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
