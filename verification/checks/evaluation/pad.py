"""APCER per species and BPCER on labelled stills and clips (terms of ISO/IEC 30107-3).

A still is judged by the liveness check, as the live image of a case would be. A clip is judged by what a capture is
judged by, except for the challenge, which nobody put to these people: `pad`, `same_person`, `injection` and `welfare`.
Of every bona fide clip three attacks are made and labelled synthetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verification.checks.bands import Bands
from verification.checks.capture import run_capture_checks
from verification.checks.challenge_facts import ChallengeFacts
from verification.checks.clips import Clip
from verification.checks.evidence import Evidence
from verification.checks.liveness import liveness
from verification.checks.results import Band

from .rates import Rate
from .tables import BadList, Presentation

if TYPE_CHECKING:
    from verification.checks.engines.bundle import Engines

APCER_TARGET, BPCER_TARGET = 0.07, 0.15
JUDGED = frozenset({"pad", "same_person", "injection", "welfare"})
WORST = (Band.PASS, Band.AMBIGUOUS, Band.FAIL, Band.ERROR)


@dataclass(frozen=True, slots=True)
class Policies:
    """The bands for stills, and those for clips."""

    images: Mapping[str, Bands]
    clips: Mapping[str, Bands]


@dataclass(frozen=True, slots=True)
class PadReport:
    """Rates at the policy's `pass`. A bona fide presentation that does not pass counts against BPCER."""

    threshold: float
    species: Mapping[str, Rate]
    bona_fide: Rate
    to_people: Rate
    not_acquired: int

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "threshold": self.threshold,
            "species": {name: _species(rate) for name, rate in sorted(self.species.items())},
            "bona_fide": self.bona_fide.trials,
            "bpcer": self.bona_fide.value,
            "bpcer_upper95": self.bona_fide.upper95,
            "bpcer_enough_data": self.bona_fide.can_show(BPCER_TARGET),
            "to_people": self.to_people.value,
            "not_acquired": self.not_acquired,
        }


def _species(rate: Rate) -> dict[str, Any]:
    enough = rate.can_show(APCER_TARGET)
    return {"n": rate.trials, "apcer": rate.value, "upper95": rate.upper95, "enough_data": enough}


def evaluate_pad(
    presentations: Sequence[Presentation],
    engines: Engines,
    policies: Policies,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PadReport:
    """Judge every presentation, and what is made of the bona fide clips. Raises BadList."""
    genuine: list[Band] = []
    attacks: dict[str, list[Band]] = {}
    for done, presentation in enumerate(presentations, 1):
        band = _band(presentation, engines, policies)
        (genuine if presentation.bona_fide else attacks.setdefault(presentation.species, [])).append(band)
        if presentation.bona_fide and presentation.medium == "clip":
            for species, made in _synthetic(presentation, engines, policies):
                attacks.setdefault(species, []).append(made)
        progress(done, len(presentations))
    everything = [*genuine, *(band for bands in attacks.values() for band in bands)]
    return PadReport(
        policies.clips["pad"].pass_from,
        {species: _passed(bands) for species, bands in attacks.items()},
        _not_passed(genuine),
        _not_passed(everything),
        sum(band is Band.ERROR for band in everything),
    )


def _passed(bands: Sequence[Band]) -> Rate:
    return Rate(sum(band is Band.PASS for band in bands), len(bands))


def _not_passed(bands: Sequence[Band]) -> Rate:
    return Rate(sum(band is not Band.PASS for band in bands), len(bands))


def _band(presentation: Presentation, engines: Engines, policies: Policies) -> Band:
    """The band of what was listed, or `error` where there is no face or no frame to judge."""
    if not presentation.path.is_file():
        raise BadList(f"{presentation.path.name} is not in {presentation.path.parent}")
    if presentation.medium == "still":
        return _of_still(presentation, engines, policies.images)
    from verification.checks.engines.clips import clip_of

    clip = clip_of(presentation.path)
    return band_of_clip(clip, engines, policies.clips) if clip else Band.ERROR


def _of_still(presentation: Presentation, engines: Engines, bands: Mapping[str, Bands]) -> Band:
    """A still as it is, so that no gate spares the liveness check."""
    image = engines.examine("live-0", presentation.path.read_bytes())
    return liveness(Evidence(image, (image,), engines), bands["liveness"]).band if image.face else Band.ERROR


def band_of_clip(clip: Clip, engines: Engines, bands: Mapping[str, Bands]) -> Band:
    """The worst band of the checks that look for attacks."""
    found = run_capture_checks(clip.frames[0], clip, ChallengeFacts(()), engines, bands).results
    judged = [result.band for result in found if result.name in JUDGED]
    return max(judged, key=WORST.index)


def _synthetic(presentation: Presentation, engines: Engines, policies: Policies) -> Iterator[tuple[str, Band]]:
    """(species, band) of each attack made of a bona fide clip."""
    from verification.checks.engines.attacks import ATTACKS
    from verification.checks.engines.clips import clip_of

    clip = clip_of(presentation.path)
    for name, attack in ATTACKS.items() if clip else ():
        assert clip is not None
        yield f"synthetic_{name}", band_of_clip(attack(clip), engines, policies.clips)
