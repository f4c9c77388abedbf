"""The path of the operation as it stands on the wire: made with the texts of its parameters and read back."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from contracts.fragment import Fragment


def filled(fragment: Fragment, texts: Mapping[str, str]) -> str:
    """Give the path with these texts in it, which are as they stand on the wire; the examples of the fragment
    stand for parameters of which there is none."""
    examples = {name: quote(text, safe="") for name, text in fragment.path_examples.items()}
    known = {**examples, **texts}
    return "/".join(known[_name(part)] if _name(part) else part for part in fragment.path.split("/"))


def texts_in(
    segments: Sequence[str], template: Sequence[str], encoding: str = "utf-8"
) -> dict[str, str] | None:
    """Give the texts of the parameters in the segments of a path, None where these are not of the template.
    They belong in UTF-8."""
    if len(segments) != len(template):
        return None
    texts = {}
    for part, segment in zip(template, segments, strict=True):
        if _name(part):
            texts[_name(part)] = unquote(segment, encoding)
        elif unquote(segment) != part:
            return None
    return texts


def _name(part: str) -> str:
    """Give the name of the parameter that a segment of a template is, empty where it is none."""
    return part[1:-1] if part.startswith("{") else ""
