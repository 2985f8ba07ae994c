"""Whatever is sent, in whatever order: the books balance, the sums agree, and the simulator itself never fails.

Two kinds of trouble, both from a seed: bodies with something broken somewhere inside, and long runs of changes of every
sort that pay, void, deposit and delete what came before.
"""

import copy
import random

import msgspec
import pytest

from hhs_sync.quickbooks.simulator import DrivenClock, Simulator, SimulatorSettings
from hhs_sync.quickbooks.simulator.calls import Call
from hhs_sync.quickbooks.simulator.kinds import KINDS
from tests.quickbooks.simulator.caller import direct_line, linked_line, payment, sales_form
from tests.quickbooks.simulator.conftest import START

JUNK = (
    None,
    "",
    "x",
    0,
    -1,
    3.5,
    "999",
    True,
    [],
    {},
    [{}],
    [None],
    {"value": ""},
    {"value": "999"},
    "2026-13-45",
    10**30,
)


class Wire:
    """Calls in process; returns status and answer."""

    def __init__(self, **chosen):
        self.simulator = Simulator(SimulatorSettings(seed_company=True, **chosen), DrivenClock(START))
        self.realm = self.simulator.settings.realms[0]
        self.company = self.simulator.companies[self.realm]
        form = b"grant_type=refresh_token&refresh_token=sim-refresh-token&client_id=sim-client-id&client_secret="
        self.token = ""
        self.token = self.call("POST", "/oauth2/v1/tokens/bearer", form + b"sim-client-secret")[1]["access_token"]

    def call(self, method, path, body=b"", **query):
        headers = {"authorization": f"Bearer {self.token}"}
        reply = self.simulator.handle(Call(method, path, path, query, headers, body, "http://sim"))
        return reply.status, msgspec.json.decode(reply.body)

    def write(self, kind, body, **query):
        path = f"/v3/company/{self.realm}/{kind.lower()}"
        return self.call("POST", path, msgspec.json.encode(body), **query)

    def check(self):
        """What must hold at any moment."""
        company, ledger = self.company, self.company.ledger
        assert sum(ledger.balances.values()) == 0
        for kind, owed in (("Accounts Receivable", ledger.receivable), ("Accounts Payable", ledger.payable)):
            accounts = [one["Id"] for one in company.tables["Account"].values() if one["AccountType"] == kind]
            assert sum(ledger.balances[one] for one in accounts) == sum(owed.values()), kind
        for kind in ("Invoice", "CreditMemo", "Bill", "VendorCredit"):
            for object_id, fields in company.tables[kind].items():
                left = cents(fields["TotalAmt"]) - company.paid(object_id)
                assert (cents(fields["Balance"]), left >= 0) == (left, True), (kind, object_id)
        for object_id, fields in company.tables["Payment"].items():
            assert cents(fields["UnappliedAmt"]) >= 0
            for claim in company.claims.get(object_id, ()):
                assert claim.target in company.tables[claim.target_kind]
        open_credit = sum(cents(one["UnappliedAmt"]) for one in company.tables["Payment"].values())
        open_credit += sum(cents(one["Balance"]) for one in company.tables["CreditMemo"].values())
        invoiced = sum(cents(one["Balance"]) for one in company.tables["Invoice"].values())
        others = sum(
            line.cents
            for kind in ("JournalEntry", "Deposit", "Purchase")
            for object_id in company.tables[kind]
            for line in ledger.postings.get(object_id, ())
            if line.receivable
        )
        if not any(claim.target_kind == "JournalEntry" for claims in company.claims.values() for claim in claims):
            assert sum(ledger.receivable.values()) == invoiced - open_credit + others


def cents(amount):
    return round(float(amount) * 100)


CUSTOMER = {"Id": "1"}
BANK = {"Id": "35"}

