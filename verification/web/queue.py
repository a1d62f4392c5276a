"""A reviewer's first screen: take the next case. There is no list to browse and nothing to pick from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from verification.access.assignment import Refused, facts_about
from verification.access.roles import Permission
from verification.review import own_work, queue, setting_aside

from . import live, sessions
from .denials import because
from .middleware import sent_by_the_page
from .permission import needs, signed_in


@needs(Permission.CASE_REVIEW)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    reviewer = signed_in(request)
    context = {
        "versions": live.versions(reviewer, "queue"),
        "health": queue.health(),
        "care_waiting": queue.care_waiting(),
        "sees_health": Permission.QUEUE_HEALTH in facts_about(reviewer).permissions,
        "work": own_work.own_work(reviewer, _since(request)),
        "held": setting_aside.held_by(reviewer),
        **session_bar(request),
        "page_keys": [("N", "Take the next case, or go back to yours")],
    }
    return render(request, "review/queue.html", context)


def session_bar(request: HttpRequest) -> dict[str, object]:
    """What `review/parts/session_bar.html` shows, for every page that includes it."""
    return {"pace": own_work.session(signed_in(request), _since(request))}


def _since(request: HttpRequest) -> datetime:
    return datetime.fromtimestamp(sessions.began(request.session), UTC)


@needs(Permission.CASE_REVIEW)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    try:
        claim = queue.take_next(signed_in(request))
    except Refused as refused:
        because(request, refused.ruling.reason)
        messages.error(request, refused.ruling.sentence)
        return redirect("review")
    if claim is None:
        messages.info(
            request, "Nothing is waiting just now. A case appears here as soon as the machine is unsure of one."
        )
        return redirect("review")
    return redirect("case", claim.pk)


@sent_by_the_page
@needs(Permission.CASE_REVIEW)
@require_safe
def upcoming(request: HttpRequest) -> HttpResponse:
    """What would come next, for a page that gets ready for it: never an id, never a pixel, and nothing is taken."""
    ahead = queue.look_ahead(signed_in(request))
    return JsonResponse({"waiting": queue.count_waiting(), "next": asdict(ahead) if ahead else None})
