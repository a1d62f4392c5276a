"""What the log says of wider views."""

from __future__ import annotations

import json
from typing import Any

from verification.audit.events import Event
from verification.audit.models import Entry


def facts_of(event: Event) -> list[dict[str, Any]]:
    """The facts of each entry of this event, oldest first."""
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(event=event).order_by("id")]


def last_refusal() -> str:
    """The code of the newest refusal."""
    return str(facts_of(Event.WIDER_REFUSED)[-1]["reason"])
