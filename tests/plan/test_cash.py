"""Deposit summaries: the worked example's sixteen documents, and the edges that it does not show."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.ledger.entry import Entry, EntryKind, Line
from hhs_sync.mapping.accounts import INCOME_AND_EXPENSE, Account
from hhs_sync.mapping.rules import Policy
from hhs_sync.plan.cash import render_cash
from hhs_sync.plan.desired import Desired, QuickBooksKind
from hhs_sync.plan.references import References
from tests.builders import day
from tests.plan.entries import NUMBERS, SECRET, A, HandBooks, entry, line, rules, told
from tests.plan.legal import illegalities
from tests.plan.worked_example import CASH, banked, books, kept, paid, session, taken_back
from tests.strategies import practices
from tests.test_worked_example import books_after

CASH_ROWS = [
    re.fullmatch(r"(\S+)  (.*?)\s+([\d.]+)", row).groups()
    for row in CASH.strip().splitlines()  # type: ignore[union-attr]
]


def in_order(text: str) -> str:
    head, _, effects = text.rpartition(": ")
    return f"{head}: {', '.join(sorted(effects.split(', ')))}"


def summaries(*entries: Entry, **practice: object) -> list[str]:
    """The documents that hand-made entries come to, as printed."""
    return [told(one) for one in rendered(*entries, **practice).entries]


def rendered(*entries: Entry, **practice: object) -> Desired:
    order = {kind: place for place, kind in enumerate(EntryKind)}
    ordered = tuple(sorted(entries, key=lambda one: (one.date, order[one.kind], one.key)))
    revenue = {session("K1"): A.REVENUE_COMMERCIAL, session("K11"): A.REVENUE_NO_SHOW, session("K5"): A.REVENUE_OTHER}
    made = render_cash(
        HandBooks(entries=ordered, session_revenue=revenue), rules(policy=Policy.CASH, **practice), References(SECRET)
    )

    assert [] == list(illegalities(made))
    return made


def test_the_worked_example_takes_the_sixteen_documents_that_are_printed() -> None:
    made = render_cash(books(), rules(policy=Policy.CASH), References(SECRET)).entries
    printed = Counter((when, in_order(document)) for when, document, _ in CASH_ROWS)

    assert 16 == len(made)
    assert printed == Counter((str(one.date), told(one)) for one in made)


def test_checking_after_each_line_is_as_printed() -> None:
    made = render_cash(books(), rules(policy=Policy.CASH), References(SECRET)).entries
    by_text = {(str(one.date), told(one)): one for one in made}
    checking = 0
    for when, document, after in CASH_ROWS:
        one = by_text[when, in_order(document)]
        checking += sum(amount for account, amount in one.effects if account is Account.BANK)

        assert after == f"{checking / 100:.2f}"


def test_net_income_is_cash_received() -> None:
    made = render_cash(books(), rules(policy=Policy.CASH), References(SECRET)).entries
    effects = [effect for one in made for effect in one.effects]

    assert 100585 == -sum(amount for account, amount in effects if account in INCOME_AND_EXPENSE)
    assert {"4010": -93900, "4030": -9408, "4040": -17500, "4050": -7500, "4950": 25500, "4960": 2000} == {
        number: sum(amount for account, amount in effects if NUMBERS[account] == number)
        for number in ("4010", "4030", "4040", "4050", "4950", "4960")
    }


def test_the_real_books_of_the_worked_example_make_the_same_documents() -> None:
    made = render_cash(books_after("31"), rules(policy=Policy.CASH), References(SECRET)).entries

    assert Counter(in_order(document) for _, document, _ in CASH_ROWS) == Counter(told(one) for one in made)


def test_a_deposit_for_two_clinicians_has_a_line_for_each() -> None:
    other = paid("1", "K5", "2025-11-14", "170", "40")
    theirs = Entry(
        key=other.key, date=other.date, kind=other.kind, because="by hand", evidence=other.evidence,
        lines=tuple(type(one)(one.account, one.amount, one.party, one.item, "ro") for one in other.lines),
    )  # fmt: skip
    (made,) = rendered(
        paid("1", "K1", "2025-11-14", "85", "40"), theirs, banked("1", "2025-11-14", "255", K1="85", K5="170")
    ).entries

    assert {("mk", 8500), ("ro", 17000)} == {(one.clinician, one.amount) for one in made.lines}
    assert {"Anthem"} == {one.customer.display for one in made.lines if one.customer}


def test_a_deferred_takeback_moves_no_cash_and_has_no_document() -> None:
    assert [] == summaries(taken_back("8", "K1", "2025-12-20", "85", "40"))


def test_claims_paid_against_money_kept_in_a_payment_of_nothing_are_told_in_a_journal_entry() -> None:
    zero = entry(
        "deposit:remittance/era/9", "2025-12-27", EntryKind.REMITTANCE_DEPOSIT,
        line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"), kept("85", "9"), facts=("remittance/era/9",),
    )  # fmt: skip

    assert ["JournalEntry: Cr 4010 85.00, Dr 4950 85.00"] == summaries(paid("9", "K1", "2025-12-27", "85", "40"), zero)


def test_a_second_payment_of_the_payer_is_payable_back_until_it_is_kept() -> None:
    twice = paid("1", "K1", "2025-11-14", "85", "0", more=(line(A.RECOUPMENT, "-60", "ANTH", session("K1"), "mk"),))

    assert [
        "Deposit: Cr 2400 60.00, Cr 4010 25.00, Dr 1000 85.00",
        "Deposit: Cr 4010 100.00, Dr 1000 15.00, Dr 2400 60.00, Dr 4950 25.00",
    ] == summaries(
        twice, banked("1", "2025-11-14", "85", K1="85"),
        paid("7", "K5", "2025-12-19", "100", "40"), banked("7", "2025-12-19", "15", kept("85", "7"), K5="100"),
    )  # fmt: skip


def test_a_payment_without_a_home_goes_to_suspense_when_it_is_banked() -> None:
    item = "remittance/era/1#10"
    unmatched = entry(
        f"unmatched:{item}", "2025-11-14", EntryKind.UNMATCHED_PAYMENT, line(A.PAYER_CLEARING, "85", "ANTH", item),
        line(A.SUSPENSE, "-85", "ANTH", item), facts=("remittance/era/1",),
    )  # fmt: skip
    bank = entry(
        "deposit:bank_deposit/bank/1", "2025-11-14", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85"),
        line(A.PAYER_CLEARING, "-85", "ANTH", item), facts=("bank_deposit/bank/1", "remittance/era/1"),
    )  # fmt: skip

    assert [] == summaries(unmatched)
    assert ["Deposit: Cr 2400 85.00, Dr 1000 85.00"] == summaries(unmatched, bank)


def test_clearing_that_nobody_told_of_is_suspense() -> None:
    bank = entry(
        "deposit:bank_deposit/bank/1", "2025-11-14", EntryKind.PAYOUT, line(A.BANK, "24"),
        line(A.CARD_STRIPE, "-25", None, "payout/pay/1#unheard"), line(A.CARD_STRIPE, "1", None, "payout/pay/1#fees"),
    )  # fmt: skip

    assert ["Deposit: Cr 2400 25.00, Dr 1000 24.00, Dr 6100 1.00"] == summaries(bank)


def from_client(name: str, amount: str, closes: str, item: str | None = None) -> Entry:
    key = "client_payment/pay/1"
    rest = f"{float(closes) - float(amount):.2f}"
    lines = [line(A.UNDEPOSITED, amount, "c", key), line(A.AR_CLIENT, f"-{closes}", "c", session(name), "mk")]
    if float(rest):
        lines.append(line(A.CLIENT_CREDIT, rest, "c", item or key))
    return entry(f"client-payment:{key}", "2025-12-01", EntryKind.CLIENT_PAYMENT, *lines)


def slip(amount: str) -> Entry:
    return entry(
        "deposit:bank_deposit/bank/s", "2025-12-02", EntryKind.CLIENT_DEPOSIT, line(A.BANK, amount),
        line(A.UNDEPOSITED, f"-{amount}", "c", "client_payment/pay/1"),
    )  # fmt: skip


@pytest.mark.parametrize(("name", "number"), [("K1", "4040"), ("K11", "4050"), ("K5", "4060")])
def test_client_money_is_income_of_its_own_kind_when_it_is_banked(name: str, number: str) -> None:
    assert [f"Deposit: Cr {number} 75.00, Dr 1000 75.00"] == summaries(from_client(name, "75", "75"), slip("75"))


REFUND = entry(
    "refund:refund/pay/1", "2025-12-22", EntryKind.REFUND, line(A.CLIENT_CREDIT, "20", "c", "client_payment/pay/1"),
    line(A.BANK, "-20", "c", "refund/pay/1"),
)  # fmt: skip
APPLIED = entry(
    "credit-applied:client_payment/pay/1>x", "2025-12-22", EntryKind.CREDIT_APPLIED,
    line(A.CLIENT_CREDIT, "20", "c", "client_payment/pay/1"), line(A.AR_CLIENT, "-20", "c", session("K1"), "mk"),
)  # fmt: skip
UNCLAIMED = entry(
    "unclaimed:resolution/1", "2025-12-22", EntryKind.UNCLAIMED,
    line(A.CLIENT_CREDIT, "20", "c", "client_payment/pay/1"), line(A.UNCLAIMED, "-20", "c"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("keeps", "banked_as", "then", "told_as"),
    [
        (False, "Cr 4040 130.00", REFUND, ["Purchase: Cr 1000 20.00, Dr 4960 20.00"]),
        (True, "Cr 2200 20.00, Cr 4040 110.00", REFUND, ["Purchase: Cr 1000 20.00, Dr 2200 20.00"]),
        (False, "Cr 4040 130.00", APPLIED, []),
        (True, "Cr 2200 20.00, Cr 4040 110.00", APPLIED, ["JournalEntry: Cr 4040 20.00, Dr 2200 20.00"]),
        (False, "Cr 4040 130.00", UNCLAIMED, ["JournalEntry: Cr 2500 20.00, Dr 4960 20.00"]),
        (True, "Cr 2200 20.00, Cr 4040 110.00", UNCLAIMED, ["JournalEntry: Cr 2500 20.00, Dr 2200 20.00"]),
    ],
)
def test_an_excess_is_income_or_a_liability_as_the_practice_chose(
    keeps: bool, banked_as: str, then: Entry, told_as: list[str]
) -> None:
    assert [*told_as, f"Deposit: {banked_as}, Dr 1000 130.00"] == summaries(
        from_client("K1", "130", "110"), slip("130"), then, client_credit_liability=keeps
    )


@pytest.mark.parametrize("keeps", [True, False])
def test_a_copay_collected_for_a_session_is_income_whatever_the_practice_chose(keeps: bool) -> None:
    copay = from_client("K1", "25", "0", session("K1"))

    assert ["Deposit: Cr 4040 25.00, Dr 1000 25.00"] == summaries(copay, slip("25"), client_credit_liability=keeps)


def test_a_refund_beyond_the_charges_makes_a_negative_payout_a_purchase() -> None:
    refund = entry(
        "refund:refund/pay/1", "2025-12-01", EntryKind.REFUND, line(A.CLIENT_CREDIT, "40", "c", "refund/pay/1"),
        line(A.CARD_STRIPE, "-40", "c", "refund/pay/1"),
    )  # fmt: skip
    payout = entry(
        "deposit:bank_deposit/bank/po", "2025-12-03", EntryKind.PAYOUT, line(A.BANK, "-41"),
        line(A.CARD_STRIPE, "40", "c", "refund/pay/1"), line(A.CARD_STRIPE, "1", None, "payout/pay/po#fees"),
    )  # fmt: skip

    assert ["Purchase: Cr 1000 41.00, Dr 4960 40.00, Dr 6100 1.00"] == summaries(refund, payout)


def test_a_chargeback_takes_the_income_back_and_costs_its_fee() -> None:
    dispute = entry(
        "dispute:dispute/pay/1", "2025-12-01", EntryKind.DISPUTE, line(A.CARD_STRIPE, "-115", "c", "dispute/pay/1"),
        line(A.AR_CLIENT, "100", "c", session("K1"), "mk"), line(A.DISPUTE_FEES, "15", None, "dispute/pay/1"),
    )  # fmt: skip
    payout = entry(
        "deposit:bank_deposit/bank/po", "2025-12-03", EntryKind.PAYOUT, line(A.BANK, "-115"),
        line(A.CARD_STRIPE, "115", "c", "dispute/pay/1"),
    )  # fmt: skip

    assert ["Purchase: Cr 1000 115.00, Dr 4040 100.00, Dr 6110 15.00"] == summaries(dispute, payout)


def test_a_returned_check_leaves_the_bank_at_once() -> None:
    returned = entry(
        "dispute:dispute/pay/2", "2025-12-01", EntryKind.DISPUTE, line(A.BANK, "-110", "c", "dispute/pay/2"),
        line(A.AR_CLIENT, "100", "c", session("K11"), "mk"), line(A.DISPUTE_FEES, "10", None, "dispute/pay/2"),
    )  # fmt: skip

    assert ["Purchase: Cr 1000 110.00, Dr 4050 100.00, Dr 6110 10.00"] == summaries(returned)


def test_interest_and_tax_withheld_stand_beside_gross_income() -> None:
    bank = banked(
        "1", "2025-11-14", "80", line(A.INTEREST, "-1", "ANTH", "x"), line(A.TAX_WITHHELD, "6", "ANTH", "y"), K1="85"
    )

    assert ["Deposit: Cr 4010 85.00, Cr 7100 1.00, Dr 1000 80.00, Dr 1250 6.00"] == summaries(
        paid("1", "K1", "2025-11-14", "85", "40"), bank
    )


def test_what_a_late_remittance_tells_beside_claims_leaves_suspense_too() -> None:
    identified = entry(
        "suspense-identified:remittance/era/1", "2025-12-18", EntryKind.SUSPENSE_IDENTIFIED,
        line(A.INTEREST, "-1.28", "ANTH", "x"), line(A.RECOUPMENT, "20", "ANTH", "y"),
        line(A.SUSPENSE, "-18.72", "ANTH", "bank_deposit/bank/1"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 2400 18.72, Cr 7100 1.28, Dr 4950 20.00"] == summaries(identified)


@given(facts=practices(), keeps=st.booleans(), oldest_first=st.booleans())
@settings(max_examples=40)
def test_every_bank_line_is_one_document_of_its_amount(
    facts: tuple[Fact, ...], keeps: bool, oldest_first: bool
) -> None:
    practice = rules(policy=Policy.CASH, client_credit_liability=keeps, oldest_first=oldest_first)
    kept_books = keep_books(Facts.of(facts), practice, day("2026-03-01"))
    made = render_cash(kept_books, practice, References(SECRET))
    lines = {one.key: one.amount_on(A.BANK) for one in kept_books.entries if one.amount_on(A.BANK)}

    assert [] == list(illegalities(made))
    assert lines == {
        one.renders[0]: amount for one in made.entries for account, amount in one.effects if account is A.BANK
    }
    assert not any(one.kind is QuickBooksKind.INVOICE for one in made.entries)


def test_a_bank_line_of_a_closed_month_is_told_otherwise_without_the_bank() -> None:
    """It was told as income of a claim; the claim turns out to be another's, and the money waits in suspense."""
    b = "bank_deposit/bank/4321/1"
    back = entry(
        "opposite:2025-12-01:claim-payment", "2025-12-01", EntryKind.CORRECTION,
        line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"),
        line(A.CONTRACTUAL_COMMERCIAL, "-40", "ANTH", session("K1"), "mk"),
        line(A.AR_CLIENT, "-25", "c-K1", session("K1"), "mk"), line(A.AR_PAYER, "150", "ANTH", session("K1"), "mk"),
    )  # fmt: skip
    otherwise = entry(
        f"correction:2025-12-01:deposit:{b}", "2025-12-01", EntryKind.BANK_CORRECTION,
        line(A.PAYER_CLEARING, "85", "ANTH", session("K1"), "mk"), line(A.SUSPENSE, "-85", "ANTH", b), facts=(b,),
    )  # fmt: skip
    paid_and_banked = (paid("1", "K1", "2025-11-14", "85", "40", "25"), banked("1", "2025-11-14", "85", K1="85"))

    assert [
        "Deposit: Cr 4010 85.00, Dr 1000 85.00",
        "JournalEntry: Cr 2400 85.00, Dr 4010 85.00",
    ] == sorted(summaries(*paid_and_banked, back, otherwise))


