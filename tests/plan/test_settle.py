"""The form `settle`: rows of the event table that the worked example does not show, each as the documents it makes."""

from __future__ import annotations

import pytest

from hhs_sync.ledger.entry import Entry, EntryKind, Line
from hhs_sync.mapping.rules import Shape
from hhs_sync.plan.accrual import render_accrual
from hhs_sync.plan.desired import Desired, DesiredEntry, QuickBooksKind
from hhs_sync.plan.references import References
from tests.plan.entries import SECRET, A, HandBooks, entry, line, rules
from tests.plan.legal import illegalities
from tests.plan.rendering import CODES, documents, links, render
from tests.plan.worked_example import banked, charge, from_client, paid, session, taken_back


def test_a_sliding_scale_discount_is_a_negative_line_of_the_invoice() -> None:
    s = session("K11")
    charged = entry(
        f"charge:{s}", "2025-11-03", EntryKind.CHARGE, line(A.AR_CLIENT, "50", "c-K11", s, "mk"),
        line(A.REVENUE_CLIENT, "-75", None, s, "mk"), line(A.DISCOUNT, "25", None, s, "mk"),
    )  # fmt: skip
    (made,) = render(charged).entries

    assert ["Invoice K11: Cr 4040 75.00, Dr 1100 50.00, Dr 4920 25.00"] == documents(charged)
    assert [(A.REVENUE_CLIENT, 7500), (A.DISCOUNT, -2500)] == [(one.account, one.amount) for one in made.lines]


def test_a_denial_makes_no_document() -> None:
    assert documents(charge("K3", "2025-11-06")) == ["Invoice ANTH:K3: Cr 4010 150.00, Dr 1100 150.00"]


def test_a_claim_of_two_sessions_is_one_credit_memo_and_one_payment_on_both_invoices() -> None:
    one, other = paid("1", "K1", "2025-11-14", "85", "40", "25"), paid("1", "K2", "2025-11-14", "85", "40", "25")
    lines = [
        Line(x.account, x.amount, "c-K1" if x.account is A.AR_CLIENT else x.party, x.item, who)
        for part, who in ((one, "mk"), (other, "ro"))
        for x in part.lines
    ]
    facts = ("remittance/era/1",)
    both = entry("claim-payment:remittance/era/1#10", "2025-11-14", EntryKind.CLAIM_PAYMENT, *lines, facts=facts)
    same_client = HandBooks(
        entries=(charge("K1", "2025-11-03"), charge("K2", "2025-11-03"), both),
        session_clients={session("K1"): "c-K1", session("K2"): "c-K1"},
        client_codes=CODES,
    )
    made = render_accrual(same_client, rules(), References(SECRET))

    assert [] == list(illegalities(made))
    assert {"charge:session/ehr/K1|invoice": 8500, "charge:session/ehr/K2|invoice": 8500} == links(
        made, "|payment>session/ehr/K1"
    )
    assert {
        "charge:session/ehr/K1|invoice": 6500,
        "charge:session/ehr/K2|invoice": 6500,
        "claim-payment:remittance/era/1#10|credit": 13000,
    } == links(made, "|apply")
    (credit,) = [x for x in made.entries if x.kind is QuickBooksKind.CREDIT_MEMO]
    assert [("mk", 4000), ("ro", 4000), (None, 5000)] == [(x.clinician, x.amount) for x in credit.lines]


def test_what_the_payer_paid_too_much_is_received_apart_and_banked_together() -> None:
    more = (line(A.RECOUPMENT, "-60", "ANTH", session("K1"), "mk"),)
    made = documents(
        charge("K1", "2025-11-03"),
        paid("1", "K1", "2025-11-14", "210", "0", more=more),
        banked("1", "2025-11-14", "210", K1="210"),
    )

    assert [
        "Deposit: Cr 1200 210.00, Dr 1000 210.00",
        "Invoice ANTH:K1: Cr 4010 150.00, Dr 1100 150.00",
        "Payment ANTH:K1: Cr 1100 150.00, Dr 1200 150.00",
        "SalesReceipt ANTH:K1: Cr 2300 60.00, Dr 1200 60.00",
    ] == made


