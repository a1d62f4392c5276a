"""Signed notes (c2sp.org/signed-note): a text, and below it one line per signature by a named Ed25519 key.

Two kinds of signature are known: `0x01` over the text itself, by which a log signs, and `0x04` with a time, by which a
witness countersigns a checkpoint (c2sp.org/tlog-cosignature). Signatures by other keys are carried along and ignored.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 0x01, 0x04
_KINDS = {LOG: "a log", WITNESS: "a witness"}
# The standard wants at least 16 signatures to be read; a note beyond these bounds is not one of ours.
MAX_NOTE_BYTES, MAX_SIGNATURES = 64 * 1024, 100
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"


class BadKey(ValueError):
    """A key that cannot be read. The message never holds the key."""


class BadNote(ValueError):
    """A note that is no note, or that a known key is said to have signed and has not."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature to look for. Written `name+id+key`, the id in 8 hexadecimal digits, the key in base64."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises `BadKey`."""
        key = cls(*_read_key(text))
        if key.id.hex() != text.split("+")[1]:
            raise BadKey("The key's id does not fit its name.")
        return key

    @property
    def id(self) -> bytes:
        """The first four bytes of the hash of name, kind and key, as the standard recommends."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_text(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret half: a 32-byte seed. Written `PRIVATE+KEY+name+id+key`, so that the name cannot come off it."""

    name: str
    kind: int
    seed: bytes

    @classmethod
    def generate(cls, name: str, kind: int) -> SigningKey:
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Raises `BadKey`."""
        if not text.startswith(_PRIVATE):
            raise BadKey("It is not a private key: it does not begin with PRIVATE+KEY.")
        key = cls(*_read_key(text.removeprefix(_PRIVATE)))
        if key.verifier.id.hex() != text.split("+")[3]:
            raise BadKey("The key's id does not fit its name.")
        return key

    @property
    def verifier(self) -> VerifierKey:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def secret_text(self) -> str:
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{_text(bytes([self.kind]) + self.seed)}"

    def line(self, text: str, *, time: int = 0) -> str:
        """The signature line for a note's text. `time`, in whole seconds since 1970, is what a witness vouches for."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == WITNESS:
            signature = time.to_bytes(8, "big") + key.sign(_cosigned(text, time))
        else:
            signature = key.sign(text.encode())
        return f"{_DASH}{self.name} {_text(self.verifier.id + signature)}\n"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline. `signatures` are name, key id (4 bytes) and signature, in the note's order."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, raw: str) -> Note:
        """Raises `BadNote`."""
        if len(raw.encode()) > MAX_NOTE_BYTES:
            raise BadNote("The note is too long.")
        if any(character < " " and character != "\n" for character in raw):
            raise BadNote("The note holds control characters.")
        text, blank, block = raw.rpartition("\n\n")
        lines = block.split("\n")
        if not blank or lines.pop() != "" or not 0 < len(lines) <= MAX_SIGNATURES:
            raise BadNote("The note has no signatures below its text.")
        return cls(text + "\n", tuple(_read_line(line) for line in lines))

    def signed_by(self, key: VerifierKey) -> int | None:
        """The time that a witness's signature vouches for, 0 from a log; None when this key has not signed.

        Raises `BadNote` when the note claims the key's signature and it does not hold.
        """
        found = None
        for name, key_id, signature in self.signatures:
            if (name, key_id) == (key.name, key.id):
                found = _verified(key, self.text, signature)
        return found

    def __str__(self) -> str:
        lines = [f"{_DASH}{name} {_text(key_id + signature)}\n" for name, key_id, signature in self.signatures]
        return f"{self.text}\n{''.join(lines)}"


def note(text: str, *lines: str) -> str:
    """A signed note from its text and the lines of `SigningKey.line`."""
    return f"{text}\n{''.join(lines)}"


def read_base64(text: str) -> bytes:
    """Exactly as the standard writes it: one text for one value. Raises ValueError."""
    raw = b64decode(text, validate=True)
    if _text(raw) != text:
        raise ValueError("The text is not canonical base64.")
    return raw


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _verified(key: VerifierKey, text: str, signature: bytes) -> int:
    time, signed = 0, text.encode()
    if key.kind == WITNESS:
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        signed = _cosigned(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except InvalidSignature:
        raise BadNote(f"The signature of {key.name} does not hold.") from None
    return time


def _read_key(text: str) -> tuple[str, int, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _is_name(parts[0]):
        raise BadKey("A key is written name+id+key.")
    try:
        raw = read_base64(parts[2])
    except ValueError:
        raise BadKey("The key is not in base64.") from None
    if len(raw) != 33 or raw[0] not in _KINDS:
        raise BadKey("It is not an Ed25519 key of a log or a witness.")
    return parts[0], raw[0], raw[1:]


def _read_line(line: str) -> tuple[str, bytes, bytes]:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    try:
        raw = read_base64(value)
    except ValueError:
        raw = b""
    if not line.startswith(_DASH) or not _is_name(name) or len(raw) < 5:
        raise BadNote("A line below the note's text is no signature.")
    return name, raw[:4], raw[4:]


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)
