"""A paper explanation of benefits as it is typed in: the fields of the form, and the table that they make.

The table is the one that the connector of typed-in EOBs reads from its folder (`hhs-sync eob form` gives it as a
workbook), so that what is typed on the page and what is typed into a file is read, checked and posted by one reader.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

PAYMENT = ("payer", "date", "method", "trace", "total")
"""Fields of the payment as a whole."""
ROW = (
    "kind", "claim_number", "status", "service_date", "code", "modifiers", "units", "charge", "paid", "allowed",
    "adjustments", "remarks", "reference",
)  # fmt: skip
"""Fields of each row."""
HEADINGS = {
    "eob": "EOB ID", "payer": "Payer", "date": "Payment Date", "method": "Payment Method", "trace": "Trace Number",
    "total": "Payment Amount", "kind": "Kind", "claim_number": "Claim Number", "status": "Claim Status",
    "service_date": "Service Date", "code": "Service Code", "modifiers": "Modifiers", "units": "Units",
    "charge": "Charge", "paid": "Paid", "allowed": "Allowed", "adjustments": "Adjustments", "remarks": "Remarks",
    "reference": "Reference",
}  # fmt: skip
MONEY = ("total", "charge", "paid", "allowed")


def table_of(payment: Mapping[str, str], rows: list[Mapping[str, str]]) -> bytes:
    """The EOB as CSV, a row of the form in each line; rows in which nothing stands are left out."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(HEADINGS.values()), lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        told = {name: row.get(name, "").strip() for name in ROW}
        if _holds(told):
            whole = {"eob": payment.get("trace", "") or "paper", **{name: payment.get(name, "") for name in PAYMENT}}
            writer.writerow({HEADINGS[name]: text for name, text in {**whole, **told}.items()})
    return out.getvalue().encode()


def filled(rows: list[Mapping[str, str]]) -> int:
    """How many rows hold something."""
    return sum(_holds(row) for row in rows)


def _holds(row: Mapping[str, str]) -> bool:
    """Whether somebody typed something into a row: two of its fields always have a value."""
    return any(row.get(name, "").strip() for name in ROW if name not in {"kind", "status"})
