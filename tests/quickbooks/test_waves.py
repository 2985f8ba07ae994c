"""The order in which a plan is carried out."""

import random

from hhs_sync.plan.changes import PushedEntry, Update, Void
from hhs_sync.plan.desired import CustomerName, QuickBooksKind
from hhs_sync.quickbooks.waves import customers_of, void_waves, waves
from tests.quickbooks.office import ANTHEM, ANTHEM_K1, K1, claim, create, deposit, entry, invoice, payment


def keys(found):
    return [[change.desired.key for change in wave] for wave in found]


def void(key, kind):
    pushed = PushedEntry(
        key=key, kind=kind, reference="", quickbooks_id=key, desired_digest="", posted_digest=""
    )  # fmt: skip
    return Void(pushed=pushed, posted=None)


def test_what_is_needed_goes_in_an_earlier_wave():
    changes = [create(wish) for wish in (*claim(1), *claim(2))]
    random.Random(1).shuffle(changes)
    found = waves(changes)
    place = {change.desired.key: number for number, wave in enumerate(found) for change in wave}

    assert 3 == len(found)
    for change in changes:
        for need in change.desired.needs:
            assert place[need] < place[change.desired.key]


def test_invoices_go_before_credit_memos_of_their_wave_each_in_the_plans_order():
    changes = [create(wish) for wish in (claim(2)[1], claim(2)[0], claim(1)[1], claim(1)[0])]

    assert [["charge:2", "charge:1", "adjust:2", "adjust:1"]] == keys(waves(changes))


def test_a_need_within_its_own_kind_goes_first_all_the_same():
    second = entry("journal:2", QuickBooksKind.JOURNAL_ENTRY, needs=("journal:1",))
    first = entry("journal:1", QuickBooksKind.JOURNAL_ENTRY)

    assert [["journal:1"], ["journal:2"]] == keys(waves([create(second), create(first)]))


def test_a_need_that_is_not_in_the_plan_delays_nothing():
    assert [["payment:9"]] == keys(waves([create(payment("payment:9", links=[("charge:9", 1)]))]))


def test_updates_go_with_the_creations_of_their_kind():
    """A payment may rest on an invoice's new amount."""
    update = Update(desired=invoice(amount=20000), pushed=None, posted=None)
    rests = payment(amount=20000, links=[("charge:1", 20000)])

    assert [["charge:1"], ["payment:1"]] == keys(waves([create(rests), update]))


def test_payers_go_before_the_clients_under_them():
    sub = entry("customer:sub", QuickBooksKind.CUSTOMER, customer=ANTHEM_K1)
    payer = entry("customer:payer", QuickBooksKind.CUSTOMER, customer=ANTHEM)

    assert [["customer:payer"], ["customer:sub"]] == keys(waves([create(sub), create(payer)]))


def test_voids_go_in_the_opposite_order_and_customers_stay():
    changes = [
        void("c", QuickBooksKind.CUSTOMER), void("i", QuickBooksKind.INVOICE), void("m", QuickBooksKind.CREDIT_MEMO),
        void("p", QuickBooksKind.PAYMENT), void("d", QuickBooksKind.DEPOSIT),
    ]  # fmt: skip

    assert [["d"], ["p"], ["m", "i"]] == [[change.pushed.key for change in wave] for wave in void_waves(changes)]


def test_every_customer_that_entries_name_is_listed_once_payers_first():
    other = CustomerName("Aetna", "K2")
    changes = [create(invoice("a")), create(invoice("b", customer=K1)), create(invoice("c", customer=other))]
    changes.append(create(deposit(lines=[])))

    assert [ANTHEM, K1, CustomerName("Aetna", ""), ANTHEM_K1, other] == customers_of(changes)
