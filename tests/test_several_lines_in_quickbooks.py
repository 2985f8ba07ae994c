"""A payer's 255.00 that the bank shows as 155.00 and 100.00, through the real client into three simulated companies.

Until the second line is there nothing is matched: the first is money that nothing explains, the payment is on its way.
Then each line is one deposit of its own day and amount, whatever the practice's policy; taken back, it is as before.
"""

import datetime as dt
from collections import Counter

import pytest

from hhs_sync.undo import Undo
from hhs_sync.undo.meant import Wanted
from tests.builders import bank, claim, remittance, session
from tests.example_practice import SHAPES, Company, company, trial_balance

START = dt.datetime(2025, 11, 3, 16, tzinfo=dt.UTC)
CLIENTS = ("K1", "K2", "K3")
SESSIONS = [session(name, "2025-11-03") for name in CLIENTS]
PAID = [claim(name, "150", "85", "CO-45 40, PR-3 25") for name in CLIENTS]
REMITTANCE = remittance("1", "2025-11-14", "255", *PAID, eft_trace="EFT778899")
FIRST = bank("b1", "2025-11-17", "155", "ANTHEM HCCLAIMPMT")
SECOND = bank("b2", "2025-11-19", "100", "ANTHEM HCCLAIMPMT")


# After these: what came in by then; and the second bank line taken back.
PHASES = ("first line", "both lines", "taken back")


def moment(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2025-11-{day}T17:00:00+00:00")


class Run:
    """What QuickBooks held after each phase, by phase and practice."""

    def __init__(self) -> None:
        self.deposits: dict[tuple[str, str], list[tuple[str, float]]] = {}
        self.balances: dict[tuple[str, str], Counter[str]] = {}
        self.tied: dict[tuple[str, str], bool | None] = {}
        self.on_the_18th: dict[str, Counter[str]] = {}

    def look(self, phase: str, made: Company, practice: str, *, tied: bool | None) -> None:
        told = [fields for kind, fields in made.documents(practice) if kind == "Deposit"]
        days = [(one["TxnDate"], float(one["TotalAmt"])) for one in told if float(one["TotalAmt"])]
        self.deposits[phase, practice] = sorted(days)
        self.balances[phase, practice] = trial_balance(made.desk(practice), "2025-12-31")
        self.tied[phase, practice] = tied


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    found = Run()
    with company(tmp_path_factory.mktemp("several"), START) as made:
        made.bring(SESSIONS, START)
        made.bring([REMITTANCE], moment("14"))
        for phase, line, day in (("first line", FIRST, "17"), ("both lines", SECOND, "19")):
            made.bring([line], moment(day))
            for practice in SHAPES:
                found.look(phase, made, practice, tied=made.turn(practice).standing.tied)
        for practice in SHAPES:
            found.on_the_18th[practice] = trial_balance(made.desk(practice), "2025-11-18")
            made.clock.advance(300)
            wanted = Wanted(source="004.csv")  # the fourth file that came: the second bank line
            undo = Undo(made.desk(practice), wanted, by="dana", reason="of another account", progress=lambda _: None)
            found.look("taken back", made, practice, tied=undo.apply("", 1).standing.tied)
    return found


@pytest.mark.parametrize("practice", SHAPES)
def test_each_bank_line_is_one_deposit_of_its_own_day_and_amount(run: Run, practice: str) -> None:
    first, second = ("2025-11-17", 155.0), ("2025-11-19", 100.0)

    assert [first] == run.deposits["first line", practice]
    assert [first, second] == run.deposits["both lines", practice]
    assert [first] == run.deposits["taken back", practice]


@pytest.mark.parametrize("practice", SHAPES)
def test_it_ties_out_at_every_moment(run: Run, practice: str) -> None:
    assert [True] * len(PHASES) == [run.tied[phase, practice] for phase in PHASES]


@pytest.mark.parametrize("practice", ["coded", "batch"])
def test_until_the_second_line_is_there_the_payment_is_on_its_way_and_the_first_is_in_suspense(
    run: Run, practice: str
) -> None:
    """Afterwards nothing is in either, nor in transit; in between the second line's part was in transit."""
    before, after = run.balances["first line", practice], run.balances["both lines", practice]

    assert (15500, 25500, -15500) == (before["1000"], before["1200"], before["2400"])
    assert {"1000": 25500} == {name: after[name] for name in ("1000", "1200", "1220", "2400") if after[name]}
    assert (15500, 10000) == (run.on_the_18th[practice]["1000"], run.on_the_18th[practice]["1220"])
    assert before == run.balances["taken back", practice]


def test_under_cash_each_line_tells_the_income_that_it_brings(run: Run) -> None:
    assert {"1000": 15500, "2400": -15500} == run.balances["first line", "cash"]
    assert {"1000": 15500, "4010": -15500} == run.on_the_18th["cash"]
    assert {"1000": 25500, "4010": -25500} == run.balances["both lines", "cash"]
    assert {"1000": 15500, "2400": -15500} == run.balances["taken back", "cash"]
