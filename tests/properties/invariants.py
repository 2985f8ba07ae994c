"""What must hold of the books of any practice, whatever happened: the invariants, one function each.

They are worked out from the facts alone wherever that is possible, in another way than the books are kept.
"""

from __future__ import annotations

import random
from collections import Counter

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.days import add_business_days
from hhs_sync.facts.current import Facts
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.payment import paid_by_card
from hhs_sync.mapping.accounts import CARD_CLEARING, RECEIVABLE, Account
from hhs_sync.matching.acceptance import Standing
from hhs_sync.plan.changes import Change, Hold, HoldReason, Plan
from hhs_sync.plan.desired import Desired, QuickBooksKind
from hhs_sync.plan.tie_out import tie_out
from tests.plan.legal import illegalities
from tests.properties.practice import Practice, facts_of
from tests.properties.quickbooks import RENT, QuickBooks

CARD = PaymentMethod.CARD


def the_books_hold(practice: Practice) -> None:
    """All that is about the books alone."""
    facts, books = practice.facts, practice.books
    every_entry_balances_names_its_evidence_and_says_why(facts, books)
    the_bank_is_the_sum_of_its_lines(practice)
    payers_clearing_is_what_was_announced_and_is_not_at_the_bank(facts, books)
    checks_in_hand_are_those_that_are_not_at_the_bank(facts, books)
    processors_hold_what_they_have_not_paid_out(facts, books)
    open_items_are_the_receivables_party_by_party(books)


def every_entry_balances_names_its_evidence_and_says_why(facts: Facts, books: Books) -> None:
    keys = [one.key for one in books.entries]

    assert len(keys) == len(set(keys)), "two entries have one key"
    assert all(sum(line.amount for line in one.lines) == 0 for one in books.entries)
    assert all(one.because and one.evidence for one in books.entries)
    assert {place.fact for one in books.entries for place in one.evidence} <= set(facts.sources)
    assert 0 == sum(trial_balance(books.entries).values())


def the_bank_is_the_sum_of_its_lines(practice: Practice) -> None:
    """Every line once, as soon as it is explained or has waited for five business days; and what we gave back."""
    facts, books = practice.facts, practice.books
    told = 0
    for key, line in facts.bank_deposits.items():
        match = books.bank.matched.get(key)
        if match is not None:
            told += 0 if set(match.parts) & (facts.refunds.keys() | facts.disputes.keys()) else line.amount
        elif line.amount > 0 and add_business_days(line.date, 5) <= practice.today:
            told += line.amount
    back = sum(one.amount for one in facts.refunds.values() if one.method is not CARD)
    bounced = sum(one.fee + (0 if one.won else one.amount) for one in facts.disputes.values() if one.method is not CARD)
    returned = _balance(books, Account.BANK, "resolution/")

    assert told - back - bounced + returned == _balance(books, Account.BANK)


def payers_clearing_is_what_was_announced_and_is_not_at_the_bank(facts: Facts, books: Books) -> None:
    by_card = paid_by_card(facts)
    waiting = 0
    for key, judged in books.judged.items():
        one = facts.remittances[key]
        if key in books.bank.banked or key in by_card or not one.amount_paid:
            continue
        if judged.standing is Standing.HELD:
            waiting += one.amount_paid
        elif judged.standing is Standing.ACCEPTED:
            waiting += sum(max(claim.amount_paid, 0) for claim in one.claim_payments)

    assert waiting == _balance(books, Account.PAYER_CLEARING)
    assert 0 == _balance(books, Account.IN_TRANSIT), "a payment in several lines is matched by all or by none"


def checks_in_hand_are_those_that_are_not_at_the_bank(facts: Facts, books: Books) -> None:
    in_hand = sum(
        one.amount
        for key, one in facts.client_payments.items()
        if one.method is not CARD and key not in books.bank.banked
    )

    assert in_hand == _balance(books, Account.UNDEPOSITED)


def processors_hold_what_they_have_not_paid_out(facts: Facts, books: Books) -> None:
    held = sum(one.amount for one in facts.client_payments.values() if one.method is CARD)
    held -= sum(one.amount for one in facts.refunds.values() if one.method is CARD)
    held -= sum(one.fee + (0 if one.won else one.amount) for one in facts.disputes.values() if one.method is CARD)
    held -= sum(item.fee for one in facts.payouts.values() for item in one.items)
    held -= sum(one.amount - one.difference for key, one in facts.payouts.items() if key in books.bank.banked)
    held += sum(
        facts.remittances[key].amount_paid
        for key in paid_by_card(facts)
        if books.judged[key].standing in {Standing.ACCEPTED, Standing.HELD}
    )

    assert held == sum(_balance(books, account) for account in CARD_CLEARING)


