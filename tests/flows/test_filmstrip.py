"""What else there is to see of a person is shown in order, each frame with a word for it, at one eye line and scale."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.capture.answers import an_upload, drawn_for, send
from tests.checks.heads import heads_in
from tests.checks.photographs import astronaut, later_picture_of
from tests.factories import a_consenting_session, a_person
from tests.flows.photographs import as_jpeg, group, no_face
from tests.flows.photographs import astronaut as portrait
from tests.flows.test_pipeline import a_capture, settled
from verification import pipeline, tasks
from verification.access.roles import Role
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.checks.engines.alignment import EYE_LINE, eyes_of
from verification.checks.engines.bundle import engines_from_settings
from verification.checks.engines.shapes import Examined, Pixels
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CheckRun
from verification.policy.thresholds import CAPTURE
from verification.review import queue, rendering
from verification.review.grants import mint_tickets, redeem
from verification.review.models import ReviewItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


def somebody_else() -> Image.Image:
    return group().crop((1040, 140, 1280, 550))


def smaller(picture: Image.Image, by: float) -> Image.Image:
    return picture.resize((round(picture.width * by), round(picture.height * by)))


def item_of(case: Case) -> ReviewItem:
    return ReviewItem.objects.get(pk=case.pk)


def seen_by_a_reviewer() -> dict[str, Pixels]:
    """Each crop of the next case, as it is shown."""
    reviewer = a_person(Role.REVIEWER)
    claim = queue.take_next(reviewer)
    assert claim is not None
    tickets = mint_tickets(claim.pk, reviewer, "session", claim.item.crops)
    looks = {kind: redeem(ticket, session_key="session", reviewer=reviewer).webp for kind, ticket in tickets.items()}
    return {kind: np.asarray(Image.open(BytesIO(webp)).convert("RGB"))[..., ::-1] for kind, webp in looks.items()}


def test_further_live_images_are_a_filmstrip_and_one_without_a_face_is_missing() -> None:
    case = settled(
        a_capture(somebody_else(), portrait(), smaller(portrait(), 0.8), no_face(), smaller(portrait(), 0.7))
    )
    assert case.status == CaseStatus.IN_REVIEW
    assert item_of(case).strip == [
        {"kind": "crop-step-1", "shows": "live"},
        {"kind": "crop-step-2", "shows": "live"},
    ]
    assert item_of(case).crops == ["crop-live", "crop-reference", "crop-step-1", "crop-step-2"]


def test_every_frame_has_its_eyes_where_the_others_have_them() -> None:
    settled(a_capture(somebody_else(), portrait(), smaller(portrait(), 0.8), smaller(portrait(), 0.6)))
    shown = seen_by_a_reviewer()
    assert set(shown) == {"crop-live", "crop-reference", "crop-step-1", "crop-step-2"}
    for kind in ("crop-live", "crop-step-1", "crop-step-2"):
        face = np.ascontiguousarray(shown[kind][:512])
        right, left = eyes_of(heads_in(face)[0].landmarks)
        assert (right + left) / 2 == pytest.approx((256, EYE_LINE * 512), abs=12), kind
        assert left[0] - right[0] == pytest.approx(123, abs=8), kind


def test_a_single_live_image_has_no_filmstrip() -> None:
    case = settled(a_capture(somebody_else(), portrait()))
    assert item_of(case).strip == []
    assert item_of(case).crops == ["crop-live", "crop-reference"]


def test_a_filmstrip_has_at_most_eight_frames() -> None:
    pictures = [smaller(portrait(), 1 - number / 40) for number in range(10)]
    case = settled(a_capture(somebody_else(), *pictures))
    assert [frame["kind"] for frame in item_of(case).strip] == [f"crop-step-{number}" for number in range(1, 9)]
    assert case.media.filter(purpose="crop").count() == 10


@cache
def examined(name: str) -> Examined:
    engines = engines_from_settings()
    if name == "live-2":
        return engines.examine_pixels(name, np.full((200, 200, 3), 127, np.uint8))
    return engines.examine_pixels(name, later_picture_of(astronaut()))


def steps_answered(monkeypatch: pytest.MonkeyPatch, **shows: str) -> Case:
    """A capture of whose steps these were answered, in images of these names; the second shows nobody."""
    wanting = CheckResult("challenge", Band.AMBIGUOUS, 1.0, "", 0, 1, (Reason.CHALLENGE_NOT_ANSWERED,))
    results = [CheckResult(name, Band.PASS, 1.0, "", 0, 1) for name in CAPTURE.bands if name != "challenge"]
    named = {name.replace("_", "-"): step for name, step in shows.items()}
    live = tuple(examined(name) for name in ("live-0", *named))
    found = CheckRun((*results, wanting), examined("reference"), live, named, {})
    monkeypatch.setattr(pipeline, "run_capture_checks", lambda *_given: found)
    invited = a_consenting_session(reference=as_jpeg(portrait()))
    send(invited, an_upload(drawn_for(invited)))
    pipeline.process_case(invited.session.case_id)
    return Case.objects.get(pk=invited.session.case_id)


def test_each_answered_step_has_a_frame_with_the_name_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    case = steps_answered(monkeypatch, live_1="turn_left", live_2="blink_twice", live_3="look_up")
    assert item_of(case).strip == [
        {"kind": "crop-step-1", "shows": "turn_left"},
        {"kind": "crop-step-2", "shows": "look_up"},
    ]
    assert item_of(case).crops == ["crop-live", "crop-reference", "crop-step-1", "crop-step-2"]


def test_without_an_answered_step_there_is_no_filmstrip(monkeypatch: pytest.MonkeyPatch) -> None:
    assert item_of(steps_answered(monkeypatch)).strip == []


def test_a_kind_fits_where_kinds_are_kept() -> None:
    assert all(len(frame["kind"]) <= 16 for frame in rendering.strip_of(["turn_left"] * 20))
    assert len(rendering.strip_of(["turn_left"] * 20)) == rendering.STRIP_AT_MOST


def test_a_clip_s_frames_are_scaled_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    steps_answered(monkeypatch, live_1="turn_left")
    shown = seen_by_a_reviewer()
    difference = cv2.absdiff(shown["crop-live"][:512], shown["crop-step-1"][:512])
    assert int(difference.max()) <= 60
