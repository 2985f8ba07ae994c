"""All that a check may look at, and how it asks its question.

A check is a function of one `Situation`: facts, books, rules, today, and what the plan and the tie-out found. What
several checks look up (which answers a session got, what is still open on it, what was billed) is worked out once and
kept here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from hhs_sync.books import Books
from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.current import Facts
from hhs_sync.facts.document import FactKey
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.facts.resolution import Resolution, ResolutionKind, standing
from hhs_sync.facts.session import Session
from hhs_sync.findings.finding import Owner
from hhs_sync.ledger.adjustment import HeldAdjustment
from hhs_sync.ledger.deposit import known_on
from hhs_sync.ledger.entry import EntryKey, Evidence
from hhs_sync.ledger.remittance import takes_back
from hhs_sync.ledger.session import CoverageByClient
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Payer, PayerId, Rules
from hhs_sync.matching.match import ClaimMatch, Share
from hhs_sync.money import Money
from hhs_sync.plan.changes import Hold, Plan, PostedEntry
from hhs_sync.plan.desired import Desired
from hhs_sync.receivables.open_items import OpenItem


class Trouble(Struct, frozen=True, kw_only=True):
    """Something outside the facts that a turn ran into and a person must mend.

    `code` is SRC-05 (a source does not answer, a file is late) or QBO-04 (QuickBooks is not ready); `subject` names
    it stably ("source/bank", "account/2300"), `since` is when it was first met, where that is known.
    """

    code: str
    subject: str
    says: str
    since: dt.date | None = None
    amount: Money = 0
    owner: Owner | None = None


class Control(Struct, frozen=True, kw_only=True):
    """One control total: two ways to the same figure, in cents, and where they part.

    `waiting` is the part of the difference that the plan will write, or holds back with a question of its own.
    """

    name: str
    told: Money
    computed: Money
    waiting: Money = 0
    details: tuple[tuple[str, Money], ...] = ()

    @property
    def difference(self) -> Money:
        """Told minus computed: 0 when the control holds."""
        return self.told - self.computed

    @property
    def unexplained(self) -> Money:
        """The difference that nothing is on its way to close; else the sum of details that cancel each other out."""
        return self.difference - self.waiting or sum(abs(amount) for _, amount in self.details)


class Answer(Struct, frozen=True, gc=False):
    """What one claim payment said about one session. `payer` is whose receivable it answers."""

    match: ClaimMatch
    share: Share
    remittance: Remittance
    payer: Payer
    day: dt.date
    later: bool

    @property
    def claim(self) -> ClaimPayment:
        """The claim payment that it is part of."""
        return self.match.claim

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The session and the claim payment."""
        return (
            Evidence(self.share.session),
            Evidence(self.remittance.key, f"segment {self.claim.segment}"),
        )