def test_a_card_payout_that_names_a_remittance_is_income_of_its_claims() -> None:
    """A virtual card: the payer paid two claims, and the processor pays the sum out less its fee."""
    by_card = [
        paid("vc", name, "2025-12-12", amount, "40", cash=A.CARD_STRIPE)
        for name, amount in (("K1", "85"), ("K2", "60"))
    ]
    payout = entry(
        "deposit:bank_deposit/bank/4321/po", "2025-12-14", EntryKind.PAYOUT, line(A.BANK, "142.50"),
        line(A.CARD_STRIPE, "-145", None, "remittance/era/vc"), line(A.CARD_STRIPE, "2.50", None, "payout/pay/po#fees"),
    )  # fmt: skip

    assert ["Deposit: Cr 4010 145.00, Dr 1000 142.50, Dr 6100 2.50"] == summaries(*by_card, payout)


def bank_line(
    number: str, when: str, amount: str, *others: Line, kind: EntryKind = EntryKind.REMITTANCE_DEPOSIT
) -> Entry:
    b = f"bank_deposit/bank/4321/x{number}"
    return entry(f"deposit:{b}", when, kind, line(A.BANK, amount, None, b), *others, facts=(b,))


def test_what_a_payer_gave_beside_claims_is_what_it_takes_first_and_only_once() -> None:
    gave = bank_line("1", "2025-11-03", "20", line(A.RECOUPMENT, "-20", "ANTH", "g"))
    first = bank_line(
        "2", "2025-11-04", "85", line(A.RECOUPMENT, "15", "ANTH", "a"), line(A.INTEREST, "-100", "ANTH", "i")
    )
    second = bank_line(
        "3", "2025-11-05", "85", line(A.RECOUPMENT, "15", "ANTH", "b"), line(A.INTEREST, "-100", "ANTH", "j")
    )

    assert [
        "Deposit: Cr 2400 20.00, Dr 1000 20.00",
        "Deposit: Cr 7100 100.00, Dr 1000 85.00, Dr 2400 15.00",
        "Deposit: Cr 7100 100.00, Dr 1000 85.00, Dr 2400 5.00, Dr 4950 10.00",
    ] == summaries(gave, first, second)


