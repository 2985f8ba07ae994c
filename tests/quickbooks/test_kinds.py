"""Every kind of entry there and back: made by the push, shown by the mirror, changed, voided, and found again."""

import datetime as dt
from collections import Counter

import msgspec
import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import DesiredLine, QuickBooksKind
from hhs_sync.quickbooks.entities import body_of, object_for
from hhs_sync.quickbooks.posted import digest_of
from tests.quickbooks.office import (
    ANTHEM_K1,
    K1,
    PRACTICE,
    claim,
    create,
    credit_memo,
    deposit,
    entry,
    invoice,
    payment,
)

RECEIPT = entry(
    "prepaid:1", QuickBooksKind.SALES_RECEIPT, customer=K1, amount=2500, deposit_to=Account.UNDEPOSITED,
    lines=(DesiredLine(account=Account.CLIENT_CREDIT, amount=2500),),
    effects=((Account.UNDEPOSITED, 2500), (Account.CLIENT_CREDIT, -2500)),
)  # fmt: skip
TRANSFER = entry(
    "transfer:1", QuickBooksKind.TRANSFER, amount=9649, paid_from=Account.CARD_STRIPE, deposit_to=Account.BANK,
    effects=((Account.BANK, 9649), (Account.CARD_STRIPE, -9649)),
)  # fmt: skip
PURCHASE = entry(
    "fees:1", QuickBooksKind.PURCHASE, amount=351, paid_from=Account.CARD_STRIPE,
    lines=(DesiredLine(account=Account.CARD_FEES, amount=351, clinician="jp", description="Card fees"),),
    effects=((Account.CARD_FEES, 351), (Account.CARD_STRIPE, -351)),
)  # fmt: skip
JOURNAL = entry(
    "dispute:1", QuickBooksKind.JOURNAL_ENTRY, amount=7500,
    lines=(
        DesiredLine(account=Account.AR_CLIENT, amount=7500, customer=K1),
        DesiredLine(account=Account.CARD_STRIPE, amount=-7500),
    ),
    effects=((Account.AR_CLIENT, 7500), (Account.CARD_STRIPE, -7500)),
)  # fmt: skip
TAKEBACK = DesiredLine(account=Account.RECOUPMENT, amount=-8500, customer=ANTHEM_K1, description="Takeback")
INTEREST = DesiredLine(account=Account.INTEREST, amount=128, clinician="mk")
DEPOSIT = deposit("deposit:1", [("payment:1", 11000), ("prepaid:1", 2500)], [TAKEBACK, INTEREST])
UNAPPLIED = payment("payment:2", 5000, [("charge:2", 3000)])
ALL = (
    *claim()[:3], invoice("charge:2", 4100), credit_memo("adjust:2", 1100),
    payment("payment:0", 0, [("charge:2", 1100), ("adjust:2", 1100)]),
    UNAPPLIED, RECEIPT, TRANSFER, PURCHASE, JOURNAL, DEPOSIT,
)  # fmt: skip
KINDS = {wish.kind: wish for wish in ALL}


@pytest.fixture
def full(office):
    """A company that holds one of everything."""
    report = office.push(*map(create, ALL))

    assert ("", (), ()) == (report.stopped, report.held, report.refused)
    return office


def summed(effects):
    sums = Counter()
    for account, cents in effects:
        sums[account] += cents
    return {account: cents for account, cents in sums.items() if cents}


@pytest.mark.parametrize("wish", ALL, ids=lambda wish: wish.key)
def test_what_is_posted_does_to_the_accounts_what_was_wished(full, wish):
    posted = full.posted(wish.key)

    assert summed((full.rules.account(account).number, cents) for account, cents in wish.effects) == dict(
        posted.effects
    )
    assert (wish.reference, wish.amount, wish.date) == (posted.reference, posted.amount, posted.date)


@pytest.mark.parametrize("wish", ALL, ids=lambda wish: wish.key)
def test_what_is_posted_has_the_content_that_was_wished(full, wish):
    """So that an entry which is there already can be told from one that has to be changed."""
    references = {one.key: one.reference for one in ALL}

    assert content_of(wish, full.rules, references).digest() == full.posted(wish.key).content_digest
    later = msgspec.structs.replace(wish, date=dt.date(2026, 11, 16))
    assert content_of(later, full.rules, references).digest() != full.posted(wish.key).content_digest


@pytest.mark.parametrize("wish", ALL, ids=lambda wish: wish.key)
def test_what_is_sent_has_the_digest_of_what_quickbooks_makes_of_it(full, wish):
    """By this a lost answer to a change is recognised."""
    body = msgspec.json.decode(body_of(object_for(wish, full.catalog())))

    assert digest_of(wish.kind, body) == full.posted(wish.key).digest == full.pushed(wish.key).posted_digest


