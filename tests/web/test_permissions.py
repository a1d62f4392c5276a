"""One table over every address × every role × signed out. An address without a row fails the first test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.factories import (
    a_case_in_review,
    a_consenting_session,
    a_person,
    a_programme,
    a_programme_with_wider_views,
    an_asked_view,
    ask_wider,
    make_ready,
)
from tests.incidents.worries import a_worry
from tests.reports.months import a_monthly_file
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Programme
from verification.cases.programmes import issue_key
from verification.notices import board
from verification.notices.models import Notice
from verification.review import queue
from verification.review.decisions import decide
from verification.review.models import Claim

from .addresses import all_names

pytestmark = pytest.mark.django_db

NO_ROLE = "no role"
NOBODY = "signed out"
WHO: tuple[str, ...] = (*Role, NO_ROLE, NOBODY)

REVIEWERS = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})
RISK = frozenset({Role.RISK_OFFICER})
SENIORS = frozenset({Role.SENIOR_REVIEWER})
APPROVERS = RISK | {Role.SENIOR_REVIEWER}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
STAFF = frozenset({*Role, NO_ROLE})
EVERYBODY = frozenset(WHO)
KEYS_ONLY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """Who may open an address, how it is asked, and which id stands in it."""

    who: frozenset[str]
    method: str = "get"
    arg: str = ""
    opened: str = "open"


TABLE: dict[str, Row] = {
    "capture-notice": Row(EVERYBODY, arg="token"),
    "capture-choose": Row(EVERYBODY, "post", "token"),
    "capture-consent": Row(EVERYBODY),
    "capture-camera": Row(EVERYBODY),
    "capture-challenge": Row(EVERYBODY, "post"),
    # Opens to everybody who holds a session, and then asks for a recording.
    "capture-upload": Row(EVERYBODY, "post", opened="error 409"),
    "capture-choose-other-way": Row(EVERYBODY, "post"),
    "capture-other-way": Row(EVERYBODY),
    "capture-status": Row(EVERYBODY),
    "capture-status-json": Row(EVERYBODY),
    "capture-mine": Row(EVERYBODY),
    "capture-withdraw": Row(EVERYBODY, "post"),
    "capture-erase": Row(EVERYBODY, "post"),
    "home": Row(STAFF),
    "login": Row(EVERYBODY),
    "logout": Row(STAFF, "post"),
    "password": Row(STAFF),
    "account-email": Row(STAFF),
    "live": Row(STAFF, "post"),
    "notices": Row(STAFF),
    "notices-read": Row(STAFF, "post"),
    "notice-open": Row(STAFF, "post", "notice"),
    "review": Row(REVIEWERS),
    "review-take": Row(REVIEWERS, "post"),
    "queue-health": Row(frozenset({Role.SENIOR_REVIEWER})),
    "review-next": Row(REVIEWERS),
    "review-fetch-back": Row(REVIEWERS, "post"),
    "review-mine": Row(REVIEWERS),
    "review-look": Row(REVIEWERS, "post"),
    "review-viewing": Row(REVIEWERS, "post"),
    "case": Row(REVIEWERS, arg="claim"),
    "case-tickets": Row(REVIEWERS, "post", "claim"),
    "case-pulse": Row(REVIEWERS, "post", "claim"),
    "case-extend": Row(REVIEWERS, "post", "claim"),
    "case-release": Row(REVIEWERS, "post", "claim"),
    "case-hold": Row(REVIEWERS, "post", "claim"),
    "case-hand-over": Row(REVIEWERS, "post", "claim"),
    "case-skip": Row(REVIEWERS, "post", "claim"),
    "case-decide": Row(REVIEWERS, "post", "claim"),
    "case-undo": Row(REVIEWERS, "post", "decided"),
    "case-vote": Row(REVIEWERS, "post", "decided"),
    "case-findings": Row(REVIEWERS, arg="decided"),
    "case-wider-ask": Row(REVIEWERS, "post", "claim"),
    "case-wider-withdraw": Row(REVIEWERS, "post", "claim"),
    "case-wider-ticket": Row(REVIEWERS, "post", "claim"),
    "wider-look": Row(REVIEWERS, "post"),
    "wider": Row(APPROVERS),
    "wider-answer": Row(APPROVERS, "post", "view"),
    "case-worry": Row(REVIEWERS, "post", "claim"),
    "incidents": Row(SENIORS),
    "duty": Row(SENIORS, "post"),
    "incident": Row(SENIORS, arg="incident"),
    "incident-take": Row(SENIORS, "post", "incident"),
    "incident-note": Row(SENIORS, "post", "incident"),
    "incident-hold": Row(SENIORS, "post", "incident"),
    "incident-close": Row(SENIORS, "post", "incident"),
    "holds": Row(APPROVERS),
    "hold-answer": Row(APPROVERS, "post", "hold"),
    "hold-release": Row(SENIORS, "post", "hold"),
    "people": Row(ADMINISTRATORS),
    "person": Row(ADMINISTRATORS, arg="person"),
    "person-give": Row(ADMINISTRATORS, "post", "person"),
    "person-take": Row(ADMINISTRATORS, "post", "person"),
    "person-deactivate": Row(ADMINISTRATORS, "post", "person"),
    "person-reactivate": Row(ADMINISTRATORS, "post", "person"),
    "person-own-enrolment": Row(ADMINISTRATORS, "post", "person"),
    "person-own-enrolment-remove": Row(ADMINISTRATORS, "post", "person"),
    "person-password": Row(ADMINISTRATORS, "post", "person"),
    "programmes": Row(ADMINISTRATORS),
    "programme-settings": Row(ADMINISTRATORS, arg="programme"),
    "programme-review": Row(ADMINISTRATORS, arg="programme"),
    "programme-key": Row(ADMINISTRATORS, "post", "programme"),
    "programme-key-revoke": Row(ADMINISTRATORS, "post", "key"),
    "reports": Row(RISK),
    "reports-log": Row(RISK),
    "reports-log-acts": Row(RISK),
    "reports-log-csv": Row(RISK),
    "reports-log-verify": Row(RISK, "post"),
    "reports-log-proof": Row(RISK, arg="entry"),
    "assessments": Row(RISK),
    "report-what-if": Row(RISK),
    "report-what-if-csv": Row(RISK),
    "reports-monthly": Row(RISK),
    "reports-monthly-file": Row(RISK, arg="monthly_file"),
    "report": Row(RISK, arg="report"),
    "report-csv": Row(RISK, arg="report"),
    "report-pdf": Row(RISK, arg="report"),
    "reports-trace": Row(RISK),
    "api:cases": Row(KEYS_ONLY),
    "api:case": Row(KEYS_ONLY, arg="case"),
    "api:capture-sessions": Row(KEYS_ONLY, "post"),
    "api:capture-session": Row(KEYS_ONLY, arg="session"),
    "api:schema": Row(EVERYBODY),
    "api:nowhere": Row(KEYS_ONLY),
}

ROLE_FIELD = {"role": Role.REVIEWER.value, "label": "A label", "choice": "camera"}
ASKING = {"tier": "1", "reason": "welfare", "sentence": "The mark below the chin may be a bruise."}
# Opens only to what was asked, agreed to and drawn before.
NEEDS_A_READY_VIEW = frozenset({"case-wider-withdraw", "case-wider-ticket", "wider-look"})
DECISION = {"same_person": "same", "alive": "live", "confidence": "4", "reasons": ["features_agree"]}


@dataclass(frozen=True)
class Token:
    """What stands in an address and is no row: the secret of a capture page, the key of a report."""

    pk: str


class World:
    """Something real behind every id. Claims belong to `user` where they review, else to somebody who does."""

    def __init__(self, who: str) -> None:
        self.client = Client()
        self.user = None if who == NOBODY else a_person(*([Role(who)] if who in set(Role) else []))
        if self.user:
            self.client.force_login(self.user)
        holder = self.user if self.user and who in REVIEWERS else a_person(Role.REVIEWER)
        self.decided = self._decided_claim(holder)
        self.claim = self._claim(holder, a_programme_with_wider_views())
        self.view = an_asked_view()
        self.person = a_person()
        board.notify(Notice.Kind.QUEUE_OVERDUE, "an hour", [self.user or holder])
        self.notice = Notice.objects.get(to=self.user or holder, subject="an hour")
        worry = a_worry()
        self.incident, self.hold = worry.incident, worry.hold
        self.programme = a_programme()
        self.key, self.presented = issue_key(OPERATOR, self.programme, "A system")
        self.case = self.claim.item
        self.entry = Entry.objects.latest("id")
        self.report = Token("who-looked")
        self.monthly_file = a_monthly_file()
        # Whoever holds the cookie of a capture session is its person, whatever else they are.
        invited = a_consenting_session()
        self.token, self.session = Token(invited.token), invited.session
        self.client.cookies["capture"] = invited.cookie

    def _claim(self, holder: User, programme: Programme | None = None) -> Claim:
        a_case_in_review(programme)
        claim = queue.take_next(holder)
        assert claim is not None
        return claim

    def _decided_claim(self, holder: User) -> Claim:
        claim = self._claim(holder)
        decide(claim.pk, holder, same_person="same", alive="live", confidence="4", reasons=["features_agree"])
        return claim

    def open(self, name: str) -> Any:
        row = TABLE[name]
        if name in NEEDS_A_READY_VIEW:
            make_ready(ask_wider(self.claim))
        address = reverse(name, args=[getattr(self, row.arg).pk] if row.arg else [])
        return getattr(self.client, row.method)(address, self._fields(name))

    def _fields(self, name: str) -> dict[str, Any]:
        if name == "review-look":
            return {"ticket": self._ticket()}
        if name == "wider-look":
            return {"ticket": self._wider_ticket()}
        if name == "review-viewing":
            return {"viewing": "{}"}
        sent: dict[str, dict[str, Any]] = {
            "case-decide": DECISION,
            "case-wider-ask": ASKING,
            "wider-answer": {"answer": "yes"},
            "person-own-enrolment": {"programme": self.programme.pk, "reference": "customer-1"},
            "case-worry": {"kind": "coercion"},
            "incident-note": {"text": "Called."},
            "incident-close": {"outcome": "no_concern", "hold": "release"},
            "hold-answer": {"answer": "yes"},
        }
        return sent.get(name, ROLE_FIELD) if TABLE[name].method == "post" else {}

    def _ticket(self) -> str:
        answer = self.client.post(reverse("case-tickets", args=[self.claim.pk]), {"media": "crop-live"})
        return str(answer.json()["tickets"]["crop-live"]) if answer.status_code == 200 else "none"

    def _wider_ticket(self) -> str:
        answer = self.client.post(reverse("case-wider-ticket", args=[self.claim.pk]))
        return str(answer.json()["ticket"]) if answer.status_code == 200 else "none"


def outcome(response: Any) -> str:
    """`open`, or the way in which it was shut."""
    if response.status_code == 302 and response["Location"].startswith("/login?next="):
        return "sign in first"
    shut = {401: "key needed", 403: "denied", 404: "not found"}
    return shut.get(response.status_code, "open" if response.status_code < 400 else f"error {response.status_code}")


def expected(name: str, who: str) -> str:
    if who in TABLE[name].who:
        return TABLE[name].opened
    if name.startswith("api:"):
        return "key needed"
    return "sign in first" if who == NOBODY else "denied"


def answers(who: str) -> dict[str, Any]:
    """Every address opened once by `who`, each in a world where none of the others was."""
    world = World(who)
    cookies = world.client.cookies.output()
    found = {}
    for name in TABLE:
        world.client.cookies.load(cookies.replace("Set-Cookie: ", ""))
        before = transaction.savepoint()
        found[name] = world.open(name)
        transaction.savepoint_rollback(before)
    return found


def test_every_address_has_a_row() -> None:
    assert all_names() == set(TABLE)


@pytest.mark.parametrize("who", WHO)
def test_each_address_opens_to_those_in_its_row_and_to_nobody_else(who: str) -> None:
    found = {name: outcome(response) for name, response in answers(who).items()}
    assert found == {name: expected(name, who) for name in TABLE}


@pytest.mark.parametrize("who", WHO)
def test_an_image_comes_from_two_addresses_only_and_only_to_reviewers(who: str) -> None:
    with_image = {
        name for name, response in answers(who).items() if "image" in response.headers.get("Content-Type", "")
    }
    assert with_image == ({"review-look", "wider-look"} if who in REVIEWERS else set())


@pytest.mark.parametrize("who", [NO_ROLE, Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_a_refusal_is_explained_and_recorded_without_an_address_or_a_name(who: str) -> None:
    world = World(who)
    assert world.user is not None
    response = world.open("review")
    assert "Your role does not include this." in response.content.decode()
    entry = Entry.objects.get(event="access:denied")
    assert entry.actor_id == str(world.user.pk)
    assert '"route":"review"' in entry.body
    assert world.user.username not in entry.body


def test_a_signed_out_visitor_is_not_told_whether_an_id_exists() -> None:
    world = World(NOBODY)
    there = world.client.get(reverse("case", args=[world.claim.pk]))
    missing = world.client.get(reverse("case", args=[world.person.pk]))
    assert there.status_code == missing.status_code == 302


def without_token(response: Any) -> str:
    return re.sub(r'(content|value)="[A-Za-z0-9]{64}"', "", response.content.decode())


def test_another_reviewers_case_looks_like_a_missing_one() -> None:
    world = World(Role.REVIEWER)
    other = Client()
    other.force_login(a_person(Role.SENIOR_REVIEWER))
    for name in ("case", "case-findings"):
        claim = world.decided if name == "case-findings" else world.claim
        foreign, missing = (other.get(reverse(name, args=[pk])) for pk in (claim.pk, world.person.pk))
        assert foreign.status_code == missing.status_code == 404
        assert without_token(foreign) == without_token(missing)
