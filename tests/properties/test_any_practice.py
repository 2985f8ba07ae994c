"""Whatever happens to a practice, in whatever order: the invariants hold.

A random practice lives for some months under one of the three ways to keep QuickBooks: sessions held, corrected and
withdrawn; remittances that pay, deny, take back and do not add up; client money, payouts, disputes; bank lines;
decisions; closes; documents that come again. At any moment it may push to QuickBooks, and then nothing is left to do.
`make properties` plays ten thousand of them; the suite plays a few.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from hhs_sync.facts.document import Covers
from hhs_sync.facts.payment import Payout, PayoutItem
from hhs_sync.facts.remittance import ClaimPayment, ProviderAdjustment, Remittance, imbalances
from hhs_sync.facts.resolution import ClientCode, ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Policy, Rate, Shape
from tests.builders import bank, client_payment, decide, dispute, refund, session
from tests.plan.entries import rules
from tests.properties.answers import ANSWERS, PROVIDER_ADJUSTMENTS, answered, turned
from tests.properties.invariants import order_and_repetition_do_not_matter, quickbooks_converges, the_books_hold
from tests.properties.practice import FIRST_DAY, Practice
from tests.properties.quickbooks import QuickBooks

WAYS = [(Shape.CODED, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.CASH)]
CLIENTS = ("Quillfeather", "Zwingenberg", "Oxenbridge")
PAYERS = ("ANTH", "MEDA", "MCARE", "SECO")
BANK_TEXTS = {"ANTH": "ANTHEM", "MEDA": "NGS MEDICARE", "MCARE": "STATE TREASURER", "SECO": "SECOND PLAN"}
DECISIONS = (
    ResolutionKind.WRITE_OFF, ResolutionKind.ADJUST, ResolutionKind.BILL_CLIENT, ResolutionKind.CANCEL_CHARGE,
    ResolutionKind.DO_NOT_BILL, ResolutionKind.PAY_PAYER_BACK, ResolutionKind.REOPEN,
)  # fmt: skip
numbers = st.integers(0, 30)


class AnyPractice(RuleBasedStateMachine):
    """One practice, its documents and its QuickBooks."""

    @initialize(way=st.sampled_from(WAYS), oldest_first=st.booleans(), allowance=st.booleans(), liability=st.booleans())
    def opens(self, way, oldest_first, allowance, liability):
        made = rules(*way, oldest_first=oldest_first, month_end_allowance=allowance, client_credit_liability=liability)
        rate = Rate(payer="ANTH", code="90837", amount=11000)
        self.practice = Practice(msgspec.structs.replace(made, rates=(rate,)))
        self.quickbooks = QuickBooks(self.practice.rules)
        self.answered: list[tuple[str, ClaimPayment]] = []
        self.to_come: list[tuple[int, str]] = []
        self.signed: list[tuple[dt.date, dict[Account, int]]] = []
        self.count = 0

    def name(self, word: str) -> str:
        self.count += 1
        return f"{word}{self.count}"

    def pick(self, things, number: int):
        things = list(things)
        return things[number % len(things)] if things else None

    def day(self, ago: int) -> str:
        return str(self.practice.today - dt.timedelta(days=ago))

    def knows(self, client: str) -> None:
        """Draw the code of a client who is new, as a turn does before anything is written."""
        if client not in self.practice.books.client_codes and self.practice.rules.practice.shape is Shape.CODED:
            code = f"C{CLIENTS.index(client)}XK7"
            self.practice.tell(ClientCode(key=f"client_code/codes/{client}", client=client, code=code))

    # ------------------------------------------------------------------ time and sessions

    @rule(days=st.sampled_from([1, 3, 8, 30]))
    def days_pass(self, days):
        self.practice.wait(days)

    @rule(
        client=st.sampled_from(CLIENTS),
        payer=st.sampled_from([None, "ANTH", "ANTH", "MEDA", "MCARE", "Unheard Of"]),
        second=st.sampled_from([None, None, "SECO", "MCARE"]),
        fee=st.sampled_from(["150.00", "75.00"]),
        ago=st.integers(0, 5),
        state=st.sampled_from([SessionState.COMPLETED] * 4 + [SessionState.NO_SHOW, SessionState.SCHEDULED]),
    )
    def a_session_is_held(self, client, payer, second, fee, ago, state):  # noqa: PLR0917
        name = self.name("S")
        self.knows(client)
        self.practice.tell(
            session(
                name, self.day(ago), fee, payer, client=client, clinician="mk" if len(name) % 2 else "ro",
                secondary_payer=second if payer else None, discount=0 if payer else 2500, state=state,
            ),
            source="ehr",
        )  # fmt: skip

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(
        number=numbers,
        change=st.sampled_from(
            [
                {"fee": 12000}, {"payer": "MEDA"}, {"payer": None}, {"clinician": "ro"}, {"client": CLIENTS[0]},
                {"state": SessionState.CANCELLED}, {"missing": ("fee",)}, {"secondary_payer": "SECO"},
            ]
        ),
    )  # fmt: skip
    def a_session_is_corrected(self, number, change):
        before = self.pick(self.practice.facts.sessions.values(), number)
        self.knows(change.get("client", before.client))
        self.practice.tell(msgspec.structs.replace(before, **change), source="ehr")

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(number=numbers)
    def a_full_export_no_longer_shows_a_session(self, number):
        sessions = list(self.practice.facts.sessions.values())
        gone = self.pick(sessions, number)
        self.practice.tell(
            *(one for one in sessions if one is not gone),
            source="ehr",
            covers=Covers(kind="session", first=FIRST_DAY - dt.timedelta(days=9), last=self.practice.today),
        )

    # ------------------------------------------------------------------ what payers say

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(
        answers=st.lists(st.tuples(numbers, st.sampled_from(sorted(ANSWERS))), min_size=1, max_size=3),
        takes_back=st.none() | numbers,
        payer=st.sampled_from((*PAYERS, "ANTH", "ANTH", "Somebody")),
        adjusted=st.sampled_from(PROVIDER_ADJUSTMENTS),
        ago=st.integers(0, 12),
        odd=st.sampled_from(["", "", "", "off by a cent", "no trace", "a check", "a longer fee", "unknown claim"]),
    )
    def a_remittance_comes(self, answers, takes_back, payer, adjusted, ago, odd):  # noqa: PLR0917
        claims: list[ClaimPayment] = []
        original = self.pick(self.answered, takes_back) if takes_back is not None else None
        if original is not None:
            self.answered.remove(original)
            claims.append(turned(original[1], 10))
        for number, how in answers:
            one = self.pick(self.practice.facts.sessions.values(), number)
            charged = one.fee + (1000 if odd == "a longer fee" else 0)
            claim_number = "NOBODY" if odd == "unknown claim" else one.claim_number or "NOBODY"
            claims.append(answered(claim_number, charged, how, 10 * len(claims) + 10, self.name("P")))
            self.answered.append((payer, claims[-1]))
        self.remit(claims, payer, adjusted, ago, odd)

    @precondition(lambda self: self.answered)
    @rule(number=numbers, ago=st.integers(0, 9), correction=st.none() | st.sampled_from(sorted(ANSWERS)))
    def a_payer_takes_back_what_it_paid_and_may_correct_it(self, number, ago, correction):
        """In one remittance; what it nets to below zero is carried forward (FB)."""
        payer, original = self.answered.pop(number % len(self.answered))
        claims = [turned(original, 10)]
        if correction is not None:
            claims.append(answered(original.claim_number, original.amount_charged, correction, 20, self.name("P")))
            self.answered.append((payer, claims[-1]))
        self.remit(claims, payer, (), ago, "")

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(number=numbers, payer=st.sampled_from(PAYERS))
    def a_reversal_comes_before_the_payment_that_it_names(self, number, payer):
        one = self.pick(self.practice.facts.sessions.values(), number)
        paid = answered(one.claim_number or "NOBODY", one.fee, "paid", 10, self.name("P"))
        back = msgspec.structs.replace(turned(paid, 10), original_payer_claim_number=paid.payer_claim_number)
        self.remit([back], payer, (), 1, "")
        self.remit([paid], payer, (), 0, "")

    def remit(self, claims, payer, adjusted, ago, odd):
        plb = [
            ProviderAdjustment(reason_code=code, amount=amount, segment=900 + n)
            for n, (code, amount) in enumerate(adjusted)
        ]
        money = sum(one.amount_paid for one in claims if not one.is_predetermination)
        paid = money - sum(one.amount for one in plb)
        if paid < 0:
            plb.append(ProviderAdjustment(reason_code="FB", amount=paid, segment=990))
            paid = 0
        paid += odd == "off by a cent"
        name = self.name("R")
        made = Remittance(
            key=f"remittance/era/{name}",
            payer_name=payer,
            amount_paid=paid,
            payment_method="CHK" if odd == "a check" else "ACH" if paid else "NON",
            payment_date=self.practice.today - dt.timedelta(days=ago),
            eft_trace="" if odd == "no trace" else f"TRACE{name}00",
            claim_payments=tuple(claims),
            provider_adjustments=tuple(plb),
            imbalances=imbalances(paid, tuple(claims), tuple(plb), 1),
            content_digest=name,
        )
        self.practice.tell(made)

    @precondition(lambda self: self.practice.facts.remittances)
    @rule(number=numbers)
    def a_remittance_comes_again_in_another_file(self, number):
        """Under another key: the same payment, told twice."""
        one = self.pick(self.practice.facts.remittances.values(), number)
        if one.eft_trace:
            self.practice.tell(msgspec.structs.replace(one, key=f"{one.key}/{self.name('again')}"))

    # ------------------------------------------------------------------ the bank

    @precondition(lambda self: self.unbanked())
    @rule(number=numbers, ago=st.integers(0, 9), both=st.booleans(), by=st.sampled_from(["trace", "trace", "sender"]))
    def the_bank_shows_a_remittance(self, number, ago, both, by):
        """By its trace or its sender; now and then two in one line."""
        one = self.pick(self.unbanked(), number)
        other = self.pick(self.unbanked(), number + 1) if both else one
        amount = sum(each.amount_paid for each in {one.key: one, other.key: other}.values())
        text = f"{one.eft_trace} {other.eft_trace}" if by == "trace" else BANK_TEXTS.get(one.payer_name, "WIRE")
        self.practice.tell(bank(self.name("b"), self.day(ago), cents(amount), text))

    @precondition(lambda self: self.unbanked())
    @rule(number=numbers, ago=st.integers(0, 9), by=st.sampled_from(["trace", "sender"]))
    def the_bank_shows_a_part_of_a_remittance(self, number, ago, by):
        """A third of it; the rest may come one day."""
        one = self.pick(self.unbanked(), number)
        text = one.eft_trace if by == "trace" else BANK_TEXTS.get(one.payer_name, "WIRE")
        part = max(one.amount_paid // 3, 1)
        self.practice.tell(bank(self.name("b"), self.day(ago), cents(part), text))
        self.to_come.append((one.amount_paid - part, text))

    @precondition(lambda self: self.to_come)
    @rule(number=numbers, ago=st.integers(0, 9))
    def the_bank_shows_the_rest(self, number, ago):
        amount, text = self.to_come.pop(number % len(self.to_come))
        self.practice.tell(bank(self.name("b"), self.day(ago), cents(amount), text))

    @rule(
        amount=st.sampled_from(["33.33", "85.00", "20.00", "-12.00"]), text=st.sampled_from(["", "ANTHEM", "DEPOSIT"])
    )
    def the_bank_shows_something_else(self, amount, text):
        self.practice.tell(bank(self.name("b"), self.day(0), amount, text))

    def unbanked(self):
        books = self.practice.books
        return [
            one
            for key, one in self.practice.facts.remittances.items()
            if one.amount_paid > 0 and key not in books.bank.banked
        ]

    # ------------------------------------------------------------------ client money

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(
        number=numbers,
        amount=st.sampled_from(["20.00", "25.00", "150.00"]),
        method=st.sampled_from(["card", "check", "cash"]),
        names=st.booleans(),
        who=st.sampled_from(["client", "client", "nobody", "stranger"]),
    )
    def a_client_pays(self, number, amount, method, names, who):
        one = self.pick(self.practice.facts.sessions.values(), number)
        named = {"session": one.key.rsplit("/", 1)[-1]} if names else {}
        client = {"client": one.client, "nobody": None, "stranger": "stranger"}[who]
        self.practice.tell(client_payment(self.name("pay"), self.day(0), amount, method, client=client, **named))

    @precondition(lambda self: self.practice.facts.client_payments)
    @rule(number=numbers, amount=st.sampled_from(["5.00", "25.00"]), banked=st.booleans(), names=st.booleans())
    def a_client_is_given_money_back(self, number, amount, banked, names):
        one = self.pick(self.practice.facts.client_payments.values(), number)
        more = {"payment": one.reference} if names else {"client": one.client}
        name = self.name("back")
        self.practice.tell(refund(name, self.day(0), amount, one.method.value, **more))
        if banked and one.method.value != "card":
            self.practice.tell(bank(self.name("b"), self.day(0), f"-{amount}", f"CHECK {name}"))

    @precondition(lambda self: self.practice.facts.client_payments)
    @rule(number=numbers, fee=st.sampled_from(["0", "15.00"]), won=st.sampled_from([False, False, True]))
    def a_payment_is_disputed_or_bounces(self, number, fee, won):
        one = self.pick(self.practice.facts.client_payments.values(), number)
        self.practice.tell(
            dispute(
                self.name("no"), self.day(0), cents(one.amount), fee, one.method.value, payment=one.reference, won=won
            )
        )

    @precondition(lambda self: self.practice.facts.client_payments)
    @rule(lines=st.sampled_from([0, 1, 1, 2]), off=st.sampled_from([0, 0, 0, 77]))
    def the_processor_pays_out(self, lines, off):
        """Everything that it holds, less what was given back or contested, and less its fees; in a line or two."""
        facts = self.practice.facts
        done = {item.reference for one in facts.payouts.values() for item in one.items}
        items = [
            PayoutItem(kind, key.rsplit("/", 1)[-1], sign * one.amount, 30 if sign > 0 else 0)
            for kind, sign, mapping in (("charge", 1, facts.client_payments), ("refund", -1, facts.refunds))
            for key, one in mapping.items()
            if one.method.value == "card" and key.rsplit("/", 1)[-1] not in done
        ]
        amount = sum(item.amount - item.fee for item in items) + off
        if items:
            name = self.name("po_x")
            self.practice.tell(
                Payout(
                    key=f"payout/pay/{name}", payout_id=name, processor="stripe", date=self.practice.today,
                    amount=amount, items=tuple(items),
                )
            )  # fmt: skip
            shown = [amount // 2, amount - amount // 2] if lines == 2 and amount > 1 else [amount] * min(lines, 1)
            for part in shown:
                self.practice.tell(bank(self.name("b"), self.day(0), cents(part), f"STRIPE {name}"))

    @precondition(lambda self: self.practice.facts.client_payments)
    @rule(number=numbers, both=st.booleans())
    def checks_are_banked(self, number, both):
        hand = [one for one in self.practice.facts.client_payments.values() if one.method.value != "card"]
        if hand:
            slip = {one.key: one for one in (self.pick(hand, number), self.pick(hand, number + both))}
            amount = sum(one.amount for one in slip.values())
            self.practice.tell(bank(self.name("b"), self.day(0), cents(amount), "DEPOSIT"))

    # ------------------------------------------------------------------ what people decide

    @precondition(lambda self: self.practice.facts.sessions)
    @rule(
        number=numbers,
        kind=st.sampled_from(DECISIONS),
        amount=st.sampled_from([None, 1000, 3000, 9000]),
        how=st.sampled_from(["courtesy", "administrative"]),
        approved=st.booleans(),
    )
    def a_person_decides_about_a_session(self, number, kind, amount, how, approved):
        one = self.pick(self.practice.facts.sessions.values(), number)
        account = "ANTH" if kind is ResolutionKind.PAY_PAYER_BACK else how
        self.decides(kind, one.key, amount=amount, account=account)
        if approved:
            self.decides(ResolutionKind.APPROVE, f"resolution/decisions/d{self.count}", by="owner")

    @precondition(lambda self: self.practice.facts.remittances)
    @rule(
        number=numbers,
        what=st.sampled_from(
            ["virtual card", "old system", "accept", "contractual", "a session", "unclaimed", "again"]
        ),
        other=numbers,
    )
    def a_person_decides_about_money(self, number, what, other):
        facts = self.practice.facts
        remittance = self.pick(facts.remittances.values(), number)
        paid = f"{remittance.key}#10"
        session_chosen = self.pick(facts.sessions, other)
        payment = self.pick(facts.client_payments, other)
        if what == "virtual card":
            self.decides(ResolutionKind.VIRTUAL_CARD, remittance.key, account="stripe")
        elif what == "old system":
            self.decides(ResolutionKind.OLD_SYSTEM, remittance.key)
        elif what == "accept":
            self.decides(ResolutionKind.ACCEPT, remittance.key)
        elif what == "contractual":
            self.decides(ResolutionKind.SET_REASON, paid, account="contractual")
        elif what == "a session" and session_chosen:
            self.decides(ResolutionKind.CHOOSE_MATCH, paid, targets=(session_chosen,))
        elif what == "unclaimed" and payment:
            self.decides(ResolutionKind.UNCLAIMED, payment)
        elif what == "ask again":
            self.decides(ResolutionKind.REOPEN, remittance.key)

    def decides(self, kind, subject, *, by="dana", **more):
        made = decide(self.name("d"), kind, subject, self.day(0), by=by, **more)
        self.practice.tell(msgspec.structs.replace(made, at=self.practice.now()))

    @rule(ago=st.sampled_from([1, 3, 10]))
    def a_period_is_closed(self, ago):
        """Here and in QuickBooks, which must hold it all by then."""
        through = self.practice.today - dt.timedelta(days=ago)
        after = self.signed[-1][0] if self.signed else None
        if after is None or through > after:
            quickbooks_converges(self.practice, self.quickbooks)
            self.practice.close(through, after)
            self.signed.append((through, until(self.practice, through)))
            self.quickbooks.closed_through = through

    @precondition(lambda self: self.signed)
    @rule()
    def the_last_period_is_opened_again(self):
        through, _ = self.signed.pop()
        self.practice.close(through, None, reopened=True)
        self.quickbooks.closed_through = self.signed[-1][0] if self.signed else None

    # ------------------------------------------------------------------ what must hold

    @precondition(lambda self: self.practice.tellings)
    @rule(number=numbers)
    def a_document_comes_again_under_another_name(self, number):
        """What it tells stands already: nothing at all may follow from it."""
        place = number % len(self.practice.tellings)
        facts, books = self.practice.facts, self.practice.books
        standing = {**facts.sessions, **facts.remittances, **facts.client_payments, **facts.bank_deposits}
        _, reading = self.practice.tellings[place]
        if reading.facts and reading.covers is None and all(standing.get(x.fact.key) == x.fact for x in reading.facts):
            self.practice.tell_again(place)
            assert books.entries == self.practice.books.entries

    @rule()
    def what_is_known_is_pushed(self):
        quickbooks_converges(self.practice, self.quickbooks)

    @rule()
    def the_books_are_looked_at(self):
        the_books_hold(self.practice)

    @rule(seed=st.integers(0, 2**16))
    def the_documents_come_in_another_order(self, seed):
        order_and_repetition_do_not_matter(self.practice, seed)

    def teardown(self):
        if not hasattr(self, "practice"):
            return
        the_books_hold(self.practice)
        for through, balance in self.signed:
            assert balance == until(self.practice, through), "a closed period does not stand"
        order_and_repetition_do_not_matter(self.practice, self.count)
        quickbooks_converges(self.practice, self.quickbooks)


def until(practice: Practice, through: dt.date) -> dict[Account, int]:
    """The trial balance at the end of a day."""
    found = trial_balance(one for one in practice.books.entries if one.date <= through)
    return {account: amount for account, amount in found.items() if amount}


def cents(amount: int) -> str:
    """Cents as "1234.50"."""
    return f"{amount / 100:.2f}"


# A few practices in the suite; under another profile (`make properties`) as many as that one says.
FEW = settings(max_examples=20, stateful_step_count=30)
AnyPractice.TestCase.settings = FEW if settings.get_current_profile_name() == "same" else settings()
TestAnyPractice = AnyPractice.TestCase
