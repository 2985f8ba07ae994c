"""Our wishes as the JSON that goes out. What QuickBooks makes of it is shown in test_kinds.py."""

import json
from decimal import Decimal

import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.desired import DesiredLine, QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog, Missing, Preferences
from hhs_sync.quickbooks.entities import NOTE_LENGTH_MAX, body_of, marked, number, object_for, voided_note, zeroed
from tests.quickbooks.office import (
    ANTHEM_K1,
    K1,
    REFERENCES,
    claim,
    credit_memo,
    deposit,
    entry,
    invoice,
    payment,
    rules_of,
)

RULES = rules_of()


@pytest.fixture
def catalog():
    """A company whose ids can be told by their looks: A-4010, I-SESSION-COM, C-M. Keene."""
    accounts = {
        one.number: {
            "Id": f"A-{one.number}", "AcctNum": one.number, "Name": one.name, "FullyQualifiedName": one.name,
            "AccountType": one.type, "AccountSubType": one.subtype, "Active": True,
        }
        for one in RULES.accounts
    }  # fmt: skip
    items = {
        one.item: {"Id": f"I-{one.item}", "Name": one.item, "IncomeAccountRef": {"value": f"A-{one.number}"}}
        for one in RULES.accounts
        if one.item
    }
    classes = [{"Id": f"C-{one.class_name}", "Name": one.class_name} for one in RULES.clinicians]
    names = ["Anthem", "K7F3Q Anthem", "K7F3Q"]
    customers = [{"Id": f"N-{name}", "DisplayName": name} for name in names]
    lists = {"Account": accounts.values(), "Item": items.values(), "Class": classes, "Customer": customers}
    made = Catalog(RULES, lists, Preferences())
    for wish in claim():
        made.bind(wish.key, wish.kind, f"T-{wish.key}", wish.reference)
    return made


def sent(wish, catalog, **more):
    """What goes out, with amounts as the digits that are written."""
    return json.loads(body_of(object_for(wish, catalog), **more), parse_float=str, parse_int=str)


def test_an_invoice_sells_one_of_an_item_at_the_lines_amount_untaxed(catalog):
    assert {
        "CustomerRef": {"value": "N-K7F3Q Anthem"},
        "DocNumber": invoice().reference,
        "TxnDate": "2026-11-15",
        "PrivateNote": f"Batch 2026-W46 [{invoice().reference}]",
        "Line": [
            {
                "Amount": "150.00",
                "Description": "Batch 2026-W46",
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "I-SESSION-COM"},
                    "Qty": "1",
                    "UnitPrice": "150.00",
                    "TaxCodeRef": {"value": "NON"},
                    "ClassRef": {"value": "C-M. Keene"},
                },
            }
        ],
    } == sent(invoice(), catalog)


