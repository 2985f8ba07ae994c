"""What becomes known after everything was written: each story ends without a question to a person.

QuickBooks locks what lies in a deposit, so these are the stories in which a careless rendering gets stuck.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.mapping.rules import Shape
from hhs_sync.plan import desired_entries, make_plan
from hhs_sync.plan.changes import Create, Hold, Limits, Plan, Update, Void
from hhs_sync.plan.desired import Desired, QuickBooksKind
from tests.builders import bank, claim, client_payment, day, decide, remittance, session
from tests.plan.entries import SECRET, rules
from tests.plan.legal import illegalities
from tests.plan.mirror import taken

CODES = {f"c-{name}": name for name in ("K1", "K2", "K3")}


def wished(facts: list[Fact], shape: Shape) -> Desired:
    kept = keep_books(Facts.of(facts), rules(shape), day("2025-12-31"))
    made = desired_entries(msgspec.structs.replace(kept, client_codes=CODES), rules(shape), SECRET)

    assert [] == list(illegalities(made))
    return made


def plan(before: list[Fact], later: list[Fact], shape: Shape) -> Plan:
    """What is to be done when more becomes known after all of `before` was written."""
    pushed, posted = taken(wished(before, shape).entries)
    made = make_plan(wished([*before, *later], shape), pushed, posted, Limits(), rules=rules(shape))

    assert [] == [one.reason for one in made.changes if isinstance(one, Hold)]
    return made


def told(made: Plan) -> Counter[str]:
    """How many of what is created, updated and voided, without payments of nothing."""
    found: Counter[str] = Counter()
    for change in made.changes:
        if isinstance(change, Create | Update):
            about, amount = change.desired.kind, change.desired.amount
        else:
            assert isinstance(change, Void)
            about, amount = change.pushed.kind, change.pushed.amount
        if amount or about is not QuickBooksKind.PAYMENT:
            found[f"{type(change).__name__} {about.value}"] += 1
    return found


BANKED = [
    session("K1", "2025-11-03"),
    remittance(
        "1",
        "2025-11-14",
        "170",
        claim("K1", "150", "85", "CO-45 40, PR-3 25"),
        claim("K2", "150", "85", "CO-45 40, PR-3 25"),
    ),
    bank("1", "2025-11-14", "170", "ACH ANTHEM TRACE1"),
]


@pytest.mark.parametrize("shape", Shape)
def test_a_payment_without_a_home_finds_its_session(shape: Shape) -> None:
    """The receipt in suspense goes out of its deposit, the payment of the claim comes in."""
    made = told(plan(BANKED, [session("K2", "2025-11-03")], shape))

    assert 1 == made["Create Payment"] == made["Update Deposit"] == made["Void SalesReceipt"]
    assert 0 == made["Update Payment"] == made["Void Payment"]


@pytest.mark.parametrize("shape", Shape)
def test_an_adjustment_is_decided_after_its_money_was_banked(shape: Shape) -> None:
    before = [
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-999 65")),
        bank("1", "2025-11-14", "85", "ACH ANTHEM TRACE1"),
    ]
    decided = decide("1", ResolutionKind.SET_REASON, "remittance/era/1#10", "2025-12-01", account="contractual")

    assert {"Create CreditMemo": 1} == told(plan(before, [decided], shape))


@pytest.mark.parametrize("shape", Shape)
def test_a_check_without_a_client_finds_its_client_after_it_was_banked(shape: Shape) -> None:
    before = [
        session("K3", "2025-11-03", "100", None),
        client_payment("1", "2025-11-10", "100"),
        bank("slip", "2025-11-12", "100", "DEPOSIT"),
    ]
    chosen = decide("1", ResolutionKind.CHOOSE_MATCH, "client_payment/pay/1", "2025-12-01", targets=("session/ehr/K3",))

    assert {"Create Payment": 1, "Update Deposit": 1, "Void SalesReceipt": 1} == told(plan(before, [chosen], shape))


@pytest.mark.parametrize("shape", Shape)
def test_a_session_that_turns_up_late_joins_its_week(shape: Shape) -> None:
    kind = "Create Invoice" if shape is Shape.CODED else "Update Invoice"

    assert {kind: 1} == told(plan(BANKED, [session("K3", "2025-11-04")], shape))


@pytest.mark.parametrize("shape", Shape)
def test_a_fee_that_was_put_right_after_the_claim_was_paid_changes_the_invoice_only(shape: Shape) -> None:
    before = [
        session("K1", "2025-11-03", "150"),
        remittance("1", "2025-11-14", "85", claim("K1", "160", "85", "CO-45 50, PR-3 25")),
        bank("1", "2025-11-14", "85", "ACH ANTHEM TRACE1"),
    ]
    right = told(plan(before, [session("K1", "2025-11-03", "160")], shape))

    assert 1 == right["Update Invoice"]
    assert 0 == right["Update Payment"] == right["Void Payment"] == right["Update Deposit"]


@pytest.mark.parametrize("shape", Shape)
def test_a_remittance_that_comes_late_turns_a_prepayment_into_a_payment(shape: Shape) -> None:
    """The check was a credit as long as nobody knew what the payer left to the client."""
    before = [
        session("K1", "2025-11-03"),
        client_payment("1", "2025-11-20", "25", client="c-K1", session="K1"),
        bank("slip", "2025-11-21", "25", "DEPOSIT"),
    ]
    late = remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
    made = told(plan(before, [late], shape))

    assert 1 == made["Void SalesReceipt"] == made["Update Deposit"]
    assert 2 == made["Create Payment"]
