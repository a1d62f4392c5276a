"""Windows for reports about what a test has just done."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from verification.reports.window import Span, Window


def a_window(programme: UUID | None = None) -> Window:
    """Yesterday to tomorrow."""
    now = timezone.now()
    return Window(Span.CUSTOM, now - timedelta(days=1), now + timedelta(days=1), programme)
