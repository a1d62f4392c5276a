"""What a picture of the filmstrip shows, in words."""

from __future__ import annotations

_WORDS = {
    "turn_left": "Turned left",
    "turn_right": "Turned right",
    "look_up": "Looked up",
    "open_mouth": "Opened the mouth",
    "blink_twice": "Blinked",
    "say_digits": "Spoke",
    "live": "Another live picture",
}


def in_words(code: str) -> str:
    """A code of a later version is shown as it is rather than not at all."""
    return _WORDS.get(code, code.replace("_", " ").capitalize())
