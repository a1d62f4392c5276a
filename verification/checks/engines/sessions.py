"""onnxruntime, told to use one thread.

Two sessions whose threads spin while they wait made the whole pipeline 2.8 times slower on two cores; a worker runs
one process per core, so a second thread per session would only fight the neighbour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Session:
    """One network with one input and one output that matters."""

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, array: NDArray[Any]) -> Array:
        """The first output for one input, which is turned into float32."""
        return np.asarray(self._session.run(None, {self._input: array.astype(np.float32)})[0], np.float32)


def softmax(logits: Array) -> Array:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)