def test_a_second_payment_of_a_claim_is_a_receipt_only() -> None:
    twice = entry(
        "claim-payment:remittance/era/2#10", "2025-11-21", EntryKind.CLAIM_PAYMENT,
        line(A.PAYER_CLEARING, "85", "ANTH", session("K1"), "mk"),
        line(A.RECOUPMENT, "-85", "ANTH", session("K1"), "mk"), facts=("remittance/era/2",),
    )  # fmt: skip

    assert ["SalesReceipt ANTH: Cr 2300 85.00, Dr 1200 85.00"] == documents(twice)


def unmatched(party: str | None = "ANTH") -> Entry:
    item = "remittance/era/1#10"
    return entry(
        f"unmatched:{item}", "2025-11-14", EntryKind.UNMATCHED_PAYMENT, line(A.PAYER_CLEARING, "85", party, item),
        line(A.SUSPENSE, "-85", party, item), facts=("remittance/era/1",),
    )  # fmt: skip


def test_a_payment_without_a_session_is_received_into_suspense_and_banked() -> None:
    bank = entry(
        "deposit:bank_deposit/bank/1", "2025-11-17", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85"),
        line(A.PAYER_CLEARING, "-85", "ANTH", "remittance/era/1#10"), facts=("bank_deposit/bank/1", "remittance/era/1"),
    )  # fmt: skip

    assert [
        "Deposit: Cr 1200 85.00, Dr 1000 85.00",
        "SalesReceipt ANTH: Cr 2400 85.00, Dr 1200 85.00",
    ] == documents(unmatched(), bank)


def test_a_payment_of_an_unnamed_payer_has_a_customer_all_the_same() -> None:
    assert ["SalesReceipt PAYER NOT IDENTIFIED: Cr 2400 85.00, Dr 1200 85.00"] == documents(unmatched(None))


def test_client_money_without_a_client_is_received_into_suspense() -> None:
    stranger = entry(
        "client-payment:client_payment/pay/1", "2025-12-01", EntryKind.CLIENT_PAYMENT,
        line(A.UNDEPOSITED, "20", None, "client_payment/pay/1"), line(A.SUSPENSE, "-20", None, "client_payment/pay/1"),
    )  # fmt: skip

    assert ["SalesReceipt CLIENTS (DETAIL IN PRACTICE LEDGER): Cr 2400 20.00, Dr 1200 20.00"] == documents(stranger)


def test_a_client_without_a_code_is_one_of_all_clients() -> None:
    assert [
        "Invoice CLIENTS (DETAIL IN PRACTICE LEDGER): Cr 4050 75.00, Dr 1100 75.00",
    ] == documents(charge("K11", "2025-12-09", None, "75", A.REVENUE_NO_SHOW), codes={})


def test_a_payer_that_pays_by_virtual_card_pays_into_the_processors_account() -> None:
    made = documents(charge("K1", "2025-11-03"), paid("1", "K1", "2025-11-14", "110", "40", cash=A.CARD_STRIPE))

    assert "Payment ANTH:K1: Cr 1100 110.00, Dr 1210 110.00" in made


def test_a_later_decision_on_an_adjustment_leaves_the_banked_payment_as_it_is() -> None:
    """QuickBooks locks a payment that lies in a deposit (6540): what is decided afterwards is told beside it."""
    before = [charge("K1", "2025-11-03"), banked("1", "2025-11-17", "85", K1="85")]
    undecided = paid("1", "K1", "2025-11-14", "85", "0")
    decided = paid("1", "K1", "2025-11-14", "85", "40", "25")
    payments = [
        one.digest()
        for claim in (undecided, decided)
        for one in render(*before, claim).entries
        if one.kind is QuickBooksKind.PAYMENT and one.amount
    ]

    assert payments[0] == payments[1]


