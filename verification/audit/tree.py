"""The Merkle tree of RFC 6962 (RFC 9162, section 2.1): roots, inclusion and consistency proofs. Pure.

A tree is given as its size in leaves and a function `node(level, index)` that answers with the hash of the complete
subtree over the leaves `index * 2**level` up to, not including, `(index + 1) * 2**level`; level 0 is the leaves. Where
those hashes are kept is not known here. Every hash is a SHA-256, 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]

EMPTY = hashlib.sha256(b"").digest()


class NoSuchTree(ValueError):
    """A leaf beyond the size, or a size beyond a later one: there is nothing to prove."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """The head of the first `size` leaves; of none, the hash of the empty string."""
    return _head(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The path from the leaf's sibling up to a child of the root (section 2.1.3.1). Raises `NoSuchTree`."""
    if not 0 <= index < size:
        raise NoSuchTree(f"A tree of {size} leaves has no leaf {index}.")
    return _path(index, 0, size, node)


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """That the tree of `old` leaves is the beginning of the one of `size` (section 2.1.4.1). Raises `NoSuchTree`.

    Empty where there is nothing to prove: from no leaf on, and between equal sizes.
    """
    if not 0 <= old <= size:
        raise NoSuchTree(f"A tree of {size} leaves does not continue one of {old}.")
    return _subproof(old, 0, size, node, whole=True) if 0 < old < size else []


class Frontier:
    """The complete subtrees that a growing tree consists of: enough to add leaves and to know the head."""

    def __init__(self, size: int, node: Node) -> None:
        """Begin with the first `size` leaves of a tree."""
        self.size, begin = size, 0
        self._roots: list[bytes] = []
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                self._roots.append(node(level, begin >> level))
                begin += 1 << level

    def push(self, leaf: bytes) -> None:
        full = self.size
        while full & 1:
            leaf, full = node_hash(self._roots.pop(), leaf), full >> 1
        self._roots.append(leaf)
        self.size += 1

    def head(self) -> bytes:
        if not self._roots:
            return EMPTY
        *larger, head = self._roots
        for subtree in reversed(larger):
            head = node_hash(subtree, head)
        return head


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the path leads from the leaf's hash to the head (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == head


def continues(old: int, old_head: bytes, size: int, head: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the tree `size`, `head` begins with the tree `old`, `old_head` (section 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_head == head
    if old == 0:
        return not path and old_head == EMPTY
    # A tree that is itself a complete subtree is its own first step; the proof leaves it out.
    steps = list(path) if old & (old - 1) else [old_head, *path]
    return bool(steps) and _meet(old - 1, size - 1, steps) == (old_head, head)


def _meet(place: int, last: int, steps: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both heads as the steps say they are; None when there are too many steps or too few."""
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _head(begin: int, size: int, node: Node) -> bytes:
    """The head of `size` leaves from `begin` on; splitting keeps `begin` a multiple of every complete subtree."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, begin >> level)
    left = _split(size)
    return node_hash(_head(begin, left, node), _head(begin + left, size - left, node))


def _path(index: int, begin: int, size: int, node: Node) -> list[bytes]:
    if size == 1:
        return []
    left = _split(size)
    if index < left:
        return [*_path(index, begin, left, node), _head(begin + left, size - left, node)]
    return [*_path(index - left, begin + left, size - left, node), _head(begin, left, node)]


def _subproof(old: int, begin: int, size: int, node: Node, *, whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1; `whole` while the subtree's head is the old head, which the verifier has."""
    if old == size:
        return [] if whole else [_head(begin, size, node)]
    left = _split(size)
    if old <= left:
        return [*_subproof(old, begin, left, node, whole=whole), _head(begin + left, size - left, node)]
    return [*_subproof(old - left, begin + left, size - left, node, whole=False), _head(begin, left, node)]
