"""Short ways to write entries of the sub-ledger by hand, as the books would: amounts in dollars, one clinician."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import Struct

from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import LedgerAccount, Policy, Rules, Shape
from hhs_sync.money import Money, parse_money
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from tests.builders import make_rules

SECRET = b"the practice's own secret, 32 by"
A = Account

NUMBERS: dict[Account, str] = {
    A.BANK: "1000", A.AR_PAYER: "1100", A.AR_CLIENT: "1100", A.ALLOWANCE: "1150", A.TRANSFER_CLEARING: "1190",
    A.PAYER_CLEARING: "1200", A.UNDEPOSITED: "1200", A.CARD_STRIPE: "1210", A.CARD_IVY: "1211", A.CARD_SQUARE: "1212",
    A.IN_TRANSIT: "1220", A.TAX_WITHHELD: "1250", A.CLIENT_CREDIT: "2200", A.RECOUPMENT: "2300", A.SUSPENSE: "2400",
    A.UNCLAIMED: "2500", A.REVENUE_COMMERCIAL: "4010", A.REVENUE_MAINECARE: "4020", A.REVENUE_MEDICARE: "4030",
    A.REVENUE_CLIENT: "4040", A.REVENUE_NO_SHOW: "4050", A.REVENUE_OTHER: "4060", A.CONTRACTUAL_COMMERCIAL: "4910",
    A.CONTRACTUAL_MAINECARE: "4911", A.CONTRACTUAL_MEDICARE: "4912", A.SEQUESTRATION: "4913", A.DISCOUNT: "4920",
    A.ADMINISTRATIVE: "4930", A.TAKEBACK: "4950", A.REFUND: "4960", A.CARD_FEES: "6100", A.DISPUTE_FEES: "6110",
    A.BAD_DEBT: "6200", A.INTEREST: "7100",
}  # fmt: skip


class HandBooks(Struct, frozen=True, kw_only=True):
    """Books that hold just what the plan reads."""

    entries: tuple[Entry, ...]
    session_revenue: Mapping[str, Account] = {}
    session_clients: Mapping[str, str] = {}
    client_codes: Mapping[str, str] = {}


def rules(shape: Shape = Shape.CODED, policy: Policy = Policy.ACCRUAL, **practice: object) -> Rules:
    """The test practice with the standard chart of accounts."""
    made = make_rules(shape=shape, policy=policy, **practice)
    accounts = tuple(
        LedgerAccount(account=account, number=number, name=account.value, type="")
        for account, number in NUMBERS.items()
    )
    return Rules(
        **{name: getattr(made, name) for name in made.__struct_fields__ if name != "accounts"}, accounts=accounts
    )


def money(text: str) -> Money:
    return parse_money(text)


def line(
    account: Account, amount: str, party: str | None = None, item: str | None = None, clinician: str | None = None
) -> Line:
    return Line(account, money(amount), party, item, clinician)


def entry(key: str, when: str, kind: EntryKind, *lines: Line, facts: Sequence[str] = (), **more: object) -> Entry:
    """An entry; what it rests on is its own key where nothing else is named."""
    return Entry(
        key=key,
        date=dt.date.fromisoformat(when),
        kind=kind,
        lines=lines,
        because="by hand",
        evidence=tuple(Evidence(one) for one in facts) or (Evidence(key.split(":", 1)[1]),),
        **more,
    )


def told(document: DesiredEntry) -> str:
    """A document as the worked example prints it: `Invoice ANTH:K8: Dr 1100 150.00, Cr 4010 150.00`."""
    sums: dict[str, Money] = {}
    for account, amount in document.effects:
        sums[NUMBERS[account]] = sums.get(NUMBERS[account], 0) + amount
    who = ""
    if document.customer is not None:
        names = {"Anthem": "ANTH", "Harvard Pilgrim": "HPHC", "Medicare": "MEDA", "Second Plan": "SECO"}
        payer = names.get(document.customer.payer, document.customer.payer.upper())
        who = " " + ":".join(part for part in (payer, document.customer.code) if part)
    effects = [f"{'Dr' if amount > 0 else 'Cr'} {number} {abs(amount) / 100:.2f}" for number, amount in sums.items()]
    return f"{document.kind.value}{who}: {', '.join(sorted(effects))}"


def is_application(document: DesiredEntry) -> bool:
    """A payment of nothing, which only links a credit memo: it does nothing to the books and is not counted."""
    return document.kind is QuickBooksKind.PAYMENT and document.amount == 0
