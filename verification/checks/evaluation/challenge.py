"""How often is a challenge answered by who it was put to, and how often by a recording that was made for no challenge?

The answers are synthetic: one shipped photograph that is bent, so the BPCER here says that the wiring works, not how
people fare. The replays are the labelled clips, put to every challenge that can be drawn; trials on one clip are not
independent of each other, so the bounds are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

from verification.checks.challenge_facts import Step, StepKind
from verification.checks.clips import Clip
from verification.checks.steps import answer_of
from verification.checks.tracks import Track

from .pad import APCER_TARGET, BPCER_TARGET
from .rates import Rate
from .tables import Presentation

if TYPE_CHECKING:
    from verification.checks.engines.bundle import Engines
    from verification.checks.engines.shapes import Pixels

SECONDS, STEPS, PER_SECOND = 7, 3, 15
SEEN = tuple(kind for kind in StepKind if kind is not StepKind.SAY_DIGITS)
Kinds = tuple[StepKind, ...]
ALL: tuple[Kinds, ...] = tuple(permutations(SEEN, STEPS))
EVERY = 5
"""One in so many of the sixty challenges is performed; the first performance takes the longest to make."""


@dataclass(frozen=True, slots=True)
class ChallengeReport:
    """How many attacks of each species answered in full, and how many performances did not."""

    species: dict[str, Rate]
    bona_fide: Rate

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "species": {
                name: {
                    "n": rate.trials,
                    "apcer": rate.value,
                    "upper95": rate.upper95,
                    "enough_data": rate.can_show(APCER_TARGET),
                }
                for name, rate in sorted(self.species.items())
            },
            "bona_fide": self.bona_fide.trials,
            "bpcer": self.bona_fide.value,
            "bpcer_upper95": self.bona_fide.upper95,
            "bpcer_enough_data": self.bona_fide.can_show(BPCER_TARGET),
        }


def evaluate_challenge(
    presentations: Sequence[Presentation],
    photograph: Pixels,
    engines: Engines,
    progress: Callable[[int, int], None] = lambda done, total: None,
    challenges: Sequence[Kinds] = ALL[::EVERY],
) -> ChallengeReport:
    """Perform some challenges, and put recordings to all. `photograph` shows one face that looks into the camera."""
    clips = [one for one in presentations if one.medium == "clip"]
    total = len(challenges) + len(clips)
    outcomes: dict[str, list[bool]] = {}
    genuine = []
    for done, kinds in enumerate(challenges, 1):
        track = _performed(photograph, kinds, engines)
        genuine.append(answered(track, kinds))
        others = [other for other in permutations(kinds) if other != kinds]
        outcomes.setdefault("synthetic_wrong_order", []).extend(answered(track, other) for other in others)
        progress(done, total)
    outcomes["synthetic_frozen"] = _against_all(_track(_still(photograph), engines))
    for done, presentation in enumerate(clips, len(challenges) + 1):
        species = presentation.species or "replay_of_a_recording"
        outcomes.setdefault(species, []).extend(_against_all(_recorded(presentation, engines)))
        progress(done, total)
    return ChallengeReport({name: Rate(sum(found), len(found)) for name, found in outcomes.items()}, _missed(genuine))


def answered(track: Track, kinds: Kinds, milliseconds: int = SECONDS * 1000) -> bool:
    """Whether the track answers these steps in equal windows."""
    return all(answer_of(step, track).answered for step in _windows(kinds, milliseconds))


def _windows(kinds: Kinds, milliseconds: int) -> tuple[Step, ...]:
    length = milliseconds // len(kinds)
    return tuple(Step(kind, place * length, (place + 1) * length) for place, kind in enumerate(kinds))


def _against_all(track: Track) -> list[bool]:
    """Each challenge that can be drawn; a short clip gets as much time as it lasts, to its own advantage."""
    lasts = track.samples[-1].at_ms if track.samples else 0
    return [answered(track, kinds, max(STEPS, min(SECONDS * 1000, lasts))) for kinds in ALL]


def _missed(genuine: list[bool]) -> Rate:
    return Rate(len(genuine) - sum(genuine), len(genuine))


def _performed(photograph: Pixels, kinds: Kinds, engines: Engines) -> Track:
    from verification.checks.engines.clips import clip_from
    from verification.checks.engines.moving_head import MovingHead, performance

    landmarks = engines.examine_pixels("photograph", photograph).landmarks
    if landmarks is None:
        raise ValueError("the photograph shows no face")
    head, move = MovingHead(photograph, landmarks), performance(_windows(kinds, SECONDS * 1000))
    frames = SECONDS * PER_SECOND
    return _track(clip_from(head.bent(move(number * 1000 // PER_SECOND)) for number in range(frames)), engines)


def _still(photograph: Pixels) -> Clip:
    from verification.checks.engines.clips import clip_from

    return clip_from([photograph] * (SECONDS * PER_SECOND))


def _recorded(presentation: Presentation, engines: Engines) -> Track:
    from verification.checks.engines.clips import clip_of

    clip = clip_of(presentation.path)
    return _track(clip, engines) if clip else Track(())


def _track(clip: Clip, engines: Engines) -> Track:
    from verification.checks.engines.tracking import track_of

    return track_of(clip, engines)