def test_what_the_answers_said_is_what_a_full_reading_says(full):
    """No entry is read back after a push, so what the answers brought into the mirror must be all there is to know."""
    before = full.store.mirror.entries(PRACTICE)
    full.store.mirror.set_cursor(PRACTICE, "quickbooks changes", "")
    refreshed = full.refresh()

    assert refreshed.whole
    assert before == full.store.mirror.entries(PRACTICE)


CHANGED = (
    invoice("charge:1", 15500),
    credit_memo("adjust:2", 1200),
    msgspec.structs.replace(RECEIPT, date=dt.date(2026, 11, 14)),
    msgspec.structs.replace(TRANSFER, amount=9650),
    msgspec.structs.replace(PURCHASE, amount=350, lines=(DesiredLine(account=Account.CARD_FEES, amount=350),)),
    msgspec.structs.replace(JOURNAL, date=dt.date(2026, 11, 1)),
    payment("payment:2", 5000, [("charge:2", 2900)]),
    payment("payment:2", 4000, []),
    deposit("deposit:1", [("payment:1", 11000)], [TAKEBACK]),
)


@pytest.mark.parametrize("wish", CHANGED, ids=lambda wish: wish.kind.value)
def test_a_changed_wish_becomes_an_update_of_the_same_entry(full, wish):
    """A receipt in a deposit is locked, so its case has the deposit let it go first."""
    if wish.kind is QuickBooksKind.SALES_RECEIPT:
        full.push(full.update(deposit("deposit:1", [("payment:1", 11000)])))
    before = full.pushed(wish.key)
    report = full.push(full.update(wish))

    references = {one.key: one.reference for one in ALL}
    assert (1, (), ()) == (report.updated, report.refused, report.held)
    assert before.quickbooks_id == full.pushed(wish.key).quickbooks_id
    assert wish.digest() == full.pushed(wish.key).desired_digest
    assert content_of(wish, full.rules, references).digest() == full.posted(wish.key).content_digest
    assert full.posted(wish.key).digest == full.pushed(wish.key).posted_digest


def test_everything_voided_leaves_the_books_empty_and_every_entry_there(full):
    """Void where QuickBooks can, an update to nothing where it can't, and never a deletion."""
    counts = {kind: len(full.table(kind.value)) for kind in KINDS}
    report = full.push(*(full.void(wish.key) for wish in ALL))

    assert ("", (), ()) == (report.stopped, report.refused, report.held)
    assert len(ALL) == report.voided
    assert {0} == set(full.company.ledger.balances.values())
    assert counts == {kind: len(full.table(kind.value)) for kind in KINDS}
    for wish in ALL:
        assert full.posted(wish.key).voided, wish.key
        assert full.pushed(wish.key).voided
        assert wish.reference == full.posted(wish.key).reference


def test_what_is_voided_already_is_only_noted(full):
    full.push(full.void("charge:2"))
    change = full.void("charge:2")
    full.client.calls.clear()
    report = full.push(change)

    assert 1 == report.voided
    assert 0 == full.client.calls["write:invoice"]


def test_an_entry_voided_and_wished_again_can_be_written_over(full):
    """The same entry, the same mark: it comes back to life."""
    full.push(*(full.void(key) for key in ("transfer:1", "fees:1")))
    report = full.push(full.update(TRANSFER), full.update(PURCHASE))

    assert 2 == report.updated
    assert not full.posted("transfer:1").voided
    assert not full.pushed("transfer:1").voided
    assert 9649 == full.posted("transfer:1").amount


def test_without_class_tracking_lines_bear_no_class(office):
    with office.sim.state.lock:
        office.company.tables["Preferences"]["1"]["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] = False
    office.store.mirror.set_cursor(PRACTICE, "quickbooks changes", "")
    office.refresh()
    office.push(create(invoice()))

    line = next(iter(office.table("Invoice").values()))["Line"][0]
    assert "ClassRef" not in line["SalesItemLineDetail"]


def test_where_quickbooks_numbers_sales_forms_itself_the_mark_in_the_note_is_enough(offices):
    office = offices()
    with office.sim.state.lock:
        office.company.tables["Preferences"]["1"]["SalesFormsPrefs"]["CustomTxnNumbers"] = False
    office.push(*map(create, claim()))
    for fields in office.company.tables["Invoice"].values():
        fields["DocNumber"] = "1001"
    office.store.mirror.set_cursor(PRACTICE, "quickbooks changes", "")
    office.refresh()

    assert claim()[0].reference == office.posted("charge:1").reference
    assert office.posted("charge:1").digest == office.pushed("charge:1").posted_digest
