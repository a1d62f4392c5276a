"""Can the images be compared at all? One face, large, sharp and bright enough, and turned to the camera."""

from __future__ import annotations

from .bands import Bands
from .evidence import Evidence
from .reasons import Reason
from .results import CheckResult
from .scales import Scale

ONE_FACE = Scale("one_face", "faces", 0, 100, Reason.NO_FACE, Reason.MORE_THAN_ONE_FACE)
SIZE = Scale("size", "pixels between the eyes", 0, 2048, Reason.FACE_TOO_SMALL)
SHARPNESS = Scale("sharpness", "variance of the Laplacian", 0, 16384, Reason.BLURRED)
EXPOSURE = Scale("exposure", "mean grey", 0, 255, Reason.TOO_DARK, Reason.TOO_BRIGHT)
POSE = Scale("pose", "degrees of yaw", 0, 180, Reason.HEAD_TURNED, Reason.HEAD_TURNED)

BYSTANDER = 0.5
"""A further face counts when it is at least this share of the height of the most prominent one."""


def one_face(evidence: Evidence, bands: Bands) -> CheckResult:
    """Exactly one face in every image. Small faces far behind do not count."""
    counts = []
    for image in evidence.images:
        least = image.face.height * BYSTANDER if image.face else 0
        counts.append(float(sum(face.height >= least for face in image.faces)))
    return ONE_FACE.worst(counts, bands)


def size(evidence: Evidence, bands: Bands) -> CheckResult:
    """The smallest distance between the eyes."""
    return SIZE.worst([image.face.eye_distance if image.face else None for image in evidence.images], bands)


def sharpness(evidence: Evidence, bands: Bands) -> CheckResult:
    """The least sharp face."""
    seen = [evidence.appearance(image) for image in evidence.images]
    return SHARPNESS.worst([look.sharpness if look else None for look in seen], bands)


def exposure(evidence: Evidence, bands: Bands) -> CheckResult:
    """The darkest or brightest face, whichever is further from what passes."""
    seen = [evidence.appearance(image) for image in evidence.images]
    return EXPOSURE.worst([look.luma if look else None for look in seen], bands)


def pose(evidence: Evidence, bands: Bands) -> CheckResult:
    """The face turned furthest to either side."""
    return POSE.worst([abs(image.pose.yaw) if image.pose else None for image in evidence.images], bands)
