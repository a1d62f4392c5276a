"""A clip that comes back is known, in another container too; another clip is not; and it is forgotten in time."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.capture.answers import an_upload, drawn_for, send
from tests.factories import a_consenting_session
from tests.intake.clip_files import clip, normalised
from verification.capture import memory
from verification.capture.models import Challenge, ClipDigest
from verification.retention import due

pytestmark = pytest.mark.django_db


def hashes(seed: int, count: int = 100) -> list[int]:
    drawn = random.Random(seed)  # noqa: S311 - stands for pictures, not for secrets
    return [drawn.getrandbits(64) for _ in range(count)]


def test_the_same_clip_is_known_and_another_is_not() -> None:
    memory.remember(hashes(1))
    assert memory.seen_before(hashes(1))
    assert not memory.seen_before(hashes(2))


def test_a_cut_or_half_spoilt_copy_is_known() -> None:
    memory.remember(hashes(1))
    assert memory.seen_before(hashes(1)[20:80])
    assert memory.seen_before(hashes(1)[:60] + hashes(2)[:40])


def test_nothing_is_known_of_a_clip_without_movement() -> None:
    memory.remember([7] * 100)
    assert ClipDigest.objects.count() == 0
    assert not memory.seen_before([7] * 100)


@pytest.mark.parametrize("other", [{"container": "mp4", "video": "libx264", "audio": None}, {"video": "libvpx-vp9"}])
def test_a_clip_in_another_container_or_encoding_is_known(other: dict[str, Any]) -> None:
    memory.remember(normalised(clip(width=320, height=240)).digests)
    assert memory.seen_before(normalised(clip(width=320, height=240, **other)).digests)


def test_what_is_stored_is_keyed(settings: object) -> None:
    memory.remember(hashes(1))
    settings.PSEUDONYM_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="  # type: ignore[attr-defined]  # pytest-django's fixture
    assert not memory.seen_before(hashes(1))


def test_it_is_forgotten_after_ninety_days() -> None:
    memory.remember(hashes(1))
    with time_machine.travel(timezone.now() + memory.REMEMBER_FOR + timedelta(seconds=1)):
        assert not memory.seen_before(hashes(1))
        due.forget_small_things()
    assert ClipDigest.objects.count() == 0


def test_a_clip_sent_again_by_somebody_else_is_marked_as_seen() -> None:
    for _ in range(2):
        invited = a_consenting_session()
        send(invited, an_upload(drawn_for(invited)))
    seen = Challenge.objects.order_by("drawn_at").values_list("facts__seen_before", flat=True)
    assert list(seen) == [False, True]
