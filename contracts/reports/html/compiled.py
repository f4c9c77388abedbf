"""Keeps compiled templates as Python keeps compiled modules: beside them, if there they may be written.

To compile the templates anew takes longer than all else that the page needs.
"""

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

import jinja2


class CompiledBeside(jinja2.FileSystemBytecodeCache):
    """Keeps the compiled templates of a folder, as long as Jinja is the same and `environment`, the code that
    sets it up. Nothing is written where Python may not write compiled modules either."""

    def __init__(self, folder: Path, environment: str) -> None:
        super().__init__(str(folder / "__pycache__"), f"%s.{sys.implementation.cache_tag}.jinja")
        self._compiled_by = f"{jinja2.__version__} {environment}"

    def get_source_checksum(self, source: str) -> str:
        """Give what changes when a template would be compiled to something else."""
        return hashlib.sha256(f"{self._compiled_by} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Take what was compiled before, if it can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled, if that can be done."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
