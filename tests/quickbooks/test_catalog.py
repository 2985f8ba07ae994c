"""Looking things up in the company's lists."""

import datetime as dt

import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.desired import CustomerName, QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog, Missing, Preferences
from tests.quickbooks.office import rules_of

RULES = rules_of()
BANK = RULES.account(Account.BANK)
CLEARING = RULES.account(Account.UNDEPOSITED)


def catalog_of(*accounts, preferences=None, **lists):
    return Catalog(RULES, {"Account": accounts} | lists, preferences or Preferences())


def account(object_id, **fields):
    return {"Id": object_id, "Active": True, "FullyQualifiedName": fields.get("Name", ""), **fields}


def test_an_account_is_found_by_its_number_before_its_name():
    named = account("1", Name=BANK.name)
    numbered = account("2", Name="Main Street checking", AcctNum=BANK.number)

    assert "2" == catalog_of(named, numbered).account(Account.BANK)
    assert "1" == catalog_of(named).account(Account.BANK)


def test_an_account_by_name_must_not_bear_another_number():
    with pytest.raises(Missing, match=f"account {BANK.number}"):
        catalog_of(account("1", Name=BANK.name, AcctNum="9999")).account(Account.BANK)


def test_an_inactive_account_gives_way_to_an_active_one_of_its_number():
    old = account("1", Name="Old", AcctNum=BANK.number) | {"Active": False}
    new = account("2", Name="New", AcctNum=BANK.number)

    assert "2" == catalog_of(old, new).account(Account.BANK)
    assert "2" == catalog_of(new, old).account(Account.BANK)
    with pytest.raises(Missing, match="inactive"):
        catalog_of(old).account(Account.BANK)


def test_undeposited_funds_are_found_by_being_the_only_ones():
    one = account("1", Name="Undeposited Funds", AccountSubType="UndepositedFunds")
    two = account("2", Name="Another", AccountSubType="UndepositedFunds")

    assert "1" == catalog_of(one).account(Account.UNDEPOSITED)
    assert CLEARING.number == catalog_of(one).number("1")
    with pytest.raises(Missing):
        catalog_of(one, two).account(Account.UNDEPOSITED)


def test_an_account_that_is_not_ours_goes_by_its_own_number_or_name():
    catalog = catalog_of(account("7", Name="Travel", AcctNum="6700"), account("8", Name="Gifts"))

    assert "6700" == catalog.number("7")
    assert "Gifts" == catalog.number("8")
    assert "account 9" == catalog.number("9")


def test_names_are_found_whatever_their_case():
    catalog = catalog_of(Customer=[{"Id": "5", "DisplayName": "anthem"}])

    assert "5" == catalog.customer(CustomerName("Anthem", ""))


def test_a_renamed_member_is_not_found_by_its_old_name():
    catalog = catalog_of(Customer=[{"Id": "5", "DisplayName": "Anthem"}])
    catalog.add("Customer", {"Id": "5", "DisplayName": "Anthem of Maine"})

    assert catalog.find("Customer", "Anthem") is None
    assert "5" == catalog.find("Customer", "Anthem of Maine")["Id"]


def test_an_inactive_member_is_known_by_the_name_it_had_and_cannot_be_used():
    """QuickBooks writes "(deleted)" behind the name."""
    catalog = catalog_of(Customer=[{"Id": "5", "DisplayName": "Anthem (deleted)", "Active": False}])

    with pytest.raises(Missing, match="customer Anthem is inactive in QuickBooks"):
        catalog.customer(CustomerName("Anthem", ""))


def test_a_new_member_takes_the_name_of_an_inactive_one():
    catalog = catalog_of(
        Customer=[
            {"Id": "6", "DisplayName": "Anthem"},
            {"Id": "5", "DisplayName": "Anthem (deleted)", "Active": False},
        ]
    )

    assert "6" == catalog.customer(CustomerName("Anthem", ""))


def test_an_account_without_a_mapping_or_item_is_missing():
    with pytest.raises(Missing, match="has no QuickBooks account in the mapping"):
        Catalog(RULES.__class__(practice=RULES.practice), {}, Preferences()).account(Account.BANK)
    with pytest.raises(Missing, match="has no item in the mapping"):
        catalog_of().item(Account.BANK)


def test_classes_are_named_only_where_lines_may_bear_them():
    lists = {"Class": [{"Id": "8", "Name": "M. Keene"}]}

    assert "8" == catalog_of(**lists).class_of("mk")
    assert catalog_of(**lists).class_of(None) is None
    assert catalog_of(**lists).class_of("nobody") is None
    assert catalog_of(preferences=Preferences(classes_on_lines=False), **lists).class_of("mk") is None
    with pytest.raises(Missing, match=r"class J\. Poole"):
        catalog_of(**lists).class_of("jp")


def test_entries_are_known_by_our_key_and_their_mark():
    catalog = catalog_of()
    catalog.bind("charge:1", QuickBooksKind.INVOICE, "7", "HHS-A")

    assert (QuickBooksKind.INVOICE, "7") == catalog.entry("charge:1")
    assert "HHS-A" == catalog.references["Invoice", "7"]


@pytest.mark.parametrize("on", [True, "true", "True"])
def test_settings_are_read_however_they_are_spelled(on):
    preferences = Preferences.of(
        {
            "AccountingInfoPrefs": {"BookCloseDate": "2026-10-31", "ClassTrackingPerTxnLine": on},
            "SalesFormsPrefs": {"CustomTxnNumbers": on, "AutoApplyCredit": on},
            "CurrencyPrefs": {"MultiCurrencyEnabled": on, "HomeCurrency": {"value": "CAD"}},
        }
    )

    assert Preferences(
        book_close_date=dt.date(2026, 10, 31), custom_numbers=True, classes_on_lines=True, auto_apply_credits=True,
        multi_currency=True, home_currency="CAD",
    ) == preferences  # fmt: skip


def test_settings_that_are_not_told_are_off():
    preferences = Preferences.of({})

    assert preferences.book_close_date is None
    assert not preferences.custom_numbers
    assert not preferences.auto_apply_credits
    assert "USD" == preferences.home_currency
