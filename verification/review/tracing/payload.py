"""What the mark says: which entry of the log, bound to what that entry holds, under a seal.

A number alone would accuse wrongly after a restored backup, when the same number is given to another look. So the mark
carries a proof of the entry's whole content as well, which whoever traces compares with the log.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
"""Zeros and ones, most significant first."""

NUMBER_BITS, PROOF_BITS, SEAL_BITS = 34, 24, 34
LENGTH = NUMBER_BITS + PROOF_BITS + SEAL_BITS


@dataclass(frozen=True, slots=True)
class Payload:
    """`number` is the id of an audit entry, `proof` a keyed digest of that id and the entry's content."""

    number: int
    proof: int


def payload_of(number: int, content: str, key: bytes) -> Payload:
    """The payload for the entry `number` that holds `content`. Raises OverflowError beyond 17 thousand million."""
    if not 0 <= number < 1 << NUMBER_BITS:
        raise OverflowError(f"a mark has no room for the entry number {number}")
    said = number.to_bytes(8, "big") + content.encode()
    return Payload(number, _digest(key, b"proof", said, PROOF_BITS))


def sealed(payload: Payload, key: bytes) -> Bits:
    """The payload as `LENGTH` bits, its seal at the end."""
    said = payload.number << PROOF_BITS | payload.proof
    return _bits(said << SEAL_BITS | _seal(said, key))


def unsealed(bits: Bits, key: bytes) -> Payload | None:
    """The payload, or None where the seal does not hold."""
    whole = int("".join("1" if bit else "0" for bit in bits), 2)
    said, seal = whole >> SEAL_BITS, whole & ((1 << SEAL_BITS) - 1)
    if seal != _seal(said, key):
        return None
    return Payload(said >> PROOF_BITS, said & ((1 << PROOF_BITS) - 1))


def _seal(said: int, key: bytes) -> int:
    return _digest(key, b"seal", said.to_bytes(8, "big"), SEAL_BITS)


def _digest(key: bytes, use: bytes, content: bytes, bits: int) -> int:
    """The first `bits` (at most 64) of HMAC-SHA-256; the use holds no zero byte, so no two uses run together."""
    whole = hmac.new(key, use + b"\0" + content, sha256).digest()
    return int.from_bytes(whole[:8], "big") >> (64 - bits)


def _bits(whole: int) -> Bits:
    return np.array([int(digit) for digit in f"{whole:0{LENGTH}b}"], np.uint8)
