"""`compliance.html`: the record as a page for people, in one file that asks nobody for anything.

`page.py` puts it together, `view.py` and `charts.py` arrange what the record says, `past.py` lays earlier
runs beside it, `words.py` says it, `escaping.py` keeps a stranger's text from being more than text. The rest
is `templates/`, `page.css` and `page.js`.
"""

from contracts.reports.html.page import page

__all__ = ["page"]
