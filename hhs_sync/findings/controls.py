"""Control totals within the sub-ledger: two ways to the same figure, to be equal to the cent every day.

    receivables        the ledger's accounts          = open items
    payer clearing     the ledger's account           = claim payments told by remittances that are not banked
    checks and cash    the ledger's account           = client payments in hand that are not banked
    suspense           the ledger's account           = amounts that a finding asks about
    client credits     the ledger's account           = what is left of client payments
    remittances        what each put into clearing    = what its claims say
    bank lines         matched lines                  = what makes them up

The ones against QuickBooks come with the tie-out. A control that fails is QBO-05: a doubled entry, or a bug of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.situation import Control, Situation
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.ledger.payment import paid_by_card
from hhs_sync.ledger.remittance import takes_back
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.findings.finding import Finding
    from hhs_sync.money import Money

SUSPENSE = "Suspense has a question for every cent"
_BACK = frozenset({EntryKind.REFUND, EntryKind.DISPUTE})


class _Balances:
    """The balance of every account, and of some of them item by item."""

    def __init__(self, at: Situation) -> None:
        self.total: dict[Account, Money] = defaultdict(int)
        self.suspense: dict[FactKey | None, Money] = defaultdict(int)
        self.clearing: dict[FactKey, Money] = defaultdict(int)
        self.beyond_credit: Money = 0
        total = self.total
        for entry in at.books.entries:
            for line in entry.lines:
                account = line.account
                total[account] += line.amount
                if account is Account.PAYER_CLEARING:
                    self.clearing[entry.evidence[0].fact] += line.amount
                elif account is Account.SUSPENSE:
                    self.suspense[line.item] += line.amount
                elif account is Account.CLIENT_CREDIT and entry.kind in _BACK and _own(line.item, entry.evidence):
                    self.beyond_credit += line.amount


def _own(item: FactKey | None, evidence: Sequence[object]) -> bool:
    return item is not None and getattr(evidence[0], "fact", None) == item


def sub_ledger(at: Situation, findings: Iterable[Finding]) -> tuple[Control, ...]:
    """Every control within the sub-ledger, in the order in which they are printed."""
    balances = _Balances(at)
    return (
        _receivables(at, balances),
        *_clearing(at, balances),
        _in_hand(at, balances),
        _suspense(at, balances, findings),
        _credits(at, balances),
        _banked(at),
    )


def _receivables(at: Situation, balances: _Balances) -> Control:
    told = balances.total[Account.AR_PAYER] + balances.total[Account.AR_CLIENT]
    return Control(
        name="Receivables are the open items", told=told, computed=sum(x.amount for x in at.books.open_items)
    )


def _clearing(at: Situation, balances: _Balances) -> tuple[Control, Control]:
    """Clearing as a whole, and remittance by remittance: every cent is told once."""
    by_card = paid_by_card(at.facts)
    closed = bool(at.facts.closed_periods)
    waiting = told = computed = 0
    wrong: list[tuple[str, Money]] = []
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if key in at.books.bank.banked or key in by_card or not remittance.amount_paid:
            continue
        if judged.standing is Standing.HELD:
            gross = remittance.amount_paid
        elif judged.standing is Standing.ACCEPTED:
            gross = _paid_to_us(remittance)
        else:
            continue
        waiting += gross
        told += balances.clearing[key]
        computed += gross
        if balances.clearing[key] != gross and not closed:
            wrong.append((key, balances.clearing[key] - gross))
    return (
        Control(
            name="Payer clearing is what remittances told and the bank has not shown",
            told=balances.total[Account.PAYER_CLEARING],
            computed=waiting,
        ),
        Control(
            name="Remittances are told to the cent",
            told=computed if closed else told,
            computed=computed,
            details=tuple(wrong),
        ),
    )


def _paid_to_us(remittance: Remittance) -> Money:
    """What the claims of a remittance pay, in cents, without what it takes back."""
    return sum(
        claim.amount_paid
        for claim in remittance.claim_payments
        if not takes_back(claim) and not claim.is_predetermination
    )


def _in_hand(at: Situation, balances: _Balances) -> Control:
    computed = sum(
        one.amount
        for key, one in at.facts.client_payments.items()
        if one.method is not PaymentMethod.CARD and key not in at.books.bank.banked
    )
    return Control(
        name="Checks and cash are client payments not yet banked",
        told=balances.total[Account.UNDEPOSITED],
        computed=computed,
    )


def _suspense(at: Situation, balances: _Balances, findings: Iterable[Finding]) -> Control:
    """What sits in suspense, and how much of it somebody is asked about (or has accepted as it is)."""
    asked = asked_about(findings)
    explained = 0
    alone: list[tuple[str, Money]] = []
    for item, amount in balances.suspense.items():
        if amount and _is_asked(at, item, asked):
            explained += amount
        elif amount:
            alone.append((item or "no item", -amount))
    return Control(
        name=SUSPENSE, told=-balances.total[Account.SUSPENSE], computed=-explained, details=tuple(sorted(alone))
    )


def asked_about(findings: Iterable[Finding]) -> set[str]:
    """Everything that these questions name: their subjects, what they cover, and their evidence."""
    asked: set[str] = set()
    for one in findings:
        asked.add(one.subject)
        asked.update(one.covers)
        asked.update(evidence.fact for evidence in one.evidence)
        asked.update(f"{evidence.fact}#{evidence.place.removeprefix('segment ')}" for evidence in one.evidence)
    return asked


def _is_asked(at: Situation, item: FactKey | None, asked: set[str]) -> bool:
    """True when a finding is about the item itself, what it is part of, or what makes up its bank line.

    What a person gave to the old system was asked about and answered, wherever its money goes.
    """
    if item is None:
        return False
    whole = item.partition("#")[0]
    if (item, ResolutionKind.OLD_SYSTEM) in at.decisions or (whole, ResolutionKind.OLD_SYSTEM) in at.decisions:
        return True
    match = at.books.bank.matched.get(item)
    return item in asked or whole in asked or (match is not None and any(part in asked for part in match.parts))


def _credits(at: Situation, balances: _Balances) -> Control:
    left = sum(one.amount for one in at.books.credits)
    return Control(
        name="Client credits are what is left of client payments",
        told=-balances.total[Account.CLIENT_CREDIT],
        computed=left - balances.beyond_credit,
    )


def _banked(at: Situation) -> Control:
    """Bank lines that are matched equal what makes them up; refunds and bounced checks move the bank by themselves."""
    told = sum(at.facts.bank_deposits[key].amount for key in at.books.bank.matched)
    computed = sum(at.banked_amount(part) for part in at.books.bank.banked)
    return Control(name="Matched bank lines are what makes them up", told=told, computed=computed)
