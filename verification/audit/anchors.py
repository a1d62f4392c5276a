"""Anchors: directories to which checkpoints are published, best on a disk that the database's owner cannot write to.

In each stands, for every log, a file per day (UTC) with a checkpoint a line, and the file `leaves`: the hash of every
entry, 32 bytes each. The hashes say nothing to whoever has only them; with them a verifier names the very entry that
was changed. Both files are only ever appended to. What a crash or a full disk cut off is completed by the next writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .checkpoint import BadCheckpoint, Checkpoint, opened
from .notes import BadNote, VerifierKey

LEAVES = "leaves"
# The leaf hashes from one index up to, not including, another, in batches.
LeafHashes = Callable[[int, int], Iterable[bytes]]
_HASH_BYTES = 32


class AnchorFailed(RuntimeError):
    """The directory cannot be read or written; the message says why."""


@dataclass(frozen=True)
class Anchor:
    """The files of one log below one directory."""

    root: Path
    key: VerifierKey

    @property
    def directory(self) -> Path:
        return self.root / re.sub(r"[^A-Za-z0-9.-]", "_", self.key.name)

    def last(self) -> Checkpoint | None:
        """The newest checkpoint that is whole and signed; None where nothing was published. Raises `AnchorFailed`."""
        try:
            days = sorted(self.directory.glob("*.jsonl"), reverse=True)
            found = (self._last_of(day) for day in days)
            return next((one for one in found if one is not None), None)
        except OSError as error:
            raise AnchorFailed(f"{self.directory}: {error.strerror}") from None

    def _last_of(self, day: Path) -> Checkpoint | None:
        for line in reversed(day.read_text(encoding="utf-8", errors="replace").splitlines()):
            try:
                return opened(json.loads(line)["checkpoint"], self.key)[0]
            except (ValueError, KeyError, TypeError, BadNote, BadCheckpoint):
                # Half a line is what a writer that died leaves.
                continue
        return None

    def append(self, said: Checkpoint, note: str, leaves: LeafHashes, day: date) -> bool:
        """Publish. False when a newer checkpoint stands there already: then this writer is a stale one.

        Raises `AnchorFailed`.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with self._locked():
                newest = self.last()
                if newest is not None and newest.size > said.size:
                    return False
                self._append_leaves(leaves, said.size)
                self._append_line(f"{day.isoformat()}.jsonl", json.dumps({"checkpoint": note}, ensure_ascii=False))
                return True
        except OSError as error:
            raise AnchorFailed(f"{self.directory}: {error.strerror}") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, however many believe that they are the one."""
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _append_leaves(self, leaves: LeafHashes, size: int) -> None:
        """What is missing up to `size`, beginning within a hash where the last writer was cut off there."""
        with (self.directory / LEAVES).open("ab") as file:
            first, cut = divmod(file.tell(), _HASH_BYTES)
            for batch in leaves(first, size):
                file.write(batch[cut:])
                cut = 0
            file.flush()
            os.fsync(file.fileno())

    def _append_line(self, name: str, line: str) -> None:
        path = self.directory / name
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("ab") as file:
            file.write(b"\n" * torn + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
