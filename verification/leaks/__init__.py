"""Leaked pictures: which look one came from, by the mark in its pixels, held against the log."""
