"""Where did the images come from? Those that a relying party took itself prove nothing about how they were taken."""

from __future__ import annotations

from .bands import Bands
from .reasons import Reason
from .results import CheckResult
from .scales import Scale

ORIGIN = Scale("origin", "trusted", 0, 1, Reason.CAPTURE_NOT_OURS)


def origin(bands: Bands, *, trusted: bool) -> CheckResult:
    """The result for images that did not come through the capture page.

    `trusted` is whether an administrator let this programme rely on its relying party's own capture, on the record.
    Otherwise a person looks, however good the images are.
    """
    return ORIGIN.worst([float(trusted)], bands)
