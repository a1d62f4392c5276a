"""What the server knows about a capture besides its pixels: what was asked, when, and what the device claimed.

Whoever builds these facts has already compared nonce, deadline and order; here they arrive as plain answers, so that
the checks need neither a database nor a clock.

"Left" and "right" are the person's own. A clip holds the picture as the camera sees it, never mirrored: a page may
mirror what the person sees, not what it records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_DIGITS = 8


class StepKind(StrEnum):
    """What a person may be asked to do."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    BLINK_TWICE = "blink_twice"
    OPEN_MOUTH = "open_mouth"
    SAY_DIGITS = "say_digits"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing asked, and its window in milliseconds on the clock of the challenge, which starts when it is drawn.

    `digits` are those to be said, in order, and empty for every other kind.
    """

    kind: StepKind
    from_ms: int
    to_ms: int
    digits: str = ""

    def __post_init__(self) -> None:
        """ValueError for a window that is empty, and for digits that are none or are not asked for."""
        if not 0 <= self.from_ms < self.to_ms:
            raise ValueError("a step needs a window in order")
        asked = self.digits.isascii() and self.digits.isdigit() and len(self.digits) <= MAX_DIGITS
        if asked if self.kind is not StepKind.SAY_DIGITS else not asked:
            raise ValueError("digits belong to the step that asks for them, and to no other")


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What the page reports of the camera. Claims, every one: zero where nothing was said."""

    label_is_virtual: bool = False
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """One challenge and how its answer came in.

    `recorder_started_ms` is when the clip began on the clock of the challenge. `nonce_fresh`, `in_time` and `in_order`
    are the server's own findings at the upload; anything but True is an injection signal. `seen_before` says that a
    clip like this one came before. `voice` is whether the voice was both asked for and consented to; `locale` is the
    language of the page: en, zh-hans, zh-hant.
    """

    steps: tuple[Step, ...]
    attempt: int = 1
    recorder_started_ms: int = 0
    nonce_fresh: bool = True
    in_time: bool = True
    in_order: bool = True
    seen_before: bool = False
    device: DeviceFacts = DeviceFacts()
    voice: bool = False
    locale: str = "en"

    def windows(self) -> tuple[Step, ...]:
        """The steps on the clip's own clock. A step that ended before the clip began is left with no time at all."""
        late = self.recorder_started_ms
        return tuple(
            Step(step.kind, max(0, step.from_ms - late), max(1, step.to_ms - late), step.digits) for step in self.steps
        )


def steps_from(values: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps as a challenge keeps them: `[{"step", "from_ms", "to_ms", "digits"?}]`. ValueError, KeyError."""
    return tuple(
        Step(StepKind(value["step"]), value["from_ms"], value["to_ms"], value.get("digits") or "") for value in values
    )
