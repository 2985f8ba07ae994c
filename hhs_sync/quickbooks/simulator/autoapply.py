"""Automatic credits: with the preference on, QuickBooks applies open credits by itself, behind an integration's back.

A new invoice takes what credit its customer has, a new credit memo goes to the customer's oldest open invoices; a
payment of nothing links the two. Whoever meant the credit for another invoice finds it gone: this is why an integration
asks to have the preference off.
"""

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents


def credits_applied(company: Company, kind: str, made: Fields) -> Fields | None:
    """The payment that QuickBooks makes after a new invoice or credit memo; None where nothing meets."""
    if kind not in ("Invoice", "CreditMemo"):
        return None
    customer = made["CustomerRef"]["value"]
    others = "CreditMemo" if kind == "Invoice" else "Invoice"
    left = cents(made["Balance"], "Balance") or 0
    links = []
    applied = 0
    for object_id in list(company.by_customer.get((others, customer), ())):
        still_open = cents(company.tables[others][object_id]["Balance"], "Balance") or 0
        whole = min(still_open, left - applied)
        if whole > 0:
            links.append(_link(others, object_id, whole))
            applied += whole
    if not applied:
        return None
    lines = [_link(kind, made["Id"], applied), *links]
    note = "Created by QB Online to link credits to charges."
    return {
        "CustomerRef": {"value": customer},
        "TotalAmt": 0,
        "TxnDate": made["TxnDate"],
        "PrivateNote": note,
        "Line": lines,
    }


def _link(kind: str, object_id: str, whole: int) -> Fields:
    return {"Amount": amount(whole), "LinkedTxn": [{"TxnId": object_id, "TxnType": kind}]}
