"""How the person's pages are answered: in their language, from their templates, with nothing of the staff's console."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string

from verification.capture.models import CaptureSession
from verification.web import denials

from .texts import texts

# Why a session does not go on, as the page that says so knows it, and the status of the answer.
_ENDS: dict[str, tuple[str, int]] = {
    "unknown": ("", 404),
    "no_session": ("", 403),
    "foreign_request": ("", 403),
    "unknown_choice": ("", 400),
    "opened_elsewhere": ("taken", 409),
    "no_consent": ("", 409),
    "no_attempts_left": ("used", 409),
    "captured": ("", 409),
    "other_way": ("", 409),
    "expired": ("expired", 410),
    "withdrawn": ("withdrawn", 410),
    "erased": ("erased", 410),
    "ended": ("", 410),
}
# Without a camera policy of its own a page gets the site's: none.
CAMERA_PERMISSIONS = "camera=(self), microphone=(self)"
CAMERA_POLICY = {
    # WebAssembly for the framing; no script from anywhere else, and no eval.
    "script-src": ["'wasm-unsafe-eval'"],
    "media-src": [SELF, "blob:"],
}


def page(
    request: HttpRequest, name: str, session: CaptureSession | None, *, status: int = 200, **facts: Any
) -> HttpResponse:
    """One of the templates under `capture/`. Rendered without the request, so that no staff context can get in."""
    locale = session.locale if session else getattr(request, "LANGUAGE_CODE", "en")
    context = {
        "t": texts(locale),
        "locale": locale,
        "session": session,
        "programme": session.case.programme if session else None,
        "embed_origins": session.case.programme.embed_origins if session and session.embedded else [],
    }
    content = render_to_string(f"capture/{name}.html", context | facts)
    return HttpResponse(content, status=status, headers={"Content-Language": locale})


def refused(
    request: HttpRequest, code: str, session: CaptureSession | None = None, *, json: bool = False
) -> HttpResponse:
    """The page that says how it ended, or the same for a script."""
    end, status = _ENDS.get(code, ("", 409))
    denials.because(request, code)
    denials.about(request, session)
    if json:
        return refusal(code, sentence_of(session, end), status)
    return page(request, "ended", session, status=status, end=end, code=code)


def refusal(code: str, sentence: str, status: int) -> HttpResponse:
    """For a script: a stable code, and a sentence for the person."""
    return JsonResponse({"code": code, "sentence": sentence}, status=status)


def sentence_of(session: CaptureSession | None, end: str) -> str:
    words = texts(session.locale if session else "en")
    return str(words[f"ended_{end or 'other'}"])


def private(response: HttpResponseBase) -> HttpResponseBase:
    """The address holds a secret, so it is passed on to nobody."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def embeddable(response: HttpResponseBase, session: CaptureSession) -> HttpResponseBase:
    """Let the programme's own sites, and no others, show this page in a frame."""
    origins = session.case.programme.embed_origins
    if not origins:
        return response
    # The older header knows no list; every browser that films a person here obeys the newer one.
    response.xframe_options_exempt = True  # type: ignore[attr-defined]  # how Django's middleware is told
    replaced = getattr(response, "_csp_replace", {}) | {"frame-ancestors": list(origins)}
    response._csp_replace = replaced  # type: ignore[attr-defined]  # how django-csp's decorators speak to its middleware
    return response


def with_camera(response: HttpResponse) -> HttpResponse:
    """The one page that may open the camera."""
    response.headers["Permissions-Policy"] = CAMERA_PERMISSIONS
    response._csp_update = CAMERA_POLICY  # type: ignore[attr-defined]  # as above
    return response
