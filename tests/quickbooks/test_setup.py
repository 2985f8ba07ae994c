"""Setting a company up, and what about it keeps us from working."""

import pytest

from hhs_sync.mapping.rules import Policy
from hhs_sync.quickbooks import setup
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.quickbooks.simulator.hand import hand_create, hand_edit
from tests.quickbooks.office import PRACTICE, create, invoice, rules_of


@pytest.fixture
def bare(offices):
    """A company on its first day."""
    office = offices(new=True)
    office.refresh()
    return office


def plan(office):
    return setup.plan_setup(office.rules, office.catalog())


def apply(office):
    return setup.apply_setup(plan(office), office.client, office.store, PRACTICE, office.catalog())


def named(office, kind):
    return {fields["Name"]: fields for fields in office.table(kind).values()}


def by_hand(office, do, *arguments):
    with office.sim.state.lock:
        made = do(office.company, *arguments, office.sim.state.write())
    office.refresh()
    return made


def test_planning_makes_nothing(bare):
    before = {kind: bare.table(kind) for kind in ("Account", "Item", "Class")}
    steps = plan(bare)

    assert any(step.to_make for step in steps)
    assert before == {kind: bare.table(kind) for kind in before}


def test_everything_that_the_policy_needs_is_made_in_three_calls(bare):
    bare.client.calls.clear()
    done = apply(bare)

    assert not [step for step in done if step.to_make or step.problem]
    assert 3 <= bare.client.calls["write:batch"] <= 4
    assert {"4010", "4910", "2300", "1210"} <= {fields.get("AcctNum") for fields in bare.table("Account").values()}
    assert named(bare, "Item")["CONTRACT-COM"]["IncomeAccountRef"]["value"] == bare.account_id("4910")
    assert {"M. Keene", "J. Poole"} <= set(named(bare, "Class"))


def test_doing_it_again_makes_nothing_more(bare):
    apply(bare)
    before = {kind: bare.table(kind) for kind in ("Account", "Item", "Class")}
    bare.client.calls.clear()
    apply(bare)

    assert 0 == bare.client.calls["write:batch"]
    assert before == {kind: bare.table(kind) for kind in before}
    assert () == setup.check_company(bare.rules, bare.catalog())


def test_a_company_that_was_set_up_takes_entries(bare):
    apply(bare)

    assert 3 == bare.push(create(invoice())).created


def test_the_receivables_and_undeposited_accounts_of_the_first_day_are_used_as_they_are(bare):
    """A company has one of each whatever they are called; a second one would not be where payments wait."""
    apply(bare)

    kinds = [fields["AccountSubType"] for fields in bare.table("Account").values()]
    assert 1 == kinds.count("UndepositedFunds")
    assert 1 == kinds.count("AccountsReceivable")


def test_an_account_is_found_by_its_number_or_by_its_name(bare):
    numbered = by_hand(
        bare, hand_create, "Account", {"Name": "Insurance income", "AcctNum": "4010", "AccountType": "Income"}
    )
    called = by_hand(bare, hand_create, "Account", {"Name": "Card processing fees", "AccountType": "Expense"})
    steps = {step.number: step for step in plan(bare)}

    assert numbered["Id"] == steps["4010"].quickbooks_id
    assert called["Id"] == steps["6100"].quickbooks_id


def test_an_account_of_the_same_name_and_another_number_is_another_account(bare):
    by_hand(bare, hand_create, "Account", {"Name": "Card processing fees", "AcctNum": "6999", "AccountType": "Expense"})
    steps = {step.number: step for step in plan(bare)}

    assert steps["6100"].to_make


def test_an_account_of_another_type_is_told_and_left(bare):
    by_hand(bare, hand_create, "Account", {"Name": "Insurance", "AcctNum": "4010", "AccountType": "Other Income"})

    (step,) = (step for step in plan(bare) if step.number == "4010")
    assert "is of type Other Income, the mapping says Income" == step.problem
    assert not step.to_make


def test_an_inactive_account_item_or_class_is_told(bare):
    apply(bare)
    by_hand(bare, hand_edit, "Account", bare.account_id("6100"), {"Active": False})
    by_hand(bare, hand_edit, "Item", named(bare, "Item")["SESSION-COM"]["Id"], {"Active": False})
    by_hand(bare, hand_edit, "Class", named(bare, "Class")["M. Keene"]["Id"], {"Active": False})

    told = setup.check_company(bare.rules, bare.catalog())
    assert 3 == sum("is inactive: make it active again" in one for one in told)


def test_an_item_that_posts_elsewhere_is_told(bare):
    apply(bare)
    other = {"IncomeAccountRef": {"value": bare.account_id("4020")}}
    by_hand(bare, hand_edit, "Item", named(bare, "Item")["SESSION-COM"]["Id"], other)

    assert ["item SESSION-COM: posts to 4020, not to 4010 Sessions - commercial insurance"] == [
        one.replace("–", "-") for one in setup.check_company(bare.rules, bare.catalog())
    ]


def test_settings_that_an_integration_depends_on_are_told_with_what_to_do(bare):
    apply(bare)
    settings = bare.company.tables["Preferences"]["1"]
    with bare.sim.state.lock:
        settings["SalesFormsPrefs"] |= {"AutoApplyCredit": True, "CustomTxnNumbers": False}
        settings["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] = False
        settings["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    bare.store.mirror.set_cursor(PRACTICE, "quickbooks changes", "")
    bare.refresh()

    told = setup.check_company(bare.rules, bare.catalog())
    assert 4 == len(told)
    assert all(
        any(word in one for one in told) for word in ("currencies", "apply credits", "numbers", "class tracking")
    )


@pytest.mark.parametrize("what", ["reset", "truncate", "unavailable"])
@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
def test_a_lost_answer_makes_nothing_twice(offices, what, ids):
    office = offices(new=True, request_ids=ids)
    office.refresh()
    office.sim.state.faults.plan(Fault(what=what, on="batch", after=True))
    done = apply(office)

    assert not [step for step in done if step.to_make or step.problem]
    numbers = [fields["AcctNum"] for fields in office.table("Account").values() if fields.get("AcctNum")]
    assert len(numbers) == len(set(numbers))


def test_what_quickbooks_refuses_is_told_and_the_rest_is_made(bare):
    """An account of that name is there, with another number."""
    by_hand(bare, hand_create, "Account", {"Name": "Card processing fees", "AcctNum": "6999", "AccountType": "Expense"})
    problems = [step for step in apply(bare) if step.problem]

    assert ["6100"] == [step.number for step in problems]
    assert "4010" in {fields.get("AcctNum") for fields in bare.table("Account").values()}


def test_cash_needs_no_receivables_clearing_or_contra_accounts_and_no_items(offices):
    office = offices(new=True, rules=rules_of(Policy.CASH))
    office.refresh()
    steps = plan(office)
    numbers = {step.number for step in steps if step.kind == "Account"}

    assert {"1000", "4010", "4950", "4960", "6100", "2400"} <= numbers
    assert numbers.isdisjoint({"1100", "1200", "1210", "2200", "2300", "4910", "6200"})
    assert not [step for step in steps if step.kind == "Item"]


def test_accrual_needs_no_accounts_of_the_cash_policy(bare):
    numbers = {step.number for step in plan(bare)}

    assert numbers.isdisjoint({"4950", "4960"})
