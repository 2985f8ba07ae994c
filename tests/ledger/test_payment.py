"""Client money: what it closes, what stays a credit, and what it never does by itself."""

from __future__ import annotations

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    dispute,
    make_rules,
    payout,
    refund,
    remittance,
    session,
    session_key,
)

PAID = claim("K1", "150", "85", "CO-45 40, PR-3 25")


def keep(*facts: Fact, **practice: object) -> Books:
    return keep_books(Facts.of(facts), make_rules(**practice), day("2026-01-31"))


def balances(books: Books) -> dict[str, str]:
    return {one.name: f"{amount / 100:.2f}" for one, amount in trial_balance(books.entries).items() if amount}


def test_a_copay_taken_before_the_payer_ruled_is_a_liability_until_then() -> None:
    before = keep(session("K1", "2025-11-03"), client_payment("1", "2025-11-03", "25", client="c-K1", session="K1"))
    after = keep(
        session("K1", "2025-11-03"),
        client_payment("1", "2025-11-03", "25", client="c-K1", session="K1"),
        remittance("1", "2025-11-14", "85", PAID),
    )

    assert "-25.00" == balances(before)["CLIENT_CREDIT"]
    assert "CLIENT_CREDIT" not in balances(after)
    assert "AR_CLIENT" not in balances(after)


def test_money_that_names_no_session_stays_a_credit_unless_the_practice_says_oldest_first() -> None:
    facts = (
        session("A", "2025-11-03", payer=None, client="ada"),
        session("B", "2025-11-10", payer=None, client="ada"),
        client_payment("1", "2025-11-20", "160", client="ada"),
    )

    assert {"AR_CLIENT": "300.00", "CLIENT_CREDIT": "-160.00"}.items() <= balances(keep(*facts)).items()
    oldest_first = keep(*facts, oldest_first=True)
    assert "140.00" == balances(oldest_first)["AR_CLIENT"]
    assert [(session_key("B"), 14000)] == [(item.session, item.amount) for item in oldest_first.open_items]


def test_money_of_nobody_we_know_is_in_suspense() -> None:
    books = keep(client_payment("1", "2025-11-20", "160", client="stranger"))

    assert {"UNDEPOSITED": "160.00", "SUSPENSE": "-160.00"} == balances(books)


def test_a_refund_uses_the_credit_up() -> None:
    books = keep(
        session("A", "2025-11-03", payer=None, client="ada"),
        client_payment("1", "2025-11-20", "170", client="ada", session="A"),
        refund("r", "2025-11-25", "20", client="ada"),
    )

    assert "CLIENT_CREDIT" not in balances(books)
    assert "-20.00" == balances(books)["BANK"]


def test_a_disputed_card_payment_restores_the_debt_and_costs_its_fee() -> None:
    books = keep(
        session("A", "2025-11-03", payer=None, client="ada"),
        client_payment("ch", "2025-11-04", "150", "card", client="ada", session="A"),
        dispute("d", "2025-12-01", "150", "15", payment="ch"),
    )

    assert "150.00" == balances(books)["AR_CLIENT"]
    assert "15.00" == balances(books)["DISPUTE_FEES"]
    assert "-15.00" == balances(books)["CARD_STRIPE"]


def test_a_bounced_check_restores_the_debt_out_of_the_bank() -> None:
    books = keep(
        session("A", "2025-11-03", payer=None, client="ada"),
        client_payment("1021", "2025-11-04", "150", "check", client="ada", session="A"),
        bank("1", "2025-11-05", "150", "DEPOSIT"),
        dispute("d", "2025-12-01", "150", "0", "check", payment="1021"),
    )

    assert ("150.00", None) == (balances(books)["AR_CLIENT"], balances(books).get("BANK"))


def test_a_bounced_check_that_named_no_session_restores_what_it_had_closed_and_takes_back_its_credit() -> None:
    books = keep(
        session("A", "2025-11-03", "100", payer=None, client="ada"),
        session("B", "2025-11-04", "100", payer=None, client="ada"),
        client_payment("1021", "2025-11-05", "210", "check", client="ada"),
        session("C", "2025-11-06", "4", payer=None, client="ada"),
        dispute("d", "2025-12-01", "210", "0", "check", payment="1021"),
        oldest_first=True,
    )

    assert [("A", 10000), ("B", 10000), ("C", 400)] == [
        (one.session.rsplit("/", 1)[-1], one.amount) for one in books.open_items
    ]
    assert "CLIENT_CREDIT" not in balances(books)
    assert () == books.credits


def test_a_contested_copay_that_closed_nothing_yet_is_no_debt_but_a_credit_less() -> None:
    books = keep(
        session("A", "2025-11-03", client="ada"),
        client_payment("ch", "2025-11-03", "25", "card", client="ada", session="A"),
        dispute("d", "2025-12-01", "25", "0", payment="ch"),
    )

    assert not {"AR_CLIENT", "CLIENT_CREDIT", "CARD_STRIPE"} & set(balances(books))


