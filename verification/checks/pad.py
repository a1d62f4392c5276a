"""Does the whole clip look like a person, rather than a print or a screen (PAD)?

Blind to some masks, to cut-outs and to pictures that no camera took; it knows nothing of when the clip was made. The
challenge and the injection check look at that.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from .bands import Bands
from .reasons import Reason
from .results import CheckResult
from .scales import Scale
from .tracks import Track

PAD = Scale("pad", "probability", 0, 1, Reason.NOT_LIVE, unclear=Reason.LIVENESS_UNCLEAR)
PARTS, LEAST_IN_A_PART = 3, 5


def pad(track: Track, bands: Bands, model: tuple[str, str]) -> CheckResult:
    """The lowest of the medians of the three thirds of the clip.

    A median is carried by no single frame, and a good third carries no bad one: a person who hands over to a screen is
    caught. A third in which fewer than five frames show a face leaves nothing to measure.
    """
    medians = [median(part) for part in _thirds(track) if len(part) >= LEAST_IN_A_PART]
    return PAD.worst([min(medians) if len(medians) == PARTS else None], bands, model)


def _thirds(track: Track) -> list[list[float]]:
    """The scores of each third of the clip's time."""
    end = track.samples[-1].at_ms + 1 if track.samples else 1
    edges = [part * end // PARTS for part in range(PARTS + 1)]
    return [
        [face.live for _, face in track.within(start, stop) if face.live is not None] for start, stop in pairwise(edges)
    ]