def test_money_found_to_be_somebody_elses_is_another_document() -> None:
    stranger, known = (
        entry(
            "client-payment:client_payment/pay/1", "2025-12-01", EntryKind.CLIENT_PAYMENT,
            line(A.UNDEPOSITED, "20", client, "client_payment/pay/1"),
            line(account, "-20", client, "client_payment/pay/1"),
        )
        for client, account in ((None, A.SUSPENSE), ("c-K1", A.CLIENT_CREDIT))
    )  # fmt: skip

    assert ["client-payment:client_payment/pay/1|receipt>"] == [one.key for one in render(stranger).entries]
    assert ["client-payment:client_payment/pay/1|receipt>c-K1"] == [one.key for one in render(known).entries]


def test_money_that_pays_more_than_is_open_stays_unapplied() -> None:
    made = render(
        charge("K11", "2025-12-09", None, "75", A.REVENUE_NO_SHOW),
        from_client("K11", "1", "2025-12-10", "75", A.CARD_STRIPE, closes="75"),
        from_client("K11", "2", "2025-12-11", "75", A.CARD_STRIPE, closes="75"),
    )

    assert {"charge:session/ehr/K11|invoice": 7500} == links(made, "pay/1|payment>session/ehr/K11")
    assert {} == links(made, "pay/2|payment>session/ehr/K11")


def test_a_credit_left_by_a_reversal_is_applied_to_the_next_invoice_of_that_session() -> None:
    """The client had paid 25.00 before the payer took the claim back; the corrected claim asks for it again."""
    made = render(
        charge("K3", "2025-11-06"),
        paid("1", "K3", "2025-11-14", "85", "40", "25"),
        from_client("K3", "1", "2025-11-20", "25", A.UNDEPOSITED, closes="25"),
        taken_back("2", "K3", "2025-12-12", "85", "40", "25"),
        paid("3", "K3", "2025-12-19", "85", "40", "25"),
    )

    assert {
        "reversal:remittance/era/2#K3|credit client": 2500,
        "claim-payment:remittance/era/3#K3|invoice client": 2500,
    } == links(made, "3#K3|invoice client|apply")


def test_a_credit_that_is_greater_than_the_next_invoice_keeps_its_rest() -> None:
    made = render(
        charge("K3", "2025-11-06"),
        paid("1", "K3", "2025-11-14", "85", "40", "25"),
        from_client("K3", "1", "2025-11-20", "25", A.UNDEPOSITED, closes="25"),
        taken_back("2", "K3", "2025-12-12", "85", "40", "25"),
        paid("3", "K3", "2025-12-19", "100", "40", "10"),
        taken_back("4", "K3", "2025-12-20", "100", "40", "10"),
        paid("5", "K3", "2025-12-22", "85", "40", "25"),
    )

    assert 1000 == links(made, "3#K3|invoice client|apply")["reversal:remittance/era/2#K3|credit client"]
    assert {
        "claim-payment:remittance/era/5#K3|invoice client": 2500,
        "reversal:remittance/era/2#K3|credit client": 1500,
        "reversal:remittance/era/4#K3|credit client": 1000,
    } == links(made, "5#K3|invoice client|apply")


def test_a_claim_that_raises_its_charge_is_an_invoice_beside_the_payment() -> None:
    made = documents(charge("K1", "2025-11-03"), paid("1", "K1", "2025-11-14", "160", "-10"))

    assert [
        "Invoice ANTH:K1: Cr 4010 150.00, Dr 1100 150.00",
        "Invoice ANTH:K1: Cr 4910 10.00, Dr 1100 10.00",
        "Payment ANTH:K1: Cr 1100 160.00, Dr 1200 160.00",
    ] == made


def test_what_two_payers_owe_moves_to_the_client_through_1190() -> None:
    s = session("K9")
    to_client = entry(
        "to-client:resolution/1", "2025-12-18", EntryKind.TO_CLIENT, line(A.AR_PAYER, "-20", "MEDA", s, "mk"),
        line(A.AR_PAYER, "-24", "SECO", s, "mk"), line(A.AR_CLIENT, "44", "c-K9", s, "mk"),
    )  # fmt: skip

    assert [
        "CreditMemo MEDA:K9: Cr 1100 20.00, Dr 1190 20.00",
        "CreditMemo SECO:K9: Cr 1100 24.00, Dr 1190 24.00",
        "Invoice K9: Cr 1190 44.00, Dr 1100 44.00",
    ] == documents(to_client)