BODIES = (
    ("Customer", {"DisplayName": "N", "Job": True, "ParentRef": {"value": "1"}, "BillAddr": {"Line1": "x"}}),
    ("Account", {"Name": "N", "AccountType": "Bank", "AccountSubType": "Checking", "AcctNum": "1"}),
    ("Item", {"Name": "N", "Type": "Service", "UnitPrice": 5, "IncomeAccountRef": {"value": "79"}}),
    (
        "Invoice",
        sales_form(CUSTOMER, 10, "5.5", DocNumber="N", TxnTaxDetail={"TotalTax": 1}, SalesTermRef={"value": "3"}),
    ),
    ("CreditMemo", sales_form(CUSTOMER, 10)),
    ("SalesReceipt", sales_form(CUSTOMER, 10, DepositToAccountRef={"value": "35"})),
    ("RefundReceipt", sales_form(CUSTOMER, 10, DepositToAccountRef={"value": "35"})),
    ("Estimate", sales_form(CUSTOMER, 10)),
    ("Payment", payment(CUSTOMER, 50, ("Invoice", {"Id": "3"}, 20), PaymentRefNum="7")),
    (
        "Deposit",
        {
            "DepositToAccountRef": {"value": "35"},
            "Line": [direct_line({"Id": "79"}, 5), linked_line("Payment", {"Id": "5"}, 5)],
        },
    ),
    ("Transfer", {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}, "Amount": 5}),
    (
        "JournalEntry",
        {
            "Line": [
                {
                    "Amount": 5,
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {
                        "PostingType": side,
                        "AccountRef": {"value": number},
                        "Entity": {"Type": "Customer", "EntityRef": {"value": "1"}},
                    },
                }
                for side, number in (("Debit", "84"), ("Credit", "35"))
            ]
        },
    ),
    (
        "Purchase",
        {
            "PaymentType": "Check",
            "AccountRef": {"value": "35"},
            "EntityRef": {"value": "31", "type": "Vendor"},
            "Line": [
                {
                    "Amount": 5,
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "22"}},
                }
            ],
        },
    ),
    (
        "Bill",
        {
            "VendorRef": {"value": "31"},
            "Line": [
                {
                    "Amount": 5,
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}},
                }
            ],
        },
    ),
    (
        "BillPayment",
        {
            "VendorRef": {"value": "31"},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": "35"}},
            "TotalAmt": 5,
            "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "126", "TxnType": "Bill"}]}],
        },
    ),
    ("TimeActivity", {"NameOf": "Employee", "EmployeeRef": {"value": "35"}, "Hours": 1, "Minutes": 5}),
    (
        "RecurringTransaction",
        {"Invoice": {**sales_form(CUSTOMER, 1), "RecurringInfo": {"Name": "R", "ScheduleInfo": {"DayOfMonth": 1}}}},
    ),
    ("Attachable", {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Customer", "value": "1"}}]}),
    ("ExchangeRate", {"SourceCurrencyCode": "EUR", "Rate": 2, "AsOfDate": "2026-01-01"}),
    ("Preferences", {"SyncToken": "0", "AccountingInfoPrefs": {"BookCloseDate": "2009-12-31"}}),
    (
        "TaxService/TaxCode",
        {"TaxCode": "T", "TaxRateDetails": [{"TaxRateName": "T", "RateValue": 5, "TaxAgencyId": 1}]},
    ),
    ("Batch", {"BatchItemRequest": [{"bId": "1", "operation": "create", "Invoice": sales_form(CUSTOMER, 1)}]}),
)


def places(body, path=()):
    """Every place inside a body at which something can be broken."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def broken(body, chance):
    """The body with one to three things in it replaced by junk."""
    body = copy.deepcopy(body)
    for _ in range(chance.randint(1, 3)):
        every = list(places(body))
        if not every:
            return body
        path = chance.choice(every)
        inside = body
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return body


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[kind for kind, _ in BODIES])
def test_a_broken_body_is_answered_and_leaves_the_books_in_order(kind, body):
    chance = random.Random(kind)
    wire = Wire()
    statuses = {wire.write(kind, body)[0]}

    for _ in range(60):
        statuses.add(wire.write(kind, broken(body, chance))[0])
        wire.check()

    assert statuses <= {200, 400}
    assert 400 in statuses


class Run:
    """A long run of sensible changes, each of what came before."""

    def __init__(self, seed, **chosen):
        self.chance = random.Random(seed)
        self.wire = Wire(**chosen)
        self.statuses = []

    def any_of(self, *kinds):
        found = [(kind, one) for kind in kinds for one in self.wire.company.tables[kind].values()]
        return self.chance.choice(found) if found else (None, None)

    def write(self, kind, body, **query):
        status, answer = self.wire.write(kind, body, **query)
        code = answer["Fault"]["Error"][0]["code"] if "Fault" in answer else None
        self.statuses.append((status, code))

    def customer(self):
        return {"Id": str(self.chance.randint(1, 4))}

    def sell(self):
        amounts = [self.chance.randint(-40, 200) / 4 for _ in range(self.chance.randint(1, 3))]
        kind = self.chance.choice(("Invoice", "Invoice", "CreditMemo", "SalesReceipt"))
        self.write(kind, sales_form(self.customer(), *amounts, item=self.chance.choice(("1", "4", "10"))))

    def pay(self):
        customer = self.customer()
        table = self.wire.company.tables
        mine = lambda kind: [  # noqa: E731
            one
            for one in table[kind].values()
            if one["CustomerRef"]["value"] == customer["Id"] and cents(one["Balance"])
        ]
        links, paid, used = [], 0, 0
        for one in self.chance.sample(mine("Invoice"), min(2, len(mine("Invoice")))):
            amount = self.chance.randint(1, cents(one["Balance"]))
            links.append(("Invoice", one, amount / 100))
            paid += amount
        for one in self.chance.sample(mine("CreditMemo"), min(1, len(mine("CreditMemo")))):
            amount = min(self.chance.randint(1, cents(one["Balance"])), paid)
            if amount > 0:
                links.append(("CreditMemo", one, amount / 100))
                used += amount
        extra = self.chance.choice((0, 0, 500, -100))
        self.write("Payment", payment(customer, max(0, paid - used + extra) / 100, *links))

    def deposit(self):
        lines = []
        for kind, one in {
            one["Id"]: (kind, one) for kind, one in [self.any_of("Payment", "SalesReceipt") for _ in range(3)] if one
        }.values():
            lines.append(linked_line(kind, one, float(one["TotalAmt"])))
        lines.append(direct_line({"Id": "79"}, self.chance.randint(-2000, 3000) / 100))
        self.write("Deposit", {"DepositToAccountRef": {"value": "35"}, "Line": lines})

    def change(self):
        kind, held = self.any_of("Invoice", "CreditMemo", "Payment", "SalesReceipt", "Deposit")
        body = msgspec.json.decode(msgspec.json.encode(held, enc_hook=str))
        if self.chance.random() < 0.5:
            body["PrivateNote"] = "changed"
        elif body.get("Line") and kind != "Payment":
            line = self.chance.choice(body["Line"])
            line["Amount"] = self.chance.randint(0, 100)
        elif kind == "Payment":
            body["Line"] = body["Line"][:-1]
        self.write(kind, body)

    def take_away(self):
        kind, held = self.any_of("Invoice", "CreditMemo", "Payment", "SalesReceipt", "Deposit")
        how = self.chance.choice(("delete", "void"))
        self.write(kind, {"Id": held["Id"], "SyncToken": held["SyncToken"]}, operation=how)

    def turn(self):
        step = self.chance.choice(
            (self.sell, self.sell, self.sell, self.pay, self.pay, self.deposit, self.change, self.take_away)
        )
        step()
        self.wire.check()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("paid_documents", ["unapply", "refuse"])
def test_a_long_run_of_changes_keeps_every_sum(seed, paid_documents):
    run = Run(seed, paid_documents=paid_documents)
    for _ in range(80):
        run.turn()

    codes = {code for _, code in run.statuses}
    assert [status for status, _ in run.statuses if status not in (200, 400)] == []
    assert sum(code is None for _, code in run.statuses) > 30
    assert codes <= {None, "500", "620", "6000", "6070", "6540"}, codes


@pytest.mark.parametrize("seed", range(4))
def test_a_file_opened_again_holds_the_same_books(seed, tmp_path):
    run = Run(seed, state_file=tmp_path / "state.sqlite")
    for _ in range(60):
        run.turn()
    before = run.wire.company
    run.wire.simulator.close()

    again = Wire(state_file=tmp_path / "state.sqlite")

    after = again.company
    again.check()
    assert {kind: dict(after.tables[kind]) for kind in KINDS} == {kind: dict(before.tables[kind]) for kind in KINDS}
    assert {one: whole for one, whole in after.ledger.balances.items() if whole} == {
        one: whole for one, whole in before.ledger.balances.items() if whole
    }
    assert {target: links for target, links in after.links.items() if links} == {
        target: links for target, links in before.links.items() if links
    }
    again.simulator.close()


def test_the_same_run_makes_the_same_company_to_the_letter():
    first, second = Run(3), Run(3)
    for run in (first, second):
        for _ in range(60):
            run.turn()

    assert first.wire.company.tables == second.wire.company.tables
