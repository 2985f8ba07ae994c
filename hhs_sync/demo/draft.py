"""A demo practice while it is being made up: what happened so far, open to change.

Here alone values are changed in place: the mishaps reach into what normal life made, each at its own stage. What comes
out are files; the program reads them as it reads anybody's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from hhs_sync.demo.cast import DemoClient, DemoPractice, PayerHabit
from hhs_sync.facts.remittance import ClaimPayment, ProviderAdjustment
from hhs_sync.money import Money


@dataclass(slots=True)
class Visit:
    """One appointment. `payer` is the name that the practice system shows, None for private pay."""

    id: str
    date: dt.date
    client: DemoClient
    code: str
    modifiers: tuple[str, ...]
    fee: Money
    discount: Money
    state: str
    payer: PayerHabit | None
    bill: Bill | None = None
    billed_on: dt.date | None = None
    unreadable: bool = False


@dataclass(slots=True)
class Bill:
    """One claim. `answer` is "pay", or the adjustment of a denial ("CO-16"); `frequency` 7 replaces an earlier one.

    A `rejected` one was sent back by the clearinghouse: its payer never saw it.
    """

    number: str
    payer: PayerHabit
    client: DemoClient
    visits: list[Visit]
    submitted: dt.date
    answer: str = "pay"
    frequency: str = "1"
    order: str = "P"
    left_by_primary: tuple[Money, ...] = ()
    rejected: bool = False
    payment: ClaimPayment | None = None
    paid_in: Advice | None = None


@dataclass(slots=True)
class Advice:
    """One remittance. `told` is what BPR02 says where that differs from what its claims come to.

    `received` says whether the file came in, `banked` whether the money did.
    """

    payer: PayerHabit
    date: dt.date
    trace: str
    claims: list[ClaimPayment] = field(default_factory=list)
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    received: bool = True
    banked: bool = True

    @property
    def amount(self) -> Money:
        """What the payer pays: its claims less what it keeps outside them."""
        return sum(one.amount_paid for one in self.claims) - sum(one.amount for one in self.provider_adjustments)


@dataclass(slots=True)
class ClientMoney:
    """A client's payment, refund or dispute, as a row of the payments export."""

    id: str
    kind: str
    date: dt.date
    amount: Money
    method: str
    client: DemoClient | None
    visit: Visit | None
    reference: str
    of_payment: str = ""


@dataclass(slots=True)
class PayoutDraft:
    """A card processor's payout: the payments and refunds in it, and the fee of each."""

    id: str
    date: dt.date
    items: list[tuple[ClientMoney, Money]]

    @property
    def amount(self) -> Money:
        """What reaches the bank."""
        return sum((-one.amount if one.kind == "Refund" else one.amount) - fee for one, fee in self.items)


@dataclass(slots=True)
class BankLine:
    """One line of the bank's statement."""

    date: dt.date
    amount: Money
    description: str
    check_number: str = ""


@dataclass(slots=True)
class Mishap:
    """Something that went wrong on purpose: told in the folder's README with the exceptions that it should raise."""

    title: str
    where: str
    codes: tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """Everything that happened in one practice, stage by stage."""

    practice: DemoPractice
    first_day: dt.date
    today: dt.date
    random: Random
    clients: list[DemoClient]
    visits: list[Visit] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    payments: list[ClientMoney] = field(default_factory=list)
    payouts: list[PayoutDraft] = field(default_factory=list)
    with_processor: PayoutDraft | None = None
    """What the card processor holds at the end: charges that no payout has brought yet."""
    bank_lines: list[BankLine] = field(default_factory=list)
    copies: list[tuple[Advice, str]] = field(default_factory=list)
    """Remittances that come in once more: "same file" under another name, or "sent again" under another number."""
    mishaps: list[Mishap] = field(default_factory=list)
    running: int = 0

    def number(self) -> int:
        """The next running number, for claims, payments and traces."""
        self.running += 1
        return self.running

    def bank_day(self, day: dt.date, days: int = 1) -> dt.date:
        """So many business days after a day."""
        while days:
            day += dt.timedelta(days=1)
            if day.weekday() < 5:
                days -= 1
        return day
