"""A wider view is drawn from the picture that the crop was made of, and from no more pictures than that takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from verification.checks.capture import run_capture_checks
from verification.checks.engines.bundle import Engines
from verification.checks.engines.clips import clip_from
from verification.checks.engines.outline import crop_of
from verification.checks.engines.shapes import Examined
from verification.checks.engines.tracking import frame_by_itself
from verification.checks.engines.wider import face_and_neck, whole_frame
from verification.checks.match import turned_away
from verification.checks.wider import FACE_AND_NECK, FRAME, TRIED, nearest, spread, wider_of_clip, wider_of_images
from verification.policy.thresholds import CAPTURE

from .moving_clips import answering, asked, close_up
from .photographs import astronaut, coffee, friend_on_the_right, jpeg, later_picture_of

LIVE = [jpeg(pixels) for pixels in (coffee(), friend_on_the_right(), astronaut())]


def faces(engines: Engines) -> list[Examined]:
    return [engines.examine(f"live-{number}", data) for number, data in enumerate(LIVE)]


def test_of_several_images_the_most_frontal_is_drawn_as_for_the_crop(engines: Engines) -> None:
    best = min(range(len(LIVE)), key=lambda number: turned_away(faces(engines)[number]))
    assert wider_of_images(FACE_AND_NECK, LIVE, engines) == face_and_neck(faces(engines)[best]) is not None
    assert wider_of_images(FRAME, LIVE, engines) == whole_frame(LIVE[best])


def test_without_a_face_there_is_no_neck_but_there_is_a_frame(engines: Engines) -> None:
    nobody = [jpeg(coffee())]
    assert wider_of_images(FACE_AND_NECK, nobody, engines) is None
    assert wider_of_images(FRAME, nobody, engines) == whole_frame(nobody[0])


def test_the_frame_that_the_checks_chose_is_drawn_again(engines: Engines) -> None:
    clip = answering(engines)
    found = run_capture_checks(jpeg(later_picture_of(astronaut())), clip, asked(), engines, CAPTURE.bands)
    best = found.facts["best_ms"]
    assert best in clip.times_ms
    again = frame_by_itself(clip, nearest(clip, best), "again", engines)
    assert crop_of(again) == found.crops()["live-0"]
    assert wider_of_clip(FACE_AND_NECK, clip, engines, best) == face_and_neck(found.live[0]) is not None
    assert wider_of_clip(FRAME, clip, engines, best) == whole_frame(clip.frames[nearest(clip, best)])


class Counting:
    """A detector that counts the pictures it was shown."""

    def __init__(self, detector: Any) -> None:
        self.detector, self.shown = detector, 0

    def find(self, *given: Any) -> Any:
        self.shown += 1
        return self.detector.find(*given)


def counting(engines: Engines) -> tuple[Engines, Counting]:
    counter: Any = Counting(engines.detector)
    parts = {name: getattr(engines, name) for name in engines.__slots__}
    return Engines(**{**parts, "detector": counter}), counter


def test_only_one_frame_of_a_clip_is_looked_at(engines: Engines) -> None:
    clip, (counted, counter) = clip_from([close_up()] * 9), counting(engines)
    assert wider_of_clip(FACE_AND_NECK, clip, counted, clip.times_ms[5]) is not None
    assert counter.shown == 1


def test_where_nobody_remembers_the_best_frame_a_few_are_looked_at(engines: Engines) -> None:
    away = np.full_like(close_up(), 127)
    clip, (counted, counter) = clip_from([away] * 20 + [close_up()] * 12), counting(engines)
    assert wider_of_clip(FRAME, clip, counted) in {whole_frame(clip.frames[number]) for number in spread(clip)[-2:]}
    assert counter.shown <= 2 * TRIED


def test_a_few_frames_are_the_first_the_last_and_some_between() -> None:
    for length in (1, 3, 8, 105):
        clip = clip_from([np.full((16, 16, 3), 127, np.uint8)] * length)
        numbers = spread(clip)
        assert numbers[0] == 0
        assert numbers[-1] == length - 1
        assert len(numbers) == min(length, TRIED)


def test_a_time_between_two_frames_is_the_nearer_one() -> None:
    clip = clip_from([np.full((16, 16, 3), 127, np.uint8)] * 3, (0, 100, 200))
    assert [nearest(clip, at) for at in (0, 49, 60, 140, 9000)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("tier", [0, 3, -1])
def test_another_tier_does_not_exist(engines: Engines, tier: int) -> None:
    with pytest.raises(ValueError, match="tier"):
        wider_of_images(tier, LIVE, engines)
    with pytest.raises(ValueError, match="tier"):
        wider_of_clip(tier, clip_from([close_up()]), engines)


def test_a_case_without_live_images_has_no_wider_view(engines: Engines) -> None:
    with pytest.raises(ValueError, match="image"):
        wider_of_images(FRAME, [], engines)
