"""Counts, times, refusals and views for risk officers, from the log and the tables; never media, never identities."""
