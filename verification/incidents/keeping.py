"""What is kept now. Destruction asks here, under a lock; nothing else than a hold can answer that something is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from verification.cases.models import Case

from .locking import locked_case
from .models import LegalHold

ACTIVE = (LegalHold.State.ASKED, LegalHold.State.IN_FORCE)


def active() -> QuerySet[LegalHold]:
    """Every hold that keeps something now. A hold keeps until its end is on the record, however late the sweeper is."""
    return LegalHold.objects.filter(state__in=ACTIVE)


def held(case_id: UUID) -> LegalHold | None:
    """The hold that keeps the case's frames longest; None when they may be destroyed.

    Locks the case's row until the end of the caller's transaction, so that a hold and a destruction at the same moment
    come one after the other.
    """
    locked_case(case_id)
    return active().filter(case_id=case_id).order_by("-until").first()


def kept_until(case: Case) -> datetime | None:
    """When the last of the case's holds ends, as it stands now; None without one. Uses prefetched `holds`."""
    return max((hold.until for hold in case.holds.all() if hold.state in ACTIVE), default=None)
