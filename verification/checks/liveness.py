"""Do the live images look like a person, rather than a print or a screen (PAD)?

Blind to some masks and cut-outs, to computer-made faces and to files that were never filmed: an uploaded picture is
no evidence of life, and this check is one signal among others.
"""

from __future__ import annotations

from statistics import median

from .bands import Bands
from .evidence import Evidence
from .reasons import Reason
from .results import CheckResult
from .scales import Scale

LIVENESS = Scale("liveness", "probability", 0, 1, Reason.NOT_LIVE, unclear=Reason.LIVENESS_UNCLEAR)


def liveness(evidence: Evidence, bands: Bands) -> CheckResult:
    """Every live image is scored; see `together` for how the scores become one."""
    net = evidence.engines.liveness
    scores = [net.live(image.pixels, image.face) if image.face else None for image in evidence.live]
    known = [score for score in scores if score is not None]
    joint = [together(known, bands)] if known and len(known) == len(scores) else [None]
    return LIVENESS.worst(joint, bands, evidence.model("liveness"))


def together(scores: list[float], bands: Bands) -> float:
    """The median, unless a single image is bad enough to fail: then that image speaks for all.

    The median forgives the odd frame with glare; a picture slipped in among true ones is still caught.
    """
    worst = min(scores)
    return worst if worst < bands.fail_below else median(scores)
