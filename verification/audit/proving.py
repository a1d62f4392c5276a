"""Proofs from the log as it stands: that an entry is in it, and that one checkpoint continues another."""

from __future__ import annotations

from . import nodes, tree
from .checkpoint import Checkpoint
from .models import Entry, Leaf, SignedCheckpoint
from .proof_file import Proof


class NotProvable(ValueError):
    """There is no such proof, or not yet; the message is a sentence."""


def proof_of(entry_id: int) -> Proof:
    """A proof of the entry under the newest checkpoint, a countersigned one where there is one that covers it.

    Raises `NotProvable`, and `Damaged` where what is stored does not prove what was signed.
    """
    leaf = Leaf.objects.filter(entry_id=entry_id).first()
    if leaf is None:
        raise NotProvable("This entry does not stand in the log, or has no place yet; that takes a second or two.")
    note = _covering(leaf.index)
    said = Checkpoint.in_note(note)
    body = Entry.objects.values_list("body", flat=True).get(pk=entry_id).encode()
    path = tree.inclusion(leaf.index, said.size, nodes.node)
    if not tree.includes(tree.leaf_hash(body), leaf.index, said.size, path, said.head):
        raise nodes.Damaged("What is stored does not lead to what was signed. Verify the log.")
    return Proof(leaf.index, tuple(path), note, body)


def _covering(index: int) -> str:
    covering = SignedCheckpoint.objects.filter(size__gt=index)
    found = covering.filter(witnessed_at__isnull=False).last() or covering.last()
    if found is None:
        raise NotProvable("No checkpoint covers this entry yet; the next one comes within a minute.")
    return found.note
