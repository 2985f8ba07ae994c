"""What a wish says, in words that QuickBooks' side can say too."""

from __future__ import annotations

import msgspec
import pytest

from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import CustomerName, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from tests.builders import day
from tests.plan.entries import A, rules

WISH = DesiredEntry(
    key="deposit:1|deposit",
    kind=QuickBooksKind.DEPOSIT,
    reference="HHS-22222222222222222",
    date=day("2025-11-14"),
    customer=CustomerName("Anthem", "K1"),
    amount=8628,
    lines=(
        DesiredLine(account=A.INTEREST, amount=128, clinician="mk", customer=CustomerName("Anthem", "")),
        DesiredLine(account=A.RECOUPMENT, amount=-1),
    ),
    links=(DesiredLink(entry="b", amount=2), DesiredLink(entry="a", amount=1)),
    deposit_to=A.BANK,
    memo="Insurance deposit",
)
REFERENCES = {"a": "HHS-A", "b": "HHS-B"}


def digest(**change: object) -> str:
    return content_of(msgspec.structs.replace(WISH, **change), rules(), REFERENCES).digest()


def test_accounts_classes_customers_and_links_go_by_what_people_see() -> None:
    said = content_of(WISH, rules(), REFERENCES)

    assert [("2300", -1, "", ""), ("7100", 128, "M. Keene", "Anthem")] == [
        (line.account, line.amount, line.class_name, line.customer) for line in said.lines
    ]
    assert (("HHS-A", 1), ("HHS-B", 2)) == said.links
    assert ("K1 Anthem", "1000", "") == (said.customer, said.deposit_to, said.paid_from)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": WISH.lines[::-1]}, {"links": WISH.links[::-1]}, {"memo": "else"}, {"payee": "else"}, {"key": "else"},
        {"reference": "HHS-33333333333333333"},
    ],
)  # fmt: skip
def test_order_memo_and_our_own_names_are_not_what_it_says(change: dict[str, object]) -> None:
    assert digest() == digest(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": QuickBooksKind.TRANSFER}, {"date": day("2025-11-15")}, {"customer": None}, {"amount": 1},
        {"lines": ()}, {"links": ()}, {"deposit_to": A.CARD_STRIPE}, {"paid_from": A.BANK},
    ],
)  # fmt: skip
def test_whatever_it_does_to_the_books_is_what_it_says(change: dict[str, object]) -> None:
    assert digest() != digest(**change)


def test_where_no_money_moves_its_accounts_say_nothing() -> None:
    assert digest(amount=0) == digest(amount=0, deposit_to=None)
