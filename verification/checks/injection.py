"""Did the clip come out of a camera just now, or was it put in its place?

Every signal has a weight. Three is what an honest capture never shows; one is what now and then it does: a virtual
camera is a signal and no proof. One signal of weight one already brings a person in, and only more than two of them
fail. All of it can be forged by somebody with enough patience; the challenge is what has to be forged anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .bands import Bands
from .challenge_facts import ChallengeFacts
from .clips import ClipFacts, Writer
from .loops import closest_repeat
from .reasons import Reason
from .results import CheckResult
from .scales import Scale
from .tracks import Track

INJECTION = Scale("injection", "weight of signals", 0, 50, Reason.CHECK_ERROR, Reason.RECORDING_CONTRADICTS_ITSELF)
NEVER, SELDOM = 3, 1
REPEATS_BELOW = 0.4
"""A second of the track is a loop from this closeness on; see `loops`."""
FROZEN_MS, FROZEN_SHARE = 1500, 0.6
STALLED_MS = 700
"""A freeze or a gap of this length is odd; a busy telephone makes shorter ones."""
REPEATED_SHARE = 0.05
LEAST_CHECKED_MS = 2000
"""Shorter clips have too few gaps between frames to call them too regular."""
COVERED = 0.9
"""Share of the challenge's time that the clip must cover."""

Signal = tuple[Reason, int]


def injection(track: Track, clip: ClipFacts, facts: ChallengeFacts, bands: Bands) -> CheckResult:
    """The sum of the weights, with every signal's reason."""
    found = [*_arrival(facts), *_frames(track, clip), *_container(clip), *_length(clip, facts)]
    result = INJECTION.worst([float(sum(weight for _, weight in found))], bands)
    return replace(result, reasons=tuple(dict.fromkeys(reason for reason, _ in found)))


def _arrival(facts: ChallengeFacts) -> Iterator[Signal]:
    if not facts.nonce_fresh:
        yield Reason.NONCE_NOT_FRESH, NEVER
    if not facts.in_time:
        yield Reason.ANSWER_LATE, NEVER
    if not facts.in_order:
        yield Reason.ANSWER_OUT_OF_ORDER, NEVER
    if facts.seen_before:
        yield Reason.CLIP_SEEN_BEFORE, NEVER
    if facts.device.label_is_virtual:
        yield Reason.CAMERA_VIRTUAL, SELDOM


def _frames(track: Track, clip: ClipFacts) -> Iterator[Signal]:
    if clip.longest_freeze_ms > FROZEN_MS or clip.frozen_frames > FROZEN_SHARE * clip.frames_total:
        yield Reason.FRAMES_FROZEN, NEVER
    elif clip.longest_freeze_ms > STALLED_MS:
        yield Reason.FRAMES_FROZEN, SELDOM
    if clip.repeated_frames > REPEATED_SHARE * clip.frames_total or closest_repeat(track) < REPEATS_BELOW:
        yield Reason.FRAMES_REPEAT, NEVER
    if clip.longest_gap_ms > STALLED_MS:
        yield Reason.RECORDING_HAS_GAPS, SELDOM


def _container(clip: ClipFacts) -> Iterator[Signal]:
    """A recording made in a page carries no marks of a camera's or a desktop's encoder."""
    if clip.has_encoder_mark or clip.has_device_tags or clip.written_by is Writer.FFMPEG:
        yield Reason.RECORDING_CONTRADICTS_ITSELF, NEVER
    if clip.written_by in {Writer.OTHER, Writer.GSTREAMER} or not clip.monotonic:
        yield Reason.RECORDING_CONTRADICTS_ITSELF, SELDOM
    if clip.gap_kinds <= 2 and clip.video_ms > LEAST_CHECKED_MS:
        yield Reason.RECORDING_TOO_REGULAR, SELDOM


def _length(clip: ClipFacts, facts: ChallengeFacts) -> Iterator[Signal]:
    asked = max((step.to_ms for step in facts.windows()), default=0)
    if clip.video_ms < COVERED * asked:
        yield Reason.RECORDING_TOO_SHORT, SELDOM
