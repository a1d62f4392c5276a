"""Error rates of the checks on labelled data, at the bands of a policy. Only `manage.py evaluate` uses it."""