def test_a_payout_clears_the_processor_to_the_cent_and_its_fees_are_an_expense() -> None:
    books = keep(
        session("A", "2025-11-03", payer=None, client="ada"),
        client_payment("ch", "2025-11-04", "150", "card", client="ada", session="A"),
        payout("po_777777", "2025-11-06", "145.35", ("charge", "ch", "150", "4.65")),
        bank("1", "2025-11-07", "145.35", "STRIPE PO 777777"),
    )

    assert {"BANK": "145.35", "CARD_FEES": "4.65", "REVENUE_CLIENT": "-150.00"} == balances(books)


def test_a_payout_that_does_not_tie_tells_its_difference_in_suspense() -> None:
    books = keep(
        client_payment("ch", "2025-11-04", "150", "card", client="ada"),
        payout("po_777777", "2025-11-06", "145.00", ("charge", "ch", "150", "4.65")),
        bank("1", "2025-11-07", "145.00", "STRIPE PO 777777"),
    )

    assert "CARD_STRIPE" not in balances(books)
    assert "-149.65" == balances(books)["SUSPENSE"]


def test_a_write_off_above_the_limit_posts_nothing_before_a_second_person_approved_it() -> None:
    charge = session("A", "2025-11-03", payer=None, client="ada")
    proposal = decide("w", ResolutionKind.WRITE_OFF, session_key("A"), "2026-01-10", amount=15000)
    own = decide("a", ResolutionKind.APPROVE, "resolution/decisions/w", "2026-01-11", by="dana")
    other = decide("a", ResolutionKind.APPROVE, "resolution/decisions/w", "2026-01-11", by="owner")

    assert "BAD_DEBT" not in balances(keep(charge, proposal))
    assert "BAD_DEBT" not in balances(keep(charge, proposal, own))
    assert ["w"] == [one.key.rsplit("/", 1)[-1] for one in keep(charge, proposal).waiting_for_approval]
    assert "150.00" == balances(keep(charge, proposal, other))["BAD_DEBT"]


def test_money_for_a_written_off_balance_is_a_recovery() -> None:
    books = keep(
        session("A", "2025-11-03", "40", payer=None, client="ada"),
        decide("w", ResolutionKind.WRITE_OFF, session_key("A"), "2026-01-10"),
        client_payment("1", "2026-01-20", "40", client="ada", session="A"),
    )

    assert {"UNDEPOSITED": "40.00", "REVENUE_CLIENT": "-40.00"} == balances(books)


def test_money_at_the_bank_waits_and_then_goes_to_suspense() -> None:
    line = bank("1", "2025-11-14", "60", "ACH HPHC CLAIMS")
    early = keep_books(Facts.of([line]), make_rules(), day("2025-11-18"))
    late = keep_books(Facts.of([line]), make_rules(), day("2025-11-21"))

    assert not early.entries
    assert {"BANK": "60.00", "SUSPENSE": "-60.00"} == balances(late)
    assert {"HPHC"} == {one.party for one in late.entries[0].lines if one.party}


def test_a_virtual_card_from_a_payer_is_income_with_a_cost_and_never_net() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", PAID, payment_method="NON"),
        decide("v", ResolutionKind.VIRTUAL_CARD, "remittance/era/1", "2025-11-15", account="stripe"),
        payout("po_777777", "2025-11-16", "82.23", ("charge", "TRACE1", "85", "2.77")),
        bank("1", "2025-11-17", "82.23", "STRIPE PO 777777"),
    )

    assert {"BANK": "82.23", "CARD_FEES": "2.77", "AR_CLIENT": "25.00"}.items() <= balances(books).items()
    assert not {"PAYER_CLEARING", "CARD_STRIPE", "SUSPENSE"} & set(balances(books))


def test_a_virtual_card_whose_remittance_does_not_add_up_is_in_suspense_and_its_payout_is_explained() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "84", PAID, payment_method="NON"),
        decide("v", ResolutionKind.VIRTUAL_CARD, "remittance/era/1", "2025-11-15", account="stripe"),
        payout("po_777777", "2025-11-16", "81.23", ("charge", "TRACE1", "84", "2.77")),
        bank("1", "2025-11-17", "81.23", "STRIPE PO 777777"),
    )

    assert {"BANK": "81.23", "CARD_FEES": "2.77", "SUSPENSE": "-84.00"}.items() <= balances(books).items()
    assert not {"PAYER_CLEARING", "CARD_STRIPE"} & set(balances(books))
    assert not any(one.held for one in books.entries)


