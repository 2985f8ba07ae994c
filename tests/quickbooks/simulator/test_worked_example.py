"""Two months of a practice, every entry of the worked example, posted over the wire.

After each step the trial balance must read as the bookkeeper's table does; that table was made without this program.
Documents are told as `kind party day account:amount ...`: I invoice, C credit memo, P payment (to account), S sales
receipt, D deposit of everything that waits (plus direct lines), X expense, T transfer, J journal entry.
"""

import pytest

from tests.quickbooks.simulator.caller import direct_line, linked_line, payment, sales_form

ACCOUNTS = {
    "1000": ("Operating checking", "Checking"),
    "1150": ("Allowance for contractual adjustments", "OtherCurrentAssets"),
    "1190": ("Responsibility transfer clearing", "OtherCurrentLiabilities"),
    "1210": ("Card clearing", "CashOnHand"),
    "2200": ("Client credits and prepayments", "OtherCurrentLiabilities"),
    "2300": ("Payer recoupments and forwarding balances", "OtherCurrentLiabilities"),
    "2400": ("Unapplied receipts", "OtherCurrentLiabilities"),
    "4010": ("Sessions - commercial insurance", "ServiceFeeIncome"),
    "4030": ("Sessions - Medicare", "ServiceFeeIncome"),
    "4050": ("No-show and late-cancel fees", "ServiceFeeIncome"),
    "4910": ("Contractual adjustments - commercial", "DiscountsRefundsGiven"),
    "4911": ("Contractual adjustments - MaineCare", "DiscountsRefundsGiven"),
    "4912": ("Contractual adjustments - Medicare", "DiscountsRefundsGiven"),
    "4913": ("Medicare sequestration", "DiscountsRefundsGiven"),
    "4920": ("Sliding-scale and courtesy discounts", "DiscountsRefundsGiven"),
    "6100": ("Card processing fees", "BankCharges"),
    "6200": ("Bad debts - client balances", "BadDebts"),
    "7100": ("Interest from payers", "InterestEarned"),
}

