"""The worked example end to end: its 33 steps as files, through the real client into simulated QuickBooks companies.

What QuickBooks' own reports say is held against the accounting design as printed: the trial balance after each step
(section 5), what each customer owes, every document, and the list of bank lines under the cash policy (section 6), from
which every account after each step follows. One run serves three practices that keep the same books in three ways, each
with a turn after each step. November is closed after step 11.

Where the design is not the whole truth, by its own rules:

    October's allowance     K8 is billed on October 27 and unanswered on October 31, so 40.00 is expected there too: one
                            pair of journal entries more than the sheet's, which nets to nothing on November 1
    zero payments           the design lets the cash payment apply a credit memo and counts none of these; here each has
                            its own payment of 0.00, which no ledger sees
    payer-batch             charges of one payer and week are one invoice, and so on: fewer documents, the same accounts
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from hhs_sync.closing import close
from hhs_sync.facts.claim import Claim, ClaimLine
from hhs_sync.facts.fact import Fact
from hhs_sync.quickbooks.simulator.hand import close_books
from tests.builders import day
from tests.example_practice import REALMS, SHAPES, company, named, owed, trial_balance
from tests.plan.worked_example import BALANCES, CASH, COLUMNS, STEPS
from tests.test_worked_example import STEPS as CAME_IN

# The day on which each step comes in; those that bring older documents come after the steps before them.
DAYS = """
0 10-27 | 1 11-03 | 2 11-03 | 3 11-14 | 4 11-14 | 5 11-19 | 6 11-19 | 7 11-20 | 8 11-21 | 9 11-25 | 10 11-28 | 11 12-01
11r 12-01 | 12 12-01 | 13 12-08 | 14 12-08 | 15 12-11 | 16 12-12 | 17 12-12 | 18 12-12 | 19 12-15 | 20 12-16 | 21 12-17
22 12-18 | 23 12-18 | 24 12-19 | 25 12-20 | 26 12-22 | 27 12-23 | 28 12-24 | 29 12-26 | 30 12-27 | 31 12-30
"""
# The steps in which the money of the printed list reaches the bank or is found out, in the order of the list.
BANKED = ("3", "10", "14", "15", "16", "18", "19", "20", "21", "22", "23", "24", "26", "27", "29", "30")
NOVEMBER = dt.date(2025, 11, 30)
REBILLED = Claim(
    key="claim/837/K3-2", claim_number="K3", date_submitted=day("2025-11-21"), payer_name="ANTH", amount_charged=15000,
    frequency="7", lines=(ClaimLine(service_code="90837", amount_charged=15000, date_first=day("2025-11-06")),),
)  # fmt: skip
OCTOBERS_ALLOWANCE = ("JournalEntry: Cr 1150 40.00, Dr 4910 40.00", "JournalEntry: Cr 4910 40.00, Dr 1150 40.00")


class Run:
    """What QuickBooks said, by practice and step, and at the end."""

    def __init__(self) -> None:
        self.balances: dict[tuple[str, str], Counter[str]] = {}
        self.owed: dict[tuple[str, str], dict[str, int]] = {}
        self.tied: dict[tuple[str, str], bool | None] = {}
        self.documents: dict[str, Counter[str]] = {}
        self.dated: dict[str, list[tuple[str, str]]] = {}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    made = Run()
    came_in: dict[str, list[Fact]] = {name: facts for name, facts, _ in CAME_IN} | {"8": [REBILLED]}
    days = dict(one.split() for one in DAYS.replace("\n", "|").split("|") if one.strip())
    with company(tmp_path_factory.mktemp("example"), dt.datetime(2025, 10, 27, 16, tzinfo=dt.UTC)) as example:
        for step in steps():
            example.bring(came_in.get(step, []), dt.datetime.fromisoformat(f"2025-{days[step]}T17:00:00+00:00"))
            for practice in SHAPES:
                report = example.turn(practice)
                desk, codes = example.desk(practice), example.codes(practice)
                until = "2025-11-30" if step == "11" else "2025-12-31"
                made.tied[practice, step] = report.standing.tied
                made.balances[practice, step] = trial_balance(desk, until)
                made.owed[practice, step] = {named(name, codes): amount for name, amount in owed(desk, until).items()}
                if step == "11r":
                    close(desk, NOVEMBER, by="dana", override=True, reason="month end")
                    with example.simulator.state.lock:
                        books = example.simulator.state.companies[REALMS[practice]]
                        close_books(books, NOVEMBER.isoformat(), example.simulator.state.write())
        for practice in SHAPES:
            made.documents[practice] = example.told(practice)
            made.dated[practice] = [
                (fields["TxnDate"], f"{kind} {fields['Id']}") for kind, fields in example.documents(practice)
            ]
    return made


def steps() -> list[str]:
    return [line.split()[0] for line in BALANCES.strip().splitlines()]


def dollars(text: str) -> int:
    return round(float(text) * 100)


def printed_debts() -> dict[str, dict[str, int]]:
    """After each step: what each customer owes, by the documents that the design prints for it and those before."""
    owing: dict[str, int] = defaultdict(int)
    found = {}
    for step, (_, documents) in STEPS.items():
        for document in filter(None, (one.strip() for one in documents.splitlines())):
            head, _, effects = document.partition(": ")
            customer = head.partition(" ")[2].replace("MAINECARE", "MCARE")
            for side, amount in re.findall(r"(Dr|Cr) 1100 ([\d.]+)", effects):
                owing[customer] += dollars(amount) if side == "Dr" else -dollars(amount)
        found[step] = {customer: amount for customer, amount in owing.items() if amount}
    return found


def printed_bank_lines() -> Iterator[tuple[str, list[str], int]]:
    """The list of the cash policy: each document's kind, its effects, and the checking account after it, in cents."""
    for line in CASH.strip().splitlines():
        document, checking = line.partition("  ")[2].rsplit(maxsplit=1)
        head, _, effects = document.strip().partition(": ")
        yield head, effects.strip().split(", "), dollars(checking)


