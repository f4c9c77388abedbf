"""Cassettes of VCR.py in YAML or JSON, also those of its older versions, read interaction by interaction.

VCR.py itself reads the whole file at once, with a library in C that crashes where 30 KB are nested deep.
PyYAML, with which it does so, is used here too, one step lower. No object is made that a file names.
"""

from base64 import b64decode
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import yaml
from yaml.composer import Composer

from contracts.audit.bits import BROKEN, Bits
from contracts.audit.entries import entries
from contracts.audit.record import Record, Unreadable, characters, status

_PATH = ("interactions",)
_MISSING = "the file is no cassette"
_JSON_BEGINS = (b"{", b"\xef\xbb\xbf{")


def records(stream: BufferedReader) -> Iterator[Record | Unreadable]:
    """Read the interactions of a cassette; where it is broken, or is none, that is the last.

    Raises:
        UsageError: it is of JSON, and ijson is not installed.
    """
    try:
        is_json = stream.peek(4).lstrip().startswith(_JSON_BEGINS)
    except BROKEN:
        is_json = False
    for one in entries(stream, _PATH, _MISSING) if is_json else _of_yaml(stream):
        yield one if isinstance(one, Unreadable) else _record(one)


# PyYAML may be built without its library in C.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser, Composer):  # type: ignore[misc]
    """Reads YAML bit by bit, and puts parts of it together in Python: that ends at its own bound of depth."""

    def __init__(self, bits: Bits) -> None:
        _Parser.__init__(self, bits)
        Composer.__init__(self)

    def begins_list(self) -> bool:
        """Go to the begin of the interactions, and say whether there is one."""
        while self.check_event(yaml.StreamStartEvent, yaml.DocumentStartEvent):
            self.get_event()
        if not self.check_event(yaml.MappingStartEvent):
            return False
        self.get_event()
        while not self.check_event(yaml.MappingEndEvent):
            if self._node().value == _PATH[0]:
                return self.check_event(yaml.SequenceStartEvent) and self.get_event().tag is None
            self._node()
        return False

    def interaction(self) -> Any:
        """Give the next as plain data, or why it is none."""
        node = self._node()
        try:
            return self.construct_document(node)
        except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError):
            return Unreadable("the interaction is not as VCR.py writes it")

    def flatten_mapping(self, node: Any) -> None:
        """Merge nothing (`<<`): VCR.py never writes that, and thirty lines of it fill any memory."""

    def _node(self) -> Any:
        return self.compose_node(None, 0)


# What a recorder held that is no text, as the file that was sent: nothing of it is judged.
_Loader.add_constructor(None, lambda _loader, _node: None)
for _name in ("str", "unicode"):
    _Loader.add_constructor(f"tag:yaml.org,2002:python/{_name}", _Loader.construct_yaml_str)


def _of_yaml(stream: BufferedReader) -> Iterator[Any]:
    bits = Bits(stream)
    try:
        loader = _Loader(bits)
        if not loader.begins_list():
            yield Unreadable(_MISSING)
            return
        while not loader.check_event(yaml.SequenceEndEvent):
            item = loader.interaction()
            bits.end_item()
            yield item
        while bits.read():
            bits.end_item()
    except (yaml.YAMLError, UnicodeDecodeError):
        yield Unreadable("the cassette is cut or broken behind this place")
    except RecursionError:
        yield Unreadable("it is nested too deep to be read on")
    except BROKEN as why:
        yield Unreadable(str(why))


def _record(interaction: Any) -> Record | Unreadable:
    try:
        request, response = interaction["request"], interaction["response"]
        body = _body(response)
        return Record(
            method=characters(request["method"]),
            url=characters(request["uri"]),
            status=_status(response),
            request_headers=tuple(_pairs(request.get("headers") or {})) or None,
            response_headers=tuple(_pairs(response.get("headers") or {})) or None,
            body=body,
            # That of httpx was written without those bytes that are no UTF-8.
            has_exact_bytes="content" not in response,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unreadable("the interaction is not as VCR.py writes it")


def _status(response: Any) -> int:
    told = response["status_code"] if "status_code" in response else response["status"]
    return status(told["code"] if isinstance(told, dict) else told)


def _body(response: Any) -> bytes | None:
    """Give the body, None where none was recorded; that of httpx, or of long ago, has another form."""
    body = response.get("body", response.get("content"))
    if isinstance(body, dict):
        if "base64_string" in body:
            return b64decode(body["base64_string"])
        body = body.get("string")
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else None


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            yield characters(name), value.decode("latin-1") if isinstance(value, bytes) else characters(value)
