"""What the camera page's script asks for: a challenge, and the taking of its answer. JSON out, codes and sentences."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse

from verification.capture import challenges
from verification.capture.judging import AnswerRefused
from verification.capture.models import CaptureSession
from verification.intake.clip_refusals import SENTENCES, ClipRefusal
from verification.intake.clips import ClipNotTaken, Upload, receive, refuse
from verification.intake.refused import NotNow
from verification.web.one_upload import TooLarge

from .answers import refusal
from .guard import with_session
from .uploads import FIELD, ClipUploadHandler

MAX_JSON = 10_000


@with_session("POST", json=True)
def challenge(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """Draws now. 409 with a code when the session does not go on or its attempts are used up."""
    drawn = challenges.draw(session, _device(request))
    return JsonResponse(asdict(drawn))


@with_session("POST", json=True)
def upload(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """202: the capture is sealed and will be checked. The same upload again is answered with the same."""
    request.upload_handlers = [ClipUploadHandler(request)]
    try:
        receive(session, _upload(request))
    except TooLarge:
        refuse(session, ClipRefusal.TOO_LARGE)
        return refusal(ClipRefusal.TOO_LARGE, SENTENCES[ClipRefusal.TOO_LARGE], 413)
    except (MultiPartParserError, UnreadablePostError, RequestDataTooBig, TooManyFieldsSent):
        return refusal("upload_unreadable", "The recording did not arrive whole; send it again.", 400)
    except AnswerRefused as refused:
        return refusal(refused.code.value, refused.sentence, 409)
    except ClipNotTaken as refused:
        return refusal(refused.code, refused.sentence, 422)
    except NotNow as busy:
        return _try_again(busy)
    return JsonResponse({"status_url": reverse("capture-status")}, status=202)


def _upload(request: HttpRequest) -> Upload:
    sent = request.FILES.get(FIELD)
    clip = sent.read() if sent is not None else b""
    return Upload(request.POST.get("nonce", ""), clip, request.POST.get("timings", ""))


def _device(request: HttpRequest) -> dict[str, Any]:
    """What the page says of its camera; whatever cannot be read says nothing."""
    try:
        said = json.loads(request.body) if len(request.body) <= MAX_JSON else {}
    except (ValueError, RecursionError, UnreadablePostError):
        return {}
    device = said.get("device") if isinstance(said, dict) else None
    return device if isinstance(device, dict) else {}


def _try_again(busy: NotNow) -> HttpResponse:
    response = refusal(busy.code, busy.sentence, 503)
    response.headers["Retry-After"] = "2"
    return response
