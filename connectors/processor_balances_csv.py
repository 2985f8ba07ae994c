"""Card processors' balances from CSV: what the processor says it holds at the end of a day.

    Processor,Date,Balance,Pending Fees
    stripe,2026-03-31,96.49,3.51

`Balance` is what the processor would still pay out, its own fees already taken off, as its balance report shows it.
`Pending Fees` are those fees on charges that no payout has brought yet, above zero; a processor that shows its balance
before fees leaves them empty. One row per processor and day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.client_payments_csv import processor_word
from connectors.csv_folder import CsvFolder, reading
from connectors.options import Options
from connectors.table import Column
from connectors.values import Keys
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable
from hhs_sync.facts.payment import ProcessorBalance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.table import Table
    from hhs_sync.connector import Settings

COLUMNS = (
    Column("processor", ("Processor",)),
    Column("date", ("Date", "Balance Date", "As Of"), required=True),
    Column("balance", ("Balance", "Ending Balance", "Available Balance"), required=True),
    Column("fees", ("Pending Fees", "Fees")),
)


class ProcessorBalancesCsv(CsvFolder):
    """A folder of balance reports."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys. `processor` names the card processor of rows that name none."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        self._processor = options.text("processor", "")
        options.done()

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The balances of a report."""
        return reading(list(self._balances(table)), table.unreadable)

    def _balances(self, table: Table) -> Iterator[Placed]:
        index, days, amounts, keys = table.index, self.days(), self.amounts(), Keys()
        for line, row in self.rows(table):
            if table.is_nothing(row):
                continue
            told = {field: row[place].strip() for field, place in index.items()}
            when, balance, fees = days[told["date"]], amounts[told["balance"]], amounts[told["fees"] or "0"]
            processor = processor_word(told["processor"]) or self._processor
            if when is None or balance is None or fees is None or not processor:
                lacking = "date" if when is None else "processor" if not processor else "balance or fees"
                problem = f"no {lacking} that can be read"
                table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=balance))
                continue
            fact = keys.take(
                ProcessorBalance(
                    key=f"processor_balance/{self.name}/{processor}/{when[0]}",
                    processor=processor,
                    date=when[0],
                    balance=balance,
                    pending_fees=abs(fees),
                )
            )
            if fact is not None:
                yield Placed(fact=fact, place=f"line {line}")
