"""Clips that are refused, each with the code of its own cause."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from tests.intake.clip_files import clip, refusal
from verification.checks.clips import Clip
from verification.intake import video
from verification.intake.clip_containers import MAX_BYTES
from verification.intake.clip_decoder_process import ClipDecoderLimits
from verification.intake.clip_refusals import SENTENCES, ClipRefusal
from verification.intake.video import normalise_clip

PLAIN = clip()
MP4 = {"container": "mp4", "video": "libx264", "audio": "aac"}
PLAIN_MP4 = clip(**MP4)


def element(identity: bytes, body: bytes) -> bytes:
    return identity + (len(body) | 1 << 56).to_bytes(8, "big") + body


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


TRACKS_TO_REFUSE: dict[str, tuple[dict[str, Any], str]] = {
    "sound only": ({"video": None}, "clip_no_video"),
    "two videos": ({"videos": 2}, "clip_more_than_one_video"),
    "two videos in mp4": ({**MP4, "videos": 2}, "clip_more_than_one_video"),
    "two sounds": ({"audios": 2}, "clip_more_than_one_sound"),
    "too wide": ({"width": 1282}, "clip_too_wide"),
    "too high in mp4": ({**MP4, "height": 1282}, "clip_too_wide"),
    "too small": ({"width": 62}, "clip_too_small"),
    "pcm sound": ({"container": "matroska", "audio": "pcm_s16le"}, "clip_codec_not_accepted"),
}


@pytest.mark.parametrize("name", TRACKS_TO_REFUSE)
def test_tracks_that_a_capture_does_not_have(name: str) -> None:
    changes, code = TRACKS_TO_REFUSE[name]

    assert refusal(clip(**{"times_ms": (0, 40, 80), **changes})) == code


def test_a_track_that_is_neither_picture_nor_sound() -> None:
    """Subtitles (0x11) in a WebM, and in an MP4 subtitles, text, timecode and metadata."""
    assert refusal(PLAIN.replace(b"\x83\x81\x02", b"\x83\x81\x11")) == "clip_has_other_streams"
    for kind in (b"sbtl", b"subt", b"text", b"tmcd", b"meta", b"hint"):
        assert refusal(PLAIN_MP4.replace(b"soun", kind)) == "clip_has_other_streams"


OTHER_FILES = {
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n",
    "a list of files to join": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a manifest": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "subtitles": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
    "an AVI": b"RIFF\x00\x10\x00\x00AVI LIST",
    "an Ogg": b"OggS\x00\x02" + bytes(40),
    "a picture": b"\xff\xd8\xff\xe0" + bytes(40),
    "one byte": b"\x1a",
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_other_kinds_of_file_are_told_by_their_content(name: str) -> None:
    assert refusal(OTHER_FILES[name]) == "clip_type_not_accepted"


def test_a_playlist_behind_the_first_bytes_of_a_clip_goes_nowhere() -> None:
    assert refusal(b"\x1a\x45\xdf\xa3" + OTHER_FILES["a playlist"]) in {"clip_corrupt", "clip_truncated"}
    assert refusal(box(b"ftyp", b"isom\0\0\2\0") + OTHER_FILES["a playlist"]) in {"clip_corrupt", "clip_truncated"}


def test_a_quicktime_movie_is_not_a_recording() -> None:
    assert refusal(PLAIN_MP4.replace(b"ftypisom", b"ftypqt  ")) == "clip_type_not_accepted"


def test_another_document_type_is_not_accepted() -> None:
    assert refusal(PLAIN.replace(b"webm", b"weba", 1)) == "clip_type_not_accepted"


def test_no_bytes_and_too_many() -> None:
    assert refusal(b"") == "clip_empty"
    assert refusal(PLAIN + bytes(MAX_BYTES)) == "clip_too_large"


def test_a_clip_of_fifteen_seconds_is_taken_and_one_of_more_is_not() -> None:
    assert isinstance(normalise_clip(clip(times_ms=(0, 7500, 15_000), audio=None)), Clip)
    assert refusal(clip(times_ms=(0, 7500, 15_001), audio=None)) == "clip_too_long"


def test_a_clip_with_a_longer_sound_is_too_long() -> None:
    assert refusal(clip(audio_ms=15_500)) == "clip_too_long"


def test_a_clip_of_six_hundred_frames_is_taken_and_one_of_more_is_not() -> None:
    taken = normalise_clip(clip(times_ms=tuple(range(0, 6000, 10)), audio=None, width=64, height=64))

    assert isinstance(taken, Clip)
    assert taken.facts.frames_total == 600
    more = clip(times_ms=tuple(range(0, 6010, 10)), audio=None, width=64, height=64)
    assert refusal(more) == "clip_too_many_frames"


def test_a_video_track_without_a_frame() -> None:
    empty = PLAIN[: PLAIN.index(b"\x1f\x43\xb6\x75")]

    assert refusal(empty) == "clip_no_frames"


def test_a_stream_that_is_larger_than_its_container_says() -> None:
    """The walk believes the container; the decoder sees the frames."""
    honest = clip(width=1600, height=800, times_ms=(0, 40), audio=None)
    assert refusal(honest) == "clip_too_wide"
    lying = honest.replace(b"\xb0\x82\x06\x40", b"\xb0\x82\x02\x80")
    assert lying != honest

    assert refusal(lying) == "clip_too_wide"


def test_a_frame_of_very_many_pixels_is_not_even_begun() -> None:
    honest = clip(width=2560, height=2560, times_ms=(0,), audio=None)
    lying = honest.replace(b"\xb0\x82\x0a\x00", b"\xb0\x82\x02\x80").replace(b"\xba\x82\x0a\x00", b"\xba\x82\x02\x80")
    assert lying != honest

    assert refusal(lying) in {"clip_corrupt", "clip_no_frames"}


def test_a_codec_that_is_not_what_the_container_says() -> None:
    lying = PLAIN.replace(b"V_VP8", b"V_VP9")

    assert refusal(lying) in {"clip_corrupt", "clip_no_frames", "clip_codec_not_accepted"}
    assert refusal(PLAIN.replace(b"V_VP8", b"V_MS8")) == "clip_codec_not_accepted"


def test_more_detail_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_FRAME_BYTES", 20_000)

    assert refusal(PLAIN) == "clip_too_detailed"


def test_attachments_and_chapters_are_refused() -> None:
    for identity in (b"\x19\x41\xa4\x69", b"\x10\x43\xa7\x70"):
        assert refusal(PLAIN + element(identity, b"")) == "clip_has_other_streams"


def test_something_after_the_end() -> None:
    whole = clip(live=False)

    assert refusal(whole + b"\x1a\x45\xdf\xa3more") == "clip_has_trailing_data"
    assert refusal(PLAIN + element(b"\x1a\x45\xdf\xa3", b"")) == "clip_corrupt"
    assert refusal(PLAIN_MP4 + box(b"evil", b"")) == "clip_corrupt"
    assert refusal(PLAIN_MP4 + box(b"moov", b"")) == "clip_corrupt"


def test_compressed_or_encrypted_blocks_are_refused() -> None:
    """A content encoding in the place of the track's language (both may stand there)."""
    track = PLAIN.index(b"\x22\xb5\x9c")

    assert refusal(PLAIN[:track] + b"\x6d\x80\x84" + PLAIN[track + 3 :]) in {"clip_codec_not_accepted", "clip_corrupt"}