def test_a_recovery_is_an_invoice_on_bad_debts_that_the_payment_closes_the_same_day() -> None:
    recovered = entry(
        "recovery:client_payment/pay/1", "2025-12-30", EntryKind.RECOVERY,
        line(A.AR_CLIENT, "40", "c-K3", session("K3"), "mk"), line(A.BAD_DEBT, "-40", None, session("K3"), "mk"),
    )  # fmt: skip
    made = render(recovered, from_client("K3", "1", "2025-12-30", "40", A.UNDEPOSITED, closes="40"))

    assert {"recovery:client_payment/pay/1|invoice": 4000} == links(made, "|payment>session/ehr/K3")


@pytest.mark.parametrize("account", ["ADMINISTRATIVE", "DISCOUNT"])
def test_an_adjustment_is_a_credit_memo_linked_by_a_payment_of_nothing(account: str) -> None:
    given_up = entry(
        "adjustment:resolution/1", "2025-12-30", EntryKind.ADJUSTMENT,
        line(A[account], "5", None, session("K1"), "mk"), line(A.AR_PAYER, "-5", "ANTH", session("K1"), "mk"),
    )  # fmt: skip
    made = render(charge("K1", "2025-11-03"), given_up)

    assert {"charge:session/ehr/K1|invoice": 500, "adjustment:resolution/1|credit": 500} == links(made, "|apply")


def test_a_correction_after_a_close_says_which_month_it_corrects() -> None:
    corrected = entry(
        "correction:2025-11", "2025-12-01", EntryKind.CORRECTION,
        line(A.AR_PAYER, "-150", "ANTH", session("K12"), "mk"),
        line(A.REVENUE_COMMERCIAL, "150", None, session("K12"), "mk"), corrects="2025-11",
    )  # fmt: skip
    (made,) = render(corrected).entries

    assert ["CreditMemo ANTH:K12: Cr 1100 150.00, Dr 4010 150.00"] == documents(corrected)
    assert "Correction of 2025-11" == made.memo


def test_a_correction_between_clients_goes_through_1190() -> None:
    moved = entry(
        "correction:2025-11", "2025-12-01", EntryKind.CORRECTION, line(A.AR_CLIENT, "-30", "c-K1", session("K1"), "mk"),
        line(A.AR_CLIENT, "10", "c-K2", session("K2"), "mk"), line(A.AR_CLIENT, "20", "c-K3", session("K3"), "mk"),
    )  # fmt: skip

    assert [
        "CreditMemo K1: Cr 1100 30.00, Dr 1190 30.00",
        "Invoice K2: Cr 1190 10.00, Dr 1100 10.00",
        "Invoice K3: Cr 1190 20.00, Dr 1100 20.00",
    ] == documents(moved)


