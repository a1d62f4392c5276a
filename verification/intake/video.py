"""Turn an uploaded clip of unknown origin into plain pictures and plain sound, or say why not.

The same two steps as for images (``images``): a walk of the container in pure Python (``clip_containers``), then a
decoder in a child process without rights (``clip_decoder``, ``clip_decoder_process``). What comes back is raw pixels,
encoded here as fresh JPEGs one by one as they arrive, and raw sound. The uploaded bytes are dropped; neither they nor
what is made of them ever touch a disk in the clear.

The difference hash: brightness on 9 x 8 cells, and for each of the 64 neighbouring pairs in a row whether the left one
is brighter (N. Krawetz, "Kind of like that", 2013). It survives another encoding; it does not tell one calm face from
another.
"""

from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image

from verification.checks.clips import MAX_FRAME_BYTES, BadBundle, Clip, facts_from
from verification.intake.clip_containers import check_clip_container
from verification.intake.clip_decoder_process import PROGRAM, ClipDecoderLimits, ClipDecoderProcess, Ended, Shown
from verification.intake.clip_refusals import SENTENCES, ClipRefusal, ClipRefused
from verification.intake.clip_tracks import Walked, check_side
from verification.intake.images import place_for_a_child

JPEG_QUALITY = 92
DEFAULT_LIMITS = ClipDecoderLimits()
# FFmpeg counts anticlockwise, as Pillow does.
TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}

NormalisedClip = Clip


@dataclass(frozen=True)
class RefusedClip:
    """A clip that was not taken: a stable code for machines and a sentence for people."""

    code: ClipRefusal
    sentence: str


@dataclass
class _Gathered:
    frames: list[bytes] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    size: int = 0

    def add(self, shown: Shown) -> None:
        picture = Image.frombytes("RGB", (shown.pixels.width, shown.pixels.height), shown.pixels.rgb)
        if turn := TURNS.get(shown.turn):
            picture = picture.transpose(turn)
        check_side(picture.width, picture.height)
        self.frames.append(_jpeg(picture))
        self.times_ms.append(shown.time_ms)
        self.digests.append(difference_hash(picture))
        self.size += len(self.frames[-1])
        if self.size > MAX_FRAME_BYTES:
            raise ClipRefused(ClipRefusal.TOO_DETAILED)


def normalise_clip(
    data: bytes, *, limits: ClipDecoderLimits = DEFAULT_LIMITS, program: Path = PROGRAM
) -> NormalisedClip | RefusedClip:
    """A plain clip, or a refusal. Never raises because of what the bytes are.

    Raises ``DecodersBusyError`` when too many submissions are being decoded at once.
    """
    try:
        walked = check_clip_container(data)
        with place_for_a_child(), ClipDecoderProcess(limits, program) as child:
            return _gather(data, walked, child)
    except ClipRefused as refused:
        return RefusedClip(refused.code, SENTENCES[refused.code])


def difference_hash(picture: Image.Image) -> int:
    """64 bits; pictures that look alike differ in few of them."""
    cells = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    rows = (cells[start : start + 9] for start in range(0, 72, 9))
    bits = (left > right for row in rows for left, right in pairwise(row))
    return sum(bit << place for place, bit in enumerate(bits))


def _gather(data: bytes, walked: Walked, child: ClipDecoderProcess) -> Clip:
    gathered = _Gathered()
    for message in child.decode(data):
        if isinstance(message, Shown):
            gathered.add(message)
        else:
            return _clip(gathered, message, walked, data)
    raise ClipRefused(ClipRefusal.DECODER_FAILED)


def _clip(gathered: _Gathered, ended: Ended, walked: Walked, data: bytes) -> Clip:
    """The whole, held to every promise of ``Clip``: a child that breaks one is not believed."""
    said = ended.facts if isinstance(ended.facts, dict) else {}
    facts = {
        **said,
        "container": walked.container,
        "stated_ms": walked.stated_ms,
        "written_by": walked.written_by,
        "encoder_tag_digest": walked.encoder_tag_digest,
        "has_encoder_mark": walked.has_encoder_mark(data),
        "has_device_tags": walked.has_device_tags,
    }
    frames, times, digests = tuple(gathered.frames), tuple(gathered.times_ms), tuple(gathered.digests)
    try:
        return Clip(frames, times, ended.audio, facts_from(facts), digests)
    except BadBundle:
        raise ClipRefused(ClipRefusal.DECODER_FAILED) from None


def _jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return target.getvalue()
