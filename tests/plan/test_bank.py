"""Lines of the bank and of the processors: one document of the same amount each, whatever they are made of."""

from __future__ import annotations

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.plan.desired import QuickBooksKind
from tests.plan.entries import A, entry, line
from tests.plan.rendering import documents, links, render
from tests.plan.worked_example import banked, charge, kept, paid, session

BANK = "bank_deposit/bank/1"


def test_two_payments_of_a_session_go_to_the_bank_by_their_own_remittances() -> None:
    """The second remittance is banked first: its deposit must not take the first one's payment."""
    first, second = paid("1", "K1", "2025-11-14", "50", "0"), paid("2", "K1", "2025-11-17", "100", "0")
    made = render(charge("K1", "2025-11-03"), first, second, banked("2", "2025-11-18", "100", K1="100"))

    assert {"claim-payment:remittance/era/2#K1|payment>session/ehr/K1": 10000} == links(made, "|deposit")


def test_one_bank_line_may_bring_several_remittances() -> None:
    together = entry(
        f"deposit:{BANK}", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "150", None, BANK),
        line(A.PAYER_CLEARING, "-50", "ANTH", session("K1"), "mk"),
        line(A.PAYER_CLEARING, "-100", "ANTH", session("K1"), "mk"),
        facts=(BANK, "remittance/era/1", "remittance/era/2"),
    )  # fmt: skip
    made = render(
        charge("K1", "2025-11-03"),
        paid("1", "K1", "2025-11-14", "50", "0"),
        paid("2", "K1", "2025-11-17", "100", "0"),
        together,
    )

    assert {
        "claim-payment:remittance/era/1#K1|payment>session/ehr/K1": 5000,
        "claim-payment:remittance/era/2#K1|payment>session/ehr/K1": 10000,
    } == links(made, "|deposit")


def test_a_deposit_finds_its_receipts_even_when_the_bank_was_quicker() -> None:
    made = render(
        charge("K1", "2025-11-03"),
        paid("1", "K1", "2025-11-14", "150", "0"),
        banked("1", "2025-11-12", "150", K1="150"),
    )

    assert {"claim-payment:remittance/era/1#K1|payment>session/ehr/K1": 15000} == links(made, "|deposit")


def test_a_deposit_that_names_no_remittance_takes_the_oldest_receipt() -> None:
    nameless = entry(
        f"deposit:{BANK}", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "50", None, BANK),
        line(A.PAYER_CLEARING, "-50", "ANTH", session("K1"), "mk"), facts=(BANK,),
    )  # fmt: skip
    made = render(
        charge("K1", "2025-11-03"),
        paid("1", "K1", "2025-11-14", "50", "0"),
        paid("2", "K1", "2025-11-17", "100", "0"),
        nameless,
    )

    assert {"claim-payment:remittance/era/1#K1|payment>session/ehr/K1": 5000} == links(made, "|deposit")


def test_a_payment_of_nothing_that_nets_claims_against_takebacks_is_a_deposit_of_nothing() -> None:
    zero = entry(
        "deposit:remittance/era/1", "2025-11-14", EntryKind.REMITTANCE_DEPOSIT,
        line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"), kept("85", "1"), facts=("remittance/era/1",),
    )  # fmt: skip
    made = render(paid("1", "K1", "2025-11-14", "85", "0"), zero)
    (deposit,) = [one for one in made.entries if one.kind is QuickBooksKind.DEPOSIT]

    assert 0 == deposit.amount
    assert {"claim-payment:remittance/era/1#K1|payment>session/ehr/K1": 8500} == links(made, "|deposit")
    assert [(A.RECOUPMENT, -8500)] == [(one.account, one.amount) for one in deposit.lines]


def test_takebacks_and_their_deferral_in_one_remittance_leave_no_line() -> None:
    made = render(
        charge("K5", "2025-12-01"),
        paid("6", "K5", "2025-12-12", "85", "40", "25"),
        banked("6", "2025-12-12", "85", kept("85", "6", "K3"), kept("-85", "6"), K5="85"),
    )
    (deposit,) = [one for one in made.entries if one.kind is QuickBooksKind.DEPOSIT]

    assert () == deposit.lines


