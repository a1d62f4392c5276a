"""People: the queue of cases that a machine could not decide, claims on them, looks at a redacted crop, decisions."""
