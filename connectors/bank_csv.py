"""Bank lines from CSV.

    Date,Amount,Description,Bank Reference,Trace,Check Number,Account
    2026-03-14,85.00,ANTHEM BCBS HCCLAIMPMT TRN*1*EFT900*1,20260314-1,EFT900,,****4321
    2026-03-15,-20.00,CHECK 2001,,,2001,****4321

Or `Debit` and `Credit` instead of `Amount`; money that leaves is below zero. The bank's own id of a line is its key;
without one a digest of date, amount and text and a running number among equals make it, so a file must hold whole days:
of a line that comes twice on one day and once in the file of its morning, nobody could say which one it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.csv_folder import CsvFolder, nothing_read, reading
from connectors.options import Options
from connectors.table import Column
from connectors.values import Keys
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.table import Table
    from connectors.values import Amounts
    from hhs_sync.connector import Settings
    from hhs_sync.money import Money

COLUMNS = (
    Column("date", ("Date", "Posted Date", "Posting Date", "Transaction Date"), required=True),
    Column("amount", ("Amount", "Transaction Amount")),
    Column("debit", ("Debit", "Withdrawal", "Withdrawals", "Money Out")),
    Column("credit", ("Credit", "Deposit", "Deposits", "Money In")),
    Column("description", ("Description", "Memo", "Details", "Name"), required=True),
    Column("reference", ("Bank Reference", "Reference", "Transaction ID", "FITID")),
    Column("trace", ("Trace", "Trace Number")),
    Column("check_number", ("Check Number", "Check", "Check #")),
    Column("account", ("Account", "Account Number")),
)


class BankCsv(CsvFolder):
    """A folder of CSV statements."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys. `account` names the account of files that name none; `accounts` chooses by last digits."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        self._account = options.text("account", "bank")
        self._accounts = options.texts("accounts")
        options.done()

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The lines of a statement."""
        if all(table.index[field] == table.width for field in ("amount", "debit", "credit")):
            problem = "no heading line names these columns: Amount, or Debit and Credit"
            return nothing_read(Unreadable(place="file", problem=problem, whole_document=True))
        facts = list(self._lines(table))
        days = {placed.fact.date for placed in facts if isinstance(placed.fact, BankDeposit)}
        return reading(facts, table.unreadable, self.covered("bank_deposit", days, document, table.unreadable))

    def _lines(self, table: Table) -> Iterator[Placed]:
        index, days, amounts, keys = table.index, self.days(), self.amounts(), Keys()
        for line, row in self.rows(table):
            told = {field: row[place].strip() for field, place in index.items()}
            account = last_digits(told["account"]) or self._account
            when, amount = days[told["date"]], _amount(told, amounts)
            if (when is None and table.is_nothing(row)) or not chosen(told["account"], self._accounts):
                continue
            if when is None or amount is None:
                problem = "no date that can be read" if when is None else "no amount that can be read"
                table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=amount))
                continue
            reference = told["reference"]
            own = reference or keys.number((account, when[0], amount, told["description"], told["check_number"]))
            fact = keys.take(
                BankDeposit(
                    key=f"bank_deposit/{self.name}/{account}/{own}",
                    account=account,
                    date=when[0],
                    amount=amount,
                    description=" ".join(told["description"].split()),
                    bank_reference=reference or None,
                    trace=told["trace"] or None,
                    check_number=told["check_number"] or None,
                )
            )
            if fact is not None:
                yield Placed(fact=fact, place=f"line {line}")


def _amount(told: dict[str, str], amounts: Amounts) -> Money | None:
    if told["amount"]:
        return amounts[told["amount"]]
    credit, debit = amounts[told["credit"] or "0"], amounts[told["debit"] or "0"]
    if credit is None or debit is None or not (told["credit"] or told["debit"]):
        return None
    return abs(credit) - abs(debit)


def last_digits(account: str) -> str:
    """The last four characters of an account's number, which name it here: the whole number is nobody's business."""
    return "".join(re.findall(r"[A-Za-z0-9]", account))[-4:]


def chosen(account: str, endings: Sequence[str]) -> bool:
    """True when the config takes this account: by its last digits, or because it names none."""
    return not endings or not account or any(account.strip().endswith(ending) for ending in endings)
