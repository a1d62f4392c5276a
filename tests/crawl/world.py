"""One case with canary frames, everybody who has to do with it, and what they may be shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import uuid4

from tests.factories import a_consenting_session
from verification import pipeline
from verification.access.assignment import appoint
from verification.access.models import User
from verification.access.people import install_person
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.programme_settings import CaptureSettings, change_settings
from verification.cases.programmes import create_programme, issue_key
from verification.cases.review_settings import ReviewSettings, change_review
from verification.checks.models import StoredResult
from verification.incidents.models import Incident, LegalHold
from verification.intake.submit import Submission, submit
from verification.notices.models import Notice
from verification.reports.registry import REPORTS
from verification.review import queue
from verification.review.models import Claim
from verification.wider.models import WiderView

from .eyes import PICTURE, shown_in
from .frames import canary_frame
from .visitors import PERSON, RELYING_PARTY, SIGNED_OUT, Answer, Things, Visitor, crawl

CONSENT = {"notice_version": "2026-01", "scopes": ["compare", "transmit", "human_view"]}
HOLDER, OTHER, SENIOR, OFFICER, ADMINISTRATOR, NO_ROLE = (
    "holder", "other reviewer", "senior", "risk officer", "administrator", "no role",
)  # fmt: skip
ROLES = {
    HOLDER: Role.REVIEWER,
    OTHER: Role.REVIEWER,
    SENIOR: Role.SENIOR_REVIEWER,
    OFFICER: Role.RISK_OFFICER,
    ADMINISTRATOR: Role.ADMINISTRATOR,
}
SCORES = (0.61730001, 0.27190001, 0.38470001, 0.59210001)
"""What the checks measured, as no check would. Rounded or cut off after four digits, they look the same."""
SHOWN_SCORES = tuple(f"{score:.4f}".encode() for score in SCORES)
KINDS = {
    "text/html", "text/csv", "application/pdf", "application/json", "application/problem+json", "image/png",
    "image/webp", "application/vnd.oai.openapi", "application/yaml", "",
}  # fmt: skip


def named(username: str, *roles: Role) -> User:
    """Somebody whose name is a word that no page has of itself."""
    user, _ = install_person(username, username.title())
    for role in roles:
        appoint(user, role)
    return user


@dataclass
class Tour:
    """What all visitors were given at all addresses in one state of the case."""

    state: str
    answers: list[Answer] = field(default_factory=list)

    def shown_to(self, who: str) -> set[str]:
        return set().union(*(shown_in(answer.body) for answer in self.answers if answer.who == who))

    def told(self, word: bytes) -> set[str]:
        """Who was given this word, anywhere."""
        return {answer.who for answer in self.answers if word in answer.body}


class World:
    """A case of a programme that wants two reviewers and allows every tier."""

    def __init__(self) -> None:
        self.programme = create_programme(OPERATOR, "Harbour Bank", "Opening an account from afar")
        change_review(OPERATOR, self.programme, ReviewSettings(reviewers=2, wider_neck=True, wider_frame=True))
        ready = replace(CaptureSettings(), other_way="Come to any branch.", contact="Trained staff of the bank.")
        change_settings(OPERATOR, self.programme, ready)
        self.key, presented = issue_key(OPERATOR, self.programme, "Onboarding service")
        self.deaf: set[tuple[str, str]] = set()
        self.case = self._sent()
        self.people = {who: named(f"{who.replace(' ', '-')}-kestrel", role) for who, role in ROLES.items()}
        self.people[NO_ROLE] = named("unwanted-kestrel")
        # Reviews too, and never this case.
        named("bystander-kestrel", Role.REVIEWER)
        self.invited = a_consenting_session(self.programme)
        self.visitors = {
            **{who: Visitor.staff(who, person) for who, person in self.people.items()},
            SIGNED_OUT: Visitor(SIGNED_OUT),
            RELYING_PARTY: Visitor.with_key(presented),
            PERSON: Visitor.with_cookie(self.invited),
        }

    def _sent(self) -> Case:
        live = (canary_frame(), canary_frame(0.9))
        sent = Submission("enrolment", "customer-canary", json.dumps(CONSENT), canary_frame(), live)
        case = submit(self.key, "request-canary", sent).case
        pipeline.process_case(case.pk)
        for result, score in zip(StoredResult.objects.filter(case=case).exclude(score=None), SCORES, strict=False):
            StoredResult.objects.filter(pk=result.pk).update(score=score)
        return Case.objects.get(pk=case.pk)

    @cached_property
    def second_senior(self) -> User:
        return named("another-kestrel", Role.SENIOR_REVIEWER)

    def take(self, who: str) -> Claim:
        claim = queue.take_next(self.people[who])
        assert claim is not None
        return claim

    def tour(self, state: str, *, holder: str = "") -> Tour:
        """Everybody tries everything. Tickets of `holder`, who has the case, are known to all others."""
        things = self._things()
        tour = Tour(state)
        for who, visitor in self.visitors.items():
            if who == holder:
                things.stolen = []
            elif holder:
                owner = self.visitors[holder]
                things.stolen = owner.tickets(things.claims, things.crops) + owner.wider_tickets(things.claims)
            tour.answers += crawl(visitor, things)
        unknown = {str(answer): answer.kind for answer in tour.answers if answer.kind not in KINDS}
        assert unknown == {}, "nobody has looked into answers of this kind"
        broken = [str(answer) for answer in tour.answers if answer.status >= 500]
        assert broken == []
        return tour

    def _things(self) -> Things:
        nothing = [uuid4()]
        claims = list(Claim.objects.filter(item=self.case.pk).order_by("claimed_at").values_list("pk", flat=True))
        crops = ["crop-live", "crop-reference", "crop-step-1"]
        ids: dict[str, list[Any]] = {
            "claim_id": claims or nothing,
            "view_id": list(WiderView.objects.values_list("pk", flat=True)) or nothing,
            "incident_id": list(Incident.objects.values_list("pk", flat=True)) or nothing,
            "hold_id": list(LegalHold.objects.values_list("pk", flat=True)) or nothing,
            "notice_id": list(Notice.objects.values_list("pk", flat=True)[:3]) or nothing,
            "case_id": [self.case.pk],
            "session_id": [self.invited.session.pk],
            "token": [self.invited.token],
            "person_id": [self.people[HOLDER].pk],
            "programme_id": [self.programme.pk],
            "key_id": [self.key.pk],
            "key": [next(iter(REPORTS))],
            "file_id": nothing,
            "entry": list(Entry.objects.order_by("-pk").values_list("pk", flat=True)[:3]),
        }
        return Things(ids, crops, deaf=self.deaf)


def nobody_sees(tour: Tour, *regions: str, but: str = "") -> None:
    """`but` is shown exactly these regions, and whoever else comes no picture of any kind."""
    shown = {who: tour.shown_to(who) for who in {answer.who for answer in tour.answers}}
    assert shown == {who: {PICTURE, *regions} if who == but else set() for who in shown}, tour.state


def nobody_is_told(tour: Tour, word: bytes, *but: str) -> None:
    assert tour.told(word) - {*but} == set(), (tour.state, word)


def no_score_is_told(tour: Tour, *but: str) -> None:
    """`but` are those whose own vote counts. A relying party votes on nothing and gets what it paid for."""
    for word in SHOWN_SCORES:
        nobody_is_told(tour, word, RELYING_PARTY, *but)
