"""Judgement, pure: which scores are good enough, and what a set of results means for a case."""
