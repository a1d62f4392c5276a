"""Folding a quantised network changes no number it computes, and writes the same bytes each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from verification.checks.engines.dequantise import dequantised

SCALES = np.array([[0.5, 0.25], [0.125, 2.0]], np.float32)
ZEROS = np.array([[1, -2], [0, 3]], np.int8)
QUANTISED = np.array([[1, 5, -7, 20, 4, 9], [0, 3, 8, 1, 1, -6]], np.int8)
# Blocks of four along the second axis; the last block is cut short.
EXPECTED = np.array([[0, 2, -4, 9.5, 1.5, 2.75], [0, 0.375, 1, 0.125, -4, -18]], np.float32)


def quantised_network() -> bytes:
    """y = dropout(x @ W reshaped), with W stored in blocks as SFace stores its weights."""
    constants: dict[str, NDArray[Any]] = {
        "q": QUANTISED,
        "scale": SCALES,
        "zero": ZEROS,
        "shape": np.array([3, 4], np.int64),
        "unused": np.zeros(3, np.float32),
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"], axis=1, block_size=4),
        helper.make_node("Reshape", ["w", "shape"], ["w34"]),
        helper.make_node("MatMul", ["x", "w34"], ["product"]),
        helper.make_node("Dropout", ["product"], ["dropped"]),
        helper.make_node("Identity", ["dropped"], ["y"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])
    stale = helper.make_tensor_value_info("q", TensorProto.INT8, [2, 6])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])
    initialisers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "toy", [x, stale], [y], initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())


def test_the_folded_network_computes_the_same() -> None:
    session = onnxruntime.InferenceSession(dequantised(quantised_network()), providers=["CPUExecutionProvider"])
    x = np.array([[1, -2, 3]], np.float32)
    assert np.array_equal(session.run(None, {"x": x})[0], x @ EXPECTED.reshape(3, 4))


def test_nothing_stale_is_left() -> None:
    model = onnx.load_model_from_string(dequantised(quantised_network()))
    assert [value.name for value in model.graph.input] == ["x"]
    assert [tensor.name for tensor in model.graph.initializer] == ["w34"]
    assert [node.op_type for node in model.graph.node] == ["MatMul", "Identity"]
    assert (model.opset_import[0].version, model.ir_version) == (11, 7)


def test_the_same_bytes_come_out_each_time() -> None:
    assert dequantised(quantised_network()) == dequantised(quantised_network())


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises(Exception, match="pars"):
        dequantised(b"\xff\xff\xff\xff")
