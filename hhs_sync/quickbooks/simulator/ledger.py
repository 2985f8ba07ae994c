"""The double entry behind a company: what each document posts, and the balances that follow.

Debits are positive cents, credits negative; the postings of a document add up to zero or the simulator itself is wrong.
Balances are kept as documents come and go, so that reading one is a look-up and not a sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Posting(NamedTuple):
    """One line in one account."""

    account: str
    cents: int
    customer: str | None = None
    vendor: str | None = None
    class_id: str | None = None
    department: str | None = None
    memo: str = ""
    receivable: bool = False
    payable: bool = False

    def reversed(self) -> "Posting":
        """The same line on the other side."""
        return self._replace(cents=-self.cents)


class Ledger:
    """All postings of one company by document, with the balances of accounts, customers and vendors."""

    def __init__(self) -> None:
        self.postings: dict[str, tuple[Posting, ...]] = {}
        self.balances: defaultdict[str, int] = defaultdict(int)
        self.receivable: defaultdict[str, int] = defaultdict(int)
        self.payable: defaultdict[str, int] = defaultdict(int)

    def replace(self, document: str, postings: Iterable[Posting]) -> None:
        """Let a document post these lines instead of whatever it posted before; none takes it off the books."""
        lines = tuple(posting for posting in postings if posting.cents)
        assert sum(line.cents for line in lines) == 0, f"document {document} does not balance"
        assert all(line.customer for line in lines if line.receivable), f"document {document} owes nobody's debt"
        assert all(line.vendor for line in lines if line.payable), f"document {document} owes to nobody"
        for line in self.postings.pop(document, ()):
            self._count(line, -line.cents)
        for line in lines:
            self._count(line, line.cents)
        if lines:
            self.postings[document] = lines

    def _count(self, line: Posting, change: int) -> None:
        self.balances[line.account] += change
        if line.receivable and line.customer:
            self.receivable[line.customer] += change
        if line.payable and line.vendor:
            self.payable[line.vendor] += change

    def lines(self) -> Iterator[tuple[str, Posting]]:
        """Every line with its document's id."""
        for document, lines in self.postings.items():
            for line in lines:
                yield document, line
