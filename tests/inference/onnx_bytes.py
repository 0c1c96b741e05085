"""A small ONNX file, written byte by byte: the `onnx` package is no dependency.

Source: onnx/onnx.proto (field numbers); protobuf encoding, wire types 0 and 2.
"""

import numpy as np

FLOAT, INT64 = 1, 7


def yolo_onnx() -> bytes:
    """(1, 3, 64, 64) -> (1, 6, 64): rows red, green, blue, red, and green / 255, blue / 255."""
    nodes = [
        _node("AveragePool", ["x"], "p", _ints("kernel_shape", 8, 8), _ints("strides", 8, 8)),
        _node("Concat", ["p", "p"], "six", _int("axis", 1)),
        _node("Mul", ["six", "factors"], "scaled"),
        _node("Reshape", ["scaled", "shape"], "output0"),
    ]
    factors = np.array([1, 1, 1, 1, 1 / 255, 1 / 255], np.float32).reshape(1, 6, 1, 1)
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"yolo")
    graph += _field(5, _tensor("factors", FLOAT, factors))
    graph += _field(5, _tensor("shape", INT64, np.array([1, 6, -1], np.int64)))
    graph += _field(11, _value("x", 1, 3, 64, 64)) + _field(12, _value("output0", 1, 6, 64))
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    names = b"".join(_field(1, name.encode()) for name in inputs)
    return names + _field(2, output.encode()) + _field(4, kind.encode()) + b"".join(attributes)


def _ints(name: str, *values: int) -> bytes:
    body = b"".join(_number(8, value) for value in values)
    return _field(5, _field(1, name.encode()) + body + _number(20, 7))


def _int(name: str, value: int) -> bytes:
    return _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))


def _tensor(name: str, kind: int, array: np.ndarray) -> bytes:
    shape = b"".join(_number(1, side) for side in array.shape)
    return shape + _number(2, kind) + _field(8, name.encode()) + _field(9, array.tobytes())


def _value(name: str, *shape: int) -> bytes:
    sides = b"".join(_field(1, _number(1, side)) for side in shape)
    tensor = _number(1, FLOAT) + _field(2, sides)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
