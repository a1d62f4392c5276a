"""Counts, times, refusals and views for risk officers, from the log and the tables; never media, never identities.

In the order in which a report comes about: `tallies` counts the log up to a published checkpoint; `looks`, `cases`,
`times` and their like ask the counts; `who_looked`, `decisions` and the other builders make a `document` of the
answers, in the `words` of one language; `registry` names them all; `csv_file` and `pdf_file` write a document down,
`drawing` its charts; `handing_out` says in the log which file left; `monthly` makes last month's without being asked.
"""
