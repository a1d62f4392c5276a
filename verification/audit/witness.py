"""The witness (c2sp.org/tlog-witness): it remembers a log's newest checkpoint and countersigns what follows from it.

It knows neither the database nor any secret of the site, and believes nothing but signatures and proofs. A log that
goes back, or shows somebody another past, gets no countersignature, and what it sent is kept as evidence.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import tree
from .checkpoint import BadCheckpoint, Checkpoint, decimal
from .notes import BadNote, Note, SigningKey, VerifierKey, read_base64

MAX_STEPS = 63
# Evidence is worth its bytes up to here; somebody who may reach the witness could otherwise fill its disk.
_MAX_EVIDENCE = 16 * 1024 * 1024


class Refused(Exception):
    """No countersignature. The classes below are the standard's reasons; the message is a sentence."""


class Malformed(Refused):
    """The request is not of the standard's form, or its old size lies beyond its checkpoint."""


class UnknownLog(Refused):
    """The witness was not told to watch this log."""


class NotSigned(Refused):
    """The log's key has not signed the checkpoint."""


class Inconsistent(Refused):
    """The checkpoint does not follow from the one that the witness remembers."""


class Stale(Refused):
    """The old size is not the one that the witness remembers, which is `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The newest checkpoint seen here has {size} entries.")
        self.size = size


class Forgotten(RuntimeError):
    """What the witness remembered cannot be read any more. It must not begin anew as if it had seen nothing."""


@dataclass(frozen=True)
class Request:
    """What `add-checkpoint` carries. `origin` is what the checkpoint says of itself; nothing here is believed yet."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    said: Checkpoint

    @classmethod
    def parse(cls, text: str) -> Request:
        """Raises `Malformed`."""
        above, blank, below = text.partition("\n\n")
        first, *steps = above.split("\n")
        if not blank or not first.startswith("old ") or len(steps) > MAX_STEPS:
            raise Malformed("The request is no old size, proof and checkpoint.")
        try:
            proof = tuple(read_base64(step) for step in steps)
            note = Note.parse(below)
            request = cls(decimal(first.removeprefix("old ")), proof, note, Checkpoint.parse(note.text))
        except (ValueError, BadNote, BadCheckpoint) as bad:
            raise Malformed(f"The request cannot be read: {bad}") from None
        if any(len(step) != 32 for step in proof):
            raise Malformed("A step of the proof is not 32 bytes.")
        return request


@dataclass
class Witness:
    """One witness with its key, its directory, and the logs that it watches, by origin. Safe for several threads."""

    directory: Path
    key: SigningKey
    logs: Sequence[VerifierKey]
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def add_checkpoint(self, text: str, now: int) -> str:
        """The countersignature's line; `now` in POSIX seconds. What is countersigned is on the disk before.

        Raises `Refused` and its kinds, `Forgotten`.
        """
        request = Request.parse(text)
        key = self._key_of(request.said.origin)
        _insist_on_signature(request.note, key)
        if request.old > request.said.size:
            raise Malformed("The old size lies beyond the checkpoint's.")
        with self._locked():
            try:
                _insist_on_consistency(request, self._remembered(key))
            except Inconsistent:
                self._keep_evidence(text, now)
                raise
            line = self.key.line(request.note.text, time=now)
            log_line = str(Note(request.note.text, _own(request.note, key))).removeprefix(f"{request.note.text}\n")
            self._remember(key.name, f"{request.note.text}\n{log_line}{line}")
        return line

    def newest(self, origin_hash: str) -> str | None:
        """The newest countersigned checkpoint of the log whose origin has this SHA-256, in hexadecimal."""
        for key in self.logs:
            if _hash(key.name) == origin_hash and self._place(key.name).exists():
                return self._place(key.name).read_text(encoding="utf-8")
        return None

    def _key_of(self, origin: str) -> VerifierKey:
        found = next((key for key in self.logs if key.name == origin), None)
        if found is None:
            raise UnknownLog("This log is not watched here.")
        return found

    def _remembered(self, key: VerifierKey) -> Checkpoint | None:
        """What was countersigned last, which this very witness must have signed. Raises `Forgotten`."""
        place = self._place(key.name)
        if not place.exists():
            return None
        try:
            note = Note.parse(place.read_text(encoding="utf-8"))
            if note.signed_by(self.key.verifier) is None:
                raise BadNote("this witness has not signed it")
            return Checkpoint.parse(note.text)
        except (OSError, ValueError) as error:
            raise Forgotten(f"What this witness remembers of {key.name} cannot be read: {error}") from None

    def _remember(self, origin: str, note: str) -> None:
        """Whole or not at all, and on the disk."""
        place = self._place(origin)
        aside = place.with_suffix(".new")
        with aside.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(place)

    def _keep_evidence(self, text: str, now: int) -> None:
        """Two pasts of one log, both signed by it: that is proof of what it did."""
        place = self.directory / "refused.jsonl"
        if place.exists() and place.stat().st_size > _MAX_EVIDENCE:
            return
        with place.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": now, "request": text}, ensure_ascii=False) + "\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Reading what is remembered and replacing it is one step, for threads and for a second process alike."""
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            with self._one_at_a_time:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _place(self, origin: str) -> Path:
        return self.directory / f"{_hash(origin)}.checkpoint"


def _insist_on_signature(note: Note, key: VerifierKey) -> None:
    try:
        signed = note.signed_by(key)
    except BadNote as bad:
        raise NotSigned(str(bad)) from None
    if signed is None:
        raise NotSigned("The log's key has not signed this checkpoint.")


def _insist_on_consistency(request: Request, remembered: Checkpoint | None) -> None:
    said, old = request.said, request.old
    if old != (remembered.size if remembered else 0):
        raise Stale(remembered.size if remembered else 0)
    head = remembered.head if remembered else tree.EMPTY
    if said.size == 0 and said.head != tree.EMPTY:
        raise Inconsistent("The head of no entries is not that of the empty tree.")
    if not tree.continues(old, head, said.size, said.head, request.proof):
        raise Inconsistent("The checkpoint does not follow from the newest one seen here.")


def _own(note: Note, key: VerifierKey) -> tuple[tuple[str, bytes, bytes], ...]:
    return tuple(one for one in note.signatures if one[:2] == (key.name, key.id))


def _hash(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()
