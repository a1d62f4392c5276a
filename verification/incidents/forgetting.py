"""What stays of the incidents of an erased case, and until when.

A case that is not erased keeps its incidents as long as its record. Of an erased one this is kept, and no more, because
a person's life may depend on it (GDPR, articles 9 (2)(c) and 17 (1)(b)) or a legal claim (article 17 (3)(e)):

- an open incident, whole, until it is closed. Whoever is talking to the police needs what is written there, and an
  erasure may be the wish of somebody who has taken the person's phone;
- of a closed one whose pictures are still held: its kind, its times, its outcome, the outside reference, and the hold.
  What was written freely is gone;
- of a closed one without a hold: nothing. The log still tells that there was one.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from verification.audit import log
from verification.audit.events import SWEEPER, Event
from verification.cases.states import CaseStatus

from . import keeping
from .locking import locked_case
from .models import Incident, IncidentNote

_BATCH = 200


def let_go(case_id: UUID) -> None:
    """Under the caller's lock on the case, and after it was marked as erased; of any other case nothing goes."""
    closed = Incident.objects.filter(case_id=case_id, case__status=CaseStatus.ERASED.value, closed_at__isnull=False)
    if keeping.active().filter(case_id=case_id).exists():
        IncidentNote.objects.filter(incident__in=closed).delete()
        closed.update(sentence="")
    else:
        closed.delete()


def forget_finished() -> int:
    """Let go of what was kept for a hold alone, once that has ended. Returns of how many cases."""
    kept = keeping.active().filter(case=OuterRef("case"))
    erased = Incident.objects.filter(case__status=CaseStatus.ERASED.value, closed_at__isnull=False)
    due = set(erased.exclude(Exists(kept)).values_list("case_id", flat=True)[:_BATCH])
    return sum(_forget(case_id) for case_id in due)


@transaction.atomic
def _forget(case_id: UUID) -> int:
    locked_case(case_id)
    kept = Incident.objects.filter(case_id=case_id).count()
    let_go(case_id)
    gone = kept - Incident.objects.filter(case_id=case_id).count()
    if gone:
        log.record(Event.INCIDENT_FORGOTTEN, actor=SWEEPER, case_id=case_id, incidents=gone)
    return 1