def test_each_payer_of_one_bank_line_keeps_and_gives_for_itself() -> None:
    both = bank_line(
        "1", "2025-11-03", "100", line(A.RECOUPMENT, "-30", "ANTH", "g"), line(A.RECOUPMENT, "50", "HPHC", "h"),
        line(A.INTEREST, "-120", "ANTH", "i"),
    )  # fmt: skip

    assert ["Deposit: Cr 2400 30.00, Cr 7100 120.00, Dr 1000 100.00, Dr 4950 50.00"] == summaries(both)


def test_a_takeback_stands_under_the_clinicians_whose_sessions_were_taken_back_before_it_stands_under_none() -> None:
    taken = bank_line(
        "1", "2025-11-03", "100", line(A.RECOUPMENT, "20", "ANTH", "x"),
        line(A.RECOUPMENT, "30", "ANTH", session("K1"), "mk"), line(A.RECOUPMENT, "10", "ANTH", session("K5"), "ro"),
        line(A.RECOUPMENT, "-15", "ANTH", "y"),
        line(A.INTEREST, "-145", "ANTH", "i"),
    )  # fmt: skip
    (made,) = rendered(taken).entries

    assert [("mk", -3000), ("ro", -1000), (None, -500)] == [
        (one.clinician, one.amount) for one in made.lines if one.account is A.TAKEBACK
    ]


