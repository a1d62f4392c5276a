"""Would the quality gate have let this image be compared?"""

from __future__ import annotations

from collections.abc import Mapping

from verification.checks.bands import Bands
from verification.checks.detection import detection
from verification.checks.evidence import Evidence
from verification.checks.quality import exposure, one_face, pose, sharpness, size
from verification.checks.reasons import Reason
from verification.checks.results import Band

GATE = {"size": size, "sharpness": sharpness, "exposure": exposure, "pose": pose, "detection": detection}


def refusals(evidence: Evidence, bands: Mapping[str, Bands]) -> tuple[Reason, ...]:
    """Why the images of the evidence would not be compared by machine; empty when they would.

    Other faces in the picture are left out: they make it unclear who is meant, not whether a face can be compared.
    """
    results = [check(evidence, bands[name]) for name, check in GATE.items()]
    found = [reason for result in results if result.band is not Band.PASS for reason in result.reasons]
    return tuple(dict.fromkeys(found))


def has_bystander(evidence: Evidence, bands: Mapping[str, Bands]) -> bool:
    """Whether more than one face counts in any of the images."""
    return Reason.MORE_THAN_ONE_FACE in one_face(evidence, bands["one_face"]).reasons
