"""A case as a relying party sees it: what was found and what became of the pictures, never who looked or what at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from verification.cases.models import Case
from verification.checks.models import StoredResult
from verification.retention.schedule import held_until, media_due


def case_document(case: Case) -> dict[str, Any]:
    """Plain JSON values. The results of the checks and the holds should be prefetched."""
    return {
        "id": str(case.pk),
        "kind": case.kind,
        "captured_by": case.captured_by,
        "status": case.status,
        "outcome": case.outcome or None,
        "reasons": list(case.reasons),
        "checks": [_check(result) for result in case.results.all()],
        "received_at": time_of(case.received_at),
        "settled_at": time_of(case.settled_at),
        "closed_at": time_of(case.closed_at),
        "media": _media(case),
        "links": {"self": reverse("api:case", args=[case.pk])},
    }


def _check(result: StoredResult) -> dict[str, Any]:
    return {"name": result.name, "band": result.band, "score": result.score, "unit": result.unit}


def _media(case: Case) -> dict[str, Any]:
    """`until` is when sealed media is destroyed at the latest, when its legal hold ends, or when it was destroyed."""
    if case.media_destroyed_at is not None:
        return {"state": "destroyed", "until": time_of(case.media_destroyed_at)}
    kept = held_until(case)
    if kept is not None:
        return {"state": "held", "until": time_of(kept)}
    return {"state": "sealed", "until": time_of(media_due(case))}


def time_of(moment: datetime | None) -> str | None:
    """RFC 3339, UTC, to the second's thousandth."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
