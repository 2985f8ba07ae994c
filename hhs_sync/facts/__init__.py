"""What happened, as each source says it: one small frozen value per fact.

A fact is named by its source's own key and has versions; what a person decided is a fact like any other. Nothing here
reads files or knows a database: readers make facts from bytes, the store keeps them, `current.py` picks the versions
that stand.
"""
