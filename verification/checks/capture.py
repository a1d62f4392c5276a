"""THE ORDER OF THE CHECKS ON A CAPTURED CLIP, and the same promise as in `run.py`: none passes a case by breaking.

Every frame is examined once and forgotten; only its numbers are kept, and the few frames that faces are compared and
shown from are decoded again. The image checks run on the best frame, which is chosen without the reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from billiard.exceptions import SoftTimeLimitExceeded

from .bands import Bands
from .challenge import CHALLENGE, challenge
from .challenge_facts import ChallengeFacts
from .clips import Clip
from .detection import DETECTION, detection
from .evidence import Evidence
from .injection import INJECTION, injection
from .match import MATCH, cosine, match
from .pad import PAD, pad
from .quality import EXPOSURE, ONE_FACE, POSE, SHARPNESS, SIZE, exposure, one_face, pose, sharpness, size
from .reasons import Reason
from .results import Band, CheckResult
from .run import CheckRun, guarded, log_error, milliseconds_since, timed_out
from .same_person import SAME_PERSON, moments_to_compare, same_person
from .scales import Scale
from .steps import Answer, answer_of
from .tracks import FaceSample, Track
from .voice import VOICE, Sound, counts, voice
from .welfare import WELFARE, welfare

if TYPE_CHECKING:
    from .engines.bundle import Engines
    from .engines.shapes import Examined

CANDIDATES = 3
"""The most frontal frames of which the sharpest is the best one."""
COMPANY_SHARE = 0.05
"""A second face counts when it is in so large a share of the frames: the detector errs in single ones."""
SURE = 0.85


@dataclass(frozen=True, slots=True)
class Captured:
    """What every check of one capture may look at. `evidence` holds the reference and the best frame, which is the
    clip's at `best_ms`. `shown` is that frame and one for each step that was answered; `shows` names the steps.
    """

    clip: Clip
    facts: ChallengeFacts
    track: Track
    sound: Sound
    answers: tuple[Answer, ...]
    evidence: Evidence
    best_ms: int
    compared: tuple[Examined, ...]
    shown: tuple[Examined, ...]
    shows: Mapping[str, str]


Check = Callable[[Captured, Bands], CheckResult]


def _company(captured: Captured, bands: Bands) -> CheckResult:
    """Exactly one face in the reference, and in the frames: the count that all but one in twenty stay within."""
    counts_seen = sorted((sample.faces for sample in captured.track.samples), reverse=True)
    usual = counts_seen[int(len(counts_seen) * COMPANY_SHARE)]
    reference = one_face(Evidence(captured.evidence.reference, (), captured.evidence.engines), bands)
    return ONE_FACE.worst([float(usual), reference.score], bands)


def _same_person(captured: Captured, bands: Bands) -> CheckResult:
    evidence = captured.evidence
    best = evidence.embedding(evidence.live[0])
    cosines = [cosine(best, evidence.embedding(image)) for image in captured.compared]
    return same_person(captured.track, cosines, bands, evidence.model("embedder"))


def _voice(captured: Captured, bands: Bands) -> CheckResult:
    model = captured.evidence.model("speech")
    return voice(captured.sound, captured.track, captured.facts, bands, model)


def _of_images(check: Callable[[Evidence, Bands], CheckResult]) -> Check:
    return lambda captured, bands: check(captured.evidence, bands)


ORDER: tuple[tuple[Scale, Check], ...] = (
    (ONE_FACE, _company),
    (SIZE, _of_images(size)),
    (SHARPNESS, _of_images(sharpness)),
    (EXPOSURE, _of_images(exposure)),
    (POSE, _of_images(pose)),
    (DETECTION, _of_images(detection)),
    (CHALLENGE, lambda seen, bands: challenge(seen.answers, bands)),
    (PAD, lambda seen, bands: pad(seen.track, bands, seen.evidence.model("liveness"))),
    (SAME_PERSON, _same_person),
    (INJECTION, lambda seen, bands: injection(seen.track, seen.clip.facts, seen.facts, bands)),
    (WELFARE, lambda seen, bands: welfare(seen.track, seen.answers, seen.sound.speech, bands)),
    (VOICE, _voice),
    (MATCH, _of_images(match)),
)
"""Every check runs whatever the earlier ones found; only time running out ends it. `voice` is left out where it does
not count."""

CAPTURE_NAMES = tuple(scale.name for scale, _ in ORDER)


def run_capture_checks(
    reference: bytes, clip: Clip, facts: ChallengeFacts, engines: Engines, bands: Mapping[str, Bands]
) -> CheckRun:
    """Examine the clip once and run every check over it.

    `reference` is a JPEG or PNG as intake re-encoded it; `bands` has an entry per check. The `live` images of the run
    are the best frame, then one for each step that was answered. Raises nothing that a check or a broken picture could
    cause: those become results with band `error`.
    """
    began = time.perf_counter()
    try:
        captured = _captured(reference, clip, facts, engines)
    except SoftTimeLimitExceeded:
        return CheckRun(capture_not_run(facts, Reason.CHECK_TIMED_OUT))
    except Exception as error:  # noqa: BLE001 - whatever broke, a person decides
        log_error("examine", error)
        return CheckRun(capture_not_run(facts))
    examined = milliseconds_since(began)
    results = tuple(
        replace(result, milliseconds=result.milliseconds + examined) if result.name == DETECTION.name else result
        for result in _results(captured, bands)
    )
    kept = evidence_of(captured)
    return CheckRun(results, captured.evidence.reference, captured.shown, captured.shows, kept)


def capture_not_run(facts: ChallengeFacts, reason: Reason = Reason.CHECK_ERROR) -> tuple[CheckResult, ...]:
    """An `error` result for every check that counts: nothing could be examined."""
    return tuple(scale.result(Band.ERROR, None, reason) for scale, _ in _order(facts))


def evidence_of(captured: Captured) -> dict[str, Any]:
    """What is kept of a capture, as plain JSON: times, angles and openness of each step, and facts of the voice.

    Numbers only, never a picture or a sound. `best_ms` is when the frame that was compared and shown was taken.
    `voice.counted` is False where it was not asked, or where the language of the page has no model; `why` then says
    which.
    """
    return {
        "steps": [_kept(answer) for answer in captured.answers],
        "rest": _rounded(captured.track.resting),
        "frames": len(captured.track.samples),
        "frames_with_a_face": len(captured.track.seen),
        "best_ms": captured.best_ms,
        "voice": _voice_facts(captured),
    }


def _order(facts: ChallengeFacts) -> list[tuple[Scale, Check]]:
    return [(scale, check) for scale, check in ORDER if scale is not VOICE or counts(facts)]


def _results(captured: Captured, bands: Mapping[str, Bands]) -> Iterator[CheckResult]:
    late = False
    for scale, check in _order(captured.facts):
        result = timed_out(scale) if late else guarded(scale, partial(_run, scale, check, captured, bands))
        late = late or Reason.CHECK_TIMED_OUT in result.reasons
        yield result


def _run(scale: Scale, check: Check, captured: Captured, bands: Mapping[str, Bands]) -> CheckResult:
    return check(captured, bands[scale.name])


def _captured(reference: bytes, clip: Clip, facts: ChallengeFacts, engines: Engines) -> Captured:
    from .engines.hearing import sound_of
    from .engines.tracking import frame_of, track_of

    track, sound = track_of(clip, engines), sound_of(clip.audio, facts, engines)

    def frame(number: int, name: str) -> Examined:
        return frame_of(clip, track, number, name, engines)

    answers = tuple(answer_of(step, track, sound.speech) for step in facts.windows())
    best_at, best = _sharpest({number: frame(number, "live-0") for number in most_frontal(track)}, engines)
    compared = tuple(frame(at, f"moment-{at}") for at in moments_to_compare(track))
    steps = [
        (answer.step.kind.value, answer.at_ms) for answer in answers if answer.answered and answer.at_ms is not None
    ]
    answering = [frame(_number_at(clip, at), f"live-{place}") for place, (_, at) in enumerate(steps, 1)]
    shows = {image.name: step for image, (step, _) in zip(answering, steps, strict=True)}
    evidence = Evidence(engines.examine("reference", reference), (best,), engines)
    best_ms, shown = clip.times_ms[best_at], (best, *answering)
    return Captured(clip, facts, track, sound, answers, evidence, best_ms, compared, shown, shows)


def most_frontal(track: Track) -> list[int]:
    """Numbers of the samples that face the camera most, with eyes open where there are any; the first without faces."""
    rest = track.resting
    if rest is None:
        return [0]
    sure = [(number, sample.face) for number, sample in enumerate(track.samples) if sample.face]
    sure = [entry for entry in sure if entry[1].score >= SURE] or sure
    return [number for number, _ in sorted(sure, key=lambda entry: _aside(entry[1], rest))][:CANDIDATES]


def _aside(face: FaceSample, rest: FaceSample) -> float:
    """Degrees away from the camera; closed eyes and an open mouth weigh like a turn of the head."""
    grimace = 90 * face.eyes_closed + 90 * max(0.0, face.mouth_openness - rest.mouth_openness)
    return abs(face.yaw) + abs(face.roll) + abs(face.pitch - rest.pitch) / 2 + grimace


def _sharpest(frames: Mapping[int, Examined], engines: Engines) -> tuple[int, Examined]:
    """Number and image of the sharpest."""

    def sharpness(entry: tuple[int, Examined]) -> float:
        _, image = entry
        return engines.appearance(image.pixels, image.face).sharpness if image.face else -1.0

    return max(frames.items(), key=sharpness)


def _number_at(clip: Clip, at_ms: int) -> int:
    return min(range(len(clip.times_ms)), key=lambda number: abs(clip.times_ms[number] - at_ms))


def _kept(answer: Answer) -> dict[str, Any]:
    """Digits are left out: they belong to the challenge, not to the evidence."""
    seen = {"answered": answer.answered, "at_ms": answer.at_ms, "peak": answer.peak, "unit": answer.unit}
    return {"step": answer.step.kind.value, "from_ms": answer.step.from_ms, "to_ms": answer.step.to_ms, **seen}


def _rounded(rest: FaceSample | None) -> dict[str, float]:
    kept = ("yaw", "pitch", "roll", "eye_openness", "mouth_openness")
    return {name: round(value, 2) for name, value in asdict(rest).items() if name in kept} if rest else {}


def _voice_facts(captured: Captured) -> dict[str, Any]:
    if counts(captured.facts):
        said: dict[str, Any] = {"counted": True}
    else:
        said = {"counted": False, "why": "no_model_for_language" if captured.facts.voice else "not_asked"}
    pitch = captured.sound.median_pitch
    spoken = sum(end - begin for begin, end in captured.sound.speech)
    return {**said, "speech_ms": spoken, "median_pitch_hz": round(pitch, 1) if pitch else None}
