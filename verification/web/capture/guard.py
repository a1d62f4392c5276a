"""What holds for every page of the person: no login, one cookie, no address passed on, and only their own requests.

Against forged requests: the cookie is SameSite=Strict, so another site's request does not carry it; and a POST must say
that it comes from this origin (`Sec-Fetch-Site`, or `Origin` from browsers that do not send the former). A token in
the form was the other choice. It would have had to be bound to the cookie, which the first POST does not have yet, and
it adds nothing: a page of this origin could read it, and to all others Strict and the browser's own word say no.
`Origin` alone would not do: these pages send no referrer, and then a form's `Origin` is `null`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from verification.capture.doors import COME_BACK_FOR, Closed, by_cookie
from verification.web.denials import held_by
from verification.web.middleware import sent_by_the_page

from . import answers

View = Callable[..., HttpResponseBase]
COOKIE = "capture"


def for_the_person(*methods: str, json: bool = False) -> Callable[[View], View]:
    """A page that anybody may open. With `json`, refusals are for the page's script."""

    def guard(view: View) -> View:
        @login_not_required
        @csrf_exempt
        @sent_by_the_page
        @require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not comes_from_here(request):
                return answers.private(answers.refused(request, "foreign_request", json=json))
            return answers.private(view(request, *args, **kwargs))

        return guarded

    return guard


def with_session(*methods: str, json: bool = False) -> Callable[[View], View]:
    """A page that only the browser that holds a session may open; the view is given the session.

    A view may raise `Closed`; the person then reads why.
    """

    def guard(view: View) -> View:
        @for_the_person(*methods, json=json)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            session = by_cookie(request.COOKIES.get(COOKIE, ""))
            if session is None:
                return answers.refused(request, "no_session", json=json)
            held_by(request, session)
            try:
                response = view(request, session, *args, **kwargs)
            except Closed as closed:
                response = answers.refused(request, closed.code, session, json=json)
            return answers.embeddable(response, session) if session.embedded else response

        return guarded

    return guard


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this very origin sent the request."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    origin = request.headers.get("Origin", "null")
    return origin in {"null", f"{request.scheme}://{request.get_host()}"}


def keep_cookie(response: HttpResponse, cookie: str) -> HttpResponse:
    """The only cookie that the person's pages set. No script can read it, and no other site can send it."""
    response.set_cookie(
        COOKIE, cookie, max_age=COME_BACK_FOR, secure=settings.HTTPS, httponly=True, samesite="Strict"
    )  # fmt: skip
    return response


def cookie_of(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def let_go(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, samesite="Strict")
    return response
