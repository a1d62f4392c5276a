"""/api/v1/capture-sessions: invite a person to capture themselves, and read how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from verification.capture.doors import token_of
from verification.capture.models import CaptureSession
from verification.cases.states import CaseStatus
from verification.intake.sessions import start

from . import documents
from .authentication import key_of
from .form import read_session_request
from .representation import time_of


class CaptureSessionsView(APIView):
    accepts_uploads = True
    parser_classes = [MultiPartParser]
    http_method_names = ["post"]

    @documents.INVITE
    def post(self, request: Request) -> Response:
        """201: send the person to `url`. 200: asked before, or the person took the other way less than 48 h ago."""
        key = key_of(request)
        started = start(key, request.headers.get("Idempotency-Key", ""), read_session_request(request))
        if started.session is None:
            return Response(_left_alone(started.other_way_until))
        document = session_document(started.session, request)
        headers = {"Location": document["links"]["self"]}
        return Response(document, status=200 if started.repeated else 201, headers=headers)


class CaptureSessionView(APIView):
    http_method_names = ["get", "head"]

    @documents.READ_SESSION
    def get(self, request: Request, session_id: UUID) -> Response:
        """One session of the programme. Another programme's looks like one that never was."""
        of_programme = CaptureSession.objects.filter(case__programme_id=key_of(request).programme_id)
        session = of_programme.select_related("case__programme").filter(pk=session_id).first()
        if session is None:
            raise NotFound
        return Response(session_document(session, request))


def session_document(session: CaptureSession, request: Request) -> dict[str, Any]:
    """Plain JSON values. The address is told only while it can still be opened."""
    path = reverse("capture-notice", args=[token_of(session.case.programme_id, session.pk)])
    waiting = state_of(session) == "waiting"
    return {
        "id": str(session.pk),
        "case": str(session.case_id),
        "status": state_of(session),
        "url": request.build_absolute_uri(path) if waiting else None,
        "expires_at": time_of(session.expires_at),
        "attempts": session.attempts,
        "refusal": session.refusal or None,
        "other_way": session.end == CaptureSession.End.OTHER_WAY,
        "other_way_until": None,
        "links": {
            "self": reverse("api:capture-session", args=[session.pk]),
            "case": reverse("api:case", args=[session.case_id]),
        },
    }


def state_of(session: CaptureSession) -> str:
    """`waiting`, `opened`, or how it ended."""
    if session.case.status == CaseStatus.ERASED:
        return "erased"
    return session.end or ("opened" if session.browser_digest is not None else "waiting")


def _left_alone(until: str | None) -> dict[str, Any]:
    """No session was made: the subject is not asked for their face again yet."""
    nothing: dict[str, Any] = dict.fromkeys(("id", "case", "url", "expires_at", "refusal", "links"))
    return nothing | {"status": "other_way", "attempts": 0, "other_way": True, "other_way_until": until}