def test_what_cancels_out_on_a_customer_concerns_its_accounts_only() -> None:
    moved = entry(
        "correction:2025-11", "2025-12-01", EntryKind.CORRECTION, line(A.AR_CLIENT, "-30", "c-K1", session("K1"), "mk"),
        line(A.AR_CLIENT, "30", "c-K1", session("K2"), "mk"), line(A.REVENUE_CLIENT, "-30", None, session("K1"), "mk"),
        line(A.REVENUE_OTHER, "30", None, session("K1"), "mk"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 4040 30.00, Dr 4060 30.00"] == documents(moved)


def test_money_that_is_taken_out_of_clearing_is_a_journal_entry() -> None:
    taken = entry(
        "correction:2025-11", "2025-12-01", EntryKind.CORRECTION, line(A.PAYER_CLEARING, "-85", "ANTH", session("K1")),
        line(A.AR_PAYER, "85", "ANTH", session("K1")),
    )  # fmt: skip

    assert ["JournalEntry: Cr 1200 85.00, Dr 1100 85.00"] == documents(taken)


def batch(made: Desired, kind: QuickBooksKind) -> list[DesiredEntry]:
    return [one for one in made.entries if one.kind is kind]


def test_under_payer_batch_a_week_of_charges_is_one_invoice_per_payer() -> None:
    made = render(
        charge("K1", "2025-11-03"), charge("K2", "2025-11-05"), charge("K3", "2025-11-10"),
        charge("K9", "2025-11-05", "MEDA", revenue=A.REVENUE_MEDICARE), charge("K11", "2025-11-04", None, "75"),
        shape=Shape.PAYER_BATCH,
    )  # fmt: skip

    assert [
        ("Anthem", "2025-11-09", 30000),
        ("Clients (detail in practice ledger)", "2025-11-09", 7500),
        ("Medicare", "2025-11-09", 15000),
        ("Anthem", "2025-11-16", 15000),
    ] == sorted(
        ((one.customer.display, str(one.date), one.amount) for one in batch(made, QuickBooksKind.INVOICE)),
        key=lambda one: (one[1], one[0]),
    )


def test_under_payer_batch_a_payment_within_the_week_finds_the_weeks_invoice() -> None:
    made = render(
        charge("K1", "2025-11-03"), paid("1", "K1", "2025-11-04", "150", "0"), charge("K2", "2025-11-05"),
        shape=Shape.PAYER_BATCH,
    )  # fmt: skip

    assert {"batch:charge:ANTH:2025-11-09|invoice": 15000} == links(made, "|payment>session/ehr/K1")


def test_under_payer_batch_card_money_is_told_by_the_week_and_checks_one_by_one() -> None:
    made = render(
        from_client("K1", "1", "2025-11-03", "25", A.CARD_STRIPE),
        from_client("K2", "2", "2025-11-05", "30", A.CARD_STRIPE),
        from_client("K3", "3", "2025-11-05", "40", A.UNDEPOSITED),
        from_client("K3", "4", "2025-11-06", "50", A.UNDEPOSITED),
        shape=Shape.PAYER_BATCH,
    )

    assert [4000, 5000, 5500] == sorted(one.amount for one in batch(made, QuickBooksKind.SALES_RECEIPT))


def test_credits_of_two_sessions_are_applied_to_the_invoice_that_asks_for_both_and_keep_their_rest() -> None:
    a, b = session("K1"), session("K5")
    spare = [
        entry(
            f"adjust:resolution/{number}", "2025-12-01", EntryKind.ADJUSTMENT,
            line(A.AR_CLIENT, f"-{amount}", "c-K1", item), line(A.DISCOUNT, amount, None, item, "mk"),
        )
        for number, amount, item in (("1", "30", a), ("2", "20", b))
    ]  # fmt: skip

    def asked(number: str, when: str, *amounts: str) -> Entry:
        lines = [line(A.AR_CLIENT, amount, "c-K1", item) for amount, item in zip(amounts, (b, a), strict=False)]
        total = sum(one.amount for one in lines) / 100
        return entry(
            f"to-client:resolution/{number}", when, EntryKind.TO_CLIENT, line(A.AR_PAYER, f"-{total:.2f}", "ANTH", b),
            *lines,
        )  # fmt: skip

    made = render(*spare, asked("3", "2025-12-08", "15", "40"), asked("4", "2025-12-15", "9"))

    assert {
        "to-client:resolution/3|invoice client": 4500,
        "adjust:resolution/2|credit": 1500, "adjust:resolution/1|credit": 3000,
    } == links(made, "resolution/3|invoice client|apply")  # fmt: skip
    assert {"to-client:resolution/4|invoice client": 500, "adjust:resolution/2|credit": 500} == links(
        made, "resolution/4|invoice client|apply"
    )


def test_what_cancels_out_but_for_its_accounts_keeps_its_classes() -> None:
    moved = entry(
        "adjust:resolution/1", "2025-12-01", EntryKind.ADJUSTMENT, line(A.AR_CLIENT, "10", "c-K1", session("K1")),
        line(A.AR_CLIENT, "-10", "c-K1", session("K1")), line(A.DISCOUNT, "5", None, session("K1"), "mk"),
        line(A.ADMINISTRATIVE, "-5", None, session("K1"), "ro"),
    )  # fmt: skip
    (made,) = render(moved).entries

    assert {(A.DISCOUNT, "mk", 500), (A.ADMINISTRATIVE, "ro", -500)} == {
        (one.account, one.clinician, one.amount) for one in made.lines
    }