def test_a_credit_memo_has_the_form_of_an_invoice(catalog):
    body = sent(credit_memo(), catalog)

    assert "I-CONTRACT-COM" == body["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    assert "40.00" == body["Line"][0]["Amount"]
    assert "TotalAmt" not in body


def test_a_discount_is_a_negative_line_of_its_own(catalog):
    lines = (
        DesiredLine(account=Account.REVENUE_CLIENT, amount=15000),
        DesiredLine(account=Account.DISCOUNT, amount=-3000),
    )
    body = sent(invoice(amount=12000, lines=lines), catalog)

    assert ["150.00", "-30.00"] == [line["Amount"] for line in body["Line"]]


def test_a_sales_receipt_says_where_the_money_went(catalog):
    wish = entry(
        "receipt:1", QuickBooksKind.SALES_RECEIPT, customer=K1, amount=2500, deposit_to=Account.CARD_STRIPE,
        lines=(DesiredLine(account=Account.CLIENT_CREDIT, amount=2500),),
    )  # fmt: skip

    body = sent(wish, catalog)

    assert {"value": "A-1210"} == body["DepositToAccountRef"]
    assert {"value": "I-PREPAY"} == body["Line"][0]["SalesItemLineDetail"]["ItemRef"]


def test_a_payment_links_invoice_and_credit_memo_without_line_numbers(catalog):
    """The library's own link says TxnLineId 1, which breaks it."""
    wish = claim()[2]

    assert {
        "CustomerRef": {"value": "N-K7F3Q Anthem"},
        "TotalAmt": "110.00",
        "PaymentRefNum": wish.reference,
        "DepositToAccountRef": {"value": "A-1200"},
        "TxnDate": "2026-11-15",
        "PrivateNote": f"[{wish.reference}]",
        "Line": [
            {"Amount": "150.00", "LinkedTxn": [{"TxnId": "T-charge:1", "TxnType": "Invoice"}]},
            {"Amount": "40.00", "LinkedTxn": [{"TxnId": "T-adjust:1", "TxnType": "CreditMemo"}]},
        ],
    } == sent(wish, catalog)


def test_a_payment_of_nothing_applies_a_credit(catalog):
    body = sent(payment("payment:0", 0, [("charge:1", 4000), ("adjust:1", 4000)]), catalog)

    assert "0.00" == body["TotalAmt"]
    assert "DepositToAccountRef" not in body


def test_a_deposit_links_payments_by_line_0_and_without_a_detail_type(catalog):
    """With a DetailType QuickBooks asks such a line for an account (2020)."""
    fee = DesiredLine(account=Account.RECOUPMENT, amount=-8500, description="Takeback", customer=ANTHEM_K1)
    body = sent(deposit(links=[("payment:1", 11000)], lines=[fee]), catalog)

    assert [
        {"Amount": "110.00", "LinkedTxn": [{"TxnId": "T-payment:1", "TxnType": "Payment", "TxnLineId": "0"}]},
        {
            "Amount": "-85.00",
            "Description": "Takeback",
            "DetailType": "DepositLineDetail",
            "DepositLineDetail": {
                "AccountRef": {"value": "A-2300"},
                "Entity": {"value": "N-K7F3Q Anthem", "type": "CUSTOMER"},
            },
        },
    ] == body["Line"]
    assert {"value": "A-1000"} == body["DepositToAccountRef"]


def test_a_transfer_names_both_accounts_and_bears_its_mark_in_the_note_only(catalog):
    wish = entry(
        "transfer:1", QuickBooksKind.TRANSFER, amount=9649, paid_from=Account.CARD_STRIPE, deposit_to=Account.BANK
    )

    assert {
        "Amount": "96.49",
        "FromAccountRef": {"value": "A-1210"},
        "ToAccountRef": {"value": "A-1000"},
        "TxnDate": "2026-11-15",
        "PrivateNote": f"[{wish.reference}]",
    } == sent(wish, catalog)


def test_a_purchase_has_lines_on_accounts_and_no_payee(catalog):
    wish = entry(
        "fees:1", QuickBooksKind.PURCHASE, amount=351, paid_from=Account.CARD_STRIPE, payee="Client refund",
        lines=(DesiredLine(account=Account.CARD_FEES, amount=351, clinician="mk"),),
    )  # fmt: skip

    assert {
        "PaymentType": "Cash",
        "AccountRef": {"value": "A-1210"},
        "DocNumber": wish.reference,
        "TxnDate": "2026-11-15",
        "PrivateNote": f"[{wish.reference}]",
        "Line": [
            {
                "Amount": "3.51",
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {
                    "AccountRef": {"value": "A-6100"},
                    "ClassRef": {"value": "C-M. Keene"},
                    "TaxCodeRef": {"value": "NON"},
                },
            }
        ],
    } == sent(wish, catalog)


def test_a_journal_entry_has_sides_and_names_the_customer_on_receivables(catalog):
    wish = entry(
        "dispute:1", QuickBooksKind.JOURNAL_ENTRY, amount=7500,
        lines=(
            DesiredLine(account=Account.AR_CLIENT, amount=7500, customer=K1),
            DesiredLine(account=Account.CARD_STRIPE, amount=-7500),
        ),
    )  # fmt: skip

    debit, credit = sent(wish, catalog)["Line"]

    assert ("75.00", "Debit", "A-1100") == (
        debit["Amount"], debit["JournalEntryLineDetail"]["PostingType"],
        debit["JournalEntryLineDetail"]["AccountRef"]["value"],
    )  # fmt: skip
    assert {"Type": "Customer", "EntityRef": {"value": "N-K7F3Q"}} == debit["JournalEntryLineDetail"]["Entity"]
    assert ("75.00", "Credit") == (credit["Amount"], credit["JournalEntryLineDetail"]["PostingType"])


def test_a_client_under_a_payer_is_a_sub_customer_billed_by_itself(catalog):
    wish = entry("customer:1", QuickBooksKind.CUSTOMER, customer=ANTHEM_K1, date=None)

    assert {
        "DisplayName": "K7F3Q Anthem",
        "Job": True,
        "BillWithParent": False,
        "ParentRef": {"value": "N-Anthem"},
        "Taxable": False,
        "Notes": f"[{wish.reference}]",
    } == sent(wish, catalog)


@pytest.mark.parametrize(
    ("cents", "written"),
    [(0, "0.00"), (1, "0.01"), (-5, "-0.05"), (10010, "100.10"), (30, "0.30"), (10**11, "1000000000.00")],
)
def test_trap_11_amounts_go_out_as_numbers_of_two_decimals(catalog, cents, written):
    """0.1 + 0.2 dollars is 30 cents: the library would write 0.30000000000000004, or a text."""
    assert f'"Amount":{written}'.encode() in body_of(object_for(invoice(amount=cents), catalog))
    assert written.encode() == bytes(number(cents))


def test_what_the_library_sets_unasked_does_not_go_out(catalog):
    """Empty texts, zero totals, online payment: QuickBooks decides these."""
    for wish in claim():
        body = body_of(object_for(wish, catalog))
        assert b'""' not in body
        assert b"AllowIPNPayment" not in body
        assert b"ExchangeRate" not in body
        assert b"SyncToken" not in body


def test_an_update_bears_the_id_and_version_of_what_it_replaces(catalog):
    body = sent(invoice(), catalog, Id="7", SyncToken="3", sparse=False)

    assert ("7", "3", False) == (body["Id"], body["SyncToken"], body["sparse"])


def test_what_quickbooks_lacks_is_named_in_a_bookkeepers_words(catalog):
    with pytest.raises(Missing, match="customer K9 is not in QuickBooks"):
        object_for(invoice(customer=type(K1)("", "K9")), catalog)
    with pytest.raises(Missing, match="rests on"):
        object_for(payment(links=[("charge:9", 1)]), catalog)
    with pytest.raises(Missing, match="no item"):
        object_for(invoice(account=Account.BANK), catalog)


def test_a_long_memo_is_cut_before_the_mark():
    note = marked("x" * 5000, REFERENCES.of("a"))

    assert NOTE_LENGTH_MAX == len(note)
    assert note.endswith(f" [{REFERENCES.of('a')}]")
    assert NOTE_LENGTH_MAX == len(voided_note("y" * 4000))


def test_an_entry_brought_to_nothing_keeps_its_references_and_loses_its_links(catalog):
    posted = {
        "Id": "7", "SyncToken": "2", "TxnDate": "2026-11-15", "PrivateNote": "[HHS-X]", "TotalAmt": Decimal("25.00"),
        "DepositToAccountRef": {"value": "A-1000"},
        "Line": [
            {"Id": "1", "Amount": Decimal("110.00"), "LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]},
            {
                "Id": "2", "Amount": Decimal("-85.00"), "DetailType": "DepositLineDetail",
                "DepositLineDetail": {"AccountRef": {"value": "A-2300"}},
            },
        ],
    }  # fmt: skip

    body = json.loads(zeroed(QuickBooksKind.DEPOSIT, posted, catalog))

    assert "Voided - [HHS-X]" == body["PrivateNote"]
    assert [(0, "A-2300")] == [
        (line["Amount"], line["DepositLineDetail"]["AccountRef"]["value"]) for line in body["Line"]
    ]
    assert "TotalAmt" not in body


@pytest.mark.parametrize(("lacks", "account"), [((), "A-1220"), (("1220",), "A-2400")])
def test_a_deposit_of_payments_alone_keeps_a_line_of_nothing_that_is_not_on_undeposited_funds(catalog, lacks, account):
    posted = {"Id": "7", "SyncToken": "2", "Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}]}
    without(catalog, *lacks)

    body = json.loads(zeroed(QuickBooksKind.DEPOSIT, posted, catalog))

    assert [(0, account)] == [
        (line["Amount"], line["DepositLineDetail"]["AccountRef"]["value"]) for line in body["Line"]
    ]


def test_a_deposit_of_payments_alone_is_not_voided_where_no_account_is_left_for_its_line(catalog):
    posted = {"Id": "7", "SyncToken": "2", "Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}]}
    without(catalog, "1220", "2400")

    with pytest.raises(Missing, match="2400 Unapplied receipts is inactive"):
        zeroed(QuickBooksKind.DEPOSIT, posted, catalog)


def without(catalog, *numbers):
    """Make these accounts inactive."""
    for one in list(catalog.members("Account")):
        if one["AcctNum"] in numbers:
            catalog.add("Account", {**one, "Active": False})
