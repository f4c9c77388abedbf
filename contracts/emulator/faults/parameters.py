"""Faults of how single parameters are judged: too laxly, too strictly."""

from collections.abc import Iterator, Sequence

from contracts.clauses.ids import TOGETHER_CLAUSE, parameter_clause
from contracts.emulator.arguments import Arguments, Refusal, Texts, invalid, judge_all
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import ArgumentsHook, Call, Fault, Gate, PassesHook
from contracts.fragment import Fragment
from contracts.operation import Parameter


def parameter_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of each parameter, then those of several together."""
    for parameter in subject.fragment.query:
        yield from _lax(subject, parameter)
        yield from _strict(subject, parameter)
    yield from _lax_paths(subject)
    yield from _strict_together(subject)


def _lax(subject: Subject, parameter: Parameter) -> Iterator[Fault | None]:
    """Accept what a keyword forbids, in each way in which servers do."""
    name, keywords = parameter.name, parameter.node.keywords
    ways: dict[str, dict[str, str | None]] = {
        "type": {"ignored": None},
        "enum": {"ignored": None, "first": str(keywords.get("enum", [""])[0])},
        "minimum": {"ignored": None, "minimum": str(keywords.get("minimum"))},
        "maximum": {"ignored": None, "maximum": str(keywords.get("maximum"))},
        "maxLength": {"ignored": None},
    }
    for keyword in keywords:
        for way, text in ways.get(keyword, {}).items():
            told = f"as if it were {text}" if text else f"as if there were no `{name}`"
            yield subject.fault(
                f"accepts/{way}:query.{name}:{keyword}",
                f"A `{name}` that breaks its {keyword} is answered {told}",
                (parameter_clause(parameter, keyword),),
                on_arguments=_taken_for(subject.fragment, name, keyword, text),
            )


def _taken_for(fragment: Fragment, name: str, keyword: str, text: str | None) -> ArgumentsHook:
    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        if not isinstance(judged, Refusal) or (judged.parameter, judged.keyword) != (name, keyword):
            return judged
        others = {other: found for other, found in texts.items() if other != name}
        return judge_all(fragment.query, {**others, name: [text]} if text is not None else others)

    return change


def _lax_paths(subject: Subject) -> Iterator[Fault | None]:
    for parameter in subject.fragment.parameters:
        if parameter.place == "path" and "maxLength" in parameter.node.keywords:
            yield subject.fault(
                f"accepts:path.{parameter.name}:maxLength",
                f"A `{parameter.name}` that is too long is answered",
                (parameter_clause(parameter, "maxLength"),),
                on_passes=_too_long_passes(parameter),
            )


def _too_long_passes(parameter: Parameter) -> PassesHook:
    def change(call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
        text = (call.path_texts or {}).get(parameter.name, "")
        is_long = len(text) > parameter.node.keywords["maxLength"]
        return None if is_long and gate in (Gate.PATH, Gate.TENANT) else refusal

    return change


def _strict(subject: Subject, parameter: Parameter) -> Iterator[Fault | None]:
    """Refuse what is allowed: one value of an enum, the ends of a range."""
    keywords = parameter.node.keywords
    ends = [keywords[keyword] for keyword in ("minimum", "maximum") if keyword in keywords]
    for value in [*ends, *keywords.get("enum", ())[-1:]]:
        yield subject.fault(
            f"refuses/{value}:query.{parameter.name}",
            f"The `{parameter.name}` {value} is refused",
            (parameter_clause(parameter, "accepted"), TOGETHER_CLAUSE),
            on_arguments=_refused_if({parameter.name: [str(value)]}),
        )


def _strict_together(subject: Subject) -> Iterator[Fault | None]:
    query, filters = subject.fragment.query, subject.filters
    for together in (filters if len(filters) > 1 else [], query[:2], [*filters[:1], *query[:1]]):
        names = [parameter.name for parameter in together]
        if len(set(names)) > 1:
            yield subject.fault(
                f"refuses-together:query.{'+'.join(names)}",
                f"{' and '.join(f'`{name}`' for name in names)} together are refused",
                (TOGETHER_CLAUSE,),
                on_arguments=_refused_together(names),
            )


def _refused_if(refused: Texts) -> ArgumentsHook:
    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        is_refused = all(texts.get(name) == found for name, found in refused.items())
        return invalid("This value is not supported") if is_refused else judged

    return change


def _refused_together(names: Sequence[str]) -> ArgumentsHook:
    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        is_refused = all(name in texts for name in names)
        return invalid("These parameters exclude each other") if is_refused else judged

    return change
