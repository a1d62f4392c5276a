"""Turn the int8 SFace file, as its registry package carries it, into plain fp32 that every engine can run.

The carried file stores its weights as blocked `DequantizeLinear` (opset 21), which OpenCV 5.0 and onnxruntime 1.16–1.32
refuse to run. Folding every such node into a constant changes no number that the network computes: the result is
(q − zero) · scale, the definition of the operator (https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html).
The bytes written are the same on every run, and their digest is pinned in models.toml like that of any other model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

KEPT_BY_BATCH_NORMALISATION = ("epsilon", "momentum")
OPSET, IR_VERSION = 11, 7

Constants = dict[str, NDArray[Any]]


def dequantised(quantised: bytes) -> bytes:
    """The same network as fp32, opset 11, IR 7. Raises onnx's own error for bytes that are not a model."""
    model = onnx.load_model_from_string(quantised)
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes = _without_dropout([node for node in model.graph.node if not _folded(node, constants)])
    for node in nodes:
        _forget_stale_attributes(node)
    model = onnx.helper.make_model(
        _graph(model.graph, nodes, constants),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="reviewconsole dequantise",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _folded(node: Any, constants: Constants) -> bool:
    """Whether the node was replaced by a constant. Nodes stand in topological order, so its inputs come first."""
    if node.op_type == "Constant":
        constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    elif node.op_type == "DequantizeLinear":
        constants[node.output[0]] = _dequantise(node, *(constants[name] for name in node.input))
    elif node.op_type == "Reshape" and all(name in constants for name in node.input):
        tensor, shape = (constants[name] for name in node.input)
        constants[node.output[0]] = tensor.reshape([int(size) for size in shape])
    else:
        return False
    return True


def _dequantise(node: Any, q: NDArray[Any], scale: NDArray[Any], zero: NDArray[Any]) -> NDArray[np.float32]:
    attributes = {attribute.name: int(attribute.i) for attribute in node.attribute}
    axis, block = attributes["axis"], attributes["block_size"]
    scale, zero = (_repeated(values, block, axis, q.shape[axis]) for values in (scale, zero))
    return np.asarray((q.astype(np.int32) - zero.astype(np.int32)).astype(np.float32) * scale, np.float32)


def _repeated(values: NDArray[Any], block: int, axis: int, length: int) -> NDArray[Any]:
    """One value per element of the quantised tensor; the last block may be cut short."""
    return np.repeat(values, block, axis=axis).take(range(length), axis=axis)


def _without_dropout(nodes: list[Any]) -> list[Any]:
    """Dropout does nothing outside training; whoever read its output reads its input."""
    passed_on = {node.output[0]: node.input[0] for node in nodes if node.op_type == "Dropout"}
    kept = [node for node in nodes if node.op_type != "Dropout"]
    for node in kept:
        node.input[:] = [passed_on.get(name, name) for name in node.input]
    return kept


def _forget_stale_attributes(node: Any) -> None:
    if node.op_type == "BatchNormalization":
        kept = [attribute for attribute in node.attribute if attribute.name in KEPT_BY_BATCH_NORMALISATION]
        del node.attribute[:]
        node.attribute.extend(kept)


def _graph(old: Any, nodes: list[Any], constants: Constants) -> Any:
    """The graph with only those constants that a node reads, and only the one real input."""
    read = {name for node in nodes for name in node.input}
    initialisers = [numpy_helper.from_array(array, name) for name, array in sorted(constants.items()) if name in read]
    inputs = [value for value in old.input if value.name in read and value.name not in constants]
    return onnx.helper.make_graph(nodes, "sface", inputs, list(old.output), initialisers)
