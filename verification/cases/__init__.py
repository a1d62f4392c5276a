"""The spine: programmes, their keys, cases, and the one table of the states a case may move between."""
