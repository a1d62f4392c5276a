"""The administrator's screen of people: who works here, with which roles, given by whom; and the changing of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from verification.access import assignment, directory
from verification.access import people as staff
from verification.access.assignment import Refused, facts_about
from verification.access.models import User
from verification.access.roles import Permission, Role
from verification.cases.models import Programme
from verification.review import own_enrolments

from .denials import because
from .permission import needs, signed_in

_LONGEST_NAME = 64
_LONGEST_DISPLAY_NAME = 80


@needs(Permission.PERSON_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The table; a POST adds a person and shows their password, once."""
    if request.method == "POST":
        return _add(request)
    return _table(request)


@needs(Permission.PERSON_MANAGE)
@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    return _person(request, _find(person_id))


@needs(Permission.ROLE_GRANT)
@require_POST
def give(request: HttpRequest, person_id: UUID) -> HttpResponse:
    role = _role(request)
    done = f"{role.label} given. It holds from the next click on."
    return _change(request, person_id, lambda giver, receiver: assignment.give_role(giver, receiver, role), done)


@needs(Permission.ROLE_GRANT)
@require_POST
def take(request: HttpRequest, person_id: UUID) -> HttpResponse:
    role = _role(request)
    done = f"{role.label} taken. Anything it had open is closed within a second."
    return _change(request, person_id, lambda taker, holder: assignment.take_role(taker, holder, role), done)


@needs(Permission.PERSON_MANAGE)
@require_POST
def deactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    return _change(request, person_id, staff.deactivate, "Access has ended. Roles and history stay on record.")


@needs(Permission.PERSON_MANAGE)
@require_POST
def reactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    return _change(request, person_id, staff.reactivate, "Access is restored, with the roles held before.")


@needs(Permission.PERSON_MANAGE)
@require_POST
def reset_password(request: HttpRequest, person_id: UUID) -> HttpResponse:
    listed = _find(person_id)
    try:
        password = staff.reset_password(signed_in(request), listed.user)
    except Refused as refused:
        because(request, refused.ruling.reason)
        messages.error(request, refused.ruling.sentence)
        return redirect("person", person_id)
    return render(request, "people/password.html", {"listed": listed, "password": password, "added": False})


@needs(Permission.PERSON_MANAGE)
@require_POST
def note_own_enrolment(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The reference is used for its pseudonym alone, and shown to nobody again."""
    listed = _find(person_id)
    programme = get_object_or_404(Programme, pk=_id(request.POST.get("programme", "")))
    reference = request.POST.get("reference", "")
    try:
        new = own_enrolments.note(signed_in(request), listed.user, programme, reference)
    except own_enrolments.InvalidReference as invalid:
        messages.error(request, f"Nothing was noted. {invalid}")
    else:
        done = f"Noted. Their cases at {programme.name} never come to them." if new else "That was noted already."
        messages.success(request, done)
    return redirect("person", person_id)


@needs(Permission.PERSON_MANAGE)
@require_POST
def remove_own_enrolment(request: HttpRequest, person_id: UUID) -> HttpResponse:
    listed = _find(person_id)
    noted = request.POST.get("noted", "")
    number = int(noted) if noted.isascii() and noted.isdigit() and len(noted) < 16 else 0
    if own_enrolments.remove(signed_in(request), listed.user, number):
        messages.success(request, "Removed. Cases of that subject may come to them again.")
    else:
        messages.info(request, "That was removed before.")
    return redirect("person", person_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _add(request: HttpRequest) -> HttpResponse:
    username, name = (request.POST.get(field, "").strip() for field in ("username", "display_name"))
    problems = _problems(username, name)
    if problems:
        return _table(request, problems)
    try:
        user, password = staff.add_person(signed_in(request), username, name)
    except staff.UsernameTaken:
        return _table(request, {"username": "Somebody has that user name already."})
    listed = directory.Listed(user, ())
    return render(request, "people/password.html", {"listed": listed, "password": password, "added": True}, status=201)


def _problems(username: str, name: str) -> dict[str, str]:
    """Names are read by people who decide about access, so characters that cannot be seen are refused."""
    problems = {}
    if not username or len(username) > _LONGEST_NAME or not username.isprintable() or " " in username:
        problems["username"] = f"Give a user name of up to {_LONGEST_NAME} visible characters, without spaces."
    if not name or len(name) > _LONGEST_DISPLAY_NAME or not name.isprintable():
        problems["display_name"] = f"Give a name of up to {_LONGEST_DISPLAY_NAME} visible characters."
    return problems


def _table(request: HttpRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    context = {"everybody": directory.everybody(), "problems": problems or {}, "sent": request.POST}
    return render(request, "people/list.html", context, status=422 if problems else 200)


def _person(request: HttpRequest, listed: directory.Listed) -> HttpResponse:
    asker = signed_in(request)
    context = {
        "listed": listed,
        "own": listed.user.pk == asker.pk,
        "choices": directory.choices(facts_about(asker), listed),
        "history": directory.history(listed.user),
        "own_enrolments": own_enrolments.noted_of(listed.user),
        "programmes": Programme.objects.all(),
    }
    return render(request, "people/person.html", context)


def _change(request: HttpRequest, person_id: UUID, change: Callable[[User, User], object], done: str) -> HttpResponse:
    """Make one change to a person and go back to their page, with what was done or why it was not."""
    listed = _find(person_id)
    try:
        change(signed_in(request), listed.user)
    except Refused as refused:
        because(request, refused.ruling.reason)
        messages.error(request, refused.ruling.sentence)
    else:
        messages.success(request, done)
    return redirect("person", person_id)


def _find(person_id: UUID) -> directory.Listed:
    listed = directory.find(person_id)
    if listed is None:
        raise Http404
    return listed


def _role(request: HttpRequest) -> Role:
    try:
        return Role(request.POST.get("role", ""))
    except ValueError:
        raise Http404 from None
