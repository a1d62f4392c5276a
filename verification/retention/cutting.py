"""Cutting an erased case from its entries in the log, so that nobody can tell any more which they were.

It comes last: an open worry and held frames are still handled and destroyed on the record, under the case's name. Where
nothing is kept, it is part of the erasure's own transaction.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from verification.audit import pseudonyms
from verification.audit.events import Event
from verification.cases.coarse import coarsen
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.incidents import keeping
from verification.incidents.locking import locked_case
from verification.incidents.models import Incident
from verification.vault import store


@transaction.atomic
def cut(case_id: UUID) -> bool:
    """Shred the key of the case's name, and the times by which its entries would be found again.

    False while something is kept; `cut_finished` comes back to it then.
    """
    case = locked_case(case_id)
    if case.status != CaseStatus.ERASED or _is_kept(case):
        pseudonyms.leave_later(case_id)
        return False
    holds = pseudonyms.entries_of(case_id).filter(event=Event.HOLD_ENDED.value)
    store.coarsen_times(case, kept_until=holds.aggregate(last=Max("at"))["last"])
    coarsen(case)
    return pseudonyms.shred(case_id)


def cut_finished(limit: int) -> int:
    """Cut the erased cases of which nothing is kept any more. Returns how many."""
    return sum(cut(case_id) for case_id in pseudonyms.leaving(limit))


def _is_kept(case: Case) -> bool:
    incidents = Incident.objects.filter(case=case).exists()
    return incidents or case.media_destroyed_at is None or keeping.active().filter(case=case).exists()