STEPS = """
0   I ANTH:K8 10-27 4010:150                            | AR 150 REV -150
1   I ANTH:K1 11-03 4010:150                            | AR 300 REV -300
2   S K1 11-03 2200:25 to 1210                          | AR 300 1210 25 2200 -25 REV -300
3   C ANTH:K1 11-14 4910:40 1190:25; I K1 11-14 1190:25; C K1 11-14 2200:25; P ANTH:K1 11-14 85; D 11-14 \
                                                        | 1000 85 AR 150 1210 25 REV -300 CON 40
4   I ANTH:K2 11-05 4010:150                            | 1000 85 AR 300 1210 25 REV -450 CON 40
5   C ANTH:K2 11-19 4910:40 1190:110; I K2 11-19 1190:110 | 1000 85 AR 260 1210 25 REV -450 CON 80
6   I ANTH:K3 11-06 4010:150                            | 1000 85 AR 410 1210 25 REV -600 CON 80
9   I ANTH:K4 11-24 4010:150; I ANTH:K12 11-25 4010:150 | 1000 85 AR 710 1210 25 REV -900 CON 80
10  C ANTH:K3 11-28 4910:40 1190:25; I K3 11-28 1190:25; P ANTH:K3 11-28 85; D 11-28 \
                                                        | 1000 170 AR 585 1210 25 REV -900 CON 120
11  J 11-30 4910:120 1150:-120                          | 1000 170 AR 585 1150 -120 1210 25 REV -900 CON 240
11r J 12-01 4910:-120 1150:120                          | 1000 170 AR 585 1210 25 REV -900 CON 120
12  C ANTH:K12 12-01 4010:150                           | 1000 170 AR 435 1210 25 REV -750 CON 120
13  I ANTH:K5 12-01 4010:150; I ANTH:K6 12-04 4010:150; I ANTH:K7 12-08 4010:150 \
                                                        | 1000 170 AR 885 1210 25 REV -1200 CON 120
14  I ANTH:K1 12-05 2300:85 4910:40; C ANTH:K1 12-05 4910:50; P ANTH:K1 12-05 75; \
    C ANTH:K4 12-05 4910:40 1190:25; I K4 12-05 1190:25; P ANTH:K4 12-05 85; D 12-05 2300:-85 \
                                                        | 1000 245 AR 760 1210 25 REV -1200 CON 170
15  D 12-11 2400:60                                     | 1000 305 AR 760 1210 25 2400 -60 REV -1200 CON 170
16  I ANTH:K3 12-12 2300:85 4910:40 1190:25; C K3 12-12 1190:25; C ANTH:K5 12-12 4910:40 1190:25; \
    I K5 12-12 1190:25; P ANTH:K5 12-12 85; D 12-12 \
                                    | 1000 390 AR 760 1210 25 2300 -85 2400 -60 REV -1200 CON 170
17  I K11 12-09 4050:75; P K11 12-10 75 to 1210 | 1000 390 AR 760 1210 100 2300 -85 2400 -60 REV -1275 CON 170
18  X 12-12 6100:3.51 from 1210; T 12-12 96.49 1210 1000 \
                                    | 1000 486.49 AR 760 2300 -85 2400 -60 REV -1275 CON 170 6100 3.51
19  P K2 12-15 110; S K2 12-15 2200:20; D 12-15 \
                                    | 1000 616.49 AR 650 2200 -20 2300 -85 2400 -60 REV -1275 CON 170 6100 3.51
20  I MEDA:K9 12-02 4030:150; C MEDA:K9 12-16 4912:30 4913:1.92 1190:24; I SECO:K9 12-16 1190:24; \
    P MEDA:K9 12-16 94.08; D 12-16 \
                            | 1000 710.57 AR 674 2200 -20 2300 -85 2400 -60 REV -1425 CON 201.92 6100 3.51
21  I ANTH:K10 12-03 4010:150; C ANTH:K10 12-17 4910:40 1190:25; I MCARE:K10 12-17 1190:25; P ANTH:K10 12-17 85; \
    D 12-17                 | 1000 795.57 AR 699 2200 -20 2300 -85 2400 -60 REV -1575 CON 241.92 6100 3.51
22  I HPHC:K13 12-18 4010:150; C HPHC:K13 12-18 4910:80 1190:10 2400:60; I K13 12-18 1190:10 \
                            | 1000 795.57 AR 709 2200 -20 2300 -85 REV -1725 CON 321.92 6100 3.51
23  C ANTH:K3 12-18 4920:30 1190:120; I K3 12-18 1190:120; P K3 12-18 20; D 12-18 \
                            | 1000 815.57 AR 659 2200 -20 2300 -85 REV -1725 CON 351.92 6100 3.51
24  C ANTH:K6 12-19 4910:40 1190:10; I K6 12-19 1190:10; P ANTH:K6 12-19 100; D 12-19 2300:-85 \
                            | 1000 830.57 AR 519 2200 -20 REV -1725 CON 391.92 6100 3.51
25  I ANTH:K5 12-20 2300:85 4910:40 1190:25; C K5 12-20 1190:25 \
                            | 1000 830.57 AR 644 2200 -20 2300 -85 REV -1725 CON 351.92 6100 3.51
26  X 12-22 2200:20 from 1000 | 1000 810.57 AR 644 2300 -85 REV -1725 CON 351.92 6100 3.51
27  P SECO:K9 12-23 24; D 12-23 | 1000 834.57 AR 620 2300 -85 REV -1725 CON 351.92 6100 3.51
28  C MCARE:K10 12-24 4911:25 | 1000 834.57 AR 595 2300 -85 REV -1725 CON 376.92 6100 3.51
29  C ANTH:K8 12-26 4910:40 1190:25; I K8 12-26 1190:25; P ANTH:K8 12-26 85; D 12-26 7100:1.28 \
                            | 1000 920.85 AR 470 2300 -85 REV -1725 CON 416.92 6100 3.51 7100 -1.28
30  C ANTH:K5 12-27 4910:40 1190:25; I K5 12-27 1190:25; P ANTH:K5 12-27 85; C ANTH:K7 12-27 4910:40 1190:25; \
    I K7 12-27 1190:25; P ANTH:K7 12-27 85; D 12-27 2300:-85 \
                            | 1000 1005.85 AR 220 REV -1725 CON 496.92 6100 3.51 7100 -1.28
31  C K3 12-30 6200:100 | 1000 1005.85 AR 120 REV -1725 CON 496.92 6100 3.51 6200 100 7100 -1.28
"""

GROUPS = {
    "AR": ("Accounts Receivable (A/R)",),
    "REV": ("4010", "4030", "4050"),
    "CON": ("4910", "4911", "4912", "4913", "4920"),
}


