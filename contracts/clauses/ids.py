"""The ids of clauses: who derives a clause, judges it or breaks it has its id from here.

What no fragment can promise has no id: whoever asks for one fails, for a check that names a clause which is
not there would judge nothing, and nobody would see it.
"""

from collections.abc import Collection, Sequence

from contracts.clauses import wording
from contracts.location import Location, show
from contracts.operation import FILTER_PROMISES, PAGINATION_PROMISES, REFUSALS, Parameter
from contracts.parameters import REFUSABLE

STATUS_CLAUSE = "responses:status"
TOGETHER_CLAUSE = "query:accepted"
"""That what is allowed alone is allowed together."""
PERMISSION_CLAUSE = "security:x-permissions"
_OF_PARAMETERS = (*REFUSABLE, "accepted", "default")


def body_clause(status: str, at: Location, keyword: str) -> str:
    """Give the id of the clause on `keyword` of the place `at` in the body of a `status` answer."""
    place = show(at)
    return f"{status}{'.' + place if place else ''}:{keyword}"


def protocol_clause(status: str, keyword: str) -> str:
    """Give the id of the clause on what carries the body of a `status` answer."""
    return f"{status}:{_known(keyword, wording.PROTOCOL)}"


def parameter_clause(parameter: Parameter, keyword: str) -> str:
    """Give the id of the clause that a parameter which breaks `keyword` is refused, that its values are
    `accepted`, or that its `default` stands for it."""
    return f"{parameter.place}.{parameter.name}:{_known(keyword, _OF_PARAMETERS)}"


def filter_clause(parameter: Parameter, promise: str) -> str:
    """Give the id of the clause on what a parameter lets through."""
    return f"{parameter.place}.{parameter.name}:x-filters/{_known(promise, FILTER_PROMISES)}"


def tenant_clause(parameter: Parameter, whose: str) -> str:
    """Give the id of the clause that a value of the parameter which is not ours is refused."""
    return f"{parameter.place}.{parameter.name}:x-tenant/{_known(whose, wording.TENANTS)}"


def pagination_clause(promise: str) -> str:
    """Give the id of the clause on how the list is cut into pages."""
    return f"x-pagination/{_known(promise, PAGINATION_PROMISES)}"


def accepted_credentials_clause(schemes: Sequence[str]) -> str:
    """Give the id of the clause that good credentials of these schemes are accepted."""
    return f"security/{'+'.join(schemes)}:accepted"


def refused_credentials_clause(refusal: str, scheme: str) -> str:
    """Give the id of the clause that a defect of the credential `scheme` is refused."""
    return f"security{'/' + scheme if scheme else ''}:{_known(refusal, REFUSALS)}"


def refused_request_clause(refusal: str) -> str:
    """Give the id of the clause that a request which is not for the operation is refused."""
    return f"x-refuses/{_known(refusal, REFUSALS)}"


def _known(name: str, names: Collection[str]) -> str:
    assert name in names, f"no clause can be on {name!r}"
    return name
