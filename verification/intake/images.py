"""Turn uploaded bytes of unknown origin into plain pictures, or say why not.

Each upload passes a walk of its container in pure Python (``containers``), then a decoder in a child process that has
no rights, little memory and little time (``decoder``, ``decoder_process``). What comes back is raw pixels, which are
encoded here as a fresh JPEG without any metadata. The uploaded bytes are dropped; neither they nor the pixels ever
touch a disk in the clear.

The longer side is brought down to 2048 pixels: the checks work at 640 and the reviewer's crop at 512, so more would be
kept without being used. The fresh encoding has quality 95 and no chroma subsampling. On 33 small photographs (the
hardest case) a face kept a cosine of 0.998 or more to itself, and the score of a pair moved by at most 0.016.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image

from verification.intake.containers import check_container
from verification.intake.decoder_process import PROGRAM, DecoderGone, DecoderLimits, DecoderProcess, Pixels
from verification.intake.refusals import SENTENCES, ImageRefusal, Refused

JPEG_QUALITY = 95
DEFAULT_LIMITS = DecoderLimits()
# Sixteen uploads at once must not start sixteen children of 768 MB: more than the processors can serve only waits.
CHILDREN_AT_ONCE = max(2, os.cpu_count() or 1)
WAIT_SECONDS = 30.0
_places = threading.BoundedSemaphore(CHILDREN_AT_ONCE)


@dataclass(frozen=True)
class NormalisedImage:
    """A fresh baseline JPEG: upright, 8-bit RGB read as sRGB, at most 2048 px on the longer side, no metadata."""

    data: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True)
class RefusedImage:
    """A picture that was not taken: a stable code for machines and a sentence for people."""

    code: ImageRefusal
    sentence: str


class DecodersBusyError(Exception):
    """All decoders stayed busy for ``WAIT_SECONDS``; nothing was looked at, so the sender may try again."""


def normalise_images(
    uploads: Sequence[bytes], *, limits: DecoderLimits = DEFAULT_LIMITS, program: Path = PROGRAM
) -> list[NormalisedImage | RefusedImage]:
    """One result per upload, in order. Never raises because of what the bytes are.

    Raises ``DecodersBusyError`` when too many submissions are being decoded at once.
    """
    results: list[NormalisedImage | RefusedImage | None] = [_check(upload) for upload in uploads]
    waiting = [index for index, result in enumerate(results) if result is None]
    if waiting:
        with place_for_a_child():
            while waiting:
                waiting = _decode_with_one_child(uploads, waiting, results, limits, program)
    return [result for result in results if result is not None]


def pixels_of(upload: bytes, *, limits: DecoderLimits = DEFAULT_LIMITS, program: Path = PROGRAM) -> Pixels:
    """The bare pixels of one upload, for who measures them and keeps nothing: encoding anew would blur what is faint.

    Raises ``Refused`` because of what the bytes are, and ``DecodersBusyError`` as ``normalise_images`` does.
    """
    check_container(upload)
    with place_for_a_child(), DecoderProcess(limits, program) as child:
        try:
            return child.decode(upload)
        except DecoderGone as gone:
            raise Refused(gone.code) from None


def _check(upload: bytes) -> RefusedImage | None:
    try:
        check_container(upload)
    except Refused as refused:
        return _refusal(refused.code)
    return None


def _decode_with_one_child(
    uploads: Sequence[bytes],
    waiting: list[int],
    results: list[NormalisedImage | RefusedImage | None],
    limits: DecoderLimits,
    program: Path,
) -> list[int]:
    """Decode the waiting uploads until all are done or one takes the child down; returns those still to do."""
    with DecoderProcess(limits, program) as child:
        for done, index in enumerate(waiting, start=1):
            try:
                results[index] = _encode(child.decode(uploads[index]))
            except Refused as refused:
                results[index] = _refusal(refused.code)
            except DecoderGone as gone:
                results[index] = _refusal(gone.code)
                return waiting[done:]
    return []


def _encode(pixels: Pixels) -> NormalisedImage:
    target = BytesIO()
    picture = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)
    picture.save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return NormalisedImage(target.getvalue(), pixels.width, pixels.height)


def _refusal(code: ImageRefusal) -> RefusedImage:
    return RefusedImage(code, SENTENCES[code])


@contextmanager
def place_for_a_child() -> Iterator[None]:
    """Wait for one of the ``CHILDREN_AT_ONCE`` places, which pictures and clips share."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise DecodersBusyError
    try:
        yield
    finally:
        _places.release()
