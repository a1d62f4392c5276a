"""The administrator's screen of one programme's captures: what is filmed, the other way, whose capture is trusted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from verification.access.roles import Permission
from verification.audit.events import Actor
from verification.cases.models import Programme
from verification.cases.programme_settings import (
    SECONDS,
    CaptureSettings,
    change_settings,
    ready_for_captures,
)
from verification.cases.programmes import InvalidProgramme

from .permission import needs, signed_in


@needs(Permission.PROGRAMME_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=programme_id)
    if request.method != "POST":
        return _page(request, programme, CaptureSettings.of(programme))
    wanted = _as_sent(request)
    try:
        changed = change_settings(Actor.person(signed_in(request).pk), programme, wanted)
    except InvalidProgramme as invalid:
        return _page(request, programme, wanted, invalid.errors)
    if changed:
        messages.success(request, f"The settings of {programme.name} are changed. The change is in the audit log.")
    else:
        messages.info(request, "Nothing was different, so nothing was changed.")
    return redirect("programmes")


def _as_sent(request: HttpRequest) -> CaptureSettings:
    sent = request.POST
    seconds = sent.get("challenge_seconds", "")
    return CaptureSettings(
        capture_region=sent.get("capture_region", ""),
        asks_voice="asks_voice" in sent,
        # Anything that is no number is none of the allowed ones either.
        challenge_seconds=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 4 else 0,
        return_urls=_lines(sent.get("return_urls", "")),
        embed_origins=_lines(sent.get("embed_origins", "")),
        other_way=_text(sent.get("other_way", "")),
        contact=_text(sent.get("contact", "")),
        trusts_own_capture="trusts_own_capture" in sent,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _text(text: str) -> str:
    """Browsers send a line's end as two characters."""
    return text.replace("\r\n", "\n").strip()


def _page(
    request: HttpRequest, programme: Programme, shown: CaptureSettings, problems: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "programme": programme,
        "shown": shown,
        "regions": Programme.Region.choices,
        "shortest": SECONDS[0],
        "longest": SECONDS[-1],
        "ready": ready_for_captures(programme),
        "problems": problems or {},
    }
    return render(request, "programmes/settings.html", context, status=422 if problems else 200)
