"""Error rates of the checks on labelled data, at the bands of a policy, for `manage.py evaluate`.

`rates` is plain arithmetic, and policy weighs evidence with its bounds too.
"""
