"""Deposit summaries: income is what reached the bank, told once, when it did.

Each line of the bank becomes one document of the same amount. What an entry put into clearing is remembered with what
it was for; when the bank shows the money, the deposit tells it by income account, clinician and payer:

    claims paid             4010/4020/4030, by the family of the payer that paid
    client money            4040, missed appointments 4050, other work 4060
    money without a home    2400, and a JournalEntry to income when it is identified
    kept by the payer       4950, negative, so that income stays what the claims paid
    paid twice by a payer   2400, payable back
    one payment, two lines  each tells the part of it that it brings, so that 1220 is not needed
    refunds                 4960; processing fees 6100, negative: never netted into income
    interest                7100; tax withheld 1250

Nothing is told of charges, adjustments, denials or money that has not come. With `client_credit_liability` an excess
that a client paid is 2200 until it is applied (then 4040), refunded or handed over.
"""

from __future__ import annotations

from typing import TypeAlias

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKind, Line
from hhs_sync.mapping.accounts import CLEARING, Account
from hhs_sync.mapping.rules import PayerFamily, Rules
from hhs_sync.money import Money
from hhs_sync.plan.bank import Direct
from hhs_sync.plan.desired import Desired, Told
from hhs_sync.plan.movement import Movement, movements
from hhs_sync.plan.references import CLIENT_REFUND, References
from hhs_sync.plan.writer import Writer

PAID_BY: dict[PayerFamily, Account] = {
    PayerFamily.COMMERCIAL: Account.REVENUE_COMMERCIAL,
    PayerFamily.MAINECARE: Account.REVENUE_MAINECARE,
    PayerFamily.MEDICARE: Account.REVENUE_MEDICARE,
}
# Income that keeps its account whoever pays it; all other client money is 4040.
_OWN_INCOME = frozenset({Account.REVENUE_NO_SHOW, Account.REVENUE_OTHER})
FEES = "#fees"
"""What a payout's clearing line for its fees adds to the payout's key."""
Part: TypeAlias = tuple[Account, str | None, Money]
"""What a part of some money was for: account, clinician, cents as they add to a deposit."""


class Purpose:
    """Money in clearing, and what it was for. `origin` is the remittance or client payment that told of it."""

    __slots__ = ("amount", "origin", "parts", "told")

    def __init__(self, origin: FactKey, parts: list[Part]) -> None:
        """The parts add up to the money."""
        self.origin = origin
        self.parts = parts
        self.amount: Money = sum([amount for _, _, amount in parts])
        self.told = False


