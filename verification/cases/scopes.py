"""What a person may agree to. Consent is given per purpose; one does not imply another. Pure: no Django."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One purpose."""

    COMPARE = "compare"
    """A machine may compare the live images with the reference."""
    TRANSMIT = "transmit"
    """The images may be sent here for that."""
    HUMAN_VIEW = "human_view"
    """A member of staff may look at the face when the machine could not decide."""
    VOICE = "voice"
    """The sound of the capture may be recorded and checked. Only the capture page asks for it."""


REQUIRED = frozenset({Scope.COMPARE, Scope.TRANSMIT})
OF_IMAGES = (Scope.COMPARE, Scope.TRANSMIT, Scope.HUMAN_VIEW)
"""What a relying party can pass on with images of its own."""
