"""Going through a programme's cases, newest first. A cursor is a place in that order, so pages never shift.

An erased case stands at the beginning of its day, as nothing finer is kept of it: one that is erased while somebody
goes through the list may come to them again.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from verification.cases.models import Case

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct(">q16s")


class InvalidCursor(ValueError):
    """This text was not made by `Cursor.text`."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The case after which the next page begins. It opens nothing: every page is limited to its programme anyway."""

    received_at: datetime
    id: UUID

    def text(self) -> str:
        """32 characters of base64url: microseconds since 1970 and the id."""
        microseconds = (self.received_at - _EPOCH) // timedelta(microseconds=1)
        return urlsafe_b64encode(_LAYOUT.pack(microseconds, self.id.bytes)).decode()

    @classmethod
    def of_text(cls, text: str) -> Cursor:
        """Raises `InvalidCursor`."""
        try:
            microseconds, raw = _LAYOUT.unpack(urlsafe_b64decode(text.encode("ascii")))
            cursor = cls(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw))
        except (ValueError, OverflowError, struct.error):
            raise InvalidCursor from None
        if cursor.text() != text:
            raise InvalidCursor
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE_SIZE` cases, and the cursor of the page after them, if there is one."""

    cases: list[Case]
    next: Cursor | None


def page_of(cases: QuerySet[Case], after: Cursor | None) -> Page:
    """One page of `cases` (newest first) behind `after`."""
    if after is not None:
        # The first condition is implied by the second, but it is the one that the index can be entered by.
        cases = cases.filter(received_at__lte=after.received_at)
        cases = cases.filter(Q(received_at__lt=after.received_at) | Q(id__lt=after.id))
    found = list(cases.order_by("-received_at", "-id")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return Page(shown, Cursor(shown[-1].received_at, shown[-1].pk) if more else None)
