"""Which English digits were said, by PocketSphinx and the model that its package carries."""

from __future__ import annotations

from functools import cache

import numpy as np
import pocketsphinx

WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
RATE, NOISE = 16_000, 20
ONE = f"({' | '.join(WORDS)})"


def digits_said(audio: bytes, count: int) -> str:
    """The digits heard in 16 kHz mono signed 16-bit PCM, in order; empty where none were understood.

    `count` is how many were asked for: told to find just so many, the decoder neither splits nor swallows any. Noise
    then sounds like some digits too, but like the right ones once in 10 to the power of `count`.
    """
    decoder = _decoder(count)
    decoder.start_utt()
    decoder.process_raw(_quiet() + audio + _quiet(), no_search=False, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return "".join(WORDS.get(word, "") for word in found.hypstr.split()) if found else ""


@cache
def _quiet() -> bytes:
    """Half a second of faint noise: words that begin or end with the sound are often not understood."""
    return np.random.default_rng(0).normal(0, NOISE, RATE // 2).astype("<i2").tobytes()


@cache
def _decoder(count: int) -> pocketsphinx.Decoder:
    """Loaded at the first need: most captures have no voice. The acoustic model is part of the installed package."""
    model = pocketsphinx.get_model_path("en-us/en-us")
    words = pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")
    decoder = pocketsphinx.Decoder(hmm=model, dict=words, lm=None, loglevel="FATAL")
    decoder.add_jsgf_string("digits", f"#JSGF V1.0; grammar digits; public <digits> = {' '.join([ONE] * count)};")
    decoder.activate_search("digits")
    return decoder