@pytest.mark.parametrize("practice", ["coded", "batch"])
def test_quickbooks_trial_balance_after_each_step_is_the_one_printed(run: Run, practice: str) -> None:
    for line in BALANCES.strip().splitlines():
        step, *cells = line.split()
        shown = run.balances[practice, step].copy()
        told = [sum(shown.pop(number, 0) for number in column) for column in COLUMNS]

        assert (step, [dollars(cell) for cell in cells]) == (step, told)
        assert (step, {}) == (step, {number: amount for number, amount in shown.items() if amount})  # 1190, 1200


def test_what_each_customer_owes_after_each_step_is_what_the_printed_documents_come_to(run: Run) -> None:
    for step, debts in printed_debts().items():
        assert (step, debts) == (step, run.owed["coded", step])


def test_with_the_clients_merged_each_payer_owes_the_same(run: Run) -> None:
    for step, debts in printed_debts().items():
        merged: Counter[str] = Counter()
        for customer, amount in debts.items():
            payer, _, code = customer.rpartition(":")
            merged[payer or "Clients (detail in practice ledger)"] += amount
            assert code
        assert (step, {name: amount for name, amount in merged.items() if amount}) == (step, run.owed["batch", step])


def test_at_the_end_six_clients_owe_and_no_payer(run: Run) -> None:
    assert {"K4": 2500, "K5": 2500, "K6": 1000, "K7": 2500, "K8": 2500, "K13": 1000} == run.owed["coded", "31"]


def test_the_84_documents_are_the_printed_ones_and_octobers_allowance(run: Run) -> None:
    printed: Counter[str] = Counter()
    for _, documents in STEPS.values():
        for document in filter(None, (one.strip() for one in documents.splitlines())):
            head, _, effects = document.replace("MAINECARE", "MCARE").partition(": ")
            printed[f"{head}: {', '.join(sorted(effects.split(', ')))}"] += 1

    assert 84 == printed.total()
    assert printed + Counter(OCTOBERS_ALLOWANCE) == run.documents["coded"]


def test_nothing_is_dated_in_november_that_came_after_its_close(run: Run) -> None:
    """K13's session of October is billed in December; K12's charge of November is taken back in December."""
    late = [
        one for one in run.documents["coded"] if one.startswith(("Invoice HPHC:K13", "CreditMemo ANTH:K12: Cr 1100"))
    ]

    assert 2 == len(late)
    assert {"2025-10-31", "2025-11-01", "2025-11-30"} >= {
        date for date, name in run.dated["coded"] if date <= "2025-11-30" and name.startswith("JournalEntry")
    }


def test_under_cash_the_documents_are_those_of_the_list(run: Run) -> None:
    printed = Counter(f"{head}: {', '.join(sorted(effects))}" for head, effects, _ in printed_bank_lines())

    assert 16 == printed.total()
    assert printed == run.documents["cash"]
    assert (100585, -93900, -9408) == tuple(run.balances["cash", "31"][number] for number in ("1000", "4010", "4030"))


def test_under_cash_every_account_after_each_step_is_what_the_printed_documents_come_to(run: Run) -> None:
    """The checking account is printed too: after each document, and unchanged by the steps between them."""
    lines = dict(zip(BANKED, printed_bank_lines(), strict=True))
    expected: Counter[str] = Counter()
    checking = 0
    for step in steps():
        _, effects, checking = lines.get(step, ("", [], checking))
        for side, number, amount in (one.split() for one in effects):
            expected[number] += dollars(amount) if side == "Dr" else -dollars(amount)

        assert (step, checking) == (step, expected["1000"])
        assert (step, {number: amount for number, amount in expected.items() if amount}) == (
            step, dict(run.balances["cash", step]),
        )  # fmt: skip


def test_net_income_differs_by_what_clients_still_owe(run: Run) -> None:
    """1,125.85 less 1,005.85 is the closing receivable of 120.00."""

    def net_income(practice: str) -> int:
        return -sum(amount for number, amount in run.balances[practice, "31"].items() if number[0] in "4567")

    assert (112585, 112585, 100585) == tuple(net_income(practice) for practice in SHAPES)


def test_it_ties_out_after_every_step(run: Run) -> None:
    assert {True} == set(run.tied.values())