def test_two_equal_payments_are_each_told_by_their_own_bank_line() -> None:
    first, second = paid("1", "K1", "2025-11-14", "50", "0"), paid("2", "K5", "2025-11-15", "50", "0")
    made = summaries(
        first, second, banked("2", "2025-11-18", "50", K5="50"), banked("1", "2025-11-19", "50", K1="50"),
        banked("3", "2025-11-20", "50", K1="50"),
    )  # fmt: skip

    assert [
        "Deposit: Cr 4010 50.00, Dr 1000 50.00",
        "Deposit: Cr 4010 50.00, Dr 1000 50.00",
        "Deposit: Cr 2400 50.00, Dr 1000 50.00",
    ] == made


def test_a_bank_line_that_was_something_else_gives_back_the_income_that_was_told() -> None:
    """After a close: money told as a claim's income goes back to clearing, where another bank line finds it."""
    told_once = banked("1", "2025-11-18", "85", K1="85")
    corrected = entry(
        f"correction:2025-12-01:{told_once.key}", "2025-12-01", EntryKind.BANK_CORRECTION,
        line(A.PAYER_CLEARING, "85", "ANTH", session("K1"), "mk"), line(A.SUSPENSE, "-85", "ANTH", "b"),
        facts=("b", "remittance/era/1"),
    )  # fmt: skip
    again = bank_line("9", "2025-12-02", "85", line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"))

    assert [
        "JournalEntry: Cr 2400 85.00, Dr 4010 85.00",
        "Deposit: Cr 4010 85.00, Dr 1000 85.00",
        "Deposit: Cr 4010 85.00, Dr 1000 85.00",
    ] == summaries(paid("1", "K1", "2025-11-14", "85", "0"), told_once, corrected, again)


def test_a_correction_of_money_that_was_more_than_a_claim_gives_back_what_the_payer_is_owed() -> None:
    twice = paid("1", "K1", "2025-11-14", "85", "0", more=(line(A.RECOUPMENT, "-60", "ANTH", session("K1"), "mk"),))
    told_once = banked("1", "2025-11-18", "85", K1="85")
    corrected = entry(
        f"correction:2025-12-01:{told_once.key}", "2025-12-01", EntryKind.BANK_CORRECTION,
        line(A.PAYER_CLEARING, "85", "ANTH", session("K1"), "mk"), line(A.SUSPENSE, "-85", "ANTH", "b"),
        facts=("b", "remittance/era/1"),
    )  # fmt: skip

    assert [
        "JournalEntry: Cr 2400 25.00, Dr 4010 25.00",
        "Deposit: Cr 2400 60.00, Cr 4010 25.00, Dr 1000 85.00",
    ] == summaries(twice, told_once, corrected)


def lines_of(*entries: Entry) -> list[tuple[str, int, str | None, str | None]]:
    """Each line of the documents: account, amount as it adds to the deposit, clinician, payer."""
    return [
        (one.account.name, one.amount, one.clinician, one.customer.payer if one.customer else None)
        for document in rendered(*entries).entries
        for one in document.lines
    ]


def test_what_a_payer_paid_too_much_stands_under_the_payer_and_the_income_under_the_clinician() -> None:
    twice = paid("1", "K1", "2025-11-14", "85", "0", more=(line(A.RECOUPMENT, "-60", "ANTH", session("K1"), "mk"),))

    assert [("REVENUE_COMMERCIAL", 2500, "mk", "Anthem"), ("SUSPENSE", 6000, None, "Anthem")] == lines_of(
        twice, banked("1", "2025-11-18", "85", K1="85")
    )


def test_what_a_payer_takes_of_what_it_gave_is_the_payers_and_the_rest_a_takeback_of_the_clinician() -> None:
    gave = bank_line("1", "2025-11-03", "20", line(A.RECOUPMENT, "-20", "ANTH", "g"))
    took = bank_line(
        "2", "2025-11-05", "65", line(A.RECOUPMENT, "35", "ANTH", session("K1"), "mk"),
        line(A.INTEREST, "-100", "ANTH", "i"),
    )  # fmt: skip

    assert [
        ("SUSPENSE", 2000, None, "Anthem"),
        ("INTEREST", 10000, None, "Anthem"), ("SUSPENSE", -2000, None, "Anthem"), ("TAKEBACK", -1500, "mk", "Anthem"),
    ] == lines_of(gave, took)  # fmt: skip


def test_two_sessions_of_which_one_was_paid_too_much_keep_their_own_income() -> None:
    key, item = "claim-payment:remittance/era/1#10", {"K1": session("K1"), "K5": session("K5")}
    both = entry(
        key, "2025-11-14", EntryKind.CLAIM_PAYMENT,
        line(A.PAYER_CLEARING, "150", "ANTH", item["K1"], "mk"), line(A.RECOUPMENT, "-40", "ANTH", item["K1"], "mk"),
        line(A.AR_PAYER, "-110", "ANTH", item["K1"], "mk"),
        line(A.PAYER_CLEARING, "85", "ANTH", item["K5"], "ro"), line(A.AR_PAYER, "-85", "ANTH", item["K5"], "ro"),
        facts=("remittance/era/1",),
    )  # fmt: skip
    bank = bank_line(
        "1", "2025-11-18", "235", line(A.PAYER_CLEARING, "-150", "ANTH", item["K1"]),
        line(A.PAYER_CLEARING, "-85", "ANTH", item["K5"]),
    )  # fmt: skip

    assert [
        ("REVENUE_COMMERCIAL", 11000, "mk", "Anthem"), ("REVENUE_COMMERCIAL", 8500, "ro", "Anthem"),
        ("SUSPENSE", 4000, None, "Anthem"),
    ] == lines_of(both, bank)  # fmt: skip


def test_a_payment_that_came_before_its_remittance_leaves_suspense_as_income_less_what_was_too_much() -> None:
    late = entry(
        "claim-payment:remittance/era/1#10", "2025-11-20", EntryKind.CLAIM_PAYMENT,
        line(A.AR_PAYER, "-110", "ANTH", session("K1"), "mk"), line(A.SUSPENSE, "150", "ANTH", session("K1"), "mk"),
        line(A.RECOUPMENT, "-40", "ANTH", session("K1"), "mk"), facts=("remittance/era/1",),
    )  # fmt: skip

    assert ["JournalEntry: Cr 4010 110.00, Dr 2400 110.00"] == summaries(late)


def test_income_of_a_payer_that_nobody_set_up_is_other_income() -> None:
    stranger = entry(
        "claim-payment:remittance/era/1#10", "2025-11-14", EntryKind.CLAIM_PAYMENT,
        line(A.PAYER_CLEARING, "85", "NEWCO", session("K1"), "mk"),
        line(A.AR_PAYER, "-85", "NEWCO", session("K1"), "mk"), facts=("remittance/era/1",),
    )  # fmt: skip
    bank = bank_line("1", "2025-11-18", "85", line(A.PAYER_CLEARING, "-85", "NEWCO", session("K1"), "mk"))

    assert [("REVENUE_OTHER", 8500, "mk", None)] == lines_of(stranger, bank)


def test_clearing_that_nobody_told_of_waits_under_its_payer_and_a_fee_under_its_clinician() -> None:
    odd = bank_line(
        "1", "2025-11-14", "84", line(A.PAYER_CLEARING, "-85", "ANTH", "unheard"),
        line(A.CARD_STRIPE, "1", None, "payout/pay/1#fees", "mk"), kind=EntryKind.PAYOUT,
    )  # fmt: skip

    assert [("SUSPENSE", 8500, None, "Anthem"), ("CARD_FEES", -100, "mk", None)] == lines_of(odd)
