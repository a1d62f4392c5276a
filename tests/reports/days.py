"""Windows for reports about what a test has just done."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from verification.audit.checkpoint import Checkpoint
from verification.audit.models import Leaf, SignedCheckpoint
from verification.reports import tallies
from verification.reports.window import Span, Window


def a_window(programme: UUID | None = None) -> Window:
    """Yesterday to tomorrow, with what has happened so far counted for the reports."""
    count_everything()
    now = timezone.now()
    return Window(Span.CUSTOM, now - timedelta(days=1), now + timedelta(days=1), programme)


def count_everything() -> int:
    """Give every entry its place and a checkpoint, as the sweeper would, and count them for the reports.

    The places are given by hand: inside a test's own transaction no entry is settled.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACE)
    size = Leaf.objects.count()
    SignedCheckpoint.objects.create(origin="test.example/log", size=size, note=_note(size))
    return tallies.count_published()


_PLACE = """
INSERT INTO audit_leaf (index, entry_id, hash)
SELECT (SELECT count(*) FROM audit_leaf) - 1 + row_number() OVER (ORDER BY id), id, sha256(convert_to(body, 'UTF8'))
FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_leaf)
"""


def _note(size: int) -> str:
    return f"{Checkpoint('test.example/log', size, bytes(32)).text}\n— test.example/log AAAAAAAA\n"
