"""APCER per species and BPCER of the liveness check on labelled stills and clips (terms of ISO/IEC 30107-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verification.checks.bands import Bands
from verification.checks.evidence import Evidence
from verification.checks.liveness import liveness
from verification.checks.results import Band

from .acquire import refusals
from .rates import Rate
from .tables import BadList, Presentation

if TYPE_CHECKING:
    from verification.checks.engines.bundle import Engines
    from verification.checks.engines.shapes import Examined

APCER_TARGET, BPCER_TARGET = 0.07, 0.15
IMAGES_OF_A_CLIP = 5


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
    bands: Mapping[str, Bands],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PadReport:
    """Each presentation is judged as one case would be: a still as one live image, a clip as five. Raises BadList."""
    outcomes = []
    for done, presentation in enumerate(presentations, 1):
        outcomes.append((presentation, _band(presentation, engines, bands)))
        progress(done, len(presentations))
    attacks = sorted({presentation.species for presentation, _ in outcomes if not presentation.bona_fide})
    genuine = [band for presentation, band in outcomes if presentation.bona_fide]
    bands_seen = [band for _, band in outcomes]
    return PadReport(
        bands["liveness"].pass_from,
        {species: _passed([band for one, band in outcomes if one.species == species]) for species in attacks},
        _not_passed(genuine),
        _not_passed(bands_seen),
        sum(band is Band.ERROR for band in bands_seen),
    )


def _passed(bands: Sequence[Band]) -> Rate:
    return Rate(sum(band is Band.PASS for band in bands), len(bands))


def _not_passed(bands: Sequence[Band]) -> Rate:
    return Rate(sum(band is not Band.PASS for band in bands), len(bands))


def _band(presentation: Presentation, engines: Engines, bands: Mapping[str, Bands]) -> Band:
    """The liveness band, or `error` where there is no frame to judge."""
    images = _images(presentation, engines, bands)
    if not images:
        return Band.ERROR
    return liveness(Evidence(images[0], images, engines), bands["liveness"]).band


def _images(presentation: Presentation, engines: Engines, bands: Mapping[str, Bands]) -> tuple[Examined, ...]:
    """A still as it is, so that no gate spares the liveness check; of a clip, five images that pass the gate."""
    if not presentation.path.is_file():
        raise BadList(f"{presentation.path.name} is not in {presentation.path.parent}")
    if presentation.medium == "still":
        image = engines.examine("live-0", presentation.path.read_bytes())
        return (image,) if image.face else ()
    good = list(_good_frames(presentation, engines, bands))
    count = min(IMAGES_OF_A_CLIP, len(good))
    return tuple(good[index * (len(good) - 1) // max(count - 1, 1)] for index in range(count))


def _good_frames(presentation: Presentation, engines: Engines, bands: Mapping[str, Bands]) -> Iterator[Examined]:
    from verification.checks.engines.clips import frames

    for number, pixels in enumerate(frames(presentation.path)):
        image = engines.examine_pixels(f"live-{number}", pixels)
        if not refusals(Evidence(image, (), engines), bands):
            yield image