def open_items_are_the_receivables_party_by_party(books: Books) -> None:
    owed: Counter[tuple[Account, str]] = Counter()
    for one in books.entries:
        for line in one.lines:
            if line.account in RECEIVABLE:
                owed[line.account, line.party or ""] += line.amount
    opened: Counter[tuple[Account, str]] = Counter()
    for item in books.open_items:
        opened[item.account, item.party] += item.amount

    assert {party: amount for party, amount in owed.items() if amount} == (
        {party: amount for party, amount in opened.items() if amount}
    )


def order_and_repetition_do_not_matter(practice: Practice, seed: int) -> None:
    """The same documents in another order, some of them twice, give the same books, byte for byte."""
    chance = random.Random(seed)
    shuffled = [*practice.tellings, *chance.choices(practice.tellings, k=len(practice.tellings) // 2)]
    chance.shuffle(shuffled)
    again = keep_books(facts_of(shuffled), practice.rules, practice.today)

    assert msgspec.json.encode(practice.books.entries) == msgspec.json.encode(again.entries)


def quickbooks_converges(practice: Practice, quickbooks: QuickBooks) -> None:
    """A push leaves nothing to do; each account then ties out, and what is not ours stays as it is."""
    books = practice.books
    desired = quickbooks.desired(books)

    assert [] == list(illegalities(desired))
    no_client_is_named(practice, desired)
    done = quickbooks.push(desired)
    left = quickbooks.plan(desired)

    assert [one for one in done.changes if isinstance(one, Hold)] == list(left.changes)
    left = what_lies_in_deposits_is_written_over(quickbooks, desired, left)
    assert all(is_a_question(one, quickbooks) for one in left.changes)
    assert RENT is quickbooks.posted[RENT.kind, RENT.quickbooks_id]
    if left.changes:
        return
    told = {place.fact for entry in books.entries for place in entry.evidence}
    paid = {key: one.amount_paid for key, one in practice.facts.remittances.items() if key in told}
    made = tie_out(
        books,
        desired,
        quickbooks.pushed,
        quickbooks.posted,
        practice.rules,
        amounts_paid=paid,
        open_items=books.open_items,
    )

    assert [] == [one for one in made.accounts if one.difference]
    # Control 5 asks about a client who was given more than was his to have: a question, and no mistake of the books.
    assert [] == [one for one in made.controls if not one.holds and one.number != 5]


def what_lies_in_deposits_is_written_over(quickbooks: QuickBooks, desired: Desired, left: Plan) -> Plan:
    """Where a changed receipt lies in a deposit, a person answers that ours stands: two plans later it does."""
    linked = {one.key for one in left.changes if isinstance(one, Hold) and one.reason is HoldReason.LINKED}
    if not linked:
        return left
    quickbooks.restored = linked
    quickbooks.push(desired)
    quickbooks.push(desired)
    left = quickbooks.plan(desired)
    quickbooks.restored = set()
    return left


def is_a_question(change: Change, quickbooks: QuickBooks) -> bool:
    """What QuickBooks lets nobody change: in closed books whose a session was, and what a deposit there holds.

    A bank may be quicker than the remittance's own date; closed between the two, the deposit holds a receipt of an open
    day, which may yet become another.
    """
    if not isinstance(change, Hold):
        return False
    wish, there, through = change.desired, change.posted, quickbooks.closed_through
    if wish is None or through is None:
        return False
    if change.reason is HoldReason.NEEDS:
        holders = [one for one in quickbooks.taken.values() if change.key in {link.entry for link in one.links}]
        return any(one.kind is QuickBooksKind.DEPOSIT and one.date <= through for one in holders)
    if change.reason is not HoldReason.CLOSED:
        return False
    named = [one for one in (wish.customer, *(line.customer for line in wish.lines)) if one is not None]
    if there is not None and any(one.display != there.customer for one in named):
        return True
    deposit = quickbooks.taken.get(f"{change.key.rpartition('|')[0]}|deposit")
    return deposit is not None and any(quickbooks.taken[link.entry].date > through for link in deposit.links)


def no_client_is_named(practice: Practice, desired: Desired) -> None:
    """Clients go by codes or not at all; our own keys stay here."""
    clients = {one.client for one in practice.facts.sessions.values()}
    for one in desired.entries:
        sent = msgspec.structs.replace(one, key="", links=(), needs=(), renders=())
        text = msgspec.json.encode(sent).decode()
        assert not any(client in text for client in clients)
    assert not any(client in name.display for name in desired.customers for client in clients)


def _balance(books: Books, account: Account, item: str = "") -> int:
    return sum(
        line.amount
        for one in books.entries
        for line in one.lines
        if line.account is account and (line.item or "").startswith(item)
    )
