"""The seniors' one screen: how the queue stands, and what else waits. Counts and times; no case can be found here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.incidents.models import Incident
from verification.reports import times
from verification.reports.window import Span, window
from verification.review import health as room
from verification.wider.models import WiderView

from . import live
from .permission import needs, signed_in


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something else that waits for people, and the name of its page."""

    name: str
    cases: int
    place: str


@needs(Permission.QUEUE_OVERSEE)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    today = window(Span.TODAY)
    context = {
        "versions": live.versions(signed_in(request), "health"),
        "now": room.oversight(),
        "waits": times.waits(today),
        "handling": times.handling(today),
        "elsewhere": _elsewhere(),
    }
    return render(request, "review/health.html", context)


def _elsewhere() -> list[Elsewhere]:
    asked = WiderView.objects.filter(state=WiderView.State.ASKED).count()
    worries = Incident.objects.filter(closed_at__isnull=True).count()
    return [
        Elsewhere("Wider views to answer", asked, "wider"),
        Elsewhere("Worries about a person", worries, "incidents"),
    ]
