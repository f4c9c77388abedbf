"""Recordings behind an address (`s3://…`, `gs://…`, `https://…`), by whatever fsspec has for its scheme.

An address may hold credentials: in no message, record or log does more of it stand than `shown` gives.
"""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from contracts.errors import UsageError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"([\w.~%-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?")
_WEB = ("http", "https")
_VERSION = (
    *("etag", "content-md5", "last-modified", "lastmodified"),
    *("mtime", "updated", "generation", "created"),
)
"""What stores call that which changes with the bytes of a file."""


def is_address(text: str) -> bool:
    """Say whether a text names something by scheme, rather than a file of this machine."""
    return bool(_ADDRESS.match(text))


def shown(address: str) -> str:
    """Give an address without what may be secret in it: before the host, and in its query."""
    scheme, _, rest = address.partition("://")
    rest = rest.partition("#")[0].partition("?")[0]
    before, _, behind = rest.rpartition("@")
    # A secret may have a slash in it, and a name in a store an @.
    rest = behind if ":" in before or "/" not in before else rest
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host if _HOST.fullmatch(host) else '<not shown>'}{slash}{path}"


def find(address: str) -> list[str]:
    """Give the addresses that one names: itself, what a folder holds, what fits a pattern.

    Raises:
        UsageError: its scheme cannot be read, or the store does not tell.
    """
    with _told(address):
        files, path = _store(address)
        if files.isdir(path) and not _is_web(address):
            found = files.find(path)
        else:
            found = [path] if files.exists(path) else _matching(files, path)
        return [_address(address, files, one) for one in found]
    raise AssertionError("what goes wrong is told")


def facts(address: str) -> tuple[int, str, bool]:
    """Give the size of a file, what changes when it does, and whether it can be read from its midst.

    Raises:
        UsageError: its scheme cannot be read, or the store does not tell.
    """
    with _told(address):
        files, path = _store(address)
        info = files.info(path)
        size = int(info.get("size") or 0)
        return size, _version(info), bool(size) and _has_midst(files, path, size)
    raise AssertionError("what goes wrong is told")


@contextmanager
def opened(address: str, *, is_whole: bool) -> Iterator[BinaryIO]:
    """Open a file, to read the whole from its begin or a part.

    Raises:
        OSError: it cannot be opened; reading raises it as well, whatever the store has for errors.
    """
    try:
        files, path = _store(address)
        # Else a server on the web that knows no ranges could not be read at all.
        options = {"block_size": 0} if is_whole and _is_web(address) else {}
        file = files.open(path, "rb", **options)
    except Exception as error:  # Each store has its own.
        raise OSError(_kind(error)) from None
    with file:
        yield cast("BinaryIO", _Raw(file))


class _Raw(io.RawIOBase):
    """A file of a store, whose errors are those of files, and quote no address."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._is_at_end = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._is_at_end = False
        try:
            self._file.seek(offset, whence)
        except Exception as error:
            raise OSError(_kind(error)) from None
        return self.tell()

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        if self._is_at_end:
            # Readers look for more behind the end again and again, which is no error, but aiohttp warns.
            return 0
        view = memoryview(buffer).cast("B")
        try:
            data = self._file.read(len(view))
        except Exception as error:
            raise OSError(_kind(error)) from None
        view[: len(data)] = data
        self._is_at_end = not data and bool(view)
        return len(data)


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except UsageError:
        raise
    except Exception as error:  # Each store has its own.
        problem = f"{shown(address)} cannot be read ({_kind(error)})"
        raise UsageError(problem, "see the address, and the credentials that its store needs") from None


def _store(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        problem = f"{shown(address)} is no file of this machine"
        raise UsageError(problem, "install the project with the extra `audit`") from None
    scheme = address.partition("://")[0]
    try:
        files, path = url_to_fs(address)
    except ImportError as error:
        # fsspec's own words, as `Install s3fs to access S3`.
        advice = str(error) if str(error).isprintable() and "://" not in str(error) else "install its package"
        raise UsageError(f"{scheme}:// addresses need a package that is not installed", advice) from None
    except ValueError:
        raise UsageError(f"{scheme}:// is no scheme that fsspec knows", "name another address") from None
    return files, path


def _matching(files: Any, path: str) -> list[str]:
    return sorted(files.glob(path)) if any(sign in path for sign in "*[") else []


def _address(given: str, files: Any, path: str) -> str:
    return path if is_address(path) else f"{given.partition('://')[0]}://{_bare(files, path)}"


def _bare(files: Any, path: str) -> str:
    return str(files.unstrip_protocol(path)).partition("://")[2]


def _version(info: Mapping[str, Any]) -> str:
    known = {str(name).lower(): str(value) for name, value in info.items()}
    return " ".join(known[name] for name in _VERSION if name in known)


def _has_midst(files: Any, path: str, size: int) -> bool:
    """Try to read the last byte: a server that knows no ranges says so only then."""
    try:
        with files.open(path, "rb") as file:
            file.seek(size - 1)
            return len(file.read(1)) == 1
    except Exception:  # Each store has its own.
        return False


def _is_web(address: str) -> bool:
    return address.partition("://")[0].lower() in _WEB


def _kind(error: Exception) -> str:
    """Say what kind of error it is; its message may quote the address."""
    return type(error).__name__
