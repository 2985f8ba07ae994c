"""Client money from CSV: payments, refunds, disputes, bounced checks.

    Payment ID,Type,Date,Client ID,Amount,Method,Session ID,Reference,Processor,Fee,Of Payment
    P-101,Payment,2026-03-04,C-17,25.00,Card,S-8841,ch_3Ox,stripe,,
    P-102,Payment,2026-03-05,C-18,130.00,Check,,1044,,,
    R-7,Refund,2026-03-22,C-18,20.00,Check,,2001,,,1044
    D-1,Dispute,2026-03-25,C-17,25.00,Card,,,stripe,15.00,ch_3Ox

`Type` is Payment (also when empty), Refund, Dispute, Dispute Won or Bounced Check; amounts are above zero in each.
`Reference` is the check's number or the processor's id of the charge, by which payouts name it; `Of Payment` is the
reference of what is given back or contested. Without a Payment ID a digest and a running number make the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.csv_folder import CsvFolder, reading
from connectors.options import Options
from connectors.table import Column
from connectors.values import Keys
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable
from hhs_sync.facts.payment import ClientPayment, Dispute, PaymentMethod, Refund

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.table import Table
    from hhs_sync.connector import Settings

COLUMNS = (
    Column("key", ("Payment ID", "Transaction ID", "ID")),
    Column("type", ("Type", "Transaction Type")),
    Column("date", ("Date", "Payment Date"), required=True),
    Column("client", ("Client ID", "Patient ID", "Client"), required=True),
    Column("amount", ("Amount", "Payment Amount"), required=True),
    Column("method", ("Method", "Payment Method"), required=True),
    Column("session", ("Session ID", "Appointment ID", "Invoice", "Invoice Number", "Invoice ID")),
    Column("reference", ("Reference", "Check Number", "Charge ID")),
    Column("processor", ("Processor",)),
    Column("fee", ("Fee",)),
    Column("of_payment", ("Of Payment", "Original Reference")),
)

TYPES = {
    "": "payment",
    "payment": "payment",
    "charge": "payment",
    "refund": "refund",
    "dispute": "dispute",
    "chargeback": "dispute",
    "dispute won": "dispute won",
    "bounced check": "bounced check",
    "returned check": "bounced check",
}
"""The words of the Type column."""

METHODS = {
    PaymentMethod.CARD: (
        "card", "credit card", "debit card", "credit", "debit", "hsa", "fsa", "hsa card", "visa", "mastercard", "amex",
        "american express", "discover",
    ),
    PaymentMethod.CHECK: ("check", "cheque", "money order"),
    PaymentMethod.CASH: ("cash",),
    PaymentMethod.TRANSFER: ("transfer", "bank transfer", "ach", "eft", "zelle", "venmo", "paypal", "wire"),
}  # fmt: skip
"""The words of the Method column; `methods` in the config adds to them."""


class ClientPaymentsCsv(CsvFolder):
    """A folder of exports of client money."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys. `processor` names the card processor of rows that name none."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        self._processor = options.text("processor", "")
        self._methods = {word: method for method, words in METHODS.items() for word in words}
        known = {method.value: method for method in PaymentMethod}
        for name, words in options.table("methods").items():
            if name not in known:
                options.wrong("methods", f"names {name}; there are: {', '.join(known)}")
                continue
            self._methods |= {word.lower(): known[name] for word in words}
        options.done()

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The payments, refunds and disputes of an export."""
        facts: dict[str, Placed] = {}
        for placed in self._facts(table):
            facts[placed.fact.key] = placed
        days = {placed.fact.date for placed in facts.values() if isinstance(placed.fact, ClientPayment)}
        covers = self.covered("client_payment", days, document, table.unreadable)
        return reading(list(facts.values()), table.unreadable, covers)

    def _facts(self, table: Table) -> Iterator[Placed]:
        index, days, amounts, keys = table.index, self.days(), self.amounts(), Keys()
        for line, row in self.rows(table):
            told = {field: row[place].strip() for field, place in index.items()}
            when, amount = days[told["date"]], amounts[told["amount"]]
            if when is None and table.is_nothing(row):
                continue
            kind, method = TYPES.get(told["type"].lower()), self._methods.get(told["method"].lower())
            problem = next((said for wrong, said in _doubts(when, amount, kind, method) if wrong), "")
            if problem:
                table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=amount))
            elif amount and when and kind and method:  # A row about no money tells nothing.
                own = told["key"] or keys.number((kind, when[0], told["client"], amount, told["reference"]))
                common = {"date": when[0], "amount": amount, "method": method, "client": told["client"] or None}
                fact = self._fact(kind, own, common, told, amounts[told["fee"]] or 0)
                # A dispute's later row tells the same dispute's later state; all else on the same key is another thing.
                single = fact if isinstance(fact, Dispute) else keys.take(fact)
                if single is not None:
                    yield Placed(fact=single, place=f"line {line}")

    def _fact(
        self, kind: str, own: str, common: dict[str, Any], told: dict[str, str], fee: int
    ) -> ClientPayment | Refund | Dispute:
        reference = told["reference"] or None
        processor = None
        if common["method"] is PaymentMethod.CARD:
            processor = processor_word(told["processor"]) or self._processor or None
        if kind == "payment":
            return ClientPayment(
                key=f"client_payment/{self.name}/{own}",
                session=told["session"] or None,
                reference=reference,
                processor=processor,
                **common,
            )
        payment = told["of_payment"] or None
        if kind == "refund":
            key = f"refund/{self.name}/{own}"
            return Refund(key=key, payment=payment, reference=reference, processor=processor, **common)
        return Dispute(
            key=f"dispute/{self.name}/{own}",
            fee=abs(fee),
            payment=payment or reference,
            processor=processor,
            won=kind == "dispute won",
            **common,
        )


def _doubts(
    when: object, amount: int | None, kind: str | None, method: PaymentMethod | None
) -> Iterator[tuple[bool, str]]:
    yield when is None, "no date that can be read"
    yield amount is None, "no amount that can be read"
    yield amount is not None and amount < 0, "an amount below zero: money given back has a type of its own"
    yield kind is None, "a type that is not known; there are: " + ", ".join(dict.fromkeys(TYPES.values()))
    yield method is None, "a method that is not known: add the word to `methods`"


def processor_word(text: str) -> str:
    """The processor's own word for itself, as `stripe`, `ivy` or `square` where it is one of these."""
    bare = text.strip().lower()
    return next((known for known in ("stripe", "ivy", "square") if bare.startswith(known)), bare)
