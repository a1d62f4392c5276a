"""A `tlog-proof` file (c2sp.org/tlog-proof): that an entry stands in the log, to be checked by anybody, anywhere.

The file's extra data is the entry itself, so that nothing else is needed but the public keys of log and witness.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoint import BadCheckpoint, decimal
from .notes import read_base64

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
# A tree of 2**63 leaves has no longer path.
MAX_STEPS = 63


class BadProof(ValueError):
    """A text that is no proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The entry's zero-based `index`, the `path` to the head of `checkpoint` (a signed note), and the `entry`."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    entry: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {b64encode(self.entry).decode()}"] if self.entry else []
        steps = [b64encode(step).decode() for step in self.path]
        return "\n".join([HEADER, *extra, f"index {self.index}", *steps, "", self.checkpoint])


def parse(text: str) -> Proof:
    """Raises `BadProof`. The checkpoint is carried as it is; whoever trusts it must open it."""
    above, blank, checkpoint = text.partition("\n\n")
    lines = above.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise BadProof("It is not a proof of this kind.")
    try:
        entry = read_base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else b""
        index = decimal(_after("index ", lines))
        return Proof(index, _steps(lines), checkpoint, entry)
    except (BadCheckpoint, ValueError) as bad:
        raise BadProof(f"The proof cannot be read: {bad}") from None


def _after(word: str, lines: list[str]) -> str:
    if not lines or not lines[0].startswith(word):
        raise ValueError(f"a line that begins with “{word.strip()}” is missing.")
    return lines.pop(0).removeprefix(word)


def _steps(lines: Sequence[str]) -> tuple[bytes, ...]:
    steps = tuple(read_base64(line) for line in lines)
    if len(steps) > MAX_STEPS or any(len(step) != 32 for step in steps):
        raise ValueError("a step is not 32 bytes, or there are too many.")
    return steps