def test_a_check_back_to_the_payer_settles_what_it_overpaid() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", PAID),
        remittance("2", "2025-11-21", "85", PAID, eft_trace="OTHER2"),
        decide("r", ResolutionKind.NOT_A_REPEAT, "remittance/era/2", "2025-11-22"),
        decide("b", ResolutionKind.PAY_PAYER_BACK, session_key("K1"), "2025-12-01", amount=8500, account="ANTH"),
    )

    assert "RECOUPMENT" not in balances(books)
    assert "-85.00" == balances(books)["BANK"]


def test_a_credit_that_nobody_claims_is_owed_to_the_state() -> None:
    books = keep(
        session("A", "2025-11-03", "30", payer=None, client="ada"),
        client_payment("1", "2025-11-20", "50", client="ada", session="A"),
        decide("u", ResolutionKind.UNCLAIMED, "client_payment/pay/1", "2026-01-15"),
    )

    assert "-20.00" == balances(books)["UNCLAIMED"]
    assert "CLIENT_CREDIT" not in balances(books)
    assert not books.credits


def test_a_payment_that_names_an_invoice_closes_its_session() -> None:
    books = keep(
        session("A", "2025-11-03", "30", payer=None, client="ada", invoice="INV-7"),
        session("B", "2025-11-03", "30", payer=None, client="ben"),
        client_payment("1", "2025-11-20", "30", client=None, session="INV-7"),
    )

    assert ("ada", session_key("A"), "invoice named") == _matched(books, "1")
    assert [session_key("B")] == [one.session for one in books.open_items]


def test_an_invoice_of_several_sessions_says_whose_the_money_is_and_no_more() -> None:
    two = [session(name, "2025-11-03", "30", payer=None, client="ada", invoice="INV-7") for name in ("A", "B")]
    other = session("C", "2025-11-03", "30", payer=None, client="ben", invoice="INV-8")
    books = keep(*two, other, client_payment("1", "2025-11-20", "30", client=None, session="INV-7"))

    assert ("ada", None, "invoice named") == _matched(books, "1")
    assert (None, None, "nothing named") == _matched(
        keep(*two, msgspec.structs.replace(other, invoice="INV-7"),
             client_payment("1", "2025-11-20", "30", client=None, session="INV-7")), "1",
    )  # fmt: skip


def test_a_session_of_that_very_number_goes_before_an_invoice() -> None:
    books = keep(
        session("7", "2025-11-03", "30", payer=None, client="ada"),
        session("B", "2025-11-03", "30", payer=None, client="ada", invoice="7"),
        client_payment("1", "2025-11-20", "30", client="ada", session="7"),
    )

    assert ("ada", session_key("7"), "session named") == _matched(books, "1")


def _matched(books: Books, payment: str) -> tuple[str | None, str | None, str]:
    found = books.payments[f"client_payment/pay/{payment}"]
    return found.client, found.session, found.rule


def test_a_payment_that_a_person_split_closes_each_session_by_its_part() -> None:
    facts = (
        session("A", "2025-11-03", "100", payer=None, client="ada"),
        session("B", "2025-11-10", "80", payer=None, client="ada"),
        client_payment("1", "2025-11-20", "150"),
    )
    split = decide(
        "d", ResolutionKind.CHOOSE_MATCH, facts[2].key, "2025-11-21",
        targets=(session_key("A"), session_key("B")), amounts=(10000, 5000),
    )  # fmt: skip

    books = keep(*facts, split)

    assert [(session_key("B"), 3000)] == [(item.session, item.amount) for item in books.open_items]
    assert "SUSPENSE" not in balances(books)
    taken_back = decide("e", ResolutionKind.TAKE_BACK, split.key, "2025-11-22")
    assert "-150.00" == balances(keep(*facts, split, taken_back))["SUSPENSE"]


def test_a_split_that_does_not_add_up_or_mixes_clients_is_none() -> None:
    facts = (
        session("A", "2025-11-03", "100", payer=None, client="ada"),
        session("B", "2025-11-10", "80", payer=None, client="bea"),
        client_payment("1", "2025-11-20", "150"),
    )
    both = (session_key("A"), session_key("B"))

    mixed = decide("d", ResolutionKind.CHOOSE_MATCH, facts[2].key, "2025-11-21", targets=both, amounts=(10000, 5000))
    books = keep(*facts, mixed)

    assert 8000 == sum(one.amount for one in books.open_items if one.session == session_key("B"))


