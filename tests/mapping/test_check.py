"""Rules that contradict each other, or lack what the policy needs, are told; sound ones are quiet."""

from pathlib import Path

import pytest
from msgspec import structs

from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.check import ACCRUAL_ACCOUNTS, CASH_ACCOUNTS, check_rules, is_npi
from hhs_sync.mapping.reader import read_rules
from hhs_sync.mapping.rules import Clinician, Payer, PayerFamily, Policy, Practice, Rate, Reason, Rules, Treatment

MAPPINGS = Path(__file__).parents[2] / "mappings"
LAYER = {path.name: path.read_text() for path in MAPPINGS.glob("*.toml")}


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The rules that the program ships, which hold together."""
    return read_rules([LAYER], Practice(id="casco", name="Casco", policy=Policy.ACCRUAL))


def payer(payer_id: str, **fields: object) -> Payer:
    return Payer(**{"id": payer_id, "name": payer_id, "family": PayerFamily.COMMERCIAL, "where": "p:1", **fields})


def told(rules: Rules, **changes: object) -> tuple[str, ...]:
    return check_rules(structs.replace(rules, **changes))


def test_the_shipped_rules_hold_together(rules: Rules) -> None:
    assert () == check_rules(rules)


@pytest.mark.parametrize("policy", list(Policy))
def test_an_account_that_the_policy_needs_and_nobody_mapped_is_told(rules: Rules, policy: Policy) -> None:
    practice = structs.replace(rules.practice, policy=policy)
    kept = tuple(one for one in rules.accounts if one.account not in {Account.BANK, Account.AR_PAYER})

    (said,) = told(rules, practice=practice, accounts=kept)

    needed = "BANK" if policy is Policy.CASH else "BANK, AR_PAYER"
    assert f"practice casco: policy {policy.value} needs accounts that no [[accounts]] row maps: {needed}" == said


def test_client_credits_need_their_account_only_where_the_practice_keeps_them(rules: Rules) -> None:
    cash = structs.replace(rules.practice, policy=Policy.CASH)
    kept = tuple(one for one in rules.accounts if one.account is not Account.CLIENT_CREDIT)

    assert () == told(rules, practice=cash, accounts=kept)
    (said,) = told(rules, practice=structs.replace(cash, client_credit_liability=True), accounts=kept)
    assert said.endswith(": CLIENT_CREDIT")


def test_each_policy_leaves_out_the_accounts_of_the_other() -> None:
    assert {Account.TAKEBACK, Account.REFUND} == CASH_ACCOUNTS - ACCRUAL_ACCOUNTS
    assert Account.AR_CLIENT not in CASH_ACCOUNTS


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"type": "Bnak"}, "QuickBooks has no account type Bnak"),
        ({"number": "1100"}, "account 1100 stands elsewhere with another name, type or subtype"),
        ({"name": "accounts RECEIVABLE"}, "the name of account 1000 is already that of 1100"),
        ({"item": "PREPAY"}, "item PREPAY already belongs to account"),
    ],
)
def test_two_accounts_that_contradict_each_other_are_told(rules: Rules, changed: dict[str, str], said: str) -> None:
    accounts = tuple(
        structs.replace(one, **changed) if one.account is Account.BANK else one for one in reversed(rules.accounts)
    )

    assert any(said in one for one in told(rules, accounts=accounts))


def test_two_payers_may_not_share_a_name_an_id_or_a_bank_text(rules: Rules) -> None:
    twins = (
        payer("one", names=("North  Shore",), ids=("77",), bank_texts=("NORTH SHORE",)),
        payer("two", names=("north shore",), ids=("77",), bank_texts=("NORTH SHORE",), where="p:9"),
    )

    said = told(rules, payers=(*rules.payers, *twins))

    assert (
        "p:9: a name of two is also one of one",
        "p:9: an id of two is also one of one",
        "p:9: the bank text NORTH SHORE of two is also that of one",
    ) == said


def test_a_payers_bank_text_may_not_be_a_processors(rules: Rules) -> None:
    assert ("p:1: the bank text Stripe of x is also that of stripe",) == told(
        rules, payers=(*rules.payers, payer("x", bank_texts=("Stripe",)))
    )


def test_a_processor_needs_a_clearing_account(rules: Rules) -> None:
    assert ("[[processors]] CLOVER: there is no card processor clover; there are: stripe, ivy, square",) == told(
        rules, processor_texts=(("CLOVER", "clover"),)
    )


def test_what_no_reason_names_must_wait_for_a_person(rules: Rules) -> None:
    loose = Reason(group="CO", code="*", treatment=Treatment.CONTRACTUAL, where="a:1")
    stray = Reason(group="XX", code="1", treatment=Treatment.HOLD, payer="nobody", where="a:2")
    kept = tuple(one for one in rules.reasons if (one.group, one.code) not in {("CO", "*"), ("PI", "*")})

    assert (
        "a:1: what no row names must wait for a person: the fallback's treatment is hold",
        "a:2: XX is no adjustment group; there are: CO, PR, OA, PI, CR and *",
        "a:2: no payer has the id nobody",
        '[[reasons]] has no fallback for PI: add groups = [...], codes = ["*"]',
    ) == told(rules, reasons=(*kept, loose, stray))


def test_a_rate_must_point_to_a_payer_a_code_and_a_clinician_that_there_are(rules: Rules) -> None:
    assert (
        "r:1: no payer has the id nobody",
        "r:1: no clinician has this id",
        "r:1: 9083 is no service code that [[services]] names",
    ) == told(rules, rates=(Rate(payer="nobody", clinician="mk", code="9083", amount=1, where="r:1"),))


def test_clinicians_are_told_apart_by_name_and_npi(rules: Rules) -> None:
    one = Clinician(id="mk", class_name="M. Keene", npi="1234567893", where="c:1")
    two = Clinician(id="rk", class_name="R. Keene", npi="1234567890", names=("MK",), where="c:5")

    assert (
        "c:5: a name or NPI of this clinician is also one of another",
        "c:5: the NPI is not ten digits with the right last digit",
    ) == told(rules, clinicians=(one, two))


def test_collection_steps_rise(rules: Rules) -> None:
    limits = structs.replace(rules.practice.thresholds, call_days=120)

    assert ("practice casco: reminder_days, call_days and decision_days must rise in this order",) == told(
        rules, practice=structs.replace(rules.practice, thresholds=limits)
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1234567893", True),  # The example of the standard itself.
        ("1234567890", False),
        ("123456789", False),
        ("12345678930", False),
        ("123456789³", False),
        ("", False),
    ],
)
def test_an_npi_has_a_check_digit(text: str, right: bool) -> None:
    assert right is is_npi(text)
