"""Signing in and out, and changing one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from verification.access import people
from verification.audit import attempts, log
from verification.audit.events import VISITOR, Actor, Event

from . import sessions
from .denials import on_record
from .permission import signed_in

_EMAIL = ("email", "wants_email")


class SignInForm(AuthenticationForm):
    """One sentence for every refusal, so that nobody can learn which user names exist."""

    error_messages = {
        "invalid_login": "That user name and password do not belong together. Both take notice of capital letters.",
        "inactive": "That user name and password do not belong together. Both take notice of capital letters.",
    }


class EmailForm(forms.Form):
    """Whether a person's notices are sent by e-mail besides, and where to."""

    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": "This is not an e-mail address.", "max_length": "This address is too long."},
    )
    wants_email = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("wants_email") and not given.get("email") and not self.errors:
            self.add_error("email", "Give the address that notices should go to.")
        return given


class SignIn(LoginView):
    """Django's own view: it rotates the session, and follows `next` only within the site."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    # Django's view takes a PUT for a POST.
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            log.record(Event.SESSION_STARTED, actor=Actor.person(form.get_user().pk))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        locked = getattr(self.request, "axes_locked_out", False)
        with transaction.atomic():
            reason = "locked_out" if locked else "wrong_credentials"
            attempts.refused(Event.SESSION_REFUSED, actor=VISITOR, reason=reason)
        on_record(self.request)
        response = super().form_invalid(form)
        response.status_code = 422
        return response


def locked_out(request: HttpRequest, *_arguments: Any) -> HttpResponse:
    """The answer to a user name that failed too often from one address, whether or not it exists."""
    wait = settings.AXES_COOLOFF_TIME
    context = {"until": timezone.now() + wait, "minutes": int(wait.total_seconds() // 60)}
    return render(request, "accounts/locked_out.html", context, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request, "signed_out")
    messages.success(request, "You are signed out.")
    return redirect("login")


@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password ends every other session of the person."""
    user = signed_in(request)
    form = PasswordChangeForm(user, request.POST or None)
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)
    with transaction.atomic():
        form.save()
        log.record(Event.PASSWORD_CHANGED, actor=Actor.person(user.pk))
    update_session_auth_hash(request, user)
    messages.success(request, "Your password is changed. Any other session of yours has ended.")
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Notices by e-mail: the address, and the wish."""
    user = signed_in(request)
    form = EmailForm(request.POST if request.method == "POST" else None, initial=forms.model_to_dict(user, _EMAIL))
    if not form.is_valid():
        context = {"form": form, "sends": bool(settings.EMAIL_FROM)}
        return render(request, "accounts/email.html", context, status=422 if form.is_bound else 200)
    people.change_email(user, form.cleaned_data["email"], wants_email=form.cleaned_data["wants_email"])
    messages.success(request, _kept(user.email, wants_email=user.wants_email))
    return redirect("account-email")


def _kept(address: str, *, wants_email: bool) -> str:
    if wants_email:
        return f"Notices will be sent to {address} besides."
    return "Notices stay in the console. The address is kept." if address else "Notices stay in the console."
