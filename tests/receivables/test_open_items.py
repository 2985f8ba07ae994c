"""What is open on a session: who owes it, how much, and since when."""

from __future__ import annotations

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from hhs_sync.receivables.open_items import OpenItem, open_items
from tests.builders import day, session, session_key
from tests.plan.entries import A, entry, line

K1, K2 = session_key("K1"), session_key("K2")
SESSIONS = {K1: session("K1", "2025-11-03"), K2: session("K2", "2025-11-04")}


def test_an_item_is_open_since_its_party_last_came_to_owe_from_nothing() -> None:
    charged = entry(
        "charge:1", "2025-11-03", EntryKind.CHARGE, line(A.AR_PAYER, "150", "ANTH", K1), line(A.BANK, "-150")
    )
    paid = entry(
        "paid:1", "2025-11-14", EntryKind.CLAIM_PAYMENT, line(A.AR_PAYER, "-150", "ANTH", K1), line(A.BANK, "150")
    )
    back = entry("back:1", "2025-12-05", EntryKind.REVERSAL, line(A.AR_PAYER, "85", "ANTH", K1), line(A.BANK, "-85"))
    more = entry("back:2", "2025-12-08", EntryKind.REVERSAL, line(A.AR_PAYER, "10", "ANTH", K1), line(A.BANK, "-10"))

    assert () == open_items([charged, paid], SESSIONS)
    assert (OpenItem(K1, Account.AR_PAYER, "ANTH", 9500, day("2025-11-03"), day("2025-12-05")),) == open_items(
        [charged, paid, back, more], SESSIONS
    )


def test_each_party_of_a_session_is_an_item_and_a_credit_is_one_below_zero() -> None:
    both = entry(
        "both:1", "2025-11-14", EntryKind.TO_CLIENT,
        line(A.AR_PAYER, "-25", "ANTH", K2), line(A.AR_CLIENT, "25", "ada", K2),
        line(A.AR_PAYER, "5", None, K1), line(A.BANK, "-5"),
    )  # fmt: skip

    assert [(K1, "", 500), (K2, "ada", 2500), (K2, "ANTH", -2500)] == [
        (one.session, one.party, one.amount) for one in open_items([both], SESSIONS)
    ]
