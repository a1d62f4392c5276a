"""The bare pixels of one picture, from the same cage: for a measurement that a fresh encoding would blur."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.intake import pictures
from tests.intake.pictures import encoded, quarters
from verification.intake import images
from verification.intake.decoder_process import DecoderLimits
from verification.intake.images import pixels_of
from verification.intake.refusals import Refused

# Programs in the decoder's place: one that dies at once, and one that never answers.
DYING, HANGING = "import os; os._exit(1)", "import time; time.sleep(60)"


def refused(upload: bytes) -> str:
    with pytest.raises(Refused) as problem:
        pixels_of(upload)
    return problem.value.code.value


def program(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "program.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_a_lossless_picture_comes_back_to_the_last_level(form: str, options: dict[str, bool]) -> None:
    picture = Image.effect_noise((90, 70), 60).convert("RGB")
    pixels = pixels_of(encoded(picture, form, **options))

    assert (pixels.width, pixels.height) == (90, 70)
    assert pixels.rgb == picture.tobytes()


def test_a_large_picture_is_brought_down_as_every_upload_is() -> None:
    pixels = pixels_of(encoded(quarters(3000, 1500), "JPEG"))

    assert (pixels.width, pixels.height) == (2048, 1024)
    assert len(pixels.rgb) == 2048 * 1024 * 3


def test_what_the_walk_refuses_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))

    with images.place_for_a_child():
        assert refused(b"") == "image_empty"
        assert refused(b"junk") == "image_type_not_accepted"


def test_what_the_decoder_refuses_has_its_code() -> None:
    assert refused(encoded(quarters(40, 40), "PNG")) == "image_too_small"


@pytest.mark.parametrize("make", [pictures.jpeg, pictures.png, pictures.webp])
def test_half_a_picture_is_refused(make: Callable[[], bytes]) -> None:
    assert refused(make()[: len(make()) // 2]) == "image_truncated"


@pytest.mark.parametrize(
    ("text", "code"), [(DYING, "image_decoder_failed"), (HANGING, "image_decoding_timed_out")], ids=["dies", "hangs"]
)
def test_a_child_that_is_gone_is_a_refusal_and_gives_its_place_back(tmp_path: Path, text: str, code: str) -> None:
    for _ in range(images.CHILDREN_AT_ONCE + 1):
        with pytest.raises(Refused, match=code):
            pixels_of(pictures.jpeg(), limits=DecoderLimits(wall_seconds=1), program=program(tmp_path, text))


def test_when_all_places_stay_taken_the_sender_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.05)

    with images.place_for_a_child(), pytest.raises(images.DecodersBusyError):
        pixels_of(pictures.jpeg())
    assert pixels_of(pictures.jpeg()).rgb


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    pixels_of(pictures.png())

    assert list(tmp_path.iterdir()) == []
