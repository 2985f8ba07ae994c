"""What is a text, an object, a list: a request that has one where the other belongs is refused before anyone reads it.

QuickBooks' names tell their shape: what ends in Ref points to something, what ends in Detail or Addr is an object, Line
holds a list. References come out as {"value": "5", ...} however they were spelled, texts as texts, numbers as numbers.
"""

import re
from decimal import Decimal
from typing import Any

from hhs_sync.quickbooks.simulator.refusal import misshapen
from hhs_sync.quickbooks.simulator.wire import Fields, text

LISTS = frozenset({"Line", "LinkedTxn", "AttachableRef", "TaxRateDetails", "TaxRateDetail", "CustomField", "any"})
OBJECT_ENDS = ("Detail", "Addr", "Phone", "Prefs", "EmailAddr")
OBJECTS = frozenset(
    {
        "BillEmail",
        "BillEmailBcc",
        "BillEmailCc",
        "CashBack",
        "CheckPayment",
        "CreditCardPayment",
        "CustomerMemo",
        "DeliveryInfo",
        "Email",
        "Entity",
        "Fax",
        "LineEx",
        "MetaData",
        "Mobile",
        "POEmail",
        "RecurringInfo",
        "ScheduleInfo",
    }
)
TEXTS = frozenset(
    {
        "AccountSubType",
        "AccountType",
        "AcctNum",
        "BillableStatus",
        "Code",
        "CompanyName",
        "ContentType",
        "Description",
        "DetailType",
        "DisplayName",
        "DocNumber",
        "FamilyName",
        "FileName",
        "GivenName",
        "MiddleName",
        "Name",
        "NameOf",
        "Note",
        "Notes",
        "PayType",
        "PaymentRefNum",
        "PaymentType",
        "PostingType",
        "PrintOnCheckName",
        "PrivateNote",
        "RecurType",
        "Sku",
        "Suffix",
        "Tag",
        "TaxCode",
        "TaxRateName",
        "Title",
        "TxnDate",
        "TxnId",
        "TxnLineId",
        "TxnType",
        "Type",
    }
)

NUMBERS = frozenset(
    {
        "Amount",
        "DayOfMonth",
        "DayOfMonthDue",
        "DiscountDays",
        "DiscountPercent",
        "DueDays",
        "DueNextMonthDays",
        "ExchangeRate",
        "HourlyRate",
        "Hours",
        "Minutes",
        "NumInterval",
        "PurchaseCost",
        "Qty",
        "QtyOnHand",
        "Rate",
        "RatePercent",
        "RateValue",
        "TaxPercent",
        "TotalAmt",
        "TotalTax",
        "UnitPrice",
    }
)
"""Sent as a number or as text, and always answered as a number."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shaped(sent: Fields) -> Fields:
    """The same with every part in its shape. Refuses what has another (2010)."""
    return {name: _part(name, value) for name, value in sent.items()}


def _part(name: str, value: Any) -> Any:
    if value is None or value == "":  # A blank, which clears what it names where an update merges.
        return value
    if name in LISTS:
        items = [value] if isinstance(value, dict) else value
        if not isinstance(items, list):
            raise misshapen(name)
        return [shaped(_object(name, item)) for item in items]
    if name.endswith("Ref"):
        return _reference(name, value)
    if name in OBJECTS or name.endswith(OBJECT_ENDS):
        return shaped(_object(name, value))
    if name in TEXTS:
        said = text(value)
        if said is None:
            raise misshapen(name)
        return said
    if name in NUMBERS and isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, dict):
        return shaped(value)
    return value


def _reference(name: str, value: Any) -> Fields:
    whole = value if isinstance(value, dict) else {"value": value}
    said = {part: text(inner) for part, inner in whole.items()}
    if said.get("value") is None:
        raise misshapen(name)
    return {part: inner for part, inner in said.items() if inner is not None}


def _object(name: str, value: Any) -> Fields:
    if not isinstance(value, dict):
        raise misshapen(name)
    return value
