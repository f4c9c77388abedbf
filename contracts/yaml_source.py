"""Reads YAML the strict way and remembers the line of everything, by JSON Pointer.

YAML quietly turns some plain words into dates, booleans and numbers, lets a key stand twice and lets
one node stand in two places. In a document whose every value is a promise each of these is a trap, so
they are refused here. What the document means is none of this module's business.
"""

import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from contracts.errors import FragmentError

MAX_EXCERPT_LINES = 8

_JSON_SCALARS = {
    "tag:yaml.org,2002:null": re.compile(r"null"),
    "tag:yaml.org,2002:bool": re.compile(r"true|false"),
    "tag:yaml.org,2002:int": re.compile(r"-?(0|[1-9][0-9]*)"),
    "tag:yaml.org,2002:float": re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
}
_NUMBER_OF_YAML_1_2 = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII
)
_STRING = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def escape(token: str) -> str:
    """Write a member name as a reference token of a JSON Pointer (RFC 6901 section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Read a reference token of a JSON Pointer back into a member name (RFC 6901 section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


class YamlSource:
    """A YAML file as plain JSON data, with the line on which each value stands.

    `data` is the document. `file` is the name that messages use.

    Raises:
        FragmentError: the file cannot be read, is not YAML, repeats a key, uses an alias or a merge
            key, or holds a plain scalar that YAML reads as something other than JSON would.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        self._text: list[str] = []
        self._lines: dict[str, int] = {}
        self._constructor = yaml.SafeLoader("")
        self._seen: set[int] = set()
        root = self._compose(path)
        self.data = self._build(root, "")

    def line(self, pointer: str) -> int:
        """Give the line (from one) of what `pointer` names, or of the nearest parent that stands."""
        while pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines[pointer]

    def excerpt(self, line: int) -> str:
        """Give the text on a line (from one), and what of the next few lines is further to the right."""
        first, *below = self._text[line - 1 : line - 1 + MAX_EXCERPT_LINES]
        depth = len(first) - len(first.lstrip(" -"))
        inside = takewhile(lambda text: len(text) - len(text.lstrip(" ")) > depth, below)
        return "\n".join([first, *inside])

    def refuse(self, pointer: str, problem: str, advice: str) -> FragmentError:
        """Make the error that says `problem` of the place `pointer`."""
        return FragmentError(self.file, self.line(pointer), problem, advice)

    def _compose(self, path: Path) -> yaml.Node:
        try:
            text = path.read_text(encoding="utf-8")
            self._text = text.splitlines()
            root = yaml.compose(text, Loader=_Loader)
        except (OSError, UnicodeDecodeError) as error:
            raise FragmentError(self.file, 0, f"cannot be read ({error})", "check the path") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 0
            problem = getattr(error, "problem", None) or str(error)
            raise FragmentError(self.file, line, f"is not YAML: {problem}", "correct the syntax") from None
        if root is None:
            raise FragmentError(self.file, 0, "is empty", "write the fragment into it")
        return root

    def _build(self, node: yaml.Node, pointer: str) -> Any:
        self._lines.setdefault(pointer, node.start_mark.line + 1)
        if id(node) in self._seen:
            raise self.refuse(pointer, "an alias stands here", "use $ref, or write the value out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, f"{pointer}/{index}") for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, pointer)

    def _mapping(self, node: yaml.MappingNode, pointer: str) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            line = key_node.start_mark.line + 1
            if key_node.tag != _STRING:
                advice = "write the members out" if key_node.tag == _MERGE else f'write "{key}" in quotes'
                raise FragmentError(self.file, line, f"the key {key} is not a string", advice)
            if key in members:
                raise FragmentError(self.file, line, f'the key "{key}" stands twice', "remove one of them")
            child = f"{pointer}/{escape(key)}"
            self._lines[child] = line
            members[key] = self._build(value_node, child)
        return members

    def _scalar(self, node: yaml.ScalarNode, pointer: str) -> Any:
        if node.tag == _STRING:
            if not node.style and _NUMBER_OF_YAML_1_2.fullmatch(node.value):
                problem = f"YAML reads {node.value} as a string or a number, depending on its version"
                raise self.refuse(pointer, problem, "put it in quotes, or write it as JSON does")
            return node.value
        form = _JSON_SCALARS.get(node.tag)
        if form is None or not form.fullmatch(node.value):
            kind = node.tag.rpartition(":")[2]
            problem = f"YAML reads {node.value or 'nothing'} as a value of type {kind}"
            raise self.refuse(pointer, problem, "put it in quotes, or write it as JSON does")
        return self._constructor.construct_object(node)
