"""What a reviewer can answer, and why. Pure: no Django. Codes are stored and reported; sentences are for people."""

from __future__ import annotations

from enum import StrEnum

from verification.cases.states import Outcome


class SamePerson(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> str:
        return {"same": "Same person", "different": "Different person", "cannot_tell": "Cannot tell"}[self.value]


class Alive(StrEnum):
    LIVE = "live"
    NOT_LIVE = "not_live"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> str:
        return {"live": "Live", "not_live": "Not live", "cannot_tell": "Cannot tell"}[self.value]


CONFIDENCE = {"1": "Guessing", "2": "Unsure", "3": "Fairly sure", "4": "Sure", "5": "Certain"}
"""How sure a reviewer is, as it is sent and as they read it."""


class Reason(StrEnum):
    FEATURES_AGREE = "features_agree"
    FEATURES_DIFFER = "features_differ"
    AGEING_EXPLAINS = "ageing_explains"
    SKIN_AND_DEPTH_NATURAL = "skin_and_depth_natural"
    SCREEN_OR_PRINT = "screen_or_print"
    MASK_OR_DOLL = "mask_or_doll"
    EDITED_OR_GENERATED = "edited_or_generated"
    FACE_COVERED = "face_covered"
    PICTURE_TOO_POOR = "picture_too_poor"
    NO_FACE_SHOWN = "no_face_shown"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES: dict[Reason, str] = {
    Reason.FEATURES_AGREE: "Features agree",
    Reason.FEATURES_DIFFER: "Features differ",
    Reason.AGEING_EXPLAINS: "Ageing, hair or weight explains it",
    Reason.SKIN_AND_DEPTH_NATURAL: "Skin and depth look natural",
    Reason.SCREEN_OR_PRINT: "Looks like a screen or a print",
    Reason.MASK_OR_DOLL: "Looks like a mask or a doll",
    Reason.EDITED_OR_GENERATED: "Looks edited or generated",
    Reason.FACE_COVERED: "Face is covered",
    Reason.PICTURE_TOO_POOR: "Picture is too poor",
    Reason.NO_FACE_SHOWN: "No face is shown",
}


def as_yes_or_no(answer: str) -> bool | None:
    """A stored answer to either question as yes, no, or None for "cannot tell"."""
    return {"same": True, "live": True, "different": False, "not_live": False, "cannot_tell": None}[answer]


def outcome_of(same: SamePerson, alive: Alive) -> Outcome:
    """Verified needs both; a clear no to either is a no; any doubt leaves it unresolved."""
    if same is SamePerson.DIFFERENT or alive is Alive.NOT_LIVE:
        return Outcome.NOT_VERIFIED
    if same is SamePerson.SAME and alive is Alive.LIVE:
        return Outcome.VERIFIED
    return Outcome.UNRESOLVED
