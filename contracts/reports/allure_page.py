"""Takes out of a page that Allure has made what tells others that somebody looks at it.

Allure 3 loads Google's analytics into every report, and no setting leaves them out.
"""

import re
import sys
from pathlib import Path

from contracts.atomic import write

_ANALYTICS = re.compile(r"<script[^>]*\ssrc=\"https?://[^\"]*\"[^>]*>\s*</script>", re.IGNORECASE)


def offline(page: str) -> str:
    """Give the page without scripts from elsewhere."""
    return _ANALYTICS.sub("", page)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    write(offline(path.read_text("utf-8")), path)
