"""What each adjustment of a claim payment means for the books.

Only the practice's list is automatic (mapping rules, group + CARC): contractual and sequestration come off income, the
patient's share moves on, what an earlier payer did is information. A denial posts nothing. Everything else waits for a
person, and so does what looks wrong: a contractual share above the limit, a changed charge, a MaineCare member who
would owe more than a copay. A held adjustment never holds the money.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import PayerFamily, Treatment

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Adjustment
    from hhs_sync.facts.session import Session
    from hhs_sync.mapping.rules import Payer, Rules
    from hhs_sync.matching.match import ClaimMatch, Share
    from hhs_sync.money import Money

CONTRACTUAL = {
    PayerFamily.COMMERCIAL: Account.CONTRACTUAL_COMMERCIAL,
    PayerFamily.MAINECARE: Account.CONTRACTUAL_MAINECARE,
    PayerFamily.MEDICARE: Account.CONTRACTUAL_MEDICARE,
}
_OTHER = {Treatment.SEQUESTRATION: Account.SEQUESTRATION, Treatment.ADMINISTRATIVE: Account.ADMINISTRATIVE}
# CARC 3 is a copay: the only patient share that MaineCare knows (MaineCare Benefits Manual II 65.11).
COPAY = "3"


class HeldAdjustment(Struct, frozen=True, gc=False):
    """An adjustment that was told and not posted: a denial to be worked, or one that waits for a decision (cents)."""

    paid: FactKey
    session: FactKey
    payer: str
    group: str
    reason_code: str
    amount: Money
    treatment: Treatment
    why: str
    date: dt.date


class Treated(Struct, frozen=True, gc=False):
    """What the adjustments of a share come to: amounts by account, and the patient's share, in cents."""

    adjusted: tuple[tuple[Account, Money], ...]
    patient: Money

    @property
    def total(self) -> Money:
        """All of it, in cents."""
        return sum([amount for _, amount in self.adjusted]) + self.patient

    def fit(self, room: Money) -> Treated:
        """Cut to what is open: the patient's share first, then the others. Negative adjustments add room."""
        room -= sum([amount for _, amount in self.adjusted if amount < 0])
        patient = min(self.patient, room)
        room -= patient
        fitted: list[tuple[Account, Money]] = []
        for account, amount in self.adjusted:
            kept = min(amount, room) if amount > 0 else amount
            room -= max(kept, 0)
            fitted.append((account, kept))
        return Treated(tuple(fitted), patient)


class Treatments:
    """Treats adjustments one share after the other; what waits is collected in `held`."""

    def __init__(self, facts: Facts, rules: Rules) -> None:
        """Look up a person's decisions once."""
        self._rules = rules
        self._decided = {
            subject: Treatment(one.account)
            for (subject, kind), one in standing(facts.resolutions.values()).items()
            if kind is ResolutionKind.SET_REASON and one.account in {known.value for known in Treatment}
        }
        self._copays: dict[tuple[str, int, int], Money] = defaultdict(int)
        self.held: list[HeldAdjustment] = []

    def treat(
        self, match: ClaimMatch, share: Share, session: Session, by: Payer, day: dt.date, *, later: bool
    ) -> Treated:
        """What the adjustments of one share come to. `later` says that an earlier payer has answered this claim."""
        adjusted: dict[Account, Money] = {}
        patient = 0
        decided = self._decided.get(match.paid)
        for one in share.adjustments:
            rule = self._rules.reason(one.group, one.reason_code, by.id, day)
            treatment = rule.treatment if rule else Treatment.HOLD
            why = self._why_held(treatment, one, session, by, charge_differs=bool(match.charge_differs), later=later)
            if why and decided is not None:
                treatment, why = decided, ""
            if why:
                self.held.append(held(match.paid, session.key, by.id, one, treatment=treatment, why=why, day=day))
            elif treatment is Treatment.PATIENT:
                patient += one.amount
            elif (account := _account(treatment, by)) is not None:
                adjusted[account] = adjusted.get(account, 0) + one.amount
        contract = adjusted.get(CONTRACTUAL[by.family], 0)
        limit = self._rules.practice.thresholds.contractual_share_percent
        if not later and decided is None and contract * 100 > limit * abs(share.charged):
            adjusted.pop(CONTRACTUAL[by.family])
            told = next(one for one in share.adjustments if one.amount > 0)
            whole = type(told)(told.group, told.reason_code, contract)
            why = f"contractual share above {limit} % of the charge"
            self.held.append(
                held(match.paid, session.key, by.id, whole, treatment=Treatment.CONTRACTUAL, why=why, day=day)
            )
        return Treated(tuple(adjusted.items()), patient)

    def patient_told(self, share: Share, by: Payer, day: dt.date) -> Money:
        """The patient's share as the adjustments tell it, in cents, before any limit."""
        return sum(
            one.amount
            for one in share.adjustments
            if (rule := self._rules.reason(one.group, one.reason_code, by.id, day))
            and rule.treatment is Treatment.PATIENT
        )

    def _why_held(
        self, treatment: Treatment, one: Adjustment, session: Session, by: Payer, *, charge_differs: bool, later: bool
    ) -> str:
        """Why an adjustment waits for a person; "" when it is posted or is information only."""
        if treatment is Treatment.INFORMATION:
            return ""
        if treatment is Treatment.PRIOR_PAYER:
            return "" if later else "no earlier payer is on file"
        if treatment is not Treatment.PATIENT and _account(treatment, by) is None:
            return "denied" if treatment is not Treatment.HOLD else "the reason is not on the automatic list"
        if charge_differs:
            return "the payer changed the charge"
        if treatment is Treatment.PATIENT and by.family is PayerFamily.MAINECARE:
            return self._why_no_copay(one, session)
        return ""

    def _why_no_copay(self, one: Adjustment, session: Session) -> str:
        """MaineCare: a copay only, at most 2.00 a day and 20.00 a month, counted as charged (II 65.11)."""
        limits = self._rules.practice.thresholds
        month = (session.client, session.date.year, session.date.month)
        if one.reason_code != COPAY or one.amount > limits.mainecare_copay:
            return "a MaineCare member may owe a copay only"
        if self._copays[month] + one.amount > limits.mainecare_copay_month:
            return "the MaineCare copays of the month are used up"
        self._copays[month] += one.amount
        return ""


def held(
    paid: FactKey, session: FactKey, payer: str, one: Adjustment, *, treatment: Treatment, why: str, day: dt.date
) -> HeldAdjustment:
    """An adjustment that is not posted, with the reason."""
    return HeldAdjustment(paid, session, payer, one.group, one.reason_code, one.amount, treatment, why, day)


def _account(treatment: Treatment, by: Payer) -> Account | None:
    """The account that an adjustment comes off, where it comes off income at all."""
    if treatment is Treatment.CONTRACTUAL:
        return CONTRACTUAL[by.family]
    return _OTHER.get(treatment)