def test_what_the_payer_drew_from_the_bank_is_a_deposit_of_nothing_and_a_purchase() -> None:
    drawn = entry(
        f"deposit:{BANK}", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "-100", None, BANK),
        line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"), kept("185", "1"), facts=(BANK, "remittance/era/1"),
    )  # fmt: skip
    made = documents(paid("1", "K1", "2025-11-14", "85", "0"), drawn)

    assert "Purchase: Cr 1000 100.00, Dr 1190 100.00" in made
    assert any(one.startswith("Deposit:") and "Cr 1190 100.00" in one and "Dr 2300 185.00" in one for one in made)


def test_money_that_left_the_bank_without_receipts_is_a_purchase() -> None:
    drawn = entry(f"deposit:{BANK}", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "-85"), kept("85", "1"))

    assert ["Purchase: Cr 1000 85.00, Dr 2300 85.00"] == documents(drawn)


def test_what_moves_between_accounts_at_no_bank_is_a_journal_entry() -> None:
    moved = entry(
        "deposit:remittance/era/1", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, kept("5", "1"),
        line(A.INTEREST, "-5", "ANTH", "x"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 7100 5.00, Dr 2300 5.00"] == documents(moved)


def test_takebacks_alone_that_cancel_out_make_no_document() -> None:
    moved = entry(
        "deposit:remittance/era/8", "2025-12-20", EntryKind.REMITTANCE_DEPOSIT, kept("85", "8"), kept("-85", "8")
    )

    assert [] == documents(moved)


def test_a_direct_line_names_the_payer_it_came_from() -> None:
    suspended = entry(
        f"deposit:{BANK}", "2025-12-11", EntryKind.BANK_SUSPENSE, line(A.BANK, "60", None, BANK),
        line(A.SUSPENSE, "-40", "HPHC", BANK), line(A.SUSPENSE, "-20", None, BANK),
    )  # fmt: skip
    (made,) = render(suspended).entries

    assert [("Harvard Pilgrim", 4000), (None, 2000)] == [
        (one.customer.display if one.customer else None, one.amount) for one in made.lines
    ]


def payout(bank: str, *lines: tuple[str, str]) -> object:
    return entry(
        f"deposit:{BANK}", "2025-12-12", EntryKind.PAYOUT, line(A.BANK, bank),
        *(line(A[account], amount) for account, amount in lines),
    )  # fmt: skip


def test_a_payout_is_a_transfer_and_a_negative_one_goes_the_other_way() -> None:
    assert ["Transfer: Cr 1210 96.49, Dr 1000 96.49"] == documents(
        payout("96.49", ("CARD_STRIPE", "-100"), ("CARD_STRIPE", "3.51"))
    )
    assert ["Transfer: Cr 1000 20.00, Dr 1210 20.00"] == documents(payout("-20", ("CARD_STRIPE", "20")))


def test_a_payout_of_nothing_makes_no_document() -> None:
    assert [] == documents(payout("0", ("CARD_STRIPE", "-20"), ("CARD_STRIPE", "20")))


def test_a_payout_that_does_not_add_up_is_a_deposit_with_the_difference_in_suspense() -> None:
    assert ["Deposit: Cr 1210 96.49, Cr 2400 1.00, Dr 1000 97.49"] == documents(
        payout("97.49", ("CARD_STRIPE", "-96.49"), ("SUSPENSE", "-1"))
    )


def test_fees_of_a_payout_are_a_purchase_from_the_processor() -> None:
    fees = entry(
        "payout-fees:payout/1", "2025-12-12", EntryKind.PAYOUT, line(A.CARD_FEES, "3.51"), line(A.CARD_STRIPE, "-3.51")
    )
    given_back = entry(
        "payout-fees:payout/2", "2025-12-13", EntryKind.PAYOUT, line(A.CARD_FEES, "-3.51"), line(A.CARD_STRIPE, "3.51")
    )

    assert ["Purchase: Cr 1210 3.51, Dr 6100 3.51"] == documents(fees)
    assert ["JournalEntry: Cr 6100 3.51, Dr 1210 3.51"] == documents(given_back)


def test_a_refund_is_a_purchase_with_a_payee_that_names_nobody() -> None:
    refund = entry(
        "refund:refund/1", "2025-12-22", EntryKind.REFUND, line(A.CLIENT_CREDIT, "15", "c-K2", "x"),
        line(A.CLIENT_CREDIT, "5", "c-K2", "y"), line(A.CARD_STRIPE, "-20", "c-K2", "refund/1"),
    )  # fmt: skip
    (made,) = render(refund).entries

    assert ["Purchase: Cr 1210 20.00, Dr 2200 20.00"] == documents(refund)
    assert "Client refund" == made.payee


def test_a_chargeback_costs_its_fee_and_restores_the_debt() -> None:
    dispute = entry(
        "dispute:dispute/1", "2025-12-22", EntryKind.DISPUTE, line(A.CARD_STRIPE, "-115", "c-K2", "dispute/1"),
        line(A.AR_CLIENT, "100", "c-K2", session("K2"), "mk"), line(A.DISPUTE_FEES, "15", None, "dispute/1"),
    )  # fmt: skip
    made = render(dispute).entries

    assert ["JournalEntry: Cr 1210 100.00, Dr 1100 100.00", "Purchase: Cr 1210 15.00, Dr 6110 15.00"] == documents(
        dispute
    )
    assert ["K2"] == [one.customer.display for entry_ in made for one in entry_.lines if one.customer]
    assert "" == next(one.payee for one in made if one.kind is QuickBooksKind.PURCHASE)


def test_a_returned_check_without_a_fee_is_a_journal_entry_against_the_bank() -> None:
    returned = entry(
        "dispute:dispute/2", "2025-12-22", EntryKind.DISPUTE, line(A.BANK, "-110", "c-K2", "dispute/2"),
        line(A.AR_CLIENT, "110", "c-K2", session("K2"), "mk"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 1000 110.00, Dr 1100 110.00"] == documents(returned)


def test_a_returned_check_with_its_fee_is_one_document_as_it_is_one_line_of_the_bank() -> None:
    returned = entry(
        "dispute:dispute/2", "2025-12-22", EntryKind.DISPUTE, line(A.BANK, "-35", "c-K2", "dispute/2"),
        line(A.AR_CLIENT, "20", "c-K2", session("K2"), "mk"), line(A.DISPUTE_FEES, "15", None, "dispute/2"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 1000 35.00, Dr 1100 20.00, Dr 6110 15.00"] == documents(returned)


def test_what_waits_for_a_deposit_and_has_no_receipt_comes_through_1190() -> None:
    """After a close: the receipt lies in a deposit that was signed, and its money turned out to be another line's."""
    moved = entry(
        f"deposit:{BANK}", "2025-12-01", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85", None, BANK),
        line(A.PAYER_CLEARING, "-85", "ANTH", session("K1"), "mk"), facts=(BANK, "remittance/era/1"),
    )  # fmt: skip

    assert ["Deposit: Cr 1190 85.00, Dr 1000 85.00", "JournalEntry: Cr 1200 85.00, Dr 1190 85.00"] == documents(moved)


def test_money_that_was_signed_and_is_told_anew_waits_for_its_deposit_once() -> None:
    signed = entry(
        "client-payment:client_payment/pay/1", "2025-11-20", EntryKind.CLIENT_PAYMENT,
        line(A.UNDEPOSITED, "20", "c-K1", "client_payment/pay/1"), line(A.AR_CLIENT, "-20", "c-K1", session("K1")),
        facts=("client_payment/pay/1",),
    )  # fmt: skip
    anew = entry(
        "again:2025-12-01:client-payment:client_payment/pay/1", "2025-12-01", EntryKind.CLIENT_PAYMENT,
        line(A.UNDEPOSITED, "20", "c-K1", "client_payment/pay/1"), line(A.CLIENT_CREDIT, "-20", "c-K1", session("K1")),
        facts=("client_payment/pay/1",), corrects="2025-11",
    )  # fmt: skip
    deposit = entry(
        f"deposit:{BANK}", "2025-11-21", EntryKind.CLIENT_DEPOSIT, line(A.BANK, "20", None, BANK),
        line(A.UNDEPOSITED, "-20", "c-K1", "client_payment/pay/1"), facts=(BANK, "client_payment/pay/1"),
    )  # fmt: skip
    made = render(charge("K1", "2025-11-03"), signed, anew, deposit)

    assert {"client-payment:client_payment/pay/1|payment>session/ehr/K1": 2000} == links(made, "|deposit")


def test_a_deposit_that_was_signed_takes_no_receipt_of_what_was_told_anew() -> None:
    """A payment of 0.00, matched otherwise after the close: under another key, and its deposit again too."""
    clearing, kept_back = (
        line(A.PAYER_CLEARING, "100", "ANTH", "claim"),
        line(A.PAYER_CLEARING, "-100", "ANTH", "claim"),
    )
    suspense, era = line(A.SUSPENSE, "-100", "ANTH", "claim"), "remittance/era/1"
    made = render(
        entry(
            "unmatched:claim>session/ehr/K1", "2025-11-14", EntryKind.UNMATCHED_PAYMENT, clearing, suspense,
            facts=(era,),
        ),
        entry(f"deposit:{era}", "2025-11-14", EntryKind.REMITTANCE_DEPOSIT, kept_back, kept("100", "1"), facts=(era,)),
        entry(
            "unmatched:claim", "2025-12-01", EntryKind.UNMATCHED_PAYMENT, clearing, suspense,
            facts=(era,), corrects="2025-11",
        ),
        entry(
            f"again:2025-12-01:deposit:{era}", "2025-12-01", EntryKind.REMITTANCE_DEPOSIT, kept_back, kept("100", "1"),
            facts=(era,), corrects="2025-11",
        ),
    )  # fmt: skip
    deposits = [one for one in made.entries if one.kind is QuickBooksKind.DEPOSIT]

    assert [
        {"unmatched:claim>session/ehr/K1|receipt>ANTH": 10000},
        {"unmatched:claim|receipt>ANTH": 10000},
    ] == [{link.entry: link.amount for link in one.links} for one in deposits]


def test_lines_of_a_deposit_and_of_a_purchase_keep_the_clinician_where_it_is_income_or_cost() -> None:
    deposit = entry(
        f"deposit:{BANK}", "2025-11-18", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "86.28", None, BANK),
        line(A.INTEREST, "-1.28", "ANTH", "i", "mk"), line(A.RECOUPMENT, "-85", "ANTH", session("K1"), "ro"),
    )  # fmt: skip
    fee = entry(
        "dispute:dispute/1", "2025-12-01", EntryKind.DISPUTE, line(A.CARD_STRIPE, "-15", None, "dispute/1"),
        line(A.DISPUTE_FEES, "15", None, "dispute/1", "ro"),
    )  # fmt: skip

    assert {
        (QuickBooksKind.DEPOSIT, A.INTEREST, "mk"), (QuickBooksKind.DEPOSIT, A.RECOUPMENT, None),
        (QuickBooksKind.PURCHASE, A.DISPUTE_FEES, "ro"),
    } == {
        (document.kind, one.account, one.clinician)
        for document in render(deposit, fee).entries
        for one in document.lines
    }  # fmt: skip


def test_a_slip_of_several_lines_of_the_bank_is_one_deposit_of_their_sum() -> None:
    slip = entry(
        f"deposit:{BANK}", "2025-11-18", EntryKind.BANK_SUSPENSE, line(A.BANK, "60", None, BANK),
        line(A.BANK, "25", None, BANK), line(A.SUSPENSE, "-85", "ANTH", BANK),
    )  # fmt: skip

    assert ["Deposit: Cr 2400 85.00, Dr 1000 85.00"] == documents(slip)