class Kept:
    """What payers kept (positive) or gave beside claims (negative) in one document, by payer and clinician."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.parts: dict[str | None, list[tuple[str | None, Money]]] = {}

    def add(self, payer: str | None, clinician: str | None, amount: Money) -> None:
        """Add one takeback, in cents."""
        self.parts.setdefault(payer, []).append((clinician, amount))


def render_cash(books: Told, rules: Rules, references: References) -> Desired:
    """What QuickBooks should hold as deposit summaries."""
    summaries = Summaries(books, rules, references)
    # A charge, the bulk of the books, is nothing that deposit summaries tell of.
    for moved in movements([one for one in books.entries if one.kind is not EntryKind.CHARGE], coded=True):
        if not moved.held:
            summaries.tell(moved)
    return summaries.writer.desired()


class Summaries:
    """One pass over the books: what lies in clearing and why, and what was told of it."""

    def __init__(self, books: Told, rules: Rules, references: References) -> None:
        """Start with nothing in clearing."""
        self.writer = Writer(books, rules, references, coded=False)
        self._revenue = books.session_revenue
        self._families = {one.id: PAID_BY[one.family] for one in rules.payers}
        self._keeps_credits = rules.practice.client_credit_liability
        self._purposes: dict[tuple[Account, str | None, FactKey | None], list[Purpose]] = {}
        self._of_origin: dict[tuple[Account, FactKey | None], list[Purpose]] = {}
        self._to_come: dict[FactKey | None, list[Part]] = {}
        self._excess: set[FactKey | None] = set()
        self._payable: dict[str | None, Money] = {}

    def tell(self, moved: Movement) -> None:
        """Remember what a movement says of money in clearing; tell what it says of money at the bank."""
        kind = moved.kind
        if kind is EntryKind.CLAIM_PAYMENT:
            self._claim(moved)
        elif kind in _AT_THE_BANK or any(line.account is Account.BANK for line in moved.lines):
            self._bank(moved)
        elif kind in _THROUGH_CLEARING:
            self._remember(moved)
        elif kind in _FROM_CREDIT:
            self._use_credit(moved)

    # --- money in clearing

    def _claim(self, moved: Movement) -> None:
        """A claim payment: income of its payer's family, whether its money waits or lies in suspense already."""
        excess: dict[str | None, Money] = {}
        for line in moved.lines:
            if line.account is Account.RECOUPMENT:
                excess[line.clinician] = excess.get(line.clinician, 0) - line.amount
        direct, kept, suspended = Direct(self.writer), Kept(), False
        for line in moved.lines:
            if line.account is not Account.SUSPENSE and line.account not in CLEARING:
                continue
            spare = min(excess.get(line.clinician, 0), max(line.amount, 0))
            excess[line.clinician] = excess.get(line.clinician, 0) - spare
            income = self._families.get(line.party or "", Account.REVENUE_OTHER)
            if line.account is Account.SUSPENSE:
                suspended = True
                direct.add(Account.SUSPENSE, -line.amount, line.party)
                direct.add(income, line.amount - spare, line.party, line.clinician)
                kept.add(line.party, line.clinician, -spare)
            else:
                parts: list[Part] = [(income, line.clinician, line.amount - spare)]
                if spare:
                    parts.append((Account.RECOUPMENT, line.clinician, spare))
                self._put(moved, line, parts)
        if suspended:
            self._keep(direct, kept)
            self._write(moved, 0, direct)

    def _remember(self, moved: Movement) -> None:
        """Money that waits in clearing, or leaves it: its other lines say what for."""
        parts = [self._part(line) for line in moved.lines if line.account not in CLEARING]
        for line in moved.lines:
            if line.account in CLEARING:
                self._put(moved, line, parts)
                parts = []

    def _put(self, moved: Movement, line: Line, parts: list[Part]) -> None:
        purpose = Purpose(moved.evidence[0].fact, parts)
        self._purposes.setdefault((line.account, line.party, line.item), []).append(purpose)
        self._of_origin.setdefault((line.account, purpose.origin), []).append(purpose)

    def _part(self, line: Line) -> Part:
        """What a line that is not money means here, as it adds to a deposit."""
        account, clinician, amount = line.account, line.clinician, -line.amount
        if account is Account.AR_CLIENT:
            return self._client_income(line), clinician, amount
        if account is Account.CLIENT_CREDIT:
            return self._credit(line), clinician, amount
        return account, clinician, amount

    def _client_income(self, line: Line) -> Account:
        """The income account of what a client pays on a session."""
        own = self._revenue.get(line.item or "")
        return own if own in _OWN_INCOME and own is not None else Account.REVENUE_CLIENT

    def _credit(self, line: Line) -> Account:
        """What a client's credit is: collected for a session it is income; an excess may be kept as a liability."""
        if line.item in self._revenue:
            return self._client_income(line) if line.amount < 0 else Account.REFUND
        if line.amount < 0 and self._keeps_credits:
            self._excess.add(line.item)
        if line.item in self._excess:
            return Account.CLIENT_CREDIT
        return Account.REVENUE_CLIENT if line.amount < 0 else Account.REFUND

    # --- money at the bank

    def _bank(self, moved: Movement) -> None:
        """A line of the bank: what each part of it was for."""
        direct, kept = Direct(self.writer), Kept()
        bank: Money = 0
        transit: list[Line] = []
        for line in moved.lines:
            if line.account is Account.BANK:
                bank += line.amount
            elif line.account is Account.RECOUPMENT:
                kept.add(line.party, line.clinician, line.amount)
            elif line.account in CLEARING:
                if moved.kind is not EntryKind.BANK_CORRECTION or not self._untell(direct, kept, line):
                    self._clear(direct, kept, moved, line)
            elif line.account is Account.IN_TRANSIT:
                transit.append(line)
            else:
                account, clinician, amount = self._part(line)
                direct.add(account, amount, line.party, clinician)
        self._keep(direct, kept)
        for line in transit:
            self._share(direct, line)
        self._write(moved, bank, direct)

    def _share(self, direct: Direct, line: Line) -> None:
        """What a payment's first bank line lacks is told by the later ones, as what it was for."""
        if line.amount > 0:
            parts = direct.withheld(line.amount)
            self._to_come.setdefault(line.item, []).extend(parts)
            direct.add(Account.SUSPENSE, sum([amount for _, _, amount in parts]) - line.amount, line.party)
            return
        left, parts = -line.amount, self._to_come.get(line.item, [])
        while left and parts:
            account, clinician, amount = parts.pop()
            part = min(amount, left)
            left -= part
            direct.add(account, part, line.party, clinician)
            if part < amount:
                parts.append((account, clinician, amount - part))
        direct.add(Account.SUSPENSE, left, line.party)

    def _clear(self, direct: Direct, kept: Kept, moved: Movement, line: Line) -> None:
        """Money that leaves clearing is told as what it was for; what nobody knows of is suspense."""
        left = -line.amount
        if line.item is not None and line.item.endswith(FEES):
            direct.add(Account.CARD_FEES, left, None, line.clinician)
            return
        purpose = self._find(moved, line)
        # A card payout names a whole remittance, which a virtual card has paid claim by claim.
        whole = self._of_origin.get((line.account, line.item), ()) if purpose is None else (purpose,)
        for purpose in [one for one in whole if not one.told]:
            purpose.told = True
            left -= purpose.amount
            for account, clinician, amount in purpose.parts:
                if account is Account.RECOUPMENT:
                    kept.add(line.party, clinician, -amount)
                else:
                    direct.add(account, amount, line.party, clinician)
        if left:
            direct.add(Account.SUSPENSE, left, line.party)

    def _untell(self, direct: Direct, kept: Kept, line: Line) -> bool:
        """Money that a closed period told as income goes back to clearing: as what it was told, it is told no more."""
        purposes = self._purposes.get((line.account, line.party, line.item), ())
        told = next((one for one in purposes if one.told and one.amount == line.amount), None)
        if told is None:
            return False
        told.told = False
        for account, clinician, amount in told.parts:
            if account is Account.RECOUPMENT:
                kept.add(line.party, clinician, amount)
            else:
                direct.add(account, -amount, line.party, clinician)
        return True

    def _find(self, moved: Movement, line: Line) -> Purpose | None:
        """What money in clearing was for: told by what the bank line names, of the same amount, else the oldest."""
        origins = {one.fact for one in moved.evidence}
        waiting = [one for one in self._purposes.get((line.account, line.party, line.item), ()) if not one.told]
        named = [one for one in waiting if one.origin in origins] or waiting
        same = [one for one in named if one.amount == -line.amount]
        return next(iter(same or named), None)

    def _keep(self, direct: Direct, kept: Kept) -> None:
        """Takebacks by payer, netted: a reversal and its deferral in one remittance move no cash.

        What a payer gave beside claims is payable back (2400); what it keeps takes that first, the rest is 4950 under
        the clinicians of the sessions taken back.
        """
        for payer, parts in kept.parts.items():
            total = sum(amount for _, amount in parts)
            if total < 0:
                self._payable[payer] = self._payable.get(payer, 0) - total
                direct.add(Account.SUSPENSE, -total, payer)
                continue
            back = min(total, self._payable.get(payer, 0))
            if back:
                self._payable[payer] -= back
                direct.add(Account.SUSPENSE, -back, payer)
            left = total - back
            for clinician, amount in sorted(parts, key=lambda one: one[0] is None):
                part = min(max(amount, 0), left)
                direct.add(Account.TAKEBACK, -part, payer, clinician)
                left -= part

    def _use_credit(self, moved: Movement) -> None:
        """A credit is applied or handed over as unclaimed: told where it was booked, or where it moves out."""
        direct = Direct(self.writer)
        for line in moved.lines:
            account, clinician, amount = self._part(line)
            direct.add(account, amount, None, clinician)
        if moved.kind is EntryKind.UNCLAIMED or any(line.item in self._excess for line in moved.lines):
            self._write(moved, 0, direct)

    def _write(self, moved: Movement, bank: Money, direct: Direct) -> None:
        """Choose the document: a deposit, a purchase, or a journal entry where nothing reaches the bank."""
        lines = direct.lines()
        if bank > 0:
            self.writer.deposit(moved, {}, lines)
        elif bank < 0:
            payee = CLIENT_REFUND if moved.kind is EntryKind.REFUND else ""
            self.writer.purchase(moved, Account.BANK, self.writer.turned(lines), payee=payee)
        elif lines:
            self.writer.journal_entry(moved, self.writer.turned(lines))


# Money that waits in clearing, or leaves it, before the bank shows it.
_THROUGH_CLEARING = frozenset(
    {
        EntryKind.UNMATCHED_PAYMENT,
        EntryKind.HELD_REMITTANCE,
        EntryKind.CLIENT_PAYMENT,
        EntryKind.PREPAYMENT,
        EntryKind.REFUND,
        EntryKind.DISPUTE,
        EntryKind.CORRECTION,
    }
)
# Told of the bank, though a payment of 0.00 has no line there.
_AT_THE_BANK = frozenset({EntryKind.REMITTANCE_DEPOSIT, EntryKind.SUSPENSE_IDENTIFIED, EntryKind.BANK_CORRECTION})
_FROM_CREDIT = frozenset({EntryKind.CREDIT_APPLIED, EntryKind.UNCLAIMED})
