"""How many requests each key made in the current minute, counted in the database so that all web processes agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from .models import ApiKey

WINDOW = timedelta(minutes=1)

# One statement, so that two processes cannot both read the same count.
_COUNT = """
INSERT INTO cases_request_window (key_id, minute, requests) VALUES (%s, %s, 1)
ON CONFLICT (key_id, minute) DO UPDATE SET requests = cases_request_window.requests + 1
RETURNING requests
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """`requests` of one key in its current minute, this one included; the minute ends in `seconds_left` (0..60)."""

    requests: int
    seconds_left: float


def count_request(key_id: UUID) -> Counted:
    """Count one request of this key. The first one of a minute also notes that the key is in use."""
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key_id, minute])
        (requests,) = cursor.fetchone()
    if requests == 1:
        # Once a minute is enough for what people read about a key.
        ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).update(last_used_at=minute)
    return Counted(requests, (minute + WINDOW - now).total_seconds())
