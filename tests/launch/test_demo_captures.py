"""The demo shows one of each kind of capture, made from photographs that are installed anyway."""

from __future__ import annotations

import io

from PIL import Image

from verification.management import demo_captures


def test_every_kind_of_capture_is_there_once() -> None:
    names = [capture.name for capture in demo_captures.captures()]
    assert len(set(names)) == len(names)
    assert {"clear-match", "mismatch", "ambiguous", "two-faces", "no-face", "too-dark", "no-human-view"} <= set(names)


def test_each_image_is_a_whole_jpeg_without_metadata() -> None:
    for capture in demo_captures.captures():
        for data in (capture.reference, *capture.live):
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
                assert picture.format == "JPEG"
                assert not picture.getexif()


def test_a_second_run_sends_the_same_bytes_so_that_its_idempotency_keys_hold() -> None:
    assert demo_captures.captures() == demo_captures.captures()


def test_exactly_one_capture_forbids_a_human_view() -> None:
    without = [capture.name for capture in demo_captures.captures() if "human_view" not in capture.scopes]
    assert without == ["no-human-view"]
