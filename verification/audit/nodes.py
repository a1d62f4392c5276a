"""The tree's hashes as the database keeps them: every leaf, and above them the complete subtrees of each eighth level.

A subtree in between is computed from at most 128 stored hashes below it, so that a proof over a million entries reads
a few thousand hashes and a new entry costs one row, and a 256th of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from . import tree
from .models import Leaf, Node

# One stored level lies 8 levels of the tree above the one below it.
WIDTH_BITS = 8
WIDTH = 1 << WIDTH_BITS

_READ = {
    True: "SELECT hash FROM audit_leaf WHERE index >= %(first)s AND index < %(end)s ORDER BY index",
    False: "SELECT hash FROM audit_node WHERE level = %(level)s AND index >= %(first)s AND index < %(end)s "
    "ORDER BY index",
}


class Damaged(RuntimeError):
    """The stored hashes have a gap or do not fit each other: somebody, or a failing disk, wrote into the log."""


def node(level: int, index: int) -> bytes:
    """The hash of the complete subtree `index` at `level`, for the functions of `tree`. Raises `Damaged`."""
    stored, between = divmod(level, WIDTH_BITS)
    return _joined(_stored(stored, index << between, 1 << between))


def leaves(first: int, end: int) -> bytes:
    """The hashes of the leaves from `first` up to, not including, `end`, one after the other. Raises `Damaged`."""
    return b"".join(_stored(0, first, end - first))


def size() -> int:
    """How many entries have their place. Indexes have no gaps, so the last one says it without counting."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def head(size: int) -> bytes:
    """The root of the first `size` entries. Raises `Damaged`."""
    return tree.root(size, node)


def complete(size: int) -> None:
    """Store the subtrees that the first `size` leaves have completed since the last call."""
    level = 1
    while size >> (WIDTH_BITS * level):
        last = Node.objects.filter(level=level).order_by("-index").values_list("index", flat=True).first()
        missing = range(0 if last is None else last + 1, size >> (WIDTH_BITS * level))
        Node.objects.bulk_create([_made(level, index) for index in missing], batch_size=1_000)
        level += 1


def _made(level: int, index: int) -> Node:
    return Node(level=level, index=index, hash=_joined(_stored(level - 1, index << WIDTH_BITS, WIDTH)))


def _stored(level: int, first: int, count: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_READ[level == 0], {"level": level, "first": first, "end": first + count})
        hashes = [bytes(hash_) for (hash_,) in cursor.fetchall()]
    if len(hashes) != count:
        raise Damaged(f"Of the hashes {first} to {first + count - 1} at level {level}, {len(hashes)} are there.")
    return hashes


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [tree.node_hash(left, right) for left, right in pairs]
    return hashes[0]
