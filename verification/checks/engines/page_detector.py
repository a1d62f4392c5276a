"""The face detector as the capture page runs it: the locked network with a smaller, fixed input.

The network is fully convolutional; only its declared input of 640×640 keeps onnxruntime-web from taking a smaller
picture. At 224×224 one look costs an eighth, and a face that nearly fills the circle is found all the same.
"""

from __future__ import annotations

from pathlib import Path

from .lock import lock, verified


def for_the_page(models: Path, side: int) -> bytes:
    """The detector of the directory `models`, for 1×3×side×side BGR (0..255); `side` divides by 32.

    Raises ModelRefused.
    """
    import onnx

    locked = lock().model("detector")
    network = onnx.load_from_string(verified(models / locked.file, locked.sha256))
    height, width = network.graph.input[0].type.tensor_type.shape.dim[2:]
    for output in network.graph.output:
        cells = output.type.tensor_type.shape.dim[1]
        cells.dim_value = cells.dim_value * side * side // (height.dim_value * width.dim_value)
    height.dim_value = width.dim_value = side
    # The shapes between input and output were computed for 640×640; a runtime infers them again when they are absent.
    del network.graph.value_info[:]
    onnx.checker.check_model(network)
    return bytes(network.SerializeToString(deterministic=True))
