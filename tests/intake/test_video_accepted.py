"""What honest clips become: upright JPEGs about fifteen times a second, 16 kHz sound, and facts that were measured."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image

from tests.intake.clip_files import clip, drawing, normalised, picture
from verification.checks.clips import Writer, pack, unpack
from verification.intake.clip_tracks import Walked
from verification.intake.video import difference_hash

KINDS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "vp8": ({}, ("webm", "vp8", "opus")),
    "vp9": ({"video": "libvpx-vp9"}, ("webm", "vp9", "opus")),
    "av1": ({"video": "libsvtav1"}, ("webm", "av1", "opus")),
    "h264 in matroska": ({"container": "matroska", "video": "libx264"}, ("webm", "h264", "opus")),
    "mp4": ({"container": "mp4", "video": "libx264", "audio": "aac"}, ("mp4", "h264", "aac")),
    "mp4 in fragments": (
        {"container": "mp4", "video": "libx264", "audio": "aac", "movflags": "frag_keyframe+empty_moov"},
        ("mp4", "h264", "aac"),
    ),
    "vp9 in mp4": ({"container": "mp4", "video": "libvpx-vp9", "audio": "libopus"}, ("mp4", "vp9", "opus")),
    "webm with lengths": ({"live": False}, ("webm", "vp8", "opus")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_accepted_kind_becomes_pictures_and_sound(kind: str) -> None:
    changes, expected = KINDS[kind]
    result = normalised(clip(**changes))

    assert (result.facts.container, result.facts.video_codec, result.facts.audio_codec) == expected
    assert (result.facts.width, result.facts.height, result.facts.frames_total) == (160, 96, 50)
    assert abs(result.facts.video_ms - 1960) <= 25
    assert abs(result.facts.duration_ms - 1960) <= 60
    assert len(result.frames) == 30
    assert abs(len(result.audio) / 32 - 1960) <= 60


def test_what_is_normalised_survives_packing() -> None:
    result = normalised(clip())

    assert unpack(pack(result)) == result


def test_every_frame_is_a_plain_jpeg_without_chroma_subsampling_or_metadata() -> None:
    for frame in normalised(clip(tags=(("title", "Secret"),))).frames:
        with Image.open(BytesIO(frame)) as opened:
            assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (160, 96))
            assert {component[1:3] for component in getattr(opened, "layer")} == {(1, 1)}  # noqa: B009 - not in the stubs
            assert set(opened.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Secret" not in frame


def test_each_frame_shows_what_was_shown_at_its_time() -> None:
    result = normalised(clip())

    for frame, time in zip(result.frames, result.times_ms, strict=True):
        found = picture(frame)
        across = time // 40 * 7 % 160
        red, green, blue = found.getpixel((across, 48))  # type: ignore[misc] # an RGB picture has three
        assert red > 180 > blue + 40, (time, red, green, blue)


def test_sampling_follows_time_and_not_the_number_of_frames() -> None:
    slow_then_fast = (*range(0, 1000, 200), *range(1000, 2000, 10))
    result = normalised(clip(times_ms=slow_then_fast))

    assert [time for time in result.times_ms if time < 1000] == [0, 200, 400, 600, 800]
    assert len([time for time in result.times_ms if time >= 1000]) == 15
    assert all(one < other for one, other in pairwise(result.times_ms))


def test_the_sound_is_sixteen_kilohertz_and_the_tone_is_still_its_own() -> None:
    audio = normalised(clip()).audio
    samples = struct.unpack(f"<{len(audio) // 2}h", audio)[1600:17_600]
    crossings = sum(one < 0 <= other for one, other in pairwise(samples))

    assert abs(crossings - 440) <= 2
    assert 12_000 < max(samples) < 20_000


def test_a_clip_without_sound_has_none() -> None:
    result = normalised(clip(audio=None))

    assert (result.audio, result.facts.audio_codec, result.facts.audio_starts_ms) == (b"", "", 0)


def test_a_recording_that_states_no_duration_is_measured() -> None:
    live, whole = normalised(clip()).facts, normalised(clip(live=False)).facts

    assert live.stated_ms == 0
    assert abs(whole.stated_ms - 2000) <= 60
    assert live.duration_ms == whole.duration_ms


def test_the_longest_gap_is_found() -> None:
    facts = normalised(clip(times_ms=(*range(0, 800, 40), *range(1500, 2000, 40)), audio=None)).facts

    assert facts.longest_gap_ms == 1500 - 760
    assert facts.gap_kinds == 2


def test_even_timestamps_are_told_from_uneven_ones() -> None:
    uneven = tuple(time + (time * 7919) % 23 for time in range(0, 2000, 40))

    assert normalised(clip(audio=None)).facts.gap_spread_us == 0
    assert normalised(clip(audio=None, times_ms=uneven)).facts.gap_spread_us > 3000


# Each frame coded on its own and alike, so that equal drawings become equal pixels.
ALONE = {"container": "mp4", "video": "libx264", "audio": None, "coding": (("g", "1"), ("qp", "20"))}


def test_a_loop_is_found() -> None:
    facts = normalised(clip(**ALONE, shows=tuple(range(10)) * 5)).facts

    assert facts.repeated_frames == 40
    assert facts.frozen_frames == 0
    assert normalised(clip(**ALONE, shows=tuple(range(50)))).facts.repeated_frames == 0


def test_a_frozen_stretch_is_found() -> None:
    facts = normalised(clip(**ALONE, shows=(*range(10), *[10] * 20, *range(11, 31)))).facts

    assert facts.frozen_frames == 19
    assert facts.longest_freeze_ms == 760
    assert normalised(clip(audio=None)).facts.frozen_frames == 0


def test_who_wrote_it_is_said_and_a_desktop_encoder_shows() -> None:
    facts = normalised(clip(container="matroska", video="libx264")).facts

    assert facts.written_by == Writer.FFMPEG
    assert facts.has_encoder_mark
    assert not facts.has_device_tags
    assert len(facts.encoder_tag_digest) == 16
    assert not normalised(clip()).facts.has_encoder_mark


@pytest.mark.parametrize(
    ("name", "writer"),
    [(b"Chrome", Writer.CHROMIUM), (b"QTmuxingAppLibWebM-0.0.1", Writer.FIREFOX), (b"abc", Writer.OTHER)],
)
def test_what_a_browser_calls_itself_is_recognised(name: bytes, writer: Writer) -> None:
    assert Walked("webm", makers=[name]).written_by == writer


def test_a_file_that_says_nothing_of_its_makers_has_an_unknown_writer() -> None:
    walked = Walked("mp4")

    assert (walked.written_by, walked.encoder_tag_digest) == (Writer.UNKNOWN, "")


def test_a_camera_application_shows() -> None:
    facts = normalised(
        clip(
            container="mp4",
            video="libx264",
            audio=None,
            movflags="use_metadata_tags",
            tags=(("com.apple.quicktime.make", "Someone"),),
        )
    ).facts

    assert facts.has_device_tags


def test_the_difference_hash_is_near_for_like_and_far_for_unlike_pictures() -> None:
    one, same = drawing(160, 96, 3), drawing(320, 192, 3).resize((160, 96))
    other = drawing(160, 96, 3).transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    assert (difference_hash(one) ^ difference_hash(one)).bit_count() == 0
    assert (difference_hash(one) ^ difference_hash(same)).bit_count() < (
        difference_hash(one) ^ difference_hash(other)
    ).bit_count()


def test_the_bytes_do_not_show_when_a_clip_is_printed() -> None:
    text = repr(normalised(clip()))

    assert "JFIF" not in text
    assert not re.search(r"\b(frames|audio)=", text)


def test_the_process_that_asks_never_loads_the_video_library() -> None:
    program = "import sys, verification.intake.video; print('av' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"
