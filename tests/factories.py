"""Reach a state the way the product does: through the real verbs, never by writing the state into a row."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from PIL import Image

from verification.access.assignment import appoint
from verification.access.models import User
from verification.access.people import install_person
from verification.access.roles import Role
from verification.audit.events import OPERATOR, WORKER, Actor
from verification.capture import consents, doors
from verification.capture.models import CaptureSession
from verification.cases.lifecycle import advance, begin, lease_for_checks
from verification.cases.models import Case, Programme
from verification.cases.programme_settings import CaptureSettings, change_settings
from verification.cases.programmes import issue_key
from verification.cases.review_settings import ReviewSettings, change_review
from verification.cases.states import CaseKind, CaseStatus
from verification.intake import sessions
from verification.retention.erase import destroy_media
from verification.review import queue, rendering
from verification.review.decisions import decide
from verification.review.models import Claim, Vote
from verification.review.settling import settle_due
from verification.vault import store
from verification.wider import leases
from verification.wider.answers import answer
from verification.wider.ask import ask
from verification.wider.models import Tier, WiderView

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Invited:
    """A capture session, its address's token, and once it is bound the cookie of the person's browser."""

    session: CaptureSession
    token: str
    cookie: str = ""


ALL_SCOPES = ["compare", "transmit", "human_view"]


def a_picture(colour: tuple[int, int, int] = (120, 110, 100), size: int = 512) -> bytes:
    """A PNG without a face."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def a_person(*roles: Role) -> User:
    number = next(_numbers)
    user, password = install_person(f"person-{number}", f"Person {number}")
    user.refresh_from_db()
    for role in roles:
        appoint(user, role)
    user.shown_password = password  # type: ignore[attr-defined] # tests sign in with it
    return user


def a_programme() -> Programme:
    return Programme.objects.create(name=f"Programme {next(_numbers)}", purpose="Opening an account")


def a_trusted_programme() -> Programme:
    """A programme whose relying party's own capture an administrator trusts, on the record."""
    programme = a_programme()
    change_settings(OPERATOR, programme, replace(CaptureSettings.of(programme), trusts_own_capture=True))
    return programme


def a_programme_with_wider_views(*, neck: bool = True, frame: bool = True) -> Programme:
    """A programme whose administrator lets wider views be asked for."""
    programme = a_programme()
    change_review(OPERATOR, programme, replace(ReviewSettings(), wider_neck=neck, wider_frame=frame))
    return programme


def a_capture_programme(**settings: Any) -> Programme:
    """A programme that an administrator has made ready to ask for captures."""
    programme = a_programme()
    wanted = {"other_way": "Come to any branch.", "contact": "Trained staff of the bank."} | settings
    change_settings(OPERATOR, programme, replace(CaptureSettings(), **wanted))
    return programme


def a_session(programme: Programme | None = None, *, locale: str = "en", subject: str = "", **wanted: Any) -> Invited:
    """A capture session as a relying party's request makes it, and the token of its address."""
    programme = programme or a_capture_programme()
    api_key, _ = issue_key(OPERATOR, programme, "test")
    number = next(_numbers)
    asked = sessions.Wanted(
        kind="enrolment", subject_ref=subject or f"subject-{number}", locale=locale,
        return_url=wanted.pop("return_url", ""), reference=wanted.pop("reference", None) or a_picture(),
    )  # fmt: skip
    session = sessions.start(api_key, f"session-{number}", asked).session
    assert session is not None
    return Invited(session, doors.token_of(programme.pk, session.pk))


def a_bound_session(programme: Programme | None = None, **wanted: Any) -> Invited:
    """A session whose person chose the camera; `cookie` is their browser's."""
    invited = a_session(programme, **wanted)
    cookie = sessions.choose(invited.session, "camera", cookie="")
    assert cookie is not None
    return replace(invited, cookie=cookie)


def a_consenting_session(
    programme: Programme | None = None, *, scopes: Sequence[str] = ALL_SCOPES, **wanted: Any
) -> Invited:
    """A session that may start the camera."""
    invited = a_bound_session(programme, **wanted)
    consents.give(invited.session, list(scopes))
    return invited


@transaction.atomic
def a_received_case(programme: Programme | None = None, *, scopes: list[str] | None = None, live: int = 1) -> Case:
    """A case as intake leaves it: sealed, recorded, waiting for a worker."""
    case = begin(
        programme=programme or a_programme(),
        kind=CaseKind.ENROLMENT,
        subject=uuid4().hex * 2,
        notice_version="2026-01",
        scopes=scopes if scopes is not None else ALL_SCOPES,
        live_images=live,
    )
    pictures = {"reference": a_picture()} | {f"live-{number}": a_picture() for number in range(live)}
    store.seal_frames(case.pk, pictures, actor=Actor.relying_party("test"))
    return case


