"""The administrator's screen of programmes: who sends captures and for what, and the keys they send them with."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from verification.access.roles import Permission
from verification.audit.events import Actor
from verification.cases import programmes as room
from verification.cases.models import ApiKey, Programme

from .permission import needs, signed_in


@needs(Permission.PROGRAMME_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def programmes(request: HttpRequest) -> HttpResponse:
    """The list; a POST creates a programme."""
    if request.method != "POST":
        return _page(request)
    try:
        made = room.create_programme(_actor(request), request.POST.get("name", ""), request.POST.get("purpose", ""))
    except room.InvalidProgramme as invalid:
        return _page(request, invalid.errors)
    messages.success(request, f"{made.name} is created. Issue a key, and it can send captures.")
    return redirect("programmes")


@needs(Permission.PROGRAMME_MANAGE)
@require_POST
def issue_key(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """A new key, shown on this answer and never again."""
    programme = get_object_or_404(Programme, pk=programme_id)
    try:
        key, presented = room.issue_key(_actor(request), programme, request.POST.get("label", ""))
    except room.InvalidProgramme as invalid:
        messages.error(request, f"No key was issued for {programme.name}. Its label: {invalid.errors['label']}")
        return _page(request, invalid.errors)
    context = {"programme": programme, "key": key, "presented": presented}
    return render(request, "programmes/key.html", context, status=201)


@needs(Permission.PROGRAMME_MANAGE)
@require_POST
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=key_id)
    if room.revoke_key(_actor(request), key):
        messages.success(request, f"The key “{key.label}” is revoked. It opens nothing from now on.")
    else:
        messages.info(request, f"The key “{key.label}” had been revoked before.")
    return redirect("programmes")


def _page(request: HttpRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    keys = Prefetch("keys", ApiKey.objects.order_by("revoked_at", "-created_at"))
    listed = Programme.objects.prefetch_related(keys)
    context = {"programmes": listed, "problems": problems or {}, "sent": request.POST}
    return render(request, "programmes/list.html", context, status=422 if problems else 200)


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(signed_in(request).pk)
