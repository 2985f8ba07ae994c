"""Client money: what a payment closes, what is left as a credit, and how credits are used up.

Money taken before the payer has ruled is a liability until the remittance says what the client owes. A payment closes
the session that it names; what it does not name goes to the oldest open item where the practice says so, and is the
client's credit otherwise. A credit that names a session waits for it.

    payment          Dr CARD_* or UNDEPOSITED   Cr AR_CLIENT (what it closes)   Cr CLIENT_CREDIT (the rest)
    credit applied   Dr CLIENT_CREDIT           Cr AR_CLIENT
    refund           Dr CLIENT_CREDIT           Cr CARD_* or BANK
    dispute          Dr AR_CLIENT (what the payment had closed), CLIENT_CREDIT, DISPUTE_FEES   Cr CARD_* or BANK
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.facts.document import own_key
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.ledger.running import Credit
from hhs_sync.mapping.accounts import Account, card_account

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.payment import ClientPayment, Dispute, Refund
    from hhs_sync.ledger.running import Running
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.matching.match import PaymentMatch
    from hhs_sync.money import Money


class PaymentBooks:
    """Writes client money into the running books."""

    def __init__(
        self,
        *,
        facts: Facts,
        rules: Rules,
        matches: Mapping[FactKey, PaymentMatch],
        running: Running,
        bad_debt: Mapping[FactKey, Money],
    ) -> None:
        """`bad_debt` tells what was written off per session so far: money for it is a recovery."""
        self._facts = facts
        self._rules = rules
        self._matches = matches
        self._running = running
        self._bad_debt = bad_debt
        self._closed: dict[FactKey, list[tuple[FactKey, Money]]] = defaultdict(list)
        """What each payment closed, session by session, for the day on which it turns out to be none."""
        contested = {one.payment for one in facts.disputes.values()}
        self._by_reference = {
            name: key
            for key, one in (facts.client_payments.items() if contested else ())
            for name in (own_key(key), one.reference)
            if name in contested
        }

    def pay(self, payment: ClientPayment) -> None:
        """A payment: what it closes, and what stays a credit."""
        match = self._matches[payment.key]
        into = money_account(payment.method, payment.processor)
        lines = [Line(into, payment.amount, match.client, payment.key)]
        if match.client is None:
            lines.append(Line(Account.SUSPENSE, -payment.amount, None, payment.key))
        else:
            for session, part in match.parts or ((match.session, payment.amount),):
                lines.extend(self._take(payment, match.client, session, part))
        named = [session for session, _ in match.parts] or ([match.session] if match.session else [])
        self._running.write(
            Entry(
                key=f"client-payment:{payment.key}",
                date=payment.date,
                kind=EntryKind.CLIENT_PAYMENT,
                lines=tuple(lines),
                because=f"client payment, {match.rule}",
                evidence=(Evidence(payment.key), *(Evidence(session) for session in named)),
            )
        )

    def _take(self, payment: ClientPayment, client: str, session: FactKey | None, part: Money) -> Iterator[Line]:
        """What a payment, or a part of it, closes; and what of it stays a credit."""
        self._recover(payment, client, session, part)
        left = part
        for item, amount in self._closes(client, session, part):
            clinician = self._facts.sessions[item].clinician
            yield Line(Account.AR_CLIENT, -amount, client, item, clinician)
            self._closed[payment.key].append((item, amount))
            left -= amount
        if left:
            item = session or payment.key
            named = self._facts.sessions.get(session) if session else None
            yield Line(Account.CLIENT_CREDIT, -left, client, item, named.clinician if named else None)
            credit = Credit(payment=payment.key, item=item, client=client, left=left, since=payment.date)
            self._running.credits[client].append(credit)

    def use_credits(self, client: str, session: FactKey, day: dt.date) -> None:
        """The client has come to owe on a session: use credits for it, and others where the practice says so."""
        if client not in self._running.credits:
            return
        for credit in self._running.credits[client]:
            named = credit.item == session
            if not credit.left or not (named or (self._rules.practice.oldest_first and credit.item == credit.payment)):
                continue
            amount = min(credit.left, max(self._running.by_client[session, client], 0))
            if not amount:
                continue
            credit.left -= amount
            self._closed[credit.payment].append((session, amount))
            clinician = self._facts.sessions[session].clinician
            self._running.write(
                Entry(
                    key=f"credit-applied:{credit.payment}>{session}",
                    date=max(day, credit.since),
                    kind=EntryKind.CREDIT_APPLIED,
                    lines=(
                        Line(Account.CLIENT_CREDIT, amount, client, credit.item, clinician if named else None),
                        Line(Account.AR_CLIENT, -amount, client, session, clinician),
                    ),
                    because="credit for this session used" if named else "credit used on the oldest open item",
                    evidence=(Evidence(credit.payment), Evidence(session)),
                )
            )

    def refund(self, refund: Refund) -> None:
        """Money given back: out of the client's credit; what exceeds it leaves the credit negative, which is told."""
        match = self._matches[refund.key]
        source = _paid_from(refund)
        account = Account.CLIENT_CREDIT if match.client else Account.SUSPENSE
        lines: list[Line] = []
        left = refund.amount
        for credit in self._running.credits.get(match.client or "", []):
            used = min(credit.left, left) if match.session in (None, credit.item) else 0
            if used:
                credit.left -= used
                left -= used
                lines.append(Line(account, used, match.client, credit.item))
        if left:
            lines.append(Line(account, left, match.client, refund.key))
        self._running.write(
            Entry(
                key=f"refund:{refund.key}",
                date=refund.date,
                kind=EntryKind.REFUND,
                lines=(*lines, Line(source, -refund.amount, match.client, refund.key)),
                because=f"refund, {match.rule}",
                evidence=(Evidence(refund.key),),
            )
        )

    def dispute(self, dispute: Dispute) -> None:
        """A contested card payment or a bounced check restores the debt; the fee is ours."""
        match = self._matches[dispute.key]
        source = money_account(dispute.method, dispute.processor) if _is_card(dispute) else Account.BANK
        restored = 0 if dispute.won else dispute.amount
        lines = [Line(source, -(restored + dispute.fee), match.client, dispute.key)]
        if restored and match.client:
            lines.extend(self._restored(dispute, match.client, match.session, restored))
        elif restored:
            lines.append(Line(Account.SUSPENSE, restored, None, dispute.key))
        if dispute.fee:
            lines.append(Line(Account.DISPUTE_FEES, dispute.fee, None, dispute.key))
        if restored or dispute.fee:
            self._running.write(
                Entry(
                    key=f"dispute:{dispute.key}",
                    date=dispute.date,
                    kind=EntryKind.DISPUTE,
                    lines=tuple(lines),
                    because="card payment disputed" if _is_card(dispute) else "check came back unpaid",
                    evidence=(Evidence(dispute.key),),
                )
            )

    def _restored(self, dispute: Dispute, client: str, session: FactKey | None, amount: Money) -> list[Line]:
        """What is owed again: what the payment had closed, its credit that is left, then the session that it named."""
        payment = self._by_reference.get(dispute.payment or "")
        if payment is not None and self._matches[payment].client != client:
            payment = None
        lines: list[Line] = []
        for item, closed in self._closed.pop(payment, ()) if payment else ():
            used = min(closed, amount)
            if used:
                clinician = self._facts.sessions[item].clinician
                lines.append(Line(Account.AR_CLIENT, used, client, item, clinician))
                amount -= used
        for credit in self._running.credits.get(client, ()):
            used = min(credit.left, amount) if credit.payment == payment else 0
            if used:
                credit.left -= used
                lines.append(Line(Account.CLIENT_CREDIT, used, client, credit.item))
                amount -= used
        if amount and session:
            lines.append(Line(Account.AR_CLIENT, amount, client, session, self._facts.sessions[session].clinician))
        elif amount:
            lines.append(Line(Account.CLIENT_CREDIT, amount, client, dispute.key))
        return lines

    def _recover(self, payment: ClientPayment, client: str, session: FactKey | None, part: Money) -> None:
        """Money for a balance that was written off brings the balance back first, for the payment to close."""
        written_off = self._bad_debt.get(session, 0) if session else 0
        if session is None or written_off <= 0:
            return
        owed = max(self._running.by_client[session, client], 0)
        amount = min(written_off, max(part - owed, 0))
        if amount:
            clinician = self._facts.sessions[session].clinician
            self._running.write(
                Entry(
                    key=f"recovery:{payment.key}" if part == payment.amount else f"recovery:{payment.key}>{session}",
                    date=payment.date,
                    kind=EntryKind.RECOVERY,
                    lines=(
                        Line(Account.AR_CLIENT, amount, client, session, clinician),
                        Line(Account.BAD_DEBT, -amount, None, session, clinician),
                    ),
                    because="a written-off balance was paid after all",
                    evidence=(Evidence(payment.key), Evidence(session)),
                )
            )

    def _closes(self, client: str, session: FactKey | None, amount: Money) -> list[tuple[FactKey, Money]]:
        """The open items that a payment closes: the session named, else the oldest where the practice says so."""
        if session is not None:
            owed = min(max(self._running.by_client[session, client], 0), amount)
            return [(session, owed)] if owed else []
        if not self._rules.practice.oldest_first:
            return []
        closed: list[tuple[FactKey, Money]] = []
        for item, owed in self._running.open_items(client):
            used = min(owed, amount)
            if used:
                closed.append((item, used))
                amount -= used
        return closed


def paid_by_card(facts: Facts) -> dict[FactKey, Account]:
    """The card processor's account of each remittance that a person said was paid by a virtual card."""
    return {
        subject: card_account(one.account)
        for (subject, kind), one in standing(facts.resolutions.values()).items()
        if kind is ResolutionKind.VIRTUAL_CARD and subject in facts.remittances
    }


def money_account(method: PaymentMethod, processor: str | None) -> Account:
    """Where client money waits for the bank: the processor's clearing account, or with the checks and cash in hand."""
    if method is PaymentMethod.CARD:
        return card_account(processor)
    return Account.UNDEPOSITED


def _is_card(back: Refund | Dispute) -> bool:
    return back.method is PaymentMethod.CARD


def _paid_from(refund: Refund) -> Account:
    return money_account(refund.method, refund.processor) if _is_card(refund) else Account.BANK
