"""What is open on documents, and what waits for the bank: nothing is closed or banked twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hhs_sync.ledger.entry import Line
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.links import OpenBalances, Receipt, Receipts

PLACE = (Account.AR_PAYER, "ANTH", "session/ehr/1")
OTHER = (Account.AR_CLIENT, "c-1", "session/ehr/1")


def test_the_oldest_invoice_is_closed_first() -> None:
    balances = OpenBalances()
    balances.add([(PLACE, 100)], "first", 100)
    balances.add([(PLACE, 50)], "second", 50)
    taken: dict[str, int] = {}

    assert 120 == balances.take(PLACE, 120, taken)
    assert {"first": 100, "second": 20} == taken
    assert 30 == balances.take(PLACE, 99, taken)
    assert 0 == balances.take(PLACE, 1, taken)
    assert not balances


def test_a_place_knows_only_its_own() -> None:
    balances = OpenBalances()
    balances.add([(PLACE, 100)], "invoice", 100)

    assert 0 == balances.take(OTHER, 100, {})


def test_a_document_opens_no_more_than_its_total() -> None:
    balances = OpenBalances()
    balances.add([(PLACE, 100), (OTHER, 100)], "invoice", 130)

    assert 100 == balances.take(PLACE, 200, {})
    assert 30 == balances.take(OTHER, 200, {})


def test_what_is_not_positive_opens_nothing() -> None:
    balances = OpenBalances()
    balances.add([(PLACE, 0), (OTHER, -5)], "invoice", 100)

    assert not balances


@given(opened=st.lists(st.integers(1, 1000), max_size=6), wanted=st.lists(st.integers(1, 1500), max_size=6))
def test_whatever_is_taken_was_open_once(opened: list[int], wanted: list[int]) -> None:
    balances = OpenBalances()
    for number, amount in enumerate(opened):
        balances.add([(PLACE, amount)], str(number), amount)
    taken: dict[str, int] = {}
    closed = sum(balances.take(PLACE, amount, taken) for amount in wanted)

    assert min(sum(opened), sum(wanted)) == closed == sum(taken.values())
    assert all(amount <= opened[int(number)] for number, amount in taken.items())


def receipt(document: str, origin: str, amount: int = 100) -> Receipt:
    return Receipt(document, amount, Account.PAYER_CLEARING, origin)


def taken(item: str, amount: int = 100) -> Line:
    """A deposit's line that takes money of a session out of clearing."""
    return Line(Account.PAYER_CLEARING, -amount, "ANTH", item)


def test_a_receipt_goes_to_the_deposit_that_names_its_remittance() -> None:
    receipts = Receipts()
    first, second = receipt("first", "era/1"), receipt("second", "era/2")
    receipts.add("ANTH", "s", first)
    receipts.add("ANTH", "s", second)

    assert [second] == receipts.bank(taken("s"), {"era/2"}, "deposit 1")
    assert [] == receipts.bank(taken("s"), {"era/2"}, "deposit 2")
    assert [first] == receipts.bank(taken("s"), {"era/1", "era/2"}, "deposit 3")


def test_a_receipt_for_several_sessions_is_banked_once_and_no_other_in_its_stead() -> None:
    receipts = Receipts()
    both, other, anew = receipt("both", "era/1", 160), receipt("other", "era/2"), receipt("anew", "era/1", 60)
    receipts.add("ANTH", "s1", both)
    receipts.add("ANTH", "s2", both)
    receipts.add("ANTH", "s2", other)
    receipts.add("ANTH", "s2", anew)

    assert [both] == receipts.bank(taken("s1"), {"era/1"}, "deposit 1")
    assert [] == receipts.bank(taken("s2", 60), {"era/1"}, "deposit 1")


def test_a_line_takes_the_oldest_receipts_and_no_more_than_it_tells() -> None:
    """A remittance that was told otherwise after a close has brought its money twice."""
    receipts = Receipts()
    signed = [receipt("signed", "era/1", 60), receipt("signed too", "era/1", 40)]
    anew = receipt("anew", "era/1")
    for one in (*signed, anew):
        receipts.add("ANTH", "s", one)

    assert signed == receipts.bank(taken("s"), {"era/1"}, "deposit 1")
    assert [anew] == receipts.bank(taken("s"), {"era/1"}, "deposit 1 anew")


def test_where_the_deposit_names_nothing_known_the_oldest_receipt_goes() -> None:
    receipts = Receipts()
    first, second = receipt("first", "era/1"), receipt("second", "era/2")
    receipts.add("ANTH", "s", first)
    receipts.add("ANTH", "s", second)

    assert [first] == receipts.bank(taken("s"), set(), "deposit 1")
    assert [second] == receipts.bank(taken("s", 300), {"era/9"}, "deposit 2")
    assert [] == receipts.bank(taken("s"), set(), "deposit 3")
    assert [] == receipts.bank(taken("unheard"), set(), "deposit 4")
