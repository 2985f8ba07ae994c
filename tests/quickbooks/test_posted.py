"""What QuickBooks shows, in our words; what counts as a hand edit and what does not."""

import copy
from decimal import Decimal

import pytest

from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog, Preferences
from hhs_sync.quickbooks.posted import digest_of, is_voided, posted_entry, reference_of, total_of
from tests.quickbooks.office import REFERENCES, rules_of

MARK = REFERENCES.of("charge:1")
INVOICE = {
    "Id": "7",
    "SyncToken": "0",
    "TxnDate": "2026-11-15",
    "DocNumber": MARK,
    "PrivateNote": f"Batch [{MARK}]",
    "CustomerRef": {"value": "5", "name": "K7F3Q Anthem"},
    "TotalAmt": Decimal("150.00"),
    "Balance": Decimal("150.00"),
    "Line": [
        {
            "Id": "1", "LineNum": 1, "Amount": Decimal("150.00"), "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": "3", "name": "SESSION-COM"}, "ItemAccountRef": {"value": "40"}, "Qty": 1,
                "ClassRef": {"value": "8"}, "TaxCodeRef": {"value": "NON"},
            },
        },
        {"Amount": Decimal("150.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
    "MetaData": {"LastUpdatedTime": "2026-11-21T09:00:00-08:00"},
}  # fmt: skip
ACCOUNTS = (
    ("10", "1000", "Bank", "Checking"),
    ("11", "1100", "Accounts Receivable", "AccountsReceivable"),
    ("12", "1200", "Other Current Asset", "UndepositedFunds"),
    ("23", "2300", "Other Current Liability", "OtherCurrentLiabilities"),
    ("40", "4010", "Income", "ServiceFeeIncome"),
    ("99", "", "Expense", "OtherMiscellaneousServiceCost"),
)


@pytest.fixture
def catalog():
    accounts = [
        {"Id": number, "AcctNum": known, "Name": f"Account {number}", "FullyQualifiedName": f"Account {number}",
         "AccountType": kind, "AccountSubType": detail}
        for number, known, kind, detail in ACCOUNTS
    ]  # fmt: skip
    lists = {
        "Account": accounts,
        "Item": [{"Id": "3", "Name": "SESSION-COM", "IncomeAccountRef": {"value": "40"}}],
        "Customer": [{"Id": "5", "DisplayName": "K7F3Q Anthem"}],
        "Class": [{"Id": "8", "Name": "M. Keene"}],
    }
    return Catalog(rules_of(), lists, Preferences())


def changed(**fields):
    return {**copy.deepcopy(INVOICE), **fields}


def test_an_invoice_shows_total_customer_mark_and_effects(catalog):
    posted = posted_entry(QuickBooksKind.INVOICE, INVOICE, catalog)

    assert ("7", "0", MARK, 15000, "K7F3Q Anthem") == (
        posted.quickbooks_id, posted.sync_token, posted.reference, posted.amount, posted.customer,
    )  # fmt: skip
    assert (("1100", 15000), ("4010", -15000)) == posted.effects
    assert f"Invoice {MARK} of 2026-11-15, 150.00: 1100 150.00, 4010 -150.00" == posted.summary


@pytest.mark.parametrize(
    ("kind", "fields", "effects"),
    [
        ("CreditMemo", INVOICE, {"1100": -15000, "4010": 15000}),
        ("SalesReceipt", INVOICE, {"1200": 15000, "4010": -15000}),
        ("SalesReceipt", {**INVOICE, "DepositToAccountRef": {"value": "10"}}, {"1000": 15000, "4010": -15000}),
        ("Payment", {"Id": "1", "TotalAmt": 110}, {"1200": 11000, "1100": -11000}),
        ("Payment", {"Id": "1", "TotalAmt": 0}, {}),
        (
            "Deposit",
            {
                "Id": "1", "TotalAmt": 25, "DepositToAccountRef": {"value": "10"},
                "Line": [
                    {"Amount": 110, "LinkedTxn": [{"TxnId": "1", "TxnType": "Payment"}]},
                    {"Amount": -85, "DepositLineDetail": {"AccountRef": {"value": "23"}}},
                ],
            },
            {"1000": 2500, "1200": -11000, "2300": 8500},
        ),
        (
            "Transfer",
            {"Id": "1", "Amount": 96.49, "FromAccountRef": {"value": "12"}, "ToAccountRef": {"value": "10"}},
            {"1000": 9649, "1200": -9649},
        ),
        (
            "Purchase",
            {
                "Id": "1", "TotalAmt": "3.51", "AccountRef": {"value": "10"},
                "Line": [{"Amount": "3.51", "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "99"}}}],
            },
            {"1000": -351, "Account 99": 351},
        ),
        (
            "JournalEntry",
            {
                "Id": "1",
                "Line": [
                    {"Amount": 5, "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "11"}}},
                    {"Amount": 5, "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": "10"}}},
                    {"Description": "text", "DetailType": "DescriptionOnly"},
                ],
            },
            {"1100": 500, "1000": -500},
        ),
    ],
)  # fmt: skip
def test_each_kind_shows_what_it_does_to_the_accounts(catalog, kind, fields, effects):
    posted = posted_entry(QuickBooksKind(kind), fields, catalog)

    assert effects == dict(posted.effects)
    assert 0 == sum(effects.values())


@pytest.mark.parametrize(
    "fields",
    [
        {"SyncToken": "4"},
        {"Balance": 0},
        {"LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]},
        {"MetaData": {"LastUpdatedTime": "2027-01-01T00:00:00-08:00"}},
        {"CustomerRef": {"value": "5", "name": "K7F3Q Anthem renamed"}},
        {"TotalAmt": 150},
        {"TotalAmt": "150.00"},
        {"TotalAmt": 150.0},
        {"PrivateNote": f"A note of the bookkeeper's. Batch [{MARK}]"},
        {"CustomerMemo": {"value": "Thank you"}},
        {"Line": INVOICE["Line"][:1]},
    ],
)
def test_what_quickbooks_does_by_itself_and_words_are_no_edit(fields):
    """Trap 11 as well: an amount is the same as number, text or float."""
    assert digest_of(QuickBooksKind.INVOICE, INVOICE) == digest_of(QuickBooksKind.INVOICE, changed(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"TxnDate": "2026-11-16"},
        {"CustomerRef": {"value": "6"}},
        {"TotalAmt": Decimal("150.01")},
        {"Line": []},
        {"PrivateNote": "", "DocNumber": "1001"},
        {
            "Line": [
                {
                    "Amount": Decimal("150.00"),
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {"ItemRef": {"value": "4"}, "ClassRef": {"value": "8"}},
                }
            ]
        },
        {
            "Line": [
                {
                    "Amount": Decimal("150.00"),
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {"ItemRef": {"value": "3"}, "ClassRef": {"value": "9"}},
                }
            ]
        },
    ],
)
def test_date_customer_total_lines_and_mark_are_edits(fields):
    assert digest_of(QuickBooksKind.INVOICE, INVOICE) != digest_of(QuickBooksKind.INVOICE, changed(**fields))


def test_a_renamed_inactive_or_moved_customer_is_an_edit_and_what_it_owes_is_not():
    customer = {"Id": "5", "DisplayName": "K7F3Q Anthem", "ParentRef": {"value": "4"}, "Active": True, "Balance": 1}
    before = digest_of(QuickBooksKind.CUSTOMER, customer)

    assert before == digest_of(QuickBooksKind.CUSTOMER, {**customer, "Balance": 2, "FullyQualifiedName": "x"})
    assert before != digest_of(QuickBooksKind.CUSTOMER, {**customer, "DisplayName": "K7"})
    assert before != digest_of(QuickBooksKind.CUSTOMER, {**customer, "Active": False})
    assert before != digest_of(QuickBooksKind.CUSTOMER, {**customer, "ParentRef": {"value": "3"}})


def test_trap_17_the_mark_is_searched_for_in_the_note_and_then_in_the_number():
    other = REFERENCES.of("charge:2")

    assert MARK == reference_of({"PrivateNote": f"Voided - Batch [{MARK}] seen by the bookkeeper"})
    assert MARK == reference_of({"DocNumber": MARK})
    assert MARK == reference_of({"PaymentRefNum": MARK, "PrivateNote": "nothing"})
    assert other == reference_of({"DocNumber": MARK, "PrivateNote": f"[{other}]"})
    assert reference_of({"DocNumber": "1001"}) is None


def test_trap_8_a_deleted_stub_says_that_and_nothing_else(catalog):
    """The library would show it as an invoice with a balance of nothing: paid."""
    posted = posted_entry(QuickBooksKind.INVOICE, {"Id": "7", "status": "Deleted", "domain": "QBO"}, catalog)

    assert posted.deleted
    assert 0 == posted.amount
    assert "" == posted.digest
    assert not posted.voided


def test_an_entry_of_nothing_whose_note_says_voided_is_void(catalog):
    voided = changed(TotalAmt=0, PrivateNote=f"Voided - [{MARK}]", Line=[])

    assert posted_entry(QuickBooksKind.INVOICE, voided, catalog).voided
    assert not is_voided({"PrivateNote": "Voided"}, 100)
    assert not is_voided({"PrivateNote": ""}, 0)


def test_a_body_without_a_total_has_its_lines(catalog):
    """What we send leaves the total to QuickBooks."""
    body = changed()
    del body["TotalAmt"]

    assert 15000 == total_of(QuickBooksKind.INVOICE, body)
    assert digest_of(QuickBooksKind.INVOICE, INVOICE) == digest_of(QuickBooksKind.INVOICE, body)


def test_without_classes_by_line_contents_cannot_be_compared(catalog):
    catalog.preferences = Preferences(classes_on_lines=False)

    assert "" == posted_entry(QuickBooksKind.INVOICE, INVOICE, catalog).content_digest
