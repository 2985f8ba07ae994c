"""Coverage from CSV: which payers stand behind each client.

    Coverage ID,Client ID,Payer,Order,First Day,Last Day,Granted On,Member ID
    V-1,C-17,Anthem,1,2026-01-01,,,XYZ123
    V-2,C-17,MaineCare,2,2025-11-01,,2026-02-10,

`Order` is 1 or primary, 2 or secondary, and so on; `Last Day` stays empty while it lasts; `Granted On` is filled in
where coverage was granted back in time. Without a Coverage ID, client, payer and first day make the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.csv_folder import CsvFolder, reading
from connectors.options import Options
from connectors.table import Column
from connectors.values import Keys, opaque
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.table import Table
    from hhs_sync.connector import Settings

COLUMNS = (
    Column("key", ("Coverage ID", "Policy ID")),
    Column("client", ("Client ID", "Patient ID", "Client"), required=True),
    Column("payer", ("Payer", "Insurance", "Insurer"), required=True),
    Column("order", ("Order", "Priority", "Rank")),
    Column("first", ("First Day", "Start Date", "Effective Date"), required=True),
    Column("last", ("Last Day", "End Date", "Termination Date")),
    Column("granted", ("Granted On",)),
    Column("member_id", ("Member ID", "Member Number", "Policy Number")),
)

ORDERS = {"": 1, "primary": 1, "secondary": 2, "tertiary": 3, "p": 1, "s": 2, "t": 3}


class CoverageCsv(CsvFolder):
    """A folder of coverage lists."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        options.done()

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The coverages of a list."""
        facts = list(self._coverages(table))
        days = {placed.fact.first for placed in facts if isinstance(placed.fact, Coverage)}
        return reading(facts, table.unreadable, self.covered("coverage", days, document, table.unreadable))

    def _coverages(self, table: Table) -> Iterator[Placed]:
        index, days, keys = table.index, self.days(), Keys()
        for line, row in self.rows(table):
            told = {field: row[place].strip() for field, place in index.items()}
            if table.is_nothing(row):
                continue
            first, last, granted = (
                days[told[field]] if told[field] else None for field in ("first", "last", "granted")
            )
            order = ORDERS.get(told["order"].lower(), int(told["order"]) if told["order"].isdecimal() else None)
            unread = [field for field, read in (("last", last), ("granted", granted)) if told[field] and not read]
            if first is None or unread or not order or not told["client"] or not told["payer"]:
                lacking = (
                    "first day" if first is None else "last day or day of grant" if unread else "client, payer or order"
                )
                table.unreadable.append(Unreadable(place=f"line {line}", problem=f"no {lacking} that can be read"))
                continue
            own = told["key"] or opaque((told["client"], told["payer"].lower(), first[0]))
            fact = keys.take(
                Coverage(
                    key=f"coverage/{self.name}/{own}",
                    client=told["client"],
                    payer=told["payer"],
                    order=order,
                    first=first[0],
                    last=last[0] if last else None,
                    granted_on=granted[0] if granted else None,
                    member_id=told["member_id"] or None,
                )
            )
            if fact is not None:
                yield Placed(fact=fact, place=f"line {line}")
