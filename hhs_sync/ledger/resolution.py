"""What a bookkeeper's decisions post: write-offs, courtesy, a balance moved to the client, a charge taken back.

A decision that gives money up above the practice's limit posts nothing until a second person has approved it; the one
who proposes never approves (internal control: who posts must not also write off).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import format_money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.resolution import Resolution
    from hhs_sync.ledger.running import Running
    from hhs_sync.ledger.session import Charged
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.money import Money

POSTING = frozenset(
    {
        ResolutionKind.WRITE_OFF,
        ResolutionKind.ADJUST,
        ResolutionKind.BILL_CLIENT,
        ResolutionKind.CANCEL_CHARGE,
        ResolutionKind.PAY_PAYER_BACK,
        ResolutionKind.UNCLAIMED,
    }
)
NEEDS_APPROVAL = frozenset({ResolutionKind.WRITE_OFF, ResolutionKind.ADJUST})
ADJUST_ACCOUNTS = {"courtesy": Account.DISCOUNT, "administrative": Account.ADMINISTRATIVE}


def posting(facts: Facts) -> list[tuple[dt.date, Resolution]]:
    """The decisions that post something, each with its day, in the order in which they were made.

    A decision can't count from before the session that it is about.
    """
    decided: list[tuple[dt.date, Resolution]] = []
    for one in standing(facts.resolutions.values()).values():
        about = facts.sessions.get(one.subject) or facts.client_payments.get(one.subject)
        if one.kind in POSTING and about is not None:
            decided.append((max(decision_date(one), about.date), one))
    return decided


def old_system(facts: Facts, rules: Rules) -> dict[FactKey, Account]:
    """Where the money of each subject goes that a person gave to the old system, and named an account for."""
    found = {
        subject: rules.account_numbered(one.account)
        for (subject, kind), one in standing(facts.resolutions.values()).items()
        if kind is ResolutionKind.OLD_SYSTEM and one.account
    }
    return {subject: account for subject, account in found.items() if account is not None}


def decision_date(resolution: Resolution) -> dt.date:
    """The day a decision counts from: the one it names, else the day it was made."""
    return resolution.date or resolution.at.date()


def approvals(resolutions: Mapping[FactKey, Resolution]) -> dict[FactKey, str]:
    """Who approved which resolution, by its key; nobody approves what he proposed himself."""
    return {
        one.subject: one.by
        for one in resolutions.values()
        if one.kind is ResolutionKind.APPROVE and one.subject in resolutions and resolutions[one.subject].by != one.by
    }


def _less(resolution: Resolution, amount: Money) -> str:
    """That no more was open than `amount`, where a decision gave up more."""
    asked = resolution.amount or 0
    return f": {format_money(amount)} of {format_money(asked)}, for no more was open" if asked > amount else ""


class ResolutionBooks:
    """Writes decisions into the running books."""

    def __init__(self, *, facts: Facts, rules: Rules, charged: Mapping[FactKey, Charged], running: Running) -> None:
        """Look approvals up once."""
        self._facts = facts
        self._limit = rules.practice.thresholds.approval_limit
        self._charged = charged
        self._running = running
        self._approved = approvals(facts.resolutions)
        self.bad_debt: dict[FactKey, Money] = {}
        self.waiting: list[Resolution] = []

    def write(self, resolution: Resolution, day: dt.date) -> list[tuple[str, FactKey]]:
        """Post one decision. Returns the (client, session) that came to owe by it, if any."""
        if resolution.kind is ResolutionKind.UNCLAIMED:
            self._unclaimed(resolution, day)
            return []
        session = self._facts.sessions.get(resolution.subject)
        charge = self._charged.get(resolution.subject)
        if session is None or charge is None:
            return []
        if resolution.kind is ResolutionKind.CANCEL_CHARGE:
            self._cancel(resolution, day)
            return []
        if resolution.kind is ResolutionKind.PAY_PAYER_BACK:
            self._pay_payer_back(resolution, day)
            return []
        if resolution.kind is ResolutionKind.BILL_CLIENT:
            return self._bill_client(resolution, charge, day)
        self._give_up(resolution, charge, day)
        return []

    def _give_up(self, resolution: Resolution, charge: Charged, day: dt.date) -> None:
        """A write-off (client bad debt) or an adjustment (courtesy, administrative), never more than is open.

        One that names no amount gives up all that is open, and is as large as that.
        """
        session = self._facts.sessions[resolution.subject]
        owed_client = max(self._running.by_client[session.key, session.client], 0)
        payer = charge.payer.id if charge.payer else ""
        owed_payer = max(self._running.by_payer[session.key, payer], 0)
        write_off = resolution.kind is ResolutionKind.WRITE_OFF
        of_client = write_off or owed_client > 0 or not payer
        owed = owed_client if of_client else owed_payer
        amount = min(owed if resolution.amount is None else resolution.amount, owed)
        if max(resolution.amount or 0, amount) > self._limit and resolution.key not in self._approved:
            self.waiting.append(resolution)
            return
        if amount <= 0:
            return
        account = (
            Account.BAD_DEBT if write_off else ADJUST_ACCOUNTS.get(resolution.account or "", Account.ADMINISTRATIVE)
        )
        receivable = Account.AR_CLIENT if of_client else Account.AR_PAYER
        party = session.client if of_client else payer
        if write_off:
            self.bad_debt[session.key] = self.bad_debt.get(session.key, 0) + amount
        self._running.write(
            Entry(
                key=f"{'write-off' if write_off else 'adjustment'}:{resolution.key}",
                date=day,
                kind=EntryKind.WRITE_OFF if write_off else EntryKind.ADJUSTMENT,
                lines=(
                    Line(account, amount, None, session.key, session.clinician),
                    Line(receivable, -amount, party, session.key, session.clinician),
                ),
                because=f"{'written off' if write_off else 'adjusted'} by decision{_less(resolution, amount)}",
                evidence=(Evidence(resolution.key), Evidence(session.key)),
            )
        )

    def _bill_client(self, resolution: Resolution, charge: Charged, day: dt.date) -> list[tuple[str, FactKey]]:
        """What the payer owes moves to the client, less a discount (a claim becomes self-pay)."""
        session = self._facts.sessions[resolution.subject]
        payers = [one.id for one in (charge.payer, charge.secondary) if one is not None]
        owing = [(one, amount) for one in payers if (amount := self._running.by_payer[session.key, one]) > 0]
        total = sum(amount for _, amount in owing)
        if total <= 0:
            return []
        discount = min(resolution.amount or 0, total)
        lines = [Line(Account.AR_PAYER, -amount, one, session.key, session.clinician) for one, amount in owing]
        if total > discount:
            lines.append(Line(Account.AR_CLIENT, total - discount, session.client, session.key, session.clinician))
        if discount:
            lines.append(Line(Account.DISCOUNT, discount, None, session.key, session.clinician))
        self._running.write(
            Entry(
                key=f"to-client:{resolution.key}",
                date=day,
                kind=EntryKind.TO_CLIENT,
                lines=tuple(lines),
                because="moved from the payer to the client by decision",
                evidence=(Evidence(resolution.key), Evidence(session.key)),
            )
        )
        return [(session.client, session.key)]

    def _pay_payer_back(self, resolution: Resolution, day: dt.date) -> None:
        """A check to a payer: what it had overpaid is owed no longer."""
        session = self._facts.sessions[resolution.subject]
        amount = resolution.amount or 0
        if amount > 0:
            self._running.write(
                Entry(
                    key=f"refund:{resolution.key}",
                    date=day,
                    kind=EntryKind.REFUND,
                    lines=(
                        Line(Account.RECOUPMENT, amount, resolution.account, session.key, session.clinician),
                        Line(Account.BANK, -amount, None, resolution.key),
                    ),
                    because="paid back to the payer by check",
                    evidence=(Evidence(resolution.key), Evidence(session.key)),
                )
            )

    def _unclaimed(self, resolution: Resolution, day: dt.date) -> None:
        """A client's credit past its dormancy goes to the State (Maine Unclaimed Property Act)."""
        lines: list[Line] = []
        for credits_of_client in self._running.credits.values():
            for credit in credits_of_client:
                if credit.payment == resolution.subject and credit.left:
                    lines.append(Line(Account.CLIENT_CREDIT, credit.left, credit.client, credit.item))
                    lines.append(Line(Account.UNCLAIMED, -credit.left, credit.client, credit.item))
                    credit.left = 0
        if lines:
            self._running.write(
                Entry(
                    key=f"unclaimed:{resolution.key}",
                    date=day,
                    kind=EntryKind.UNCLAIMED,
                    lines=tuple(lines),
                    because="unclaimed credit, owed to the State",
                    evidence=(Evidence(resolution.key), Evidence(resolution.subject)),
                )
            )

    def _cancel(self, resolution: Resolution, day: dt.date) -> None:
        """The charge never was: the opposite entry, on the day of the decision."""
        original = self._running.charges[resolution.subject]
        self._running.write(
            Entry(
                key=f"charge-cancelled:{resolution.key}",
                date=day,
                kind=EntryKind.CHARGE_CANCELLED,
                lines=tuple(Line(x.account, -x.amount, x.party, x.item, x.clinician) for x in original.lines),
                because="charge taken back by decision",
                evidence=(Evidence(resolution.key), *original.evidence),
            )
        )
