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
    CHALLENGE_NOT_ANSWERED = "challenge_not_answered"
    CHALLENGE_PARTLY_ANSWERED = "challenge_partly_answered"
    FACE_LEFT_THE_PICTURE = "face_left_the_picture"
    FACE_JUMPED = "face_jumped"
    FACES_DIFFER_IN_CLIP = "faces_differ_in_clip"
    NONCE_NOT_FRESH = "nonce_not_fresh"
    ANSWER_LATE = "answer_late"
    ANSWER_OUT_OF_ORDER = "answer_out_of_order"
    CLIP_SEEN_BEFORE = "clip_seen_before"
    FRAMES_FROZEN = "frames_frozen"
    FRAMES_REPEAT = "frames_repeat"
    RECORDING_CONTRADICTS_ITSELF = "recording_contradicts_itself"
    RECORDING_TOO_REGULAR = "recording_too_regular"
    RECORDING_HAS_GAPS = "recording_has_gaps"
    RECORDING_TOO_SHORT = "recording_too_short"
    CAMERA_VIRTUAL = "camera_virtual"
    CAPTURE_NOT_OURS = "capture_not_ours"
    VOICE_NO_SPEECH = "voice_no_speech"
    VOICE_DIGITS_DIFFER = "voice_digits_differ"
    VOICE_LIPS_APART = "voice_lips_apart"
    VOICE_CHANGES = "voice_changes"
    WELFARE_NO_RESPONSE = "welfare_no_response"
    WELFARE_EYES_CLOSED = "welfare_eyes_closed"
    WELFARE_NO_MOTION = "welfare_no_motion"
    WELFARE_VOICE_WITHOUT_LIPS = "welfare_voice_without_lips"
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
    Reason.CHALLENGE_NOT_ANSWERED: "The steps that were asked for were not answered in time.",
    Reason.CHALLENGE_PARTLY_ANSWERED: "Not every step that was asked for was answered in time.",
    Reason.FACE_LEFT_THE_PICTURE: "The face was not in the picture all the time.",
    Reason.FACE_JUMPED: "The face jumped to another place between two pictures.",
    Reason.FACES_DIFFER_IN_CLIP: "The clip may not show the same person from beginning to end.",
    Reason.NONCE_NOT_FRESH: "The answer does not belong to this challenge, or it was given before.",
    Reason.ANSWER_LATE: "The answer came too late.",
    Reason.ANSWER_OUT_OF_ORDER: "The steps were not shown in the order in which they were drawn.",
    Reason.CLIP_SEEN_BEFORE: "A clip that looks the same was sent before.",
    Reason.FRAMES_FROZEN: "The picture stood still for part of the clip.",
    Reason.FRAMES_REPEAT: "Part of the clip repeats itself.",
    Reason.RECORDING_CONTRADICTS_ITSELF: "The recording does not look like one that was made in the capture page.",
    Reason.RECORDING_TOO_REGULAR: "The pictures follow each other more evenly than a camera's do.",
    Reason.RECORDING_HAS_GAPS: "The recording has gaps.",
    Reason.RECORDING_TOO_SHORT: "The recording does not cover the whole challenge.",
    Reason.CAMERA_VIRTUAL: "The camera calls itself a virtual one. That is a sign and no proof.",
    Reason.CAPTURE_NOT_OURS: "The images did not come through the capture page, so a person looks at them.",
    Reason.VOICE_NO_SPEECH: "Nobody was heard to speak.",
    Reason.VOICE_DIGITS_DIFFER: "Other digits were heard than those asked for, or not all of them.",
    Reason.VOICE_LIPS_APART: "The lips and the sound did not move together.",
    Reason.VOICE_CHANGES: "The voice may not be the same from beginning to end.",
    Reason.WELFARE_NO_RESPONSE: "Look with care: no prompt was answered.",
    Reason.WELFARE_EYES_CLOSED: "Look with care: the eyes were closed throughout.",
    Reason.WELFARE_NO_MOTION: "Look with care: nothing in the face moved.",
    Reason.WELFARE_VOICE_WITHOUT_LIPS: "Look with care: a voice was heard while the lips were still.",
    Reason.NOTHING_TO_MEASURE: "There was no usable face to measure.",
    Reason.CHECK_MISSING: "A check that must be there was not run.",
    Reason.CHECK_ERROR: "A check could not be completed.",
    Reason.CHECK_TIMED_OUT: "The checks took too long.",
}


def sentence(code: str) -> str:
    """The plain sentence for a reason code. Raises ValueError for a code that does not exist."""
    return SENTENCES[Reason(code)]
