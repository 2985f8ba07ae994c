"""From clearing to the bank: one entry per bank line, equal to the penny.

What a remittance put into clearing is taken out line by line, and what the payer kept or added outside any claim (PLB)
is told beside it, never netted away. Money at the bank that nothing explains goes to suspense once it has waited as
long as the practice waits for remittances. A remittance that comes after that takes its money out of suspense again:
what was posted stays, and the later entry tells the rest.

    Dr BANK   Dr RECOUPMENT (kept, or taken back here)   Cr PAYER_CLEARING   Cr INTEREST

A payment that came in several lines leaves clearing with the first of them; what that one lacks is in transit until
the others bring it:

    600.00 of 1,000.00   Dr BANK 600.00   Dr IN_TRANSIT 400.00   Cr PAYER_CLEARING 1,000.00
    the other 400.00     Dr BANK 400.00                          Cr IN_TRANSIT 400.00
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hhs_sync.days import add_business_days
from hhs_sync.facts.document import own_key
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.ledger.payment import money_account
from hhs_sync.ledger.remittance import takes_back
from hhs_sync.ledger.resolution import old_system
from hhs_sync.mapping.accounts import Account, card_account
from hhs_sync.matching.acceptance import Standing
from hhs_sync.matching.match import paid_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.deposit import BankDeposit
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.payment import Payout
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.ledger.running import Running
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.matching.acceptance import Judged
    from hhs_sync.matching.match import BankMatches, ClaimMatches, PaymentMatch
    from hhs_sync.money import Money


def suspended_from(line: BankDeposit, rules: Rules) -> dt.date:
    """The day on which an unexplained bank line goes to suspense."""
    return add_business_days(line.date, rules.practice.thresholds.money_without_remittance_business_days)


def money_known_late(facts: Facts, rules: Rules, bank: BankMatches) -> dict[FactKey, FactKey]:
    """Remittances that came to be known after their bank line went to suspense: remittance to bank line.

    Of several lines the first counts, and stands here for all of them.
    """
    late: dict[FactKey, FactKey] = {}
    for match in bank.matched.values():
        first = bank.banked[match.parts[0]][0]
        day = suspended_from(facts.bank_deposits[first], rules)
        parts = [part for part in match.parts if part in facts.remittances]
        if len(parts) == len(match.parts) and all(known_on(facts, part) > day for part in parts):
            late.update(dict.fromkeys(parts, first))
    return late


def known_on(facts: Facts, remittance: FactKey) -> dt.date:
    """The day on which a remittance came to be known; it can't have been before its own payment date."""
    told = facts.remittances[remittance]
    day = told.payment_date or told.production_date or facts.as_of[remittance]
    return max(facts.as_of.get(remittance, day), day)


