"""Wider views: more than the face, for one claim, once, for a minute, after other people agreed, on the record."""
