"""The only files that import OpenCV, onnx, onnxruntime and insightface; what leaves them is frozen dataclasses.

Only the worker and the evaluation commands import this package: the web process must never load a vision library.
`shapes.py` is safe to import anywhere: it needs numpy alone.
"""
