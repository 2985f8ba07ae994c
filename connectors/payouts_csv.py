"""Card payouts from CSV: the processor's transfers to the bank, with what each is made of.

    Payout ID,Processor,Payout Date,Payout Amount,Kind,Reference,Amount,Fee
    po_1,stripe,2026-03-12,96.49,charge,ch_3Ox,25.00,1.03
    po_1,stripe,2026-03-12,96.49,charge,ch_3Oz,75.00,2.48

One row per item; rows of one Payout ID belong together, and its date and amount may stand on the first alone. Amounts
are signed as they move the payout (a refund is below zero), fees are above zero: Payout Amount = sum of Amount - Fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.client_payments_csv import processor_word
from connectors.csv_folder import CsvFolder, reading
from connectors.options import Options
from connectors.table import Column
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable
from hhs_sync.facts.payment import Payout, PayoutItem

if TYPE_CHECKING:
    import datetime as dt

    from connectors.table import Table
    from hhs_sync.connector import Settings
    from hhs_sync.money import Money

COLUMNS = (
    Column("payout_id", ("Payout ID", "Payout", "Transfer ID"), required=True),
    Column("processor", ("Processor",)),
    Column("date", ("Payout Date", "Date", "Arrival Date"), required=True),
    Column("total", ("Payout Amount", "Total"), required=True),
    Column("kind", ("Kind", "Type"), required=True),
    Column("reference", ("Reference", "Charge ID", "Source ID"), required=True),
    Column("amount", ("Amount", "Gross"), required=True),
    Column("fee", ("Fee", "Fees"), required=True),
)

KINDS = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment refund": "refund",
    "dispute": "dispute",
    "chargeback": "dispute",
    "fee": "fee",
    "processing fee": "fee",
    "adjustment": "fee",
}
"""The words of the Kind column; "payout" and "transfer" rows tell the payout itself once more and are passed over."""

_THE_PAYOUT_ITSELF = frozenset({"payout", "transfer"})


class PayoutsCsv(CsvFolder):
    """A folder of payout reports."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys. `processor` names the card processor of rows that name none."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        self._processor = options.text("processor", "")
        options.done()

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The payouts of a report."""
        drafts: dict[str, _Draft] = {}
        self._gather(table, drafts)
        facts: list[Placed] = []
        for payout_id, draft in drafts.items():
            place = f"line {draft.line}"
            if problem := draft.problem:
                table.unreadable.append(Unreadable(place=place, problem=problem, amount=draft.amount))
                continue
            facts.append(Placed(fact=draft.payout(self.name, payout_id, self._processor), place=place))
        dates = {placed.fact.date for placed in facts if isinstance(placed.fact, Payout)}
        return reading(facts, table.unreadable, self.covered("payout", dates, document, table.unreadable))

    def _gather(self, table: Table, drafts: dict[str, _Draft]) -> None:
        index, days, amounts = table.index, self.days(), self.amounts()
        for line, row in self.rows(table):
            told = {field: row[place].strip() for field, place in index.items()}
            amount, fee, kind = amounts[told["amount"]], amounts[told["fee"] or "0"], told["kind"].lower()
            kind = kind.replace("_", " ")
            if not told["payout_id"]:
                if not table.is_nothing(row):
                    problem = "no payout id"
                    table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=amount))
                continue
            draft = drafts.setdefault(told["payout_id"], _Draft(line))
            draft.hear(told["processor"], days[told["date"]], told["date"], amounts[told["total"]], told["total"])
            if kind in _THE_PAYOUT_ITSELF:
                continue
            if amount is None or fee is None or kind not in KINDS:
                problem = "no amount or fee that can be read" if kind in KINDS else "a kind of item that is not known"
                table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=amount))
                continue
            draft.items.append(PayoutItem(KINDS[kind], told["reference"], amount, abs(fee)))


class _Draft:
    """A payout while its rows are gathered."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.items: list[PayoutItem] = []
        self.amount: Money | None = None
        self._date: dt.date | None = None
        self._processor = ""
        self._said: list[str] = []

    def hear(
        self, processor: str, when: tuple[dt.date, str | None] | None, date: str, total: Money | None, t: str
    ) -> None:
        """What a row says of the payout itself; later rows may be silent and may not say otherwise."""
        self._processor = self._processor or processor_word(processor)
        if date:
            self._said += [] if when and self._date in (None, when[0]) else ["date"]
            self._date = self._date or (when[0] if when else None)
        if t:
            self._said += [] if total is not None and self.amount in (None, total) else ["amount"]
            self.amount = total if self.amount is None else self.amount

    @property
    def problem(self) -> str:
        """Why this is no payout; empty when it is one."""
        if self._said:
            return f"the rows of this payout disagree about its {self._said[0]}, or it can't be read"
        if self._date is None or self.amount is None:
            return "no row of this payout says its date and amount"
        return ""

    def payout(self, source: str, payout_id: str, processor: str) -> Payout:
        """The payout, once it has no problem."""
        assert self._date is not None
        assert self.amount is not None
        return Payout(
            key=f"payout/{source}/{payout_id}",
            payout_id=payout_id,
            processor=self._processor or processor,
            date=self._date,
            amount=self.amount,
            items=tuple(self.items),
        )
