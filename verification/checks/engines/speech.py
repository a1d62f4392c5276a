"""When somebody speaks, by Silero VAD."""

from __future__ import annotations

import numpy as np
import onnxruntime
from numpy.typing import NDArray

WINDOW, CONTEXT, RATE = 512, 64, 16_000
"""Samples looked at together, samples before them that the network wants to see, samples a second."""
SPOKEN, JOINED_MS, LEAST_MS = 0.5, 250, 90
FULL_SCALE = 32768.0

Wave = NDArray[np.float32]


class SpeechNet:
    """Speech or not, for each 32 ms."""

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def probabilities(self, wave: Wave) -> Wave:
        """One probability, 0..1, for each whole 32 ms of 16 kHz sound between -1 and 1."""
        count = len(wave) // WINDOW
        if not count:
            return np.empty(0, np.float32)
        padded = np.concatenate([np.zeros(CONTEXT, np.float32), wave[: count * WINDOW]])
        views = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + WINDOW)[::WINDOW]
        state = np.zeros((1, 1, 128), np.float32)
        said = self._session.run(None, {"input": np.ascontiguousarray(views), "h": state, "c": state})[0]
        return np.asarray(said, np.float32).ravel()

    def spoken(self, wave: Wave) -> tuple[tuple[int, int], ...]:
        """(from, to) in ms of each stretch of speech; pauses shorter than a quarter of a second do not part them."""
        found: list[tuple[int, int]] = []
        for number in np.flatnonzero(self.probabilities(wave) >= SPOKEN):
            begin, end = int(number) * WINDOW * 1000 // RATE, (int(number) + 1) * WINDOW * 1000 // RATE
            if found and begin - found[-1][1] <= JOINED_MS:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
        return tuple((begin, end) for begin, end in found if end - begin >= LEAST_MS)


def wave_of(audio: bytes) -> Wave:
    """16 kHz mono signed 16-bit little-endian PCM as numbers between -1 and 1."""
    return np.asarray(np.frombuffer(audio, "<i2").astype(np.float32) / FULL_SCALE, np.float32)
