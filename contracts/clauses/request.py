"""The clauses on what an answer has to do with the request: parameters, pages, credentials, routes."""

from collections.abc import Iterator

from contracts import parameters
from contracts.clauses import ids, wording
from contracts.clauses.model import Clause, Family, Maker, Takes
from contracts.location import show
from contracts.operation import Parameter

_OF_ONE_ANSWER = ("page-size", "only-matching")
"""The promises on filters and pages that a single answer can show kept."""
UNSAFE = "a target that allows unsafe probes: the emulator does, a live server does not"


class RequestClauses(Maker):
    """Derives the clauses of the parameters and of the operation itself."""

    def all(self) -> Iterator[Clause]:
        """Yield them in the order in which they are best read."""
        for parameter in self.fragment.query:
            yield from self._query(parameter)
        for parameter in self.fragment.parameters:
            yield from self._refused(parameter)
            yield from self._tenant(parameter)
        yield from self._combined()
        yield from self._pagination()
        yield from self._security()
        yield from self._routes()

    def _query(self, parameter: Parameter) -> Iterator[Clause]:
        family = Family.FILTER if parameter.filter else Family.PAGINATION
        yield self.make(
            ids.parameter_clause(parameter, "accepted"),
            family,
            self.fragment.source_of("parameters"),
            parameter.pointer,
            f"Every `{parameter.name}` that the contract allows is answered with a "
            f"{self.fragment.success.status}",
            f"a request with `{parameter.name}` alone",
            description=parameter.description,
            points=self._accepted_points(parameter),
        )
        if "default" in parameter.node.keywords:
            yield self._default(parameter, family)
        for name, source in (parameter.filter.promises if parameter.filter else {}).items():
            yield self._filter(parameter, name, source)

    def _accepted_points(self, parameter: Parameter) -> tuple[str, ...]:
        texts = parameters.boundaries(parameter)
        pagination = self.fragment.pagination
        is_page = pagination and pagination.page == parameter.name
        return tuple(texts[:1] if is_page else texts)

    def _default(self, parameter: Parameter, family: Family) -> Clause:
        value = parameters.default(parameter)
        return self.make(
            ids.parameter_clause(parameter, "default"),
            family,
            parameter.node.sources.get("default"),
            parameter.node.origins["default"],
            f"Without `{parameter.name}` the answer is that of `{parameter.name}={value}`",
            "an account with more items than one page of the default size holds",
            description=parameter.description,
            takes=Takes.SERIES,
        )

    def _filter(self, parameter: Parameter, name: str, source: str) -> Clause:
        assert parameter.filter
        member = show(parameter.filter.member)
        return self.make(
            ids.filter_clause(parameter, name),
            Family.FILTER,
            source,
            f"{parameter.pointer}/x-filters/promises/{name}",
            wording.FILTERS[name].format(parameter.name, member),
            f"items with each value of `{member}`, asked for with `{parameter.name}`",
            description=parameter.description,
            points=tuple(parameters.boundaries(parameter)),
            takes=Takes.ANSWER if name in _OF_ONE_ANSWER else Takes.SERIES,
        )

    def _refused(self, parameter: Parameter) -> Iterator[Clause]:
        for keyword in parameters.REFUSABLE:
            if keyword not in parameter.node.keywords or (
                keyword == "type" and "string" in parameter.node.types
            ):
                continue
            yield self.make(
                ids.parameter_clause(parameter, keyword),
                Family.ERROR,
                parameter.node.sources.get(keyword),
                parameter.node.origins[keyword],
                wording.refused_promise(parameter, keyword),
                f"a request with a forbidden value of `{parameter.name}`",
                description=parameter.description,
                takes=Takes.REASON if parameter.place == "query" else Takes.STRANGER,
            )

    def _tenant(self, parameter: Parameter) -> Iterator[Clause]:
        for name, sentence in wording.TENANTS.items() if parameter.tenant else ():
            yield self.make(
                ids.tenant_clause(parameter, name),
                Family.AUTHENTICATION,
                parameter.tenant,
                f"{parameter.pointer}/x-tenant",
                sentence.format(parameter.name),
                f"the `{parameter.name}` of somebody else" if name == "other" else UNSAFE,
                description=parameter.description,
                takes=Takes.STRANGER,
            )

    def _combined(self) -> Iterator[Clause]:
        if len(self.fragment.query) > 1:
            yield self.make(
                ids.TOGETHER_CLAUSE,
                Family.FILTER,
                self.fragment.source_of("parameters"),
                f"{self.fragment.pointer}/parameters",
                "Parameters that are allowed each by itself are allowed together",
                "a request with two or more parameters",
            )

    def _pagination(self) -> Iterator[Clause]:
        pagination = self.fragment.pagination
        for name, source in (pagination.promises if pagination else {}).items():
            assert pagination
            yield self.make(
                ids.pagination_clause(name),
                Family.PAGINATION,
                source,
                f"{self.fragment.pointer}/x-pagination/promises/{name}",
                wording.PAGINATION[name].format(page=pagination.page, per_page=pagination.per_page),
                "an account whose items fill more than one page and can be read to the end"
                if name not in _OF_ONE_ANSWER
                else f"a page with as many items as `{pagination.per_page}` asks for",
                takes=Takes.ANSWER if name in _OF_ONE_ANSWER else Takes.SERIES,
            )

    def _security(self) -> Iterator[Clause]:
        pointer = f"{self.fragment.pointer}/security"
        for index, alternative in enumerate(self.fragment.security):
            yield self.make(
                ids.accepted_credentials_clause(alternative),
                Family.AUTHENTICATION,
                self.fragment.source_of("security"),
                f"{pointer}/{index}",
                f"A request with {' and '.join(f'`{name}`' for name in alternative)} is accepted",
                f"a request with {' and '.join(f'`{name}`' for name in alternative)}, for which a run takes "
                f"{' and '.join(self.fragment.schemes[name].env for name in alternative)}",
                description=" ".join(self.fragment.schemes[name].description for name in alternative),
            )
        if self.fragment.permissions:
            yield self.make(
                ids.PERMISSION_CLAUSE,
                Family.AUTHENTICATION,
                self.fragment.source_of("x-permissions"),
                f"{self.fragment.pointer}/x-permissions",
                "A credential that has none of these permissions is refused with a 4XX: "
                f"{wording.listed(self.fragment.permissions)}",
                "a valid credential without the permission; one that is answered with 401 is taken for none",
                takes=Takes.STRANGER,
            )
        for name in self.fragment.refuses:
            yield from self._refused_credentials(name)

    def _refused_credentials(self, refusal: str) -> Iterator[Clause]:
        schemes = [name for alternative in self.fragment.security for name in alternative]
        together = [name for names in self.fragment.security if len(names) > 1 for name in names]
        subjects = {
            "no-credentials": [""],
            "partial-credentials": together,
            "wrong-credentials": schemes,
            "empty-credentials": schemes,
        }.get(refusal, [])
        for scheme in subjects:
            yield self.make(
                ids.refused_credentials_clause(refusal, scheme),
                Family.AUTHENTICATION,
                self.fragment.refuses[refusal],
                f"{self.fragment.pointer}/x-refuses/{refusal}",
                wording.REFUSALS[refusal].format(scheme),
                f"values in {self._partners(scheme)}, which a run leaves out or spoils"
                if scheme
                else "a request without credentials",
                takes=Takes.STRANGER,
            )

    def _partners(self, scheme: str) -> str:
        alternative = next(names for names in self.fragment.security if scheme in names)
        return " and ".join(self.fragment.schemes[name].env for name in alternative)

    def _routes(self) -> Iterator[Clause]:
        for name in ("unknown-route", "other-methods"):
            if name in self.fragment.refuses:
                yield self.make(
                    ids.refused_request_clause(name),
                    Family.ERROR,
                    self.fragment.refuses[name],
                    f"{self.fragment.pointer}/x-refuses/{name}",
                    wording.REFUSALS[name],
                    UNSAFE,
                    takes=Takes.DETOUR,
                )
