"""From a stored capture to what an asker sees, with the real models: the tier and nothing beyond it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.capture.answers import an_upload, drawn_for, send
from tests.factories import a_capture_programme, a_consenting_session, a_person, approve, ask_wider
from tests.flows.photographs import as_jpeg, astronaut, no_face
from tests.flows.test_pipeline import a_capture, settled
from verification import tasks
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.models import Case, Programme
from verification.cases.review_settings import ReviewSettings, change_review
from verification.review import queue
from verification.review.models import Claim
from verification.vault.models import CaseKey, Purpose
from verification.wider import leases
from verification.wider.looks import mint_ticket, redeem
from verification.wider.models import Tier, WiderView

pytestmark = pytest.mark.django_db(transaction=True)

Pixels = NDArray[np.uint8]
# A colour that no face, neck or wall has; strips of it stand where no tier but the frame may look.
CANARY = (255, 0, 255)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


def with_canaries() -> Image.Image:
    """The astronaut between strips that reach from the rim to just beside the head, and over the shoulders."""
    picture = astronaut().copy()
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for box in ((0, 0, 150, height), (300, 0, width, height), (0, 300, width, height), (0, 0, width, 20)):
        draw.rectangle(box, fill=CANARY)
    return picture


def allow_every_tier(programme: Programme) -> Programme:
    change_review(OPERATOR, programme, replace(ReviewSettings.of(programme), wider_neck=True, wider_frame=True))
    return programme


def sent(live: Image.Image) -> Case:
    """A case of a relying party whose programme allows every tier."""
    case = a_capture(astronaut(), live, trusted=False)
    allow_every_tier(case.programme)
    return case


def claimed(case: Case) -> Claim:
    """The case under a senior's claim."""
    assert settled(case).status == "in_review"
    claim = queue.take_next(a_person(Role.SENIOR_REVIEWER))
    assert claim is not None
    return claim


def drawn(claim: Claim, tier: Tier) -> WiderView:
    view = approve(ask_wider(claim, tier))
    tasks.render_wider(str(view.pk))
    view.refresh_from_db()
    return view


def seen(view: WiderView) -> Pixels:
    """The picture without its strip."""
    token = mint_ticket(view.pk, view.asked_by, "session")
    with Image.open(io.BytesIO(redeem(token, session_key="session", asker=view.asked_by).png)) as opened:
        return np.asarray(opened.convert("RGB"))[:-36]


def canaries(pixels: Pixels) -> int:
    """How many pixels are of the canaries' colour, or near it."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return int(((red - green > 60) & (blue - green > 60)).sum())


def test_the_neck_is_shown_and_nothing_beside_it() -> None:
    view = drawn(claimed(sent(with_canaries())), Tier.FACE_AND_NECK)
    assert view.state == WiderView.State.READY
    picture = seen(view)
    assert picture.shape == (640, 512, 3)
    assert canaries(picture) == 0
    # Flat grey at the rim, but for what is hidden near the words across the picture; something else in the middle.
    assert np.abs(picture[5, 5].astype(int) - picture[600, 5]).max() <= 5
    assert len(np.unique(picture[200:300, 200:300].reshape(-1, 3), axis=0)) > 500


def test_the_frame_is_shown_as_it_was_stored() -> None:
    view = drawn(claimed(sent(with_canaries())), Tier.FRAME)
    picture = seen(view)
    assert picture.shape == (512, 512, 3)
    assert canaries(picture) > 50_000


def test_the_worker_opens_what_it_draws_from_on_the_record() -> None:
    claim = claimed(sent(with_canaries()))
    before = Entry.objects.filter(event=Event.FRAME_OPENED).count()
    drawn(claim, Tier.FACE_AND_NECK)
    opened = Entry.objects.filter(event=Event.FRAME_OPENED).order_by("id")[before:]
    assert ['"media":"live-0","purpose":"wider"' in entry.body for entry in opened] == [True]


def test_a_face_that_cannot_be_outlined_has_no_neck_but_a_frame() -> None:
    claim = claimed(sent(no_face()))
    assert drawn(claim, Tier.FACE_AND_NECK).end == WiderView.End.NOT_RENDERED
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()
    assert drawn(claim, Tier.FRAME).state == WiderView.State.READY


def captured(region: str) -> Case:
    programme = allow_every_tier(a_capture_programme(capture_region=region))
    invited = a_consenting_session(programme, reference=as_jpeg(astronaut()))
    send(invited, an_upload(drawn_for(invited)))
    return Case.objects.get(pk=invited.session.case_id)


def test_a_clip_is_opened_for_its_neck_and_says_when_it_has_none() -> None:
    view = drawn(claimed(captured(Programme.Region.FACE_AND_NECK)), Tier.FACE_AND_NECK)
    assert view.end == WiderView.End.NOT_RENDERED
    opened = Entry.objects.filter(event=Event.FRAME_OPENED).order_by("id").last()
    assert opened is not None
    assert '"media":"clip","purpose":"wider"' in opened.body


def test_a_worker_without_its_key_draws_nothing_and_the_request_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claimed(sent(with_canaries()))
    monkeypatch.setattr(settings, "FRAME_PRIVATE_KEY", "")
    view = drawn(claim, Tier.FACE_AND_NECK)
    assert (view.state, view.attempts) == (WiderView.State.APPROVED, 1)
    assert leases.waiting().exists()
