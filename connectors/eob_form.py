"""An empty form for explanations of benefits, as a workbook: one sheet to type into, one that says how.

Columns that hold numbers of accounts and claims are texts, so that Excel neither drops leading zeros nor cuts digits.
The sheets below are read as they stand: nothing but the first has the headings.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.table import Column

ROWS = 500
"""Rows that are ready to type into; more may be added."""

# What belongs into each column, and an example: a check of 61.28 for one session, with 1.28 of interest.
EXPLAINED = {
    "eob": ("A name of your own for this explanation, the same on each of its rows.", "E-1"),
    "payer": ("Who paid, as your mappings name the payer. On the first row of the EOB, or on all.", "HARVARD PILGRIM"),
    "payer_id": ("The payer's id, where the paper tells it.", "043"),
    "payee_id": ("Your NPI or tax id, where the paper tells it.", "1234567893"),
    "date": ("The date of the check or transfer.", "2026-12-18"),
    "method": ("CHK for a check, ACH for a transfer, NON where nothing was paid.", "CHK"),
    "trace": ("The number of the check or transfer.", "100234"),
    "total": ("The amount of the check or transfer.", "61.28"),
    "kind": (
        "line for a service (or empty); claim for a claim as a whole; provider for money outside any claim.",
        "line",
    ),
    "claim_number": ("Your number of the claim.", "K13-1"),
    "status": ("1 first payer (or empty), 2 second, 3 third, 4 denied, 22 taken back.", "1"),
    "payer_claim": ("The payer's number of the claim.", "2600900000001"),
    "client": ("The client's name, for you; it is not needed.", ""),
    "member_id": ("The client's member number.", "M0001"),
    "service_date": ("The day of the service.", "2026-12-01"),
    "code": ("The procedure code that was paid.", "90837"),
    "modifiers": ("Its modifiers, with blanks between them.", "95"),
    "units": ("Units; empty for 1.", "1"),
    "charge": ("What was billed.", "150.00"),
    "paid": ("What was paid. On a provider row: above zero where money was kept, below where it was added.", "60.00"),
    "allowed": ("What the payer allowed, where the paper tells it.", "70.00"),
    "adjustments": (
        "Group, reason and amount of each adjustment, with semicolons between. Charge less these is what was paid.",
        "CO-45 80.00; PR-3 10.00",
    ),
    "remarks": ("Remark codes.", "N130"),
    "reference": ("On provider rows only: the code, a colon, the payer's reference.", "L6:late payment"),
}
_MONEY = {"total", "charge", "paid", "allowed"}
_DATES = {"date", "service_date"}
_WIDE = {"payer", "client", "adjustments", "reference"}


def eob_form(columns: Sequence[Column]) -> bytes:
    """The form, with these columns."""
    import xlsxwriter  # noqa: PLC0415 - only who asks for a form needs it.

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#DDE7EE", "border": 1, "text_wrap": True, "valign": "top"})
    needed = book.add_format({"bold": True, "bg_color": "#BFD3E0", "border": 1, "text_wrap": True, "valign": "top"})
    forms = {
        "money": book.add_format({"num_format": "0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@"}),
    }
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    form = book.add_worksheet("EOB")
    form.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        kind = "money" if column.field in _MONEY else "date" if column.field in _DATES else "text"
        form.set_column(place, place, 26 if column.field in _WIDE else 14, forms[kind])
        form.write_string(0, place, column.headings[0], needed if column.required else heading)
        if column.field == "kind":
            form.data_validation(1, place, ROWS, place, {"validate": "list", "source": ["line", "claim", "provider"]})
    how = book.add_worksheet("How to fill it in")
    how.set_column(0, 0, 20)
    how.set_column(1, 1, 90)
    how.set_column(2, 2, 26)
    how.write_row(0, 0, ["Column", "What belongs there", "Example"], heading)
    for row, column in enumerate(columns, 1):
        says, example = EXPLAINED[column.field]
        how.write_string(row, 0, column.headings[0], wrapped)
        how.write_string(row, 1, says, wrapped)
        how.write_string(row, 2, example, wrapped)
    how.write_string(len(columns) + 2, 1, "Dark headings must be there. Save as XLSX or CSV.", wrapped)
    book.close()
    return file.getvalue()