def test_media_in_another_file_is_refused() -> None:
    elsewhere = PLAIN_MP4.replace(b"url \0\0\0\1", b"url \0\0\0\0")
    assert elsewhere != PLAIN_MP4

    assert refusal(elsewhere) == "clip_has_references"
    assert refusal(with_reference_movie()) == "clip_has_references"
    assert refusal(PLAIN + element(b"\x15\x49\xa9\x66", element(b"\x3e\x83\xbb", b"next.mkv"))) == "clip_has_references"


def with_reference_movie() -> bytes:
    return box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", box(b"rmra", b""))


def test_a_compressed_index_and_a_box_out_of_place_are_refused() -> None:
    start = box(b"ftyp", b"isom\0\0\2\0")

    assert refusal(start + box(b"moov", box(b"cmov", b""))) == "clip_corrupt"
    assert refusal(start + box(b"moov", box(b"mdia", b""))) == "clip_corrupt"


def test_nesting_without_end_is_not_followed() -> None:
    nested = b""
    for _ in range(5000):
        nested = box(b"trak", nested)

    assert refusal(box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", nested)) == "clip_corrupt"


def test_elements_without_end_are_not_counted() -> None:
    assert refusal(PLAIN + b"\xec\x80" * 25_000) == "clip_corrupt"
    assert refusal(PLAIN_MP4 + box(b"free", b"") * 25_000) == "clip_corrupt"


@pytest.mark.parametrize("data", [clip(live=False), PLAIN_MP4], ids=["webm", "mp4"])
@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_clip_that_was_cut_short_is_refused(data: bytes, tenth: int) -> None:
    assert refusal(data[: len(data) * tenth // 10]) == "clip_truncated"


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_live_recording_cut_within_a_block_is_refused(tenth: int) -> None:
    """Its segment has no length, so a cut between two blocks would leave a shorter recording; within one it shows."""
    assert refusal(PLAIN[: len(PLAIN) * tenth // 10]) == "clip_truncated"


def test_damage_within_the_pictures_is_found() -> None:
    block = PLAIN_MP4.index(b"mdat") + 4
    damaged = PLAIN_MP4[:block] + b"\xff" * 4000 + PLAIN_MP4[block + 4000 :]

    assert refusal(damaged) == "clip_corrupt"


def test_every_code_has_its_own_sentence() -> None:
    assert set(SENTENCES) == set(ClipRefusal)
    assert len(set(SENTENCES.values())) == len(ClipRefusal)


def test_too_little_memory_and_too_little_time_are_answers() -> None:
    large = clip(width=1280, height=1280, times_ms=tuple(range(0, 400, 40)), audio=None)

    assert refusal(large, limits=ClipDecoderLimits(address_space=136 << 20)) == "clip_decoder_failed"
    assert refusal(large, limits=ClipDecoderLimits(wall_seconds=0.05)) == "clip_decoding_timed_out"
