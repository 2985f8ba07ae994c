"""Bank lines from OFX files (also called QFX or QBO): a statement download of a bank.

    [[practices.connectors]]
    use      = "bank_ofx"
    name     = "bank"
    path     = "inbox/bank"
    accounts = ["4321"]              # by last digits; without it, every account of the file

The bank's FITID is the line's key; banks that use one FITID for two lines get a running number behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.bank_csv import chosen, last_digits
from connectors.csv_folder import nothing_read, reading
from connectors.folder import Folder
from connectors.ofx import StatementLine, is_ofx, read_amount, read_day, statement_lines
from connectors.options import Options
from connectors.values import Keys
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hhs_sync.connector import Known, Settings


class BankOfx:
    """A folder of OFX files."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys."""
        options = Options(settings)
        self._folder = Folder(options)
        self._accounts = options.texts("accounts")
        options.done()
        self._zone = settings.time_zone
        self.name = settings.name
        self.reader_version = options.version("1")

    def fetch(self, known: Known) -> Iterator[Document]:
        """The files that were not taken before."""
        return self._folder.fetch(known)

    def read(self, document: Document) -> Reading:
        """The statement lines of the chosen accounts."""
        if not is_ofx(document.content):
            return nothing_read(Unreadable(place="file", problem="this is no OFX file", whole_document=True))
        facts: list[Placed] = []
        unreadable: list[Unreadable] = []
        keys = Keys()
        for line in statement_lines(document.content):
            if not chosen(line.account, self._accounts):
                continue
            place = f"line {line.line}"
            fact = self._deposit(line)
            if isinstance(fact, str):
                amount = read_amount(line.values.get("TRNAMT", ""))
                unreadable.append(Unreadable(place=place, problem=fact, amount=amount))
            elif (single := keys.take(fact)) is not None:
                facts.append(Placed(fact=single, place=place))
        return reading(facts, unreadable)

    def _deposit(self, line: StatementLine) -> BankDeposit | str:
        """The bank line, or why it is none."""
        told = line.values
        day, amount = read_day(told.get("DTPOSTED", ""), self._zone), read_amount(told.get("TRNAMT", ""))
        if line.currency not in {"", "USD"}:
            return "the statement is not in US dollars"
        if day is None:
            return "no posting date (DTPOSTED) that can be read"
        if amount is None:
            return "no amount (TRNAMT) that can be read"
        if "FITID" not in told:
            return "no id of the bank (FITID)"
        account = last_digits(line.account) or "bank"
        name, memo = told.get("NAME", ""), told.get("MEMO", "")
        # Some banks put the whole text into the memo and its beginning into the name, which holds 32 characters.
        said = memo if memo.startswith(name) else f"{name} {memo}"
        return BankDeposit(
            key=f"bank_deposit/{self.name}/{account}/{told['FITID']}",
            account=account,
            date=day,
            amount=amount,
            description=" ".join(said.split()),
            bank_reference=told["FITID"],
            check_number=told.get("CHECKNUM"),
        )
