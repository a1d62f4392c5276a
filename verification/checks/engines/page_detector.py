"""The face detector as the capture page runs it: the locked network with a smaller, fixed input.

The network is fully convolutional; only its declared input of 640×640 keeps onnxruntime-web from taking a smaller
picture. At 320×320 one look costs a quarter, and a face that fills the circle is found all the same.
"""

from __future__ import annotations

from pathlib import Path

from .lock import lock, verified

SIDE = 320
FILE = f"face_detection_yunet_2023mar_{SIDE}.onnx"


def for_the_page(models: Path) -> bytes:
    """The detector in the directory `models`, declared for 1×3×320×320 BGR (0..255). Raises ModelRefused."""
    import onnx

    locked = lock().model("detector")
    network = onnx.load_from_string(verified(models / locked.file, locked.sha256))
    shape = network.graph.input[0].type.tensor_type.shape.dim
    cells = (shape[2].dim_value * shape[3].dim_value) // (SIDE * SIDE)
    shape[2].dim_value = shape[3].dim_value = SIDE
    # The shapes between input and output were computed for 640×640; a runtime infers them again when they are absent.
    del network.graph.value_info[:]
    for output in network.graph.output:
        output.type.tensor_type.shape.dim[1].dim_value //= cells
    onnx.checker.check_model(network)
    return bytes(network.SerializeToString(deterministic=True))