class DepositBooks:
    """Writes bank lines into the running books, after everything that they may clear."""

    def __init__(
        self,
        *,
        facts: Facts,
        rules: Rules,
        judged: Mapping[FactKey, Judged],
        claims: ClaimMatches,
        payments: Mapping[FactKey, PaymentMatch],
        clearing: Mapping[FactKey, Sequence[Line]],
        running: Running,
    ) -> None:
        """`clearing` holds what each remittance put into clearing."""
        self._facts = facts
        self._rules = rules
        self._judged = judged
        self._claims = claims
        self._payments = payments
        self._clearing = clearing
        self._running = running
        self._old_system = old_system(facts, rules)

    def matched(self, line: BankDeposit, parts: Iterable[FactKey], rule: str) -> None:
        """A bank line and all that makes it up."""
        self._bank_line(line, parts, self._made_up_of(parts), rule)

    def in_several_lines(self, part: FactKey, lines: Sequence[BankDeposit], rule: str) -> None:
        """One payment and all bank lines that bring it, the first first."""
        first, *others = lines
        party, rest = self._party_of(part), sum([one.amount for one in others])
        self._bank_line(first, [part], [*self._made_up_of([part]), Line(Account.IN_TRANSIT, rest, party, part)], rule)
        for line in others:
            self._bank_line(line, [part], [Line(Account.IN_TRANSIT, -line.amount, party, part)], rule)

    def _made_up_of(self, parts: Iterable[FactKey]) -> list[Line]:
        """The other side of the bank, part by part; of a refund or bounced check nothing, its entry moved the bank."""
        lines: list[Line] = []
        for part in parts:
            if part in self._facts.remittances:
                lines.extend(self.remittance_lines(self._facts.remittances[part]))
            elif part in self._facts.payouts:
                lines.extend(self._payout_lines(self._facts.payouts[part]))
            elif part in self._facts.client_payments:
                payment = self._facts.client_payments[part]
                client = self._payments[part].client
                lines.append(Line(money_account(payment.method, payment.processor), -payment.amount, client, part))
        return lines

    def _bank_line(self, line: BankDeposit, parts: Iterable[FactKey], lines: Sequence[Line], rule: str) -> None:
        if not lines:
            return
        kind = EntryKind.CLIENT_DEPOSIT
        for part in parts:
            if part in self._facts.remittances:
                kind = EntryKind.REMITTANCE_DEPOSIT
            elif part in self._facts.payouts:
                kind = EntryKind.PAYOUT
        held_only = all(one.account is Account.SUSPENSE for one in lines)
        self._running.write(
            Entry(
                key=f"deposit:{line.key}",
                date=line.date,
                kind=EntryKind.BANK_SUSPENSE if held_only else kind,
                lines=(Line(Account.BANK, line.amount, None, line.key), *lines),
                because=f"money at the bank, matched by {rule}",
                evidence=(Evidence(line.key), *(Evidence(part) for part in parts)),
            )
        )

    def gathered(self, lines: Sequence[BankDeposit], remittance: FactKey, day: dt.date) -> None:
        """Several lines in suspense are one remittance: it takes its money out of the first, which gets the others'."""
        first = lines[0]
        moved = [Line(self._account_of(one), one.amount, self._sender(one), one.key) for one in lines[1:]]
        whole = sum([one.amount for one in moved])
        self._running.write(
            Entry(
                key=f"suspense-gathered:{remittance}",
                date=day,
                kind=EntryKind.SUSPENSE_IDENTIFIED,
                lines=(*moved, Line(Account.SUSPENSE, -whole, self._sender(first), first.key)),
                because="bank lines in suspense that together are one payment",
                evidence=(Evidence(remittance), *(Evidence(one.key) for one in lines)),
            )
        )

    def unexplained(self, line: BankDeposit, today: dt.date) -> None:
        """Money at the bank without a remittance: to suspense once it has waited long enough."""
        if line.amount <= 0 or suspended_from(line, self._rules) > today:
            return
        self.to_suspense(line)

    def to_suspense(self, line: BankDeposit) -> None:
        """The bank line as a liability to whoever it belongs to."""
        sender = self._sender(line)
        self._running.write(
            Entry(
                key=f"deposit:{line.key}",
                date=line.date,
                kind=EntryKind.BANK_SUSPENSE,
                lines=(
                    Line(Account.BANK, line.amount, None, line.key),
                    Line(self._account_of(line), -line.amount, sender, line.key),
                ),
                because="money at the bank that nothing explains yet",
                evidence=(Evidence(line.key),),
            )
        )

    def rest(self, remittance: Remittance, account: Account, item: FactKey, day: dt.date) -> None:
        """What a remittance tells besides claim payments, where its money is not in clearing but in `account`.

        That is suspense when the remittance came later than its money, or a card processor's account.
        """
        rest = [one for one in self.remittance_lines(remittance) if one.account is not Account.PAYER_CLEARING]
        total = sum(one.amount for one in rest)
        if rest:
            offset = (Line(account, -total, self._payer(remittance), item),) if total else ()
            self._running.write(
                Entry(
                    key=f"suspense-identified:{remittance.key}",
                    date=day,
                    kind=EntryKind.SUSPENSE_IDENTIFIED,
                    lines=(*rest, *offset),
                    because="what the payer kept or added outside its claims",
                    evidence=(Evidence(remittance.key),),
                )
            )

    def without_money(self, remittance: Remittance, day: dt.date) -> None:
        """A payment of 0.00 that nets claims against takebacks: no bank line will come, and clearing is cleared."""
        lines = self.remittance_lines(remittance)
        if any(one.account is Account.PAYER_CLEARING for one in lines):
            self._running.write(
                Entry(
                    key=f"deposit:{remittance.key}",
                    date=day,
                    kind=EntryKind.REMITTANCE_DEPOSIT,
                    lines=tuple(lines),
                    because="payment of 0.00: claims paid against money kept",
                    evidence=(Evidence(remittance.key),),
                )
            )

    def hold(self, remittance: Remittance, day: dt.date, why: str, account: Account) -> None:
        """A remittance that is not posted still tells of its money, in `account`: with the payers, or on a card.

        QuickBooks is not told until it is banked; money on a card is there, and comes with the processor's payout.
        """
        party = self._payer(remittance)
        self._running.write(
            Entry(
                key=f"held:{remittance.key}",
                date=day,
                kind=EntryKind.HELD_REMITTANCE,
                lines=(
                    Line(account, remittance.amount_paid, party, remittance.key),
                    Line(Account.SUSPENSE, -remittance.amount_paid, party, remittance.key),
                ),
                because=f"held: {why}",
                evidence=(Evidence(remittance.key),),
                held=account is Account.PAYER_CLEARING,
            )
        )

    def remittance_lines(self, remittance: Remittance) -> list[Line]:
        """The other side of the bank: what was in clearing, what was taken back, and the provider adjustments."""
        party = self._payer(remittance)
        if self._judged[remittance.key].standing is not Standing.ACCEPTED:
            return [Line(Account.SUSPENSE, -remittance.amount_paid, party, remittance.key)]
        lines = [
            Line(Account.PAYER_CLEARING, -one.amount, one.party, one.item, one.clinician)
            for one in self._clearing.get(remittance.key, ())
        ]
        for claim in remittance.claim_payments:
            if takes_back(claim) and claim.amount_paid and not claim.is_predetermination:
                paid = paid_key(remittance.key, claim)
                match = self._claims.matched.get(paid)
                session = self._facts.sessions[match.shares[0].session] if match and len(match.shares) == 1 else None
                item, clinician = (session.key, session.clinician) if session else (paid, None)
                lines.append(Line(Account.RECOUPMENT, -claim.amount_paid, party, item, clinician))
        day = remittance.payment_date or remittance.production_date
        for one in remittance.provider_adjustments:
            account = self._rules.provider_account(one.reason_code, party, day) or Account.SUSPENSE
            if one.amount:
                lines.append(Line(account, one.amount, party, f"{remittance.key}#{one.segment}"))
        return lines

    def _payout_lines(self, payout: Payout) -> list[Line]:
        """Card money out of the processor's clearing, one line per charge and refund, the fees in one."""
        account = card_account(payout.processor)
        lines: list[Line] = []
        fees: Money = 0
        for item in payout.items:
            fees += item.fee
            key = self._by_reference.get(item.reference)
            match = self._payments.get(key) if key else None
            session = self._facts.sessions.get(match.session) if match and match.session else None
            clinician = session.clinician if session else None
            lines.append(
                Line(
                    account,
                    -item.amount,
                    match.client if match else None,
                    key or f"{payout.key}#{item.reference}",
                    clinician,
                )
            )
        if fees:
            lines.append(Line(account, fees, None, f"{payout.key}#fees"))
        if payout.difference:
            lines.append(Line(Account.SUSPENSE, -payout.difference, None, payout.key))
        return lines

    def payout_fees(self, payout: Payout) -> None:
        """The processor's fees, gross income being booked in full (never netted)."""
        account = card_account(payout.processor)
        fees = sum(item.fee for item in payout.items)
        if fees:
            self._running.write(
                Entry(
                    key=f"payout-fees:{payout.key}",
                    date=payout.date,
                    kind=EntryKind.PAYOUT,
                    lines=(
                        Line(Account.CARD_FEES, fees, None, payout.key),
                        Line(account, -fees, None, payout.key),
                    ),
                    because="card processing fees",
                    evidence=(Evidence(payout.key),),
                )
            )

    @property
    def _by_reference(self) -> Mapping[str, FactKey]:
        if self._references is None:
            self._references = {}
            for mapping in (self._facts.client_payments, self._facts.refunds, self._facts.disputes):
                for key, fact in mapping.items():
                    self._references[own_key(key)] = key
                    if reference := getattr(fact, "reference", None):
                        self._references[reference] = key
            for key, remittance in self._facts.remittances.items():
                self._references.setdefault(remittance.eft_trace, key)
        return self._references

    _references: dict[str, FactKey] | None = None

    def _account_of(self, line: BankDeposit) -> Account:
        """Where money that nothing explains lies, unless a person gave it to the old system."""
        return self._old_system.get(line.key, Account.SUSPENSE)

    def _party_of(self, part: FactKey) -> str | None:
        remittance = self._facts.remittances.get(part)
        return self._payer(remittance) if remittance else None

    def _payer(self, remittance: Remittance) -> str | None:
        payer = self._rules.payer(remittance.payer_name, remittance.payer_ids)
        return payer.id if payer else None

    def _sender(self, line: BankDeposit) -> str | None:
        """The payer whose bank text stands in the line, where there is just one."""
        text = line.description.upper()
        found = {payer.id for payer in self._rules.payers if any(one.upper() in text for one in payer.bank_texts)}
        return found.pop() if len(found) == 1 else None
