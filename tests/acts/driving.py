"""Performing each act of the site as somebody does who may: what it takes beforehand, and then the request itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.api.relying_party import RelyingParty, a_capturing_party
from tests.capture.answers import later
from tests.factories import a_case_in_review, ask_wider, make_ready
from tests.incidents.worries import a_worry
from tests.intake import pictures
from tests.web.capture.browser import Browser, ready
from tests.web.test_permissions import TABLE, World
from verification.access.roles import Role
from verification.incidents import holds
from verification.review import claims, own_enrolments, setting_aside
from verification.review.models import Vote
from verification.review.own_enrolments import noted_of

Performed = Callable[[], Any]


def prepared(world: World, key: str) -> Performed:
    """The request of one row, with everything that it needs in place."""
    if key in PREPARATIONS:
        return PREPARATIONS[key](world)
    method, name = key.split(" ")
    row = TABLE[name]
    if name.startswith("api:"):
        return partial(_by_key, world, method, name)
    if row.method == method.lower():
        return partial(world.open, name)
    return partial(world.client.generic, method, _address(world, name))


def _address(world: World, name: str) -> str:
    arg = TABLE[name].arg
    return reverse(name, args=[getattr(world, arg).pk] if arg else [])


def _by_key(world: World, method: str, name: str) -> Any:
    headers = {"Authorization": f"Bearer {world.presented}"}
    return world.client.generic(method, _address(world, name), headers=headers)


def _sent(name: str, /, **fields: Any) -> Callable[[World], Performed]:
    """A form filled in."""
    return lambda world: partial(world.client.post, _address(world, name), fields)


def _of_the_case(kind: str, world: World) -> Performed:
    """One's own case, asked about with the key of the programme that sent it."""
    party = RelyingParty(world.programme, world.key, world.presented)
    if kind == "case":
        sent = party.submit().json()["id"]
        return partial(party.get, reverse("api:case", args=[sent]))
    party = a_capturing_party()
    return partial(party.get, reverse("api:capture-session", args=[party.invite().json()["id"]]))


def _erase(world: World) -> Performed:
    party = RelyingParty(world.programme, world.key, world.presented)
    return partial(party.delete, reverse("api:case", args=[party.submit().json()["id"]]))


def _submit(world: World) -> Performed:
    return partial(RelyingParty(world.programme, world.key, world.presented).submit, "an-idempotency-key")


def _invite(_world: World) -> Performed:
    return partial(a_capturing_party().invite, "an-idempotency-key")


def _choose(_world: World) -> Performed:
    return Browser().choose


def _consent(_world: World) -> Performed:
    browser = Browser()
    browser.choose()
    return browser.consent


def _upload(_world: World) -> Performed:
    browser = ready()
    challenge = browser.draw().json()

    def send() -> Any:
        with time_machine.travel(later(seconds=8), tick=True):
            return browser.upload(challenge)

    return send


def _sign_in(world: World) -> Performed:
    assert world.user is not None
    fields = {"username": world.user.username, "password": world.user.shown_password}  # type: ignore[attr-defined]
    return partial(Client().post, reverse("login"), fields)


def _change_password(world: World) -> Performed:
    assert world.user is not None
    old, new = world.user.shown_password, "a long sentence of no meaning"  # type: ignore[attr-defined]
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return partial(world.client.post, reverse("password"), fields)


def _take(world: World) -> Performed:
    claims.release(world.claim.pk, world.claim.reviewer)
    a_case_in_review()
    return partial(world.client.post, reverse("review-take"))


def _fetch_back(world: World) -> Performed:
    setting_aside.hold(world.claim.pk, world.claim.reviewer, reason="need_a_break", minutes=10)
    return partial(world.client.post, reverse("review-fetch-back"))


def _vote_counts(world: World) -> Performed:
    Vote.objects.filter(claim=world.decided).update(takes_effect_at=timezone.now())
    return partial(world.client.post, _address(world, "case-vote"))


def _ready_view(name: str, world: World) -> Performed:
    make_ready(ask_wider(world.claim))
    if name != "wider-look":
        return partial(world.client.post, _address(world, name))
    ticket = world.client.post(_address(world, "case-wider-ticket")).json()["ticket"]
    return partial(world.client.post, reverse(name), {"ticket": ticket})


def _ask_for_a_hold(world: World) -> Performed:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    return partial(world.client.post, reverse("incident-hold", args=[worry.incident.pk]))


def _take_role(world: World) -> Performed:
    world.client.post(_address(world, "person-give"), {"role": Role.REVIEWER.value})
    return partial(world.client.post, _address(world, "person-take"), {"role": Role.REVIEWER.value})


def _remove_own_enrolment(world: World) -> Performed:
    assert world.user is not None
    own_enrolments.note(world.user, world.person, world.programme, "customer-1")
    (noted,) = noted_of(world.person)
    return partial(world.client.post, _address(world, "person-own-enrolment-remove"), {"noted": noted.pk})


def _trace(world: World) -> Performed:
    picture = SimpleUploadedFile("found.png", pictures.png())
    return partial(world.client.post, reverse("reports-trace"), {"picture": picture})


PREPARATIONS: dict[str, Callable[[World], Performed]] = {
    "POST capture-choose": _choose,
    "POST capture-consent": _consent,
    "POST capture-upload": _upload,
    "GET login": lambda _world: partial(Client().get, reverse("login")),
    "POST login": _sign_in,
    "POST password": _change_password,
    "POST account-email": _sent("account-email", email="somebody@bank.example", wants_email="on"),
    "POST review-take": _take,
    "POST review-fetch-back": _fetch_back,
    "POST case-hold": _sent("case-hold", reason="need_a_break", minutes="10"),
    "POST case-hand-over": _sent("case-hand-over", to="senior"),
    "POST case-vote": _vote_counts,
    "POST case-wider-withdraw": partial(_ready_view, "case-wider-withdraw"),
    "POST case-wider-ticket": partial(_ready_view, "case-wider-ticket"),
    "POST wider-look": partial(_ready_view, "wider-look"),
    "POST duty": _sent("duty", on="1"),
    "POST incident-hold": _ask_for_a_hold,
    "POST people": _sent("people", username="newcomer", display_name="A Newcomer"),
    "POST person-take": _take_role,
    "POST person-own-enrolment-remove": _remove_own_enrolment,
    "POST programmes": _sent("programmes", name="A new programme", purpose="Opening an account"),
    "POST programme-settings": _sent(
        "programme-settings", capture_region="face", challenge_seconds="8", other_way="Come by.", contact="Our staff."
    ),
    "POST programme-review": _sent("programme-review", reviewers="2", due_minutes="60"),
    "POST reports-trace": _trace,
    "POST assessments": _sent(
        "assessments",
        title="Enrolment by face",
        version="1",
        owner="Data protection office",
        approved_on="2026-01-05",
        review_due="2099-01-05",
        reference="File 17",
    ),
    "POST api:cases": _submit,
    "GET api:case": partial(_of_the_case, "case"),
    "DELETE api:case": _erase,
    "POST api:capture-sessions": _invite,
    "GET api:capture-session": partial(_of_the_case, "session"),
}
