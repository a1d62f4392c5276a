"""Canonical JSON (RFC 8785) of what an entry may hold: texts, whole numbers, lists of texts, and objects of those.

For these the standard library writes the canonical form byte for byte, several times as fast as a general writer. What
it would write otherwise is refused: fractions, numbers beyond 2**53, and names that are not ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

LARGEST = 2**53 - 1

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class NotCanonical(ValueError):
    """A value that has no place in an entry."""


def canonical(said: Mapping[str, object]) -> bytes:
    """The bytes that the tree covers. Raises `NotCanonical`."""
    _insist(said)
    try:
        return _ENCODER.encode(said).encode()
    except UnicodeEncodeError:
        raise NotCanonical("A text holds half a character.") from None


def _insist(value: object) -> None:
    if isinstance(value, str) or value is None:
        return
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(f"{value} is beyond what JSON keeps exactly.")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if not name.isascii():
                raise NotCanonical("A name is not ASCII.")
            _insist(inner)
    elif isinstance(value, list):
        for inner in value:
            _insist(inner)
    else:
        raise NotCanonical(f"A {type(value).__name__} has no place in an entry.")
