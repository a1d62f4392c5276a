"""Machine evidence about the images of one case.

`run.py` holds the order of the checks on one screen; `results.py` and `reasons.py` are the frozen vocabulary (no
Django); `engines/` is the only place that imports vision libraries, and nothing outside the worker imports it.
"""
