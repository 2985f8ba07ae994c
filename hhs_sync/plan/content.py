"""What an entry says, in words that both sides can say: our wish, and what QuickBooks shows.

A wish names accounts of the sub-ledger and entries by key; QuickBooks shows ids of its own. Between the two stand the
account's number, the class's and customer's name and the reference of a linked entry. Two entries with one content
digest do the same to the books, so the one that is there already may be adopted. Descriptions and memos are left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import Digest
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Rules
from hhs_sync.money import Money
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind


class ContentLine(Struct, frozen=True, order=True):
    """One line: account number, cents (as on `DesiredLine`), class and customer by name ("" for none)."""

    account: str
    amount: Money
    class_name: str = ""
    customer: str = ""


class Content(Struct, frozen=True, kw_only=True):
    """What an entry does to the books. Lines and links are sorted: their order is QuickBooks' affair.

    `deposit_to` and `paid_from` are account numbers; where no money moves (`amount` 0) they are "".
    """

    kind: QuickBooksKind
    date: dt.date | None
    customer: str
    amount: Money
    deposit_to: str = ""
    paid_from: str = ""
    lines: tuple[ContentLine, ...] = ()
    links: tuple[tuple[str, Money], ...] = ()

    def digest(self) -> Digest:
        """The content's name."""
        return hashlib.sha256(_encoder.encode(self)).hexdigest()


def content_of(desired: DesiredEntry, rules: Rules, references: Mapping[EntryKey, str]) -> Content:
    """What a wish says. `references` gives the mark of every entry that it may link to."""
    moved = desired.amount != 0
    return Content(
        kind=desired.kind,
        date=desired.date,
        customer=desired.customer.display if desired.customer else "",
        amount=desired.amount,
        deposit_to=_number(desired.deposit_to, rules) if moved else "",
        paid_from=_number(desired.paid_from, rules) if moved else "",
        lines=tuple(
            sorted(
                ContentLine(
                    _number(line.account, rules),
                    line.amount,
                    _class_name(line.clinician, rules),
                    line.customer.display if line.customer else "",
                )
                for line in desired.lines
            )
        ),
        links=tuple(sorted((references.get(link.entry, ""), link.amount) for link in desired.links)),
    )


def _number(account: Account | None, rules: Rules) -> str:
    """The number of the QuickBooks account that stands for one of ours."""
    mapped = rules.account(account) if account else None
    return mapped.number if mapped else ""


def _class_name(clinician: str | None, rules: Rules) -> str:
    """The class of a clinician's lines."""
    known = rules.clinician(clinician)
    return known.class_name if known else ""


_encoder = msgspec.json.Encoder()
