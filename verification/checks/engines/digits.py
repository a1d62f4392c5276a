"""Which English digits were said, by PocketSphinx and the model that its package carries."""

from __future__ import annotations

from functools import cache

import pocketsphinx

WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
GRAMMAR = f"#JSGF V1.0; grammar digits; public <digits> = ({' | '.join(WORDS)})+;"
MODEL = ("pocketsphinx-5-en-us", "")
"""Id without a digest: the model is part of the installed package, whose digest the requirements pin."""


def digits_said(audio: bytes) -> str:
    """The digits heard in 16 kHz mono signed 16-bit PCM, in order; empty where none were understood."""
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw(audio, no_search=False, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return "".join(WORDS.get(word, "") for word in found.hypstr.split()) if found else ""


@cache
def _decoder() -> pocketsphinx.Decoder:
    """Loaded at the first need: most captures have no voice."""
    model = pocketsphinx.get_model_path("en-us/en-us")
    words = pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")
    decoder = pocketsphinx.Decoder(hmm=model, dict=words, lm=None, loglevel="FATAL")
    decoder.add_jsgf_string("digits", GRAMMAR)
    decoder.activate_search("digits")
    return decoder
