"""Every reason a machine may give, each with one plain sentence. The API and the console both read it from here."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A stable code. Codes are never reused for another meaning."""

    NO_FACE = "no_face"
    MORE_THAN_ONE_FACE = "more_than_one_face"
    DETECTION_WEAK = "detection_weak"
    FACE_TOO_SMALL = "face_too_small"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    HEAD_TURNED = "head_turned"
    NOT_LIVE = "not_live"
    LIVENESS_UNCLEAR = "liveness_unclear"
    DIFFERENT_PERSON = "different_person"
    MATCH_UNCLEAR = "match_unclear"
    FACES_DIFFER_BETWEEN_IMAGES = "faces_differ_between_images"
    NOTHING_TO_MEASURE = "nothing_to_measure"
    CHECK_MISSING = "check_missing"
    CHECK_ERROR = "check_error"
    CHECK_TIMED_OUT = "check_timed_out"


SENTENCES: dict[Reason, str] = {
    Reason.NO_FACE: "No face was found in at least one image.",
    Reason.MORE_THAN_ONE_FACE: "More than one face is in at least one image.",
    Reason.DETECTION_WEAK: "A face was found, but not clearly enough to rely on.",
    Reason.FACE_TOO_SMALL: "The face is too small to compare reliably.",
    Reason.TOO_DARK: "The face is too dark.",
    Reason.TOO_BRIGHT: "The face is too bright.",
    Reason.BLURRED: "The image is too blurred.",
    Reason.HEAD_TURNED: "The head is turned too far away from the camera.",
    Reason.NOT_LIVE: "The live image looks like a picture or a screen rather than a person.",
    Reason.LIVENESS_UNCLEAR: "It is unclear whether a living person is in front of the camera.",
    Reason.DIFFERENT_PERSON: "The faces in the reference and the live image look like different people.",
    Reason.MATCH_UNCLEAR: "It is unclear whether the reference and the live image show the same person.",
    Reason.FACES_DIFFER_BETWEEN_IMAGES: "The live images may not all show the same person.",
    Reason.NOTHING_TO_MEASURE: "There was no usable face to measure.",
    Reason.CHECK_MISSING: "A check that must be there was not run.",
    Reason.CHECK_ERROR: "A check could not be completed.",
    Reason.CHECK_TIMED_OUT: "The checks took too long.",
}


def sentence(code: str) -> str:
    """The plain sentence for a reason code. Raises ValueError for a code that does not exist."""
    return SENTENCES[Reason(code)]
