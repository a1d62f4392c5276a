"""Asking the witness for its cosignature (c2sp.org/tlog-witness, `add-checkpoint`)."""

from __future__ import annotations

import http.client
import socket
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from .checkpoint import BadCheckpoint, Checkpoint, decimal
from .notes import BadNote, Note, VerifierKey

PATIENCE = 5.0
_SIZE_TYPE = "text/x.tlog.size"
_MAX_ANSWER = 64 * 1024

Prove = Callable[[int], Sequence[bytes]]


class WitnessAway(RuntimeError):
    """The witness cannot be reached, or does not answer in time."""


class WitnessRefused(RuntimeError):
    """The witness does not countersign: what it was shown does not follow from what it saw, or it does not know us."""


class WitnessAhead(WitnessRefused):
    """The witness has countersigned more entries than there are: this log was rolled back."""


@dataclass(frozen=True)
class WitnessClient:
    """`address` is `unix:/path`, `http://host:port/prefix` or `https://…`."""

    address: str
    key: VerifierKey

    def cosign(self, said: Checkpoint, note: str, old: int, prove: Prove) -> tuple[str, int]:
        """The note with the witness's line below it, and the time that the witness vouches for (POSIX seconds).

        `old` is the size that the witness is thought to remember; `prove` makes the consistency proof from a size.
        Raises `WitnessAway`, `WitnessRefused`, `WitnessAhead`.
        """
        status, body = self._add(old, prove, note)
        if status == http.client.CONFLICT:
            old = _remembered(body)
            if old > said.size:
                raise WitnessAhead(f"The witness remembers {old} entries; there are {said.size}.")
            status, body = self._add(old, prove, note)
        if status != http.client.OK:
            raise WitnessRefused(f"The witness answered {status}: {body[:200]}")
        return self._checked(note, body)

    def _checked(self, note: str, lines: str) -> tuple[str, int]:
        """Only this witness's own line is taken over, and only when it holds."""
        try:
            read = Note.parse(note + lines)
            time = read.signed_by(self.key)
        except BadNote as bad:
            raise WitnessRefused(f"The witness's answer is no cosignature: {bad}") from None
        if time is None:
            raise WitnessRefused("The witness answered with another key than the one that is trusted.")
        signed = Note.parse(note).signatures
        own = tuple(one for one in read.signatures[len(signed) :] if one[:2] == (self.key.name, self.key.id))
        return str(Note(read.text, (*signed, *own[-1:]))), time

    def _add(self, old: int, prove: Prove, note: str) -> tuple[int, str]:
        proof = "".join(f"{b64encode(step).decode()}\n" for step in prove(old))
        return self._post("/add-checkpoint", f"old {old}\n{proof}\n{note}".encode())

    def _post(self, path: str, body: bytes) -> tuple[int, str]:
        connection, prefix = _connection(self.address)
        try:
            connection.request("POST", prefix + path, body, {"Content-Type": "text/plain; charset=utf-8"})
            answer = connection.getresponse()
            text = answer.read(_MAX_ANSWER).decode(errors="replace")
            if answer.status == http.client.CONFLICT and answer.headers.get_content_type() != _SIZE_TYPE:
                raise WitnessRefused("The witness answered with a conflict and does not say which size it remembers.")
        except (OSError, http.client.HTTPException) as error:
            raise WitnessAway(f"The witness does not answer: {type(error).__name__}.") from None
        finally:
            connection.close()
        return answer.status, text


def _remembered(body: str) -> int:
    try:
        return decimal(body.removesuffix("\n"))
    except BadCheckpoint:
        raise WitnessRefused("The witness answered with a conflict and no size.") from None


def _connection(address: str) -> tuple[http.client.HTTPConnection, str]:
    if address.startswith("unix:"):
        return _UnixConnection(address.removeprefix("unix:")), ""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=PATIENCE), parts.path.rstrip("/")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("witness", timeout=PATIENCE)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
