"""THE ORDER OF THE CHECKS, and the promise that none of them can pass a case by breaking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded

from .bands import Bands
from .detection import DETECTION, detection
from .evidence import Evidence
from .liveness import LIVENESS, liveness
from .match import MATCH, match
from .quality import EXPOSURE, ONE_FACE, POSE, SHARPNESS, SIZE, exposure, one_face, pose, sharpness, size
from .reasons import Reason
from .results import Band, CheckResult
from .same_face import SAME_FACE, same_face
from .scales import Scale

if TYPE_CHECKING:
    from .engines.bundle import Engines
    from .engines.shapes import Examined

logger = structlog.get_logger(__name__)

Check = Callable[[Evidence, Bands], CheckResult]

ORDER: tuple[tuple[Scale, Check], ...] = (
    (ONE_FACE, one_face),
    (SIZE, size),
    (SHARPNESS, sharpness),
    (EXPOSURE, exposure),
    (POSE, pose),
    (DETECTION, detection),
    (LIVENESS, liveness),
    (MATCH, match),
    (SAME_FACE, same_face),
)
"""Every check runs whatever the earlier ones found, so that a person sees all of it; only time running out ends it."""

CHECK_NAMES = tuple(scale.name for scale, _ in ORDER)
LIVE_IMAGE = "live"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What was found in one case: a result for each check, and the images that crops can be made from.

    `shows` says of live images, by name and in order, what they can be looked at for: a step of the challenge, or
    `LIVE_IMAGE`. `facts` is what is kept besides of a captured clip, as plain JSON; see `capture.evidence_of`.
    """

    results: tuple[CheckResult, ...]
    reference: Examined | None = None
    live: tuple[Examined, ...] = ()
    shows: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def crops(self) -> dict[str, bytes]:
        """A face-only PNG for "reference", "live-0", "live-1", …; an image whose face cannot be outlined has none."""
        from .engines.outline import crop_of

        images = ((self.reference,) if self.reference else ()) + self.live
        made = ((image.name, crop_of(image)) for image in images)
        return {name: crop for name, crop in made if crop}


def run_checks(reference: bytes, live: Sequence[bytes], engines: Engines, bands: Mapping[str, Bands]) -> CheckRun:
    """Decode each image once and run every check over the case.

    `reference` and `live` (1 to 10) are JPEG or PNG as intake re-encoded them; `bands` has an entry per check. Raises
    nothing that a check or a broken image could cause: those become results with band `error`.
    """
    began = time.perf_counter()
    try:
        evidence = _evidence(reference, live, engines)
    except SoftTimeLimitExceeded:
        return CheckRun(not_run(Reason.CHECK_TIMED_OUT))
    except Exception as error:  # noqa: BLE001 - whatever broke, a person decides
        log_error("examine", error)
        return CheckRun(not_run())
    examined = milliseconds_since(began)
    results = tuple(_with_time(result, examined) for result in _results(evidence, bands))
    shows = {image.name: LIVE_IMAGE for image in evidence.live}
    return CheckRun(results, evidence.reference, evidence.live, shows)


def not_run(reason: Reason = Reason.CHECK_ERROR) -> tuple[CheckResult, ...]:
    """An `error` result for every check: nothing could be examined."""
    return tuple(scale.result(Band.ERROR, None, reason) for scale, _ in ORDER)


def engines_of_this_process() -> Engines:
    """The engines of this worker, loaded at the first call. Raises ModelRefused.

    The import stands here because the web process reads this module's names and must never load a vision library.
    """
    from .engines.bundle import engines_from_settings

    return engines_from_settings()


def _evidence(reference: bytes, live: Sequence[bytes], engines: Engines) -> Evidence:
    if not live:
        raise ValueError("a case has at least one live image")
    examined = tuple(engines.examine(f"live-{number}", data) for number, data in enumerate(live))
    return Evidence(engines.examine("reference", reference), examined, engines)


def _results(evidence: Evidence, bands: Mapping[str, Bands]) -> Iterator[CheckResult]:
    late = False
    for scale, check in ORDER:
        result = timed_out(scale) if late else guarded(scale, partial(_run, scale, check, evidence, bands))
        late = late or Reason.CHECK_TIMED_OUT in result.reasons
        yield result


def _run(scale: Scale, check: Check, evidence: Evidence, bands: Mapping[str, Bands]) -> CheckResult:
    return check(evidence, bands[scale.name])


def guarded(scale: Scale, check: Callable[[], CheckResult]) -> CheckResult:
    """The result of one check, or an `error` for whatever it raised, with the milliseconds it took."""
    began = time.perf_counter()
    try:
        result = check()
    except SoftTimeLimitExceeded:
        result = timed_out(scale)
    except Exception as error:  # noqa: BLE001 - a broken check is an error, never a pass
        log_error(scale.name, error)
        result = scale.result(Band.ERROR, None, Reason.CHECK_ERROR)
    return replace(result, milliseconds=milliseconds_since(began))


def timed_out(scale: Scale) -> CheckResult:
    """What a check says that there was no time for."""
    return scale.result(Band.ERROR, None, Reason.CHECK_TIMED_OUT)


def _with_time(result: CheckResult, examined: float) -> CheckResult:
    """Decoding and finding faces is the work of the detection check, whichever check asks first."""
    if result.name != DETECTION.name:
        return result
    return replace(result, milliseconds=result.milliseconds + examined)


def milliseconds_since(began: float) -> float:
    """Since that reading of `time.perf_counter`."""
    return (time.perf_counter() - began) * 1000


def log_error(where: str, error: Exception) -> None:
    """The kind of error only: a message could quote what it choked on."""
    logger.error("a check could not run", check=where, error=type(error).__name__)
