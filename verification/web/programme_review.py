"""The administrator's screen of how one programme's cases are reviewed: by how many, how soon, and how widely."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from verification.access.roles import Permission
from verification.audit.events import Actor
from verification.cases.models import Programme
from verification.cases.programmes import InvalidProgramme
from verification.cases.review_settings import DUE_MINUTES, ReviewSettings, change_review

from .permission import needs, signed_in


@needs(Permission.PROGRAMME_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=programme_id)
    if request.method != "POST":
        return _page(request, programme, ReviewSettings.of(programme))
    wanted = _as_sent(request)
    try:
        changed = change_review(Actor.person(signed_in(request).pk), programme, wanted)
    except InvalidProgramme as invalid:
        return _page(request, programme, wanted, invalid.errors)
    if changed:
        messages.success(request, f"How {programme.name} is reviewed is changed. The change is in the audit log.")
    else:
        messages.info(request, "Nothing was different, so nothing was changed.")
    return redirect("programmes")


def _as_sent(request: HttpRequest) -> ReviewSettings:
    sent = request.POST
    return ReviewSettings(
        reviewers=_number(sent.get("reviewers", "")),
        due_minutes=_number(sent.get("due_minutes", "")),
        wider_neck="wider_neck" in sent,
        wider_frame="wider_frame" in sent,
    )


def _number(text: str) -> int:
    """Anything that is no number is none of the allowed ones either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _page(
    request: HttpRequest, programme: Programme, shown: ReviewSettings, problems: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "programme": programme,
        "shown": shown,
        "shortest": DUE_MINUTES[0],
        "longest": DUE_MINUTES[-1],
        "problems": problems or {},
    }
    return render(request, "programmes/review.html", context, status=422 if problems else 200)