class Practice:
    """The practice's books, kept through documents alone."""

    def __init__(self, caller):
        self.caller = caller
        self.accounts = {
            number: caller.account(name, subtype, AcctNum=number) for number, (name, subtype) in ACCOUNTS.items()
        }
        self.items = {number: caller.item(f"ITEM-{number}", account) for number, account in self.accounts.items()}
        self.customers = {}
        self.waiting = []

    def customer(self, party):
        """`ANTH:K1` is the sub-customer of the payer ANTH; display names are unique over all customers."""
        if party not in self.customers:
            payer, _, code = party.rpartition(":")
            more = {"Job": True, "ParentRef": {"value": self.customer(payer)["Id"]}} if payer else {}
            name = f"{payer} {code}" if payer else code
            self.customers[party] = self.caller.customer(name, **more)
        return self.customers[party]

    def post(self, told):
        kind, *rest = told.split()
        getattr(self, kind)(*rest)

    def lines(self, parts):
        return [
            line
            for part in parts
            for line in sales_form({"Id": ""}, part.split(":")[1], item=self.items[part.split(":")[0]]["Id"])["Line"]
        ]

    def form(self, kind, party, day, *parts, **more):
        body = {"CustomerRef": {"value": self.customer(party)["Id"]}, "TxnDate": f"2025-{day}", **more}
        return self.caller.save(kind, {**body, "Line": self.lines(parts)})

    def I(self, party, day, *parts):  # noqa: E743, N802  The letters are those of the text above.
        self.form("Invoice", party, day, *parts)

    def C(self, party, day, *parts):  # noqa: N802
        self.form("CreditMemo", party, day, *parts)

    def S(self, party, day, *parts):  # noqa: N802
        if "to" in parts:
            self.form(
                "SalesReceipt", party, day, *parts[:-2], DepositToAccountRef={"value": self.accounts[parts[-1]]["Id"]}
            )
        else:
            self.waiting.append(("SalesReceipt", self.form("SalesReceipt", party, day, *parts)))

    def P(self, party, day, amount, *to):  # noqa: N802
        more = {"DepositToAccountRef": {"value": self.accounts[to[1]]["Id"]}} if to else {}
        made = self.pay(party, day, round(float(amount) * 100), **more)
        if not to:
            self.waiting.append(("Payment", made))

    def pay(self, party, day, whole, **more):
        """Apply money, and all open credits as far as there are invoices for them."""
        customer = self.customer(party)
        invoices, credit_memos = (
            self.caller.found(kind, f"WHERE CustomerRef = '{customer['Id']}' ORDERBY TxnDate").get(kind, ())
            for kind in ("Invoice", "CreditMemo")
        )
        owed = sum(cents(one["Balance"]) for one in invoices)
        links, used = [], 0
        for one in credit_memos:
            take = min(cents(one["Balance"]), max(0, owed - whole - used))
            used += take
            links += [("CreditMemo", one, take / 100)] if take else []
        left = whole + used
        for one in invoices:
            take = min(cents(one["Balance"]), left)
            left -= take
            links += [("Invoice", one, take / 100)] if take else []
        if not (whole or links):
            return None
        return self.caller.save("Payment", payment(customer, whole / 100, *links, TxnDate=f"2025-{day}", **more))

    def D(self, day, *parts):  # noqa: N802
        lines = [linked_line(kind, held, held["TotalAmt"]) for kind, held in self.waiting]
        lines += [direct_line(self.accounts[part.split(":")[0]], part.split(":")[1]) for part in parts]
        self.waiting = []
        bank = {"value": self.accounts["1000"]["Id"]}
        self.caller.save("Deposit", {"DepositToAccountRef": bank, "TxnDate": f"2025-{day}", "Line": lines})

    def X(self, day, spent, _, account):  # noqa: N802
        number, amount = spent.split(":")
        detail = {"AccountRef": {"value": self.accounts[number]["Id"]}}
        line = {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        paid_from = {"value": self.accounts[account]["Id"]}
        body = {"PaymentType": "Check", "AccountRef": paid_from, "TxnDate": f"2025-{day}", "Line": [line]}
        self.caller.save("Purchase", body)

    def T(self, day, amount, one, other):  # noqa: N802
        refs = {"FromAccountRef": self.accounts[one]["Id"], "ToAccountRef": self.accounts[other]["Id"]}
        body = {name: {"value": account} for name, account in refs.items()}
        self.caller.save("Transfer", {**body, "Amount": amount, "TxnDate": f"2025-{day}"})

    def J(self, day, *parts):  # noqa: N802
        lines = []
        for part in parts:
            number, amount = part.split(":")
            side = "Credit" if amount.startswith("-") else "Debit"
            detail = {"PostingType": side, "AccountRef": {"value": self.accounts[number]["Id"]}}
            lines.append({"Amount": amount.lstrip("-"), "JournalEntryLineDetail": detail})
        self.caller.save("JournalEntry", {"TxnDate": f"2025-{day}", "Line": lines})

    def balances(self):
        """The trial balance by number, groups added up, in cents; what is nothing is left out."""
        by_name = self.caller.trial_balance(end_date="2025-12-31", date_macro="")
        found = {number: by_name.pop(name, 0) for number, (name, _) in ACCOUNTS.items()}
        found |= by_name
        grouped = {group: sum(found.pop(member, 0) for member in members) for group, members in GROUPS.items()}
        return {name: whole for name, whole in (found | grouped).items() if whole}


def cents(amount):
    return round(float(amount) * 100)


def steps():
    for told in STEPS.replace("\\\n", " ").strip().splitlines():
        head, _, table = told.partition("|")
        step, _, documents = head.strip().partition(" ")
        cells = table.split()
        expected = {name: round(float(amount) * 100) for name, amount in zip(cells[::2], cells[1::2], strict=True)}
        yield step, [one.strip() for one in documents.split(";")], expected


@pytest.fixture
def practice(caller):
    return Practice(caller)


def test_every_step_of_the_example_leaves_the_balances_of_the_table(practice):
    caller = practice.caller
    for step, documents, expected in steps():
        for document in documents:
            practice.post(document)

        assert (step, practice.balances()) == (step, expected)

    for party in list(practice.customers):
        practice.pay(party, "12-31", 0)
    owing = {party: cents(caller.read("Customer", held["Id"])["Balance"]) for party, held in practice.customers.items()}
    assert {party: whole for party, whole in owing.items() if whole} == {
        "K4": 2500,
        "K5": 2500,
        "K6": 1000,
        "K7": 2500,
        "K8": 2500,
        "K13": 1000,
    }
