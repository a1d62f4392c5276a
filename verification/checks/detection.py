"""Was a face found in every image, and how surely?"""

from __future__ import annotations

from .bands import Bands
from .evidence import Evidence
from .reasons import Reason
from .results import CheckResult
from .scales import Scale

DETECTION = Scale("detection", "confidence", 0, 1, Reason.NO_FACE, unclear=Reason.DETECTION_WEAK)


def detection(evidence: Evidence, bands: Bands) -> CheckResult:
    """The least certain detection; 0 for an image without a face."""
    scores = [image.face.score if image.face else 0.0 for image in evidence.images]
    return DETECTION.worst(scores, bands, evidence.model("detector"))
