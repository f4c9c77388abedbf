"""Derives the clauses: each promise of the fragment that can be kept or broken by itself.

The ids are stable and readable: `200.result[].status:enum`, `query.page:minimum`; `ids.py` makes them. What
is promised comes from the fragment, the words from `wording.py`; who judges a clause is told in
`contracts/checks/`.
"""

from collections.abc import Mapping

from contracts.clauses.body import BodyClauses
from contracts.clauses.model import ABSENT, Clause, Family, Takes
from contracts.clauses.request import RequestClauses
from contracts.fragment import Fragment

__all__ = ["ABSENT", "Clause", "Family", "Takes", "derive"]


def derive(fragment: Fragment) -> Mapping[str, Clause]:
    """Give all clauses of the fragment by id, in the order in which they are best read.

    Raises:
        FragmentError: a promise does not say what it rests on, or two clauses have the same id.
    """
    clauses: dict[str, Clause] = {}
    for clause in (*BodyClauses(fragment).all(), *RequestClauses(fragment).all()):
        if clause.id in clauses:
            problem = f"the clause {clause.id} is derived twice"
            raise fragment.source.refuse(clause.pointer, problem, "rename one of the members")
        clauses[clause.id] = clause
    return clauses