def test_a_card_that_nobody_names_is_stripes() -> None:
    for account in (None, "somebody", "STRIPE"):
        books = keep(
            session("K1", "2025-11-03"),
            remittance("1", "2025-11-14", "85", PAID, payment_method="NON"),
            decide("v", ResolutionKind.VIRTUAL_CARD, "remittance/era/1", "2025-11-15", account=account),
        )

        assert "85.00" == balances(books)["CARD_STRIPE"]
    ivy = decide("v", ResolutionKind.VIRTUAL_CARD, "remittance/era/1", "2025-11-15", account="Ivy")
    books = keep(session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85", PAID), ivy)

    assert "85.00" == balances(books)["CARD_IVY"]


def test_what_another_client_contests_brings_back_no_debt_of_the_one_who_paid() -> None:
    books = keep(
        session("A", "2025-11-03", payer=None, client="ada"),
        session("B", "2025-11-04", payer=None, client="ben"),
        client_payment("ch", "2025-11-05", "150", "card", client="ada", session="A"),
        dispute("d", "2025-12-01", "150", "0", payment="ch", client="ben"),
    )

    assert [("session/ehr/B", 15000)] == [(one.session, one.amount) for one in books.open_items]
    assert "150.00" == balances(books)["CLIENT_CREDIT"]


def test_a_bounced_check_whose_credit_was_given_back_is_owed_on_the_session_that_it_named() -> None:
    """100.00 closed the session, 50.00 were a credit and refunded: all of the 150.00 is owed again."""
    books = keep(
        session("A", "2025-11-03", "100", payer=None, client="ada"),
        client_payment("1021", "2025-11-04", "150", "check", client="ada", session="A"),
        refund("r", "2025-11-10", "50", client="ada"),
        dispute("d", "2025-12-01", "150", "0", "check", payment="1021"),
    )
    bounced = next(one for one in books.entries if one.kind is EntryKind.DISPUTE)

    assert [(session_key("A"), 15000)] == [(one.session, one.amount) for one in books.open_items]
    assert {(Account.AR_CLIENT, "ada", session_key("A"), "mk"), (Account.BANK, "ada", "dispute/pay/d", None)} == {
        (one.account, one.party, one.item, one.clinician) for one in bounced.lines
    }


def test_a_bounced_check_takes_no_credit_that_another_payment_left() -> None:
    books = keep(
        session("A", "2025-11-03", "100", payer=None, client="ada"),
        client_payment("ch", "2025-11-02", "40", "card", client="ada"),
        client_payment("1021", "2025-11-04", "100", "check", client="ada", session="A"),
        dispute("d", "2025-12-01", "100", "0", "check", payment="1021"),
    )

    assert [(session_key("A"), 10000)] == [(one.session, one.amount) for one in books.open_items]
    assert "-40.00" == balances(books)["CLIENT_CREDIT"]


COPAYS = (
    session("A", "2025-11-03", client="ada"),
    session("B", "2025-11-10", client="ada"),
    client_payment("1", "2025-11-03", "25", client="ada", session="A"),
    client_payment("2", "2025-11-10", "25", client="ada", session="B"),
)


def test_a_refund_of_a_payment_takes_the_credit_of_its_session_and_no_other() -> None:
    books = keep(*COPAYS, refund("r", "2025-11-12", "25", client="ada", payment="2"))

    assert [(session_key("A"), 2500)] == [(one.item, one.amount) for one in books.credits]


def test_a_refund_that_is_more_than_the_credit_of_its_session_leaves_the_others_alone() -> None:
    books = keep(*COPAYS, refund("r", "2025-11-12", "30", client="ada", payment="2"))

    assert [(session_key("A"), 2500)] == [(one.item, one.amount) for one in books.credits]


def test_a_credit_waits_for_its_own_session_and_does_not_keep_the_next_one_waiting() -> None:
    books = keep(*COPAYS, remittance("1", "2025-11-20", "85", claim("B", "150", "85", "CO-45 40, PR-3 25")))

    assert [(session_key("A"), 2500)] == [(one.item, one.amount) for one in books.credits]
    assert [session_key("A")] == [one.session for one in books.open_items]


def test_a_payment_split_over_two_written_off_sessions_brings_both_back() -> None:
    off = [decide(name, ResolutionKind.WRITE_OFF, session_key(name), "2025-11-20", amount=5000) for name in ("A", "B")]
    books = keep(
        session("A", "2025-11-03", "50", payer=None, client="ada"),
        session("B", "2025-11-10", "50", payer=None, client="ada"),
        *off,
        client_payment("1", "2025-12-01", "100", client="ada"),
        decide(
            "split", ResolutionKind.CHOOSE_MATCH, "client_payment/pay/1", "2025-12-02",
            targets=(session_key("A"), session_key("B")), amounts=(5000, 5000),
        ),
    )  # fmt: skip
    recovered = [one.key for one in books.entries if one.kind is EntryKind.RECOVERY]

    assert 2 == len(set(recovered)) == len(recovered)
    assert not {"AR_CLIENT", "BAD_DEBT"} & set(balances(books))


def test_card_money_that_is_given_back_leaves_the_processor_that_had_it() -> None:
    back = msgspec.structs.replace(refund("r", "2025-11-12", "20", "card", client="ada"), processor="Ivy")

    assert "-20.00" == balances(keep(*COPAYS, back))["CARD_IVY"]