def a_case_in_review(
    programme: Programme | None = None, *, crops: bool = True, priority: int = 100, with_care: bool = False
) -> Case:
    """A case that the worker could not decide."""
    return sent_to_people(a_received_case(programme), crops=crops, priority=priority, with_care=with_care)


def sent_to_people(received: Case, *, crops: bool = True, priority: int = 100, with_care: bool = False) -> Case:
    """A received case as the worker leaves it when it could not decide."""
    case = lease_for_checks(received.pk)
    assert case is not None
    pictures = {rendering.CROP_REFERENCE: a_picture(), rendering.CROP_LIVE: a_picture((100, 110, 120))}
    with transaction.atomic():
        kept = rendering.keep_crops(case.pk, pictures if crops else {})
        advance(case, CaseStatus.IN_REVIEW, actor=WORKER, reasons=["liveness_unclear"])
        queue.offer(case, crops=kept, priority=priority, with_care=with_care)
    return case


def a_case_for_two() -> Case:
    """A case of a programme that asks two reviewers who do not know of each other."""
    programme = a_programme()
    change_review(OPERATOR, programme, ReviewSettings(reviewers=2))
    return a_case_in_review(programme)


def a_case_on_which_votes_differ() -> tuple[Case, tuple[User, User]]:
    """A case that waits for a senior, and the two who differ."""
    case = a_case_for_two()
    voters = a_person(Role.REVIEWER), a_person(Role.REVIEWER)
    for voter, same in zip(voters, ("same", "different"), strict=True):
        claim = queue.take_next(voter)
        assert claim is not None
        assert claim.item_id == case.pk
        vote(claim, same)
        settled()
    return case, voters


def a_passed_case(programme: Programme | None = None) -> Case:
    case = lease_for_checks(a_received_case(programme).pk)
    assert case is not None
    with transaction.atomic():
        advance(case, CaseStatus.PASSED, actor=WORKER)
        destroy_media(case.pk, actor=WORKER, reason="passed")
    return case


def vote(claim: Claim, same: str = "same", alive: str = "live", *, confidence: int = 4, note: str = "") -> Vote:
    """A vote on a claimed case that can still be taken back."""
    return decide(
        claim.pk,
        claim.reviewer,
        same_person=same,
        alive=alive,
        confidence=str(confidence),
        reasons=["features_agree"],
        note=note,
    )


def settled() -> int:
    """Let the time pass in which votes can be taken back, and let them count."""
    Vote.objects.filter(state=Vote.State.PENDING).update(takes_effect_at=timezone.now())
    return settle_due()


def a_claim(reviewer: User | None = None, programme: Programme | None = None) -> Claim:
    """An open claim on a case in review."""
    reviewer = reviewer or a_person(Role.REVIEWER)
    a_case_in_review(programme)
    claim = queue.take_next(reviewer)
    assert claim is not None
    return claim


def ask_wider(claim: Claim, tier: Tier = Tier.FACE_AND_NECK) -> WiderView:
    """A request for a wider view under this claim that nobody has answered."""
    words = "The mark below the chin may be a bruise."
    return ask(claim.pk, claim.reviewer, tier=str(tier.value), reason="welfare", sentence=words)


def an_asked_view(tier: Tier = Tier.FACE_AND_NECK, asker: User | None = None) -> WiderView:
    """The same under a new claim of a senior reviewer, who may ask for either tier."""
    return ask_wider(a_claim(asker or a_person(Role.SENIOR_REVIEWER), a_programme_with_wider_views()), tier)


def approve(view: WiderView, *approvers: User) -> WiderView:
    """Everybody's yes: the given people's, else a risk officer's and, where a second one is needed, a senior's."""
    for approver in approvers or (a_person(Role.RISK_OFFICER), a_person(Role.SENIOR_REVIEWER))[: view.tier]:
        view = answer(view.pk, approver, approves=True, ring=lambda _view_id: None)
    return view


def draw(view: WiderView, png: bytes | None = None) -> WiderView:
    """An approved view as the worker leaves it: ready for a minute, with `png` or a picture that shows no face."""
    leased = leases.lease(view.pk)
    assert leased is not None
    leases.finish(leased, png or a_picture(size=512))
    leased.refresh_from_db()
    return leased


def make_ready(view: WiderView) -> WiderView:
    return draw(approve(view))


def a_ready_view(tier: Tier = Tier.FACE_AND_NECK, asker: User | None = None) -> WiderView:
    return make_ready(an_asked_view(tier, asker))
