"""What a remittance does to the books.

A claim payment closes the payer's part of its sessions: money into clearing, the contract's share off the income, the
patient's share over to the client or the next payer. A denial posts nothing: the balance stays open and somebody works
it. A reversal mirrors what was posted, never what it says anew.

    paid claim   Dr PAYER_CLEARING   Dr CONTRACTUAL   Dr AR of client or second payer   Cr AR_PAYER
    reversal     Cr RECOUPMENT       Cr CONTRACTUAL   Cr AR of client or second payer   Dr AR_PAYER
    no session   Dr PAYER_CLEARING                                                      Cr SUSPENSE
    paid twice   Dr PAYER_CLEARING                                                      Cr RECOUPMENT
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.remittance import Adjustment
from hhs_sync.ledger.adjustment import Treatments, held
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.ledger.resolution import old_system
from hhs_sync.ledger.running import Posted
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import PayerFamily, Treatment
from hhs_sync.matching.match import paid_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ClaimPayment, Remittance
    from hhs_sync.facts.session import Session
    from hhs_sync.ledger.running import Running
    from hhs_sync.ledger.session import Charged
    from hhs_sync.mapping.rules import Payer, Rules
    from hhs_sync.matching.match import ClaimMatch, ClaimMatches, Share
    from hhs_sync.money import Money


class Unplaced(Struct, frozen=True, gc=False):
    """Money of a claim payment that closed nothing: `reason` says why, `amount` in cents (negative when taken)."""

    paid: FactKey
    payer: str | None
    amount: Money
    reason: str
    session: FactKey | None
    date: dt.date


class Taken(Struct, frozen=True, gc=False):
    """A payment that its payer took back by a reversal, with the entry that had told it (cents, positive)."""

    paid: FactKey
    session: FactKey
    payer: str
    amount: Money
    original: str
    date: dt.date


class _Told(Struct, frozen=True):
    """One claim payment on its way into the books."""

    remittance: FactKey
    claim: ClaimPayment
    paid: FactKey
    match: ClaimMatch | None
    payer: Payer | None
    day: dt.date
    unchanged: frozenset[FactKey]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        sessions = [Evidence(share.session) for share in self.match.shares] if self.match else ()
        return (Evidence(self.remittance, f"segment {self.claim.segment}"), *sessions)


class RemittanceBooks:
    """Writes remittances into the running books, one after the other in order of time."""

    def __init__(
        self,
        *,
        facts: Facts,
        rules: Rules,
        matches: ClaimMatches,
        charged: Mapping[FactKey, Charged],
        running: Running,
        cash_from: Mapping[FactKey, FactKey],
        by_card: Mapping[FactKey, Account],
    ) -> None:
        """`cash_from` names the bank line of each remittance whose money was put to suspense before it was known.

        `by_card` names the card processor's account of each remittance that was paid by a virtual card.
        """
        self._facts = facts
        self._rules = rules
        self._matches = matches
        self._charged = charged
        self._running = running
        self._cash_from = cash_from
        self._by_card = by_card
        self._old_system = old_system(facts, rules)
        self.treatments = Treatments(facts, rules)
        self.unplaced: list[Unplaced] = []
        self.taken: list[Taken] = []
        self._early: dict[str, _Told] = {}
        self.clearing: dict[FactKey, list[Line]] = defaultdict(list)
        """What each remittance put into the clearing account, line by line, for its deposit to take out again."""

    def write(self, remittance: Remittance, day: dt.date) -> list[tuple[str, FactKey]]:
        """Post one remittance that adds up. Returns the (client, session) now owed.

        Reversals of what was posted earlier go first, before their corrections, wherever they stand; then all the
        rest in the order of the file, for a payer may pay, take back and pay anew in one remittance.
        """
        payer = self._rules.payer(remittance.payer_name, remittance.payer_ids)
        told: list[_Told] = []
        for claim in remittance.claim_payments:
            if not claim.is_predetermination:
                paid = paid_key(remittance.key, claim)
                match = self._matches.matched.get(paid)
                told.append(_Told(remittance.key, claim, paid, match, payer, day, frozenset()))
        back = [one for one in told if takes_back(one.claim) and self._originals(one)]
        if back:
            unchanged = self._shares_left_unchanged(back, [one for one in told if not takes_back(one.claim)])
            for one in back:
                self._reverse(_with(one, unchanged), day)
            done = {one.paid for one in back}
            told = [_with(one, unchanged) for one in told if one.paid not in done]
        owed: list[tuple[str, FactKey]] = []
        for one in told:
            if takes_back(one.claim):
                self._reverse(one, day)
            else:
                self._pay(one, owed)
                early = self._early.pop(one.claim.payer_claim_number or "", None)
                if early is not None:
                    self._reverse(early, day)
        return owed

    def _write(self, told: _Told, entry: Entry) -> None:
        self._running.write(entry)
        self.clearing[told.remittance].extend([one for one in entry.lines if one.account is Account.PAYER_CLEARING])

    # ------------------------------------------------------------------ payments

    def _pay(self, told: _Told, owed: list[tuple[str, FactKey]]) -> None:
        if told.match is None:
            answer = self._matches.unmatched.get(told.paid)
            if told.claim.amount_paid:
                self._to_suspense(told, told.claim.amount_paid, answer.reason if answer else "not matched", None)
            return
        lines: list[Line] = []
        for share in told.match.shares:
            charge = self._charged.get(share.session)
            if charge is not None and charge.payer is not None:
                lines.extend(self._pay_share(told, share, charge, charge.payer, owed))
            elif share.paid:
                why = "the session is not charged" if charge is None else "the session is charged to the client"
                self._to_suspense(told, share.paid, why, share.session)
        if lines:
            how = "paid" if told.claim.amount_paid else "settled without payment"
            self._write(
                told,
                Entry(
                    key=f"claim-payment:{told.paid}",
                    date=told.day,
                    kind=EntryKind.CLAIM_PAYMENT,
                    lines=tuple(lines),
                    because=f"claim {how}, matched by {told.match.rule}",
                    evidence=told.evidence,
                ),
            )

    def _pay_share(
        self, told: _Told, share: Share, charge: Charged, primary: Payer, owed: list[tuple[str, FactKey]]
    ) -> list[Line]:
        """The lines of one session: money, adjustments and the patient's share against what its payer owes."""
        assert told.match is not None
        session = self._facts.sessions[share.session]
        key, clinician = session.key, session.clinician
        by = self._party(told, charge, primary)
        later = told.claim.of_later_payer or by.id != primary.id
        treated = self.treatments.treat(told.match, share, session, by, told.day, later=later)
        open_before = max(self._running.by_payer[key, by.id], 0)
        settled = min(share.paid, open_before)
        kept = key in told.unchanged
        # A patient share that stays where it was is not open at the payer, and needs no room there.
        fitted = treated.fit(open_before - settled + (treated.patient if kept else 0))
        fits = fitted.total
        if treated.total != fits and not later:
            cut = Adjustment("CO", "", treated.total - fits)
            why = "more than is open on the session"
            self.treatments.held.append(
                held(told.paid, key, by.id, cut, treatment=Treatment.HOLD, why=why, day=told.day)
            )
        account, party = _patient_party(session, charge, by)
        lines: list[Line] = []
        if share.paid:
            suspense = self._cash_from.get(told.remittance)
            lines.append(
                Line(Account.SUSPENSE, share.paid, by.id, suspense, clinician)
                if suspense
                else Line(self._clearing_of(told), share.paid, by.id, key, clinician)
            )
        lines.extend([Line(one, amount, by.id, key, clinician) for one, amount in fitted.adjusted if amount])
        patient = 0 if kept else fitted.patient
        if patient:
            lines.append(Line(account, patient, party, key, clinician))
            if account is Account.AR_CLIENT:
                owed.append((party, key))
        credit = settled + fits - fitted.patient + patient
        if credit:
            lines.append(Line(Account.AR_PAYER, -credit, by.id, key, clinician))
        if share.paid > settled:
            excess = share.paid - settled
            lines.append(Line(Account.RECOUPMENT, -excess, by.id, key, clinician))
            why = "paid more than is open on the session"
            self.unplaced.append(Unplaced(told.paid, by.id, excess, why, key, told.day))
        self._running.posted[key].append(
            Posted(
                entry=f"claim-payment:{told.paid}",
                payer=by.id,
                paid=share.paid,
                told=settled,
                payer_claim_number=told.claim.payer_claim_number,
                adjusted=fitted.adjusted,
                patient=fitted.patient,
                patient_account=account,
                patient_party=party,
            )
        )
        return lines

    def _clearing_of(self, told: _Told) -> Account:
        """Where the money waits for the bank: with the payers', or with the card processor of a virtual card."""
        return self._by_card.get(told.remittance, Account.PAYER_CLEARING)

    def _party(self, told: _Told, charge: Charged, primary: Payer) -> Payer:
        """Whose receivable it closes. A claim number goes to one payer: the first answer is the session's payer's."""
        payer = told.payer
        if payer is None or payer.id == primary.id:
            return primary
        if charge.secondary is not None and payer.id == charge.secondary.id:
            return payer
        return payer if told.claim.of_later_payer else primary

    def _to_suspense(self, told: _Told, amount: Money, reason: str, session: FactKey | None) -> None:
        """Money without a home: told, in suspense, with a question. Nothing moves where it was in suspense already."""
        party = told.payer.id if told.payer else None
        self.unplaced.append(Unplaced(told.paid, party, amount, reason, session, told.day))
        if told.remittance in self._cash_from:
            return
        self._write(
            told,
            Entry(
                key=f"unmatched:{told.paid}{f'>{session}' if session else ''}",
                date=told.day,
                kind=EntryKind.UNMATCHED_PAYMENT,
                lines=(
                    Line(self._clearing_of(told), amount, party, told.paid),
                    Line(self._old_system.get(told.paid, Account.SUSPENSE), -amount, party, told.paid),
                ),
                because=f"claim payment without a home: {reason}",
                evidence=(Evidence(told.remittance, f"segment {told.claim.segment}"),),
            ),
        )

    # ----------------------------------------------------------------- reversals

    def _reverse(self, told: _Told, day: dt.date) -> None:
        """Mirror what the original posted; what was never received changes no receivable (the deposit tells it).

        A reversal may be dated before the payment that it names (REF*F8): it is kept until that one comes.
        """
        originals = self._originals(told)
        if told.match is None or not originals:
            if told.claim.original_payer_claim_number and told.claim.amount_paid:
                self._early[told.claim.original_payer_claim_number] = told
            if told.claim.amount_paid:
                why = "takes back a payment that we do not have"
                party = told.payer.id if told.payer else None
                self.unplaced.append(Unplaced(told.paid, party, told.claim.amount_paid, why, None, told.day))
            return
        self.unplaced = [one for one in self.unplaced if one.paid != told.paid] if told.day != day else self.unplaced
        lines: list[Line] = []
        for share, original in zip(told.match.shares, originals, strict=True):
            original.reversed = True
            key, clinician = share.session, self._facts.sessions[share.session].clinician
            patient = 0 if key in told.unchanged else original.patient
            if original.told:
                lines.append(Line(Account.RECOUPMENT, -original.told, original.payer, key, clinician))
            if original.paid:
                taken = Taken(told.paid, key, original.payer, original.paid, original.entry, day)
                self.taken.append(taken)
            lines.extend(
                Line(account, -amount, original.payer, key, clinician)
                for account, amount in original.adjusted
                if amount
            )
            if patient:
                lines.append(Line(original.patient_account, -patient, original.patient_party, key, clinician))
            reopened = original.told + sum(amount for _, amount in original.adjusted) + patient
            if reopened:
                lines.append(Line(Account.AR_PAYER, reopened, original.payer, key, clinician))
        if lines:
            self._write(
                told,
                Entry(
                    key=f"reversal:{told.paid}",
                    date=day,
                    kind=EntryKind.REVERSAL,
                    lines=tuple(lines),
                    because=f"payer took a payment back, matched by {told.match.rule}",
                    evidence=told.evidence,
                ),
            )

    def _originals(self, told: _Told) -> list[Posted]:
        """What was posted for each share of a reversal, the latest first; none when any of it was never posted."""
        if told.match is None:
            return []
        numbers = {told.claim.payer_claim_number, told.claim.original_payer_claim_number} - {None}
        found: list[Posted] = []
        for share in told.match.shares:
            fits = [
                one
                for one in self._running.posted.get(share.session, ())
                if not one.reversed and one.paid == -share.paid and one not in found
            ]
            if not fits:
                return []
            found.append(([one for one in fits if one.payer_claim_number in numbers] or fits)[-1])
        return found

    def _shares_left_unchanged(self, back: list[_Told], forth: list[_Told]) -> frozenset[FactKey]:
        """Sessions reversed and corrected here whose patient share stays: two cancelling moves are left out."""
        before: dict[FactKey, Posted] = {}
        for told in back:
            originals = self._originals(told)
            if told.match is not None and originals:
                before.update(zip((share.session for share in told.match.shares), originals, strict=True))
        unchanged: set[FactKey] = set()
        for told in forth:
            for share in told.match.shares if told.match else ():
                original = before.get(share.session)
                charge = self._charged.get(share.session)
                if original is None or charge is None or charge.payer is None or told.match is None:
                    continue
                by = self._party(told, charge, charge.payer)
                # MaineCare copays and changed charges may be held: those are told in full, both ways.
                sure = by.family is not PayerFamily.MAINECARE and not told.match.charge_differs
                patient = self.treatments.patient_told(share, by, told.day)
                if sure and by.id == original.payer and patient == original.patient:
                    unchanged.add(share.session)
        return frozenset(unchanged)


def _patient_party(session: Session, charge: Charged, by: Payer) -> tuple[Account, str]:
    """Who owes the patient's share: the second payer while there is one that has not answered, else the client."""
    if charge.secondary is not None and by.id != charge.secondary.id:
        return Account.AR_PAYER, charge.secondary.id
    return Account.AR_CLIENT, session.client


def takes_back(claim: ClaimPayment) -> bool:
    """True when a claim payment takes money away: a reversal, or a negative amount under another status."""
    return claim.is_reversal or claim.amount_paid < 0


def _with(told: _Told, unchanged: frozenset[FactKey]) -> _Told:
    return _Told(told.remittance, told.claim, told.paid, told.match, told.payer, told.day, unchanged)
