"""Answers that a bookkeeper fills into an exported list of exceptions, read back into decisions.

    listed (CSV, XLSX)  ──►  a person fills in the empty columns  ──►  rows (sheet)  ──►  decisions (decisions)

The columns to fill in are empty in the export and stand apart from those that tell how things are, so that a row
changed by somebody else in the meantime is never mistaken for an answer. A row is known by its key; the mark of the
export is part of each decision's own key, so that the same file read twice decides once.
"""

from __future__ import annotations

import datetime as dt

KEY, ID, EXPORTED = "Key", "Id", "Exported"
"""The columns by which a row is known again: the exception's whole key, its short id, and the mark of the export."""

NOTE, OWNER, WAIT = "New note", "New owner", "New wait until"
DECISION, AMOUNT, ABOUT, REASON = "Decision", "Decision amount", "Decision about", "Reason"
TO_FILL_IN = (NOTE, OWNER, WAIT, DECISION, AMOUNT, ABOUT, REASON)
"""The columns to fill in. `Decision about` names what some decisions need: a suggestion, an account, a reason."""


def export_mark(made_at: dt.datetime) -> str:
    """What stands in `Exported`: a text that no spreadsheet takes for a date."""
    return f"export {made_at:%Y%m%d-%H%M%S}"