class Situation(Struct, frozen=True, kw_only=True, dict=True):
    """One practice on one day."""

    facts: Facts
    books: Books
    rules: Rules
    today: dt.date
    desired: Desired = Desired()
    plan: Plan = Plan()
    posted: tuple[PostedEntry, ...] = ()
    controls: tuple[Control, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    first_seen: Mapping[str, dt.date] = {}
    """When the last review first asked each question, for those whose beginning no fact tells (QuickBooks')."""

    # ------------------------------------------------------------------ looked up once

    @cached_property
    def holds(self) -> Sequence[Hold]:
        """The changes that wait for a person."""
        return [one for one in self.plan.changes if isinstance(one, Hold)]

    @cached_property
    def coverages(self) -> CoverageByClient:
        """Which payers stand behind a client on a day."""
        return CoverageByClient(self.facts, self.rules)

    @cached_property
    def decisions(self) -> Mapping[tuple[str, ResolutionKind], Resolution]:
        """The decision that stands for each subject and kind."""
        return standing(self.facts.resolutions.values())

    @cached_property
    def evidence_by_entry(self) -> Mapping[EntryKey, tuple[Evidence, ...]]:
        """What each entry of the sub-ledger rests on."""
        return {entry.key: entry.evidence for entry in self.books.entries}

    @cached_property
    def coverages_by_client(self) -> Mapping[str, Sequence[Coverage]]:
        """The coverages of each client."""
        found: dict[str, list[Coverage]] = defaultdict(list)
        for coverage in self.facts.coverages.values():
            found[coverage.client].append(coverage)
        return found

    @cached_property
    def answers(self) -> Mapping[FactKey, Sequence[Answer]]:
        """Every answer that each session got, in order of time; what takes money back is not an answer."""
        found: dict[FactKey, list[Answer]] = defaultdict(list)
        told: dict[FactKey, tuple[Remittance, Payer | None, dt.date]] = {}
        charged = self.books.charged
        for match in self.books.claims.matched.values():
            if takes_back(match.claim):
                continue
            if match.remittance not in told:
                one = self.facts.remittances[match.remittance]
                told[match.remittance] = (one, self.payer_of(one), known_on(self.facts, one.key))
            remittance, payer, day = told[match.remittance]
            for share in match.shares:
                charge = charged.get(share.session)
                if charge is None or charge.payer is None:
                    continue
                by = self._answered_by(match.claim, payer, charge.payer, charge.secondary)
                later = match.claim.of_later_payer or by.id != charge.payer.id
                found[share.session].append(Answer(match, share, remittance, by, day, later))
        for answers in found.values():
            if len(answers) > 1:
                answers.sort(key=lambda one: (one.day, one.match.paid))
        return found

    @cached_property
    def taken_back(self) -> frozenset[tuple[str, FactKey]]:
        """Claim payments, each with its session, that a later reversal took back."""
        return frozenset((one.original.removeprefix("claim-payment:"), one.session) for one in self.books.taken)

    @cached_property
    def open_by_payer(self) -> Mapping[tuple[FactKey, PayerId], OpenItem]:
        """What payers still owe, by session and payer."""
        return {(one.session, one.party): one for one in self.books.open_items if one.account is Account.AR_PAYER}

    @cached_property
    def open_by_client(self) -> Mapping[FactKey, OpenItem]:
        """What clients still owe, by session."""
        return {one.session: one for one in self.books.open_items if one.account is Account.AR_CLIENT}

    @cached_property
    def held_by_share(self) -> Mapping[tuple[FactKey, FactKey], Sequence[HeldAdjustment]]:
        """Adjustments that were not posted, by claim payment and session."""
        found: dict[tuple[FactKey, FactKey], list[HeldAdjustment]] = defaultdict(list)
        for one in self.books.held:
            found[one.paid, one.session].append(one)
        return found

    @cached_property
    def claims_by_number(self) -> Mapping[str, Sequence[Claim]]:
        """Claims that we sent, by our number, in the order in which they went out; tests are none."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.facts.claims.values():
            if not claim.test:
                found[claim.claim_number.strip().upper()].append(claim)
        for claims in found.values():
            claims.sort(key=lambda one: (one.date_submitted or dt.date.min, one.key))
        return found

    @cached_property
    def acknowledgements_by_number(self) -> Mapping[str, Sequence[Acknowledgement]]:
        """What receivers said about our claims before any payment, by our number, in order of time."""
        found: dict[str, list[Acknowledgement]] = defaultdict(list)
        for one in self.facts.acknowledgements.values():
            if one.claim_number:
                found[one.claim_number.strip().upper()].append(one)
        for told in found.values():
            told.sort(key=lambda one: (one.date or dt.date.min, one.key))
        return found

    @cached_property
    def sessions_by_client(self) -> Mapping[str, Sequence[Session]]:
        """Sessions of each client, by day."""
        found: dict[str, list[Session]] = defaultdict(list)
        for session in self.facts.sessions.values():
            found[session.client].append(session)
        for sessions in found.values():
            sessions.sort(key=lambda one: (one.date, one.key))
        return found

    # ------------------------------------------------------------------ small questions

    def banked_amount(self, part: FactKey) -> Money:
        """What a remittance, payout, payment, refund or dispute adds to its bank line, in cents."""
        facts = self.facts
        for told in (facts.remittances.get(part), facts.payouts.get(part), facts.client_payments.get(part)):
            if told is not None:
                return told.amount_paid if isinstance(told, Remittance) else told.amount
        if part in facts.refunds:
            return -facts.refunds[part].amount
        return -(facts.disputes[part].amount + facts.disputes[part].fee)

    def payer_of(self, remittance: Remittance) -> Payer | None:
        """Who sent a remittance, where that payer is mapped."""
        return self.rules.payer(remittance.payer_name, remittance.payer_ids)

    def sender(self, remittance: Remittance) -> str:
        """How people call who sent a remittance."""
        payer = self.payer_of(remittance)
        return payer.name if payer else remittance.payer_name or "an unknown payer"

    def bank_payer(self, bank_text: str) -> Payer | None:
        """The payer whose text stands in a bank line, where it is just one. The line's own words go no further."""
        text = bank_text.upper()
        found = [payer for payer in self.rules.payers if any(one.upper() in text for one in payer.bank_texts)]
        return found[0] if len(found) == 1 else None

    def payment_date(self, remittance: FactKey) -> dt.date:
        """The day that a remittance gives its payment."""
        told = self.facts.remittances[remittance]
        return told.payment_date or told.production_date or self.facts.as_of.get(remittance, self.today)

    def payer_name(self, payer: str | None) -> str:
        """How people call a payer."""
        found = self.rules.payer_by_id(payer) if payer else None
        return found.name if found else payer or "an unknown payer"

    def known_on(self, fact: FactKey, day: dt.date) -> dt.date:
        """The day on which a fact of that day came to be known here, never after today."""
        return min(max(self.facts.as_of.get(fact, day), day), self.today)

    def remittance_known_on(self, remittance: FactKey) -> dt.date:
        """The day on which a remittance came to be known, never after today."""
        return min(known_on(self.facts, remittance), self.today)

    def latest_answer(self, session: FactKey, payer: PayerId) -> Answer | None:
        """The answer of a payer on a session that stands: the last one that was not taken back."""
        for one in reversed(self.answers.get(session, ())):
            if one.payer.id == payer and (one.match.paid, session) not in self.taken_back:
                return one
        return None

    def claims_of(self, session: Session) -> Sequence[Claim]:
        """The claims on which a session went out, oldest first."""
        return self.claims_by_number.get((session.claim_number or "").strip().upper(), ())

    def expected(self, session: Session, payer: PayerId) -> Money:
        """What a payer should allow for a session, in cents: the contract's rate, else the charge."""
        rate = self.rules.rate(payer, session.service_code, session.modifiers, session.clinician, session.date)
        if rate is None:
            return session.fee - session.discount
        return rate.amount * max(session.units, 1)

    def seen_since(self, code: str, subject: str) -> dt.date:
        """Since when a question is asked whose beginning no fact tells: today, the first time."""
        return min(self.first_seen.get(f"{self.rules.practice.id}:{code}:{subject}", self.today), self.today)

    def account_name(self, client: str) -> str:
        """A name for a client's account in keys: the code drawn for the client, else the first session's own key."""
        code = self.books.client_codes.get(client)
        if code:
            return code
        sessions = self.sessions_by_client.get(client)
        return sessions[0].key if sessions else "no session"

    def _answered_by(self, claim: ClaimPayment, payer: Payer | None, primary: Payer, second: Payer | None) -> Payer:
        """Whose receivable an answer closes: the same rule as in the ledger."""
        if payer is None or payer.id == primary.id:
            return primary
        if second is not None and payer.id == second.id:
            return payer
        return payer if claim.of_later_payer else primary
