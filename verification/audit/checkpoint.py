"""A checkpoint (c2sp.org/tlog-checkpoint): which log, how many entries, the head of their tree, as a signed note."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from .notes import Note, SigningKey, VerifierKey, note, read_base64


class BadCheckpoint(ValueError):
    """A text that is no checkpoint, or one that the log's key did not sign."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `size` counts its entries, `head` is the tree's root hash (32 bytes)."""

    origin: str
    size: int
    head: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note's text; lines beyond the third are opaque and left alone. Raises `BadCheckpoint`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or not all(lines):
            raise BadCheckpoint("A checkpoint has three lines.")
        try:
            head = read_base64(lines[2])
        except ValueError:
            head = b""
        if len(head) != 32:
            raise BadCheckpoint("The checkpoint's head is not 32 bytes in base64.")
        return cls(lines[0], decimal(lines[1]), head)

    @classmethod
    def in_note(cls, raw: str) -> Checkpoint:
        """What a note says, whoever signed it; `opened` asks for that. Raises `BadCheckpoint`, `BadNote`."""
        return cls.parse(Note.parse(raw).text)

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.head).decode()}\n"

    def signed(self, key: SigningKey) -> str:
        """The whole note with the log's signature."""
        return note(self.text, key.line(self.text))


def opened(raw: str, log_key: VerifierKey) -> tuple[Checkpoint, Note]:
    """A checkpoint that this log's key has signed. Raises `BadCheckpoint`, `BadNote`."""
    read = Note.parse(raw)
    said = Checkpoint.parse(read.text)
    if said.origin != log_key.name or read.signed_by(log_key) is None:
        raise BadCheckpoint("The log's key has not signed this checkpoint.")
    return said, read


def decimal(text: str) -> int:
    """A size as the standard writes it: no sign, no leading zero, below 2**63. Raises `BadCheckpoint`."""
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or (text[0] == "0" and text != "0"):
        raise BadCheckpoint("A size is a decimal number without leading zeroes.")
    number = int(text)
    if number >= 1 << 63:
        raise BadCheckpoint("The size is beyond any log.")
    return number
