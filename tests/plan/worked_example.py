"""The worked example of the accounting design: its 33 steps as entries of the sub-ledger, written by hand.

Thirteen clients K1 to K13, one session each. `STEPS` says, for each step, which entries it adds and which documents it
must make under full receivables; `CASH` says which documents the same entries make as deposit summaries.
"""

from __future__ import annotations

from hhs_sync.ledger.entry import Entry, EntryKind, Line
from tests.plan.entries import A, HandBooks, entry, line

CONTRACTUAL = {
    "ANTH": A.CONTRACTUAL_COMMERCIAL, "HPHC": A.CONTRACTUAL_COMMERCIAL, "MEDA": A.CONTRACTUAL_MEDICARE,
    "SECO": A.CONTRACTUAL_COMMERCIAL, "MCARE": A.CONTRACTUAL_MAINECARE,
}  # fmt: skip


def session(name: str) -> str:
    return f"session/ehr/{name}"


def remittance(name: str) -> str:
    return f"remittance/era/{name}"


def charge(
    name: str, when: str, payer: str | None = "ANTH", fee: str = "150", revenue: A = A.REVENUE_COMMERCIAL
) -> Entry:
    s = session(name)
    owed = line(A.AR_PAYER, fee, payer, s, "mk") if payer else line(A.AR_CLIENT, fee, f"c-{name}", s, "mk")
    return entry(f"charge:{s}", when, EntryKind.CHARGE, owed, line(revenue, f"-{fee}", None, s, "mk"))


def paid(
    era: str,
    name: str,
    when: str,
    *split: str,
    payer: str = "ANTH",
    to: str | None = None,
    more: tuple[Line, ...] = (),
    cash: A = A.PAYER_CLEARING,
    cash_item: str | None = None,
) -> Entry:
    """A claim payment split into money, contract and patient's share (to the client, or to the next payer `to`)."""
    paid, contract, patient = (*split, "0")[:3]
    s = session(name)
    lines = [line(cash, paid, payer, cash_item or s, "mk")] if paid != "0" else []
    lines += [line(CONTRACTUAL[payer], contract, payer, s, "mk"), *more]
    if patient != "0":
        lines.append(line(A.AR_PAYER, patient, to, s, "mk") if to else line(A.AR_CLIENT, patient, f"c-{name}", s, "mk"))
    total = sum(one.amount for one in lines)
    lines.append(Line(A.AR_PAYER, -total, payer, s, "mk"))
    key = f"claim-payment:{remittance(era)}#{name}"
    return entry(key, when, EntryKind.CLAIM_PAYMENT, *lines, facts=(remittance(era), s))


def taken_back(era: str, name: str, when: str, *split: str) -> Entry:
    paid, contract, patient = (*split, "0")[:3]
    s = session(name)
    lines = [
        line(A.RECOUPMENT, f"-{paid}", "ANTH", s, "mk"),
        line(A.CONTRACTUAL_COMMERCIAL, f"-{contract}", "ANTH", s, "mk"),
    ]
    if patient != "0":
        lines.append(line(A.AR_CLIENT, f"-{patient}", f"c-{name}", s, "mk"))
    lines.append(Line(A.AR_PAYER, -sum(one.amount for one in lines), "ANTH", s, "mk"))
    key = f"reversal:{remittance(era)}#{name}"
    return entry(key, when, EntryKind.REVERSAL, *lines, facts=(remittance(era), s))


def banked(era: str, when: str, amount: str, *others: Line, payer: str = "ANTH", **shares: str) -> Entry:
    """A remittance's bank line: what was in clearing per session, and lines for what no claim explains."""
    b = f"bank_deposit/bank/4321/{era}"
    cleared = [line(A.PAYER_CLEARING, f"-{share}", payer, session(name), "mk") for name, share in shares.items()]
    return entry(
        f"deposit:{b}", when, EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, amount, None, b), *cleared, *others,
        facts=(b, remittance(era)),
    )  # fmt: skip


def kept(amount: str, era: str, name: str | None = None) -> Line:
    """A takeback, of a session's payment or by a provider-level adjustment."""
    if name is not None:
        return line(A.RECOUPMENT, amount, "ANTH", session(name), "mk")
    return line(A.RECOUPMENT, amount, "ANTH", f"{remittance(era)}#900")


def from_client(
    name: str, pay: str, when: str, amount: str, into: A, *, closes: str = "0", item: str | None = None
) -> Entry:
    key, client = f"client_payment/pay/{pay}", f"c-{name}"
    lines = [line(into, amount, client, key)]
    if closes != "0":
        lines.append(line(A.AR_CLIENT, f"-{closes}", client, session(name), "mk"))
    rest = -sum(one.amount for one in lines)
    if rest:
        lines.append(Line(A.CLIENT_CREDIT, rest, client, item or key, "mk" if item else None))
    return entry(f"client-payment:{key}", when, EntryKind.CLIENT_PAYMENT, *lines)


def client_banked(slip: str, when: str, amount: str, name: str, pay: str) -> Entry:
    b = f"bank_deposit/bank/4321/{slip}"
    return entry(
        f"deposit:{b}", when, EntryKind.CLIENT_DEPOSIT, line(A.BANK, amount, None, b),
        line(A.UNDEPOSITED, f"-{amount}", f"c-{name}", f"client_payment/pay/{pay}"),
        facts=(b, f"client_payment/pay/{pay}"),
    )  # fmt: skip


ALLOWANCE = (line(A.CONTRACTUAL_COMMERCIAL, "120"), line(A.ALLOWANCE, "-120"))
SUSPENDED = "bank_deposit/bank/4321/hphc"

# Step: entries, and the documents they make, as the accounting design prints them.
STEPS: dict[str, tuple[list[Entry], str]] = {
    "0": ([charge("K8", "2025-10-27")], "Invoice ANTH:K8: Dr 1100 150.00, Cr 4010 150.00"),
    "1": ([charge("K1", "2025-11-03")], "Invoice ANTH:K1: Dr 1100 150.00, Cr 4010 150.00"),
    "2": (
        [from_client("K1", "ch1", "2025-11-03", "25", A.CARD_STRIPE, item=session("K1"))],
        "SalesReceipt K1: Dr 1210 25.00, Cr 2200 25.00",
    ),
    "3": (
        [
            paid("1", "K1", "2025-11-14", "85", "40", "25"),
            entry(
                "credit-applied:client_payment/pay/ch1>session/ehr/K1", "2025-11-14", EntryKind.CREDIT_APPLIED,
                line(A.CLIENT_CREDIT, "25", "c-K1", session("K1"), "mk"),
                line(A.AR_CLIENT, "-25", "c-K1", session("K1"), "mk"),
            ),
            banked("1", "2025-11-14", "85", K1="85"),
        ],
        """CreditMemo ANTH:K1: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K1: Dr 1100 25.00, Cr 1190 25.00
        CreditMemo K1: Dr 2200 25.00, Cr 1100 25.00
        Payment ANTH:K1: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 85.00, Cr 1200 85.00""",
    ),
    "4": ([charge("K2", "2025-11-05")], "Invoice ANTH:K2: Dr 1100 150.00, Cr 4010 150.00"),
    "5": (
        [paid("2", "K2", "2025-11-19", "0", "40", "110")],
        """CreditMemo ANTH:K2: Dr 4910 40.00, Dr 1190 110.00, Cr 1100 150.00
        Invoice K2: Dr 1100 110.00, Cr 1190 110.00""",
    ),
    "6": ([charge("K3", "2025-11-06")], "Invoice ANTH:K3: Dr 1100 150.00, Cr 4010 150.00"),
    "7": ([], ""),
    "8": ([], ""),
    "9": (
        [charge("K4", "2025-11-24"), charge("K12", "2025-11-25")],
        """Invoice ANTH:K4: Dr 1100 150.00, Cr 4010 150.00
        Invoice ANTH:K12: Dr 1100 150.00, Cr 4010 150.00""",
    ),
    "10": (
        [paid("4", "K3", "2025-11-28", "85", "40", "25"), banked("4", "2025-11-28", "85", K3="85")],
        """CreditMemo ANTH:K3: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K3: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K3: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 85.00, Cr 1200 85.00""",
    ),
    "11": (
        [entry("allowance:2025-11", "2025-11-30", EntryKind.ALLOWANCE, *ALLOWANCE)],
        "JournalEntry: Dr 4910 120.00, Cr 1150 120.00",
    ),
    "11r": (
        [
            entry(
                "allowance-reversed:2025-11", "2025-12-01", EntryKind.ALLOWANCE,
                *(Line(one.account, -one.amount) for one in ALLOWANCE),
            )
        ],
        "JournalEntry: Cr 4910 120.00, Dr 1150 120.00",
    ),
    "12": (
        [
            entry(
                "charge-cancelled:resolution/decisions/12", "2025-12-01", EntryKind.CHARGE_CANCELLED,
                line(A.AR_PAYER, "-150", "ANTH", session("K12"), "mk"),
                line(A.REVENUE_COMMERCIAL, "150", None, session("K12"), "mk"),
            )
        ],
        "CreditMemo ANTH:K12: Dr 4010 150.00, Cr 1100 150.00",
    ),
    "13": (
        [charge("K5", "2025-12-01"), charge("K6", "2025-12-04"), charge("K7", "2025-12-08")],
        """Invoice ANTH:K5: Dr 1100 150.00, Cr 4010 150.00
        Invoice ANTH:K6: Dr 1100 150.00, Cr 4010 150.00
        Invoice ANTH:K7: Dr 1100 150.00, Cr 4010 150.00""",
    ),
    "14": (
        [
            taken_back("5", "K1", "2025-12-05", "85", "40"),
            paid("5", "K1", "2025-12-05", "75", "50"),
            paid("5", "K4", "2025-12-05", "85", "40", "25"),
            banked("5", "2025-12-05", "75", kept("85", "5", "K1"), K1="75", K4="85"),
        ],
        """Invoice ANTH:K1: Dr 1100 125.00, Cr 2300 85.00, Cr 4910 40.00
        CreditMemo ANTH:K1: Dr 4910 50.00, Cr 1100 50.00
        Payment ANTH:K1: Dr 1200 75.00, Cr 1100 75.00
        CreditMemo ANTH:K4: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K4: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K4: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 75.00, Cr 1200 160.00, Dr 2300 85.00""",
    ),
    "15": (
        [
            entry(
                f"deposit:{SUSPENDED}", "2025-12-11", EntryKind.BANK_SUSPENSE, line(A.BANK, "60", None, SUSPENDED),
                line(A.SUSPENSE, "-60", "HPHC", SUSPENDED),
            )
        ],
        "Deposit: Dr 1000 60.00, Cr 2400 60.00",
    ),
    "16": (
        [
            taken_back("6", "K3", "2025-12-12", "85", "40", "25"),
            paid("6", "K5", "2025-12-12", "85", "40", "25"),
            banked("6", "2025-12-12", "85", kept("85", "6", "K3"), kept("-85", "6"), K5="85"),
        ],
        """Invoice ANTH:K3: Dr 1100 150.00, Cr 2300 85.00, Cr 4910 40.00, Cr 1190 25.00
        CreditMemo K3: Dr 1190 25.00, Cr 1100 25.00
        CreditMemo ANTH:K5: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K5: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K5: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 85.00, Cr 1200 85.00""",
    ),
    "17": (
        [
            charge("K11", "2025-12-09", None, "75", A.REVENUE_NO_SHOW),
            from_client("K11", "ch2", "2025-12-10", "75", A.CARD_STRIPE, closes="75"),
        ],
        """Invoice K11: Dr 1100 75.00, Cr 4050 75.00
        Payment K11: Dr 1210 75.00, Cr 1100 75.00""",
    ),
    "18": (
        [
            entry(
                "payout-fees:payout/pay/po1", "2025-12-12", EntryKind.PAYOUT,
                line(A.CARD_FEES, "3.51", None, "payout/pay/po1"), line(A.CARD_STRIPE, "-3.51", None, "payout/pay/po1"),
            ),
            entry(
                "deposit:bank_deposit/bank/4321/po1", "2025-12-12", EntryKind.PAYOUT, line(A.BANK, "96.49"),
                line(A.CARD_STRIPE, "-25", "c-K1", "client_payment/pay/ch1", "mk"),
                line(A.CARD_STRIPE, "-75", "c-K11", "client_payment/pay/ch2", "mk"),
                line(A.CARD_STRIPE, "3.51", None, "payout/pay/po1#fees"),
            ),
        ],
        """Purchase: Dr 6100 3.51, Cr 1210 3.51
        Transfer: Dr 1000 96.49, Cr 1210 96.49""",
    ),
    "19": (
        [
            from_client("K2", "1021", "2025-12-15", "130", A.UNDEPOSITED, closes="110"),
            client_banked("slip1", "2025-12-15", "130", "K2", "1021"),
        ],
        """Payment K2: Dr 1200 110.00, Cr 1100 110.00
        SalesReceipt K2: Dr 1200 20.00, Cr 2200 20.00
        Deposit: Dr 1000 130.00, Cr 1200 130.00""",
    ),
    "20": (
        [
            charge("K9", "2025-12-02", "MEDA", revenue=A.REVENUE_MEDICARE),
            paid(
                "11", "K9", "2025-12-16", "94.08", "30", "24", payer="MEDA", to="SECO",
                more=(line(A.SEQUESTRATION, "1.92", "MEDA", session("K9"), "mk"),),
            ),
            banked("11", "2025-12-16", "94.08", payer="MEDA", K9="94.08"),
        ],
        """Invoice MEDA:K9: Dr 1100 150.00, Cr 4030 150.00
        CreditMemo MEDA:K9: Dr 4912 30.00, Dr 4913 1.92, Dr 1190 24.00, Cr 1100 55.92
        Invoice SECO:K9: Dr 1100 24.00, Cr 1190 24.00
        Payment MEDA:K9: Dr 1200 94.08, Cr 1100 94.08
        Deposit: Dr 1000 94.08, Cr 1200 94.08""",
    ),
    "21": (
        [
            charge("K10", "2025-12-03"),
            paid("13", "K10", "2025-12-17", "85", "40", "25", to="MCARE"),
            banked("13", "2025-12-17", "85", K10="85"),
        ],
        """Invoice ANTH:K10: Dr 1100 150.00, Cr 4010 150.00
        CreditMemo ANTH:K10: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice MAINECARE:K10: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K10: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 85.00, Cr 1200 85.00""",
    ),
    "22": (
        [
            charge("K13", "2025-12-18", "HPHC"),
            paid("eob", "K13", "2025-12-18", "60", "80", "10", payer="HPHC", cash=A.SUSPENSE, cash_item=SUSPENDED),
        ],
        """Invoice HPHC:K13: Dr 1100 150.00, Cr 4010 150.00
        CreditMemo HPHC:K13: Dr 4910 80.00, Dr 1190 10.00, Dr 2400 60.00, Cr 1100 150.00
        Invoice K13: Dr 1100 10.00, Cr 1190 10.00""",
    ),
    "23": (
        [
            entry(
                "to-client:resolution/decisions/23", "2025-12-18", EntryKind.TO_CLIENT,
                line(A.AR_PAYER, "-150", "ANTH", session("K3"), "mk"),
                line(A.AR_CLIENT, "120", "c-K3", session("K3"), "mk"),
                line(A.DISCOUNT, "30", None, session("K3"), "mk"),
            ),
            from_client("K3", "cash1", "2025-12-18", "20", A.UNDEPOSITED, closes="20"),
            client_banked("slip2", "2025-12-18", "20", "K3", "cash1"),
        ],
        """CreditMemo ANTH:K3: Dr 4920 30.00, Dr 1190 120.00, Cr 1100 150.00
        Invoice K3: Dr 1100 120.00, Cr 1190 120.00
        Payment K3: Dr 1200 20.00, Cr 1100 20.00
        Deposit: Dr 1000 20.00, Cr 1200 20.00""",
    ),
    "24": (
        [
            paid("7", "K6", "2025-12-19", "100", "40", "10"),
            banked("7", "2025-12-19", "15", kept("85", "7"), K6="100"),
        ],
        """CreditMemo ANTH:K6: Dr 4910 40.00, Dr 1190 10.00, Cr 1100 50.00
        Invoice K6: Dr 1100 10.00, Cr 1190 10.00
        Payment ANTH:K6: Dr 1200 100.00, Cr 1100 100.00
        Deposit: Dr 1000 15.00, Cr 1200 100.00, Dr 2300 85.00""",
    ),
    "25": (
        [taken_back("8", "K5", "2025-12-20", "85", "40", "25")],
        """Invoice ANTH:K5: Dr 1100 150.00, Cr 2300 85.00, Cr 4910 40.00, Cr 1190 25.00
        CreditMemo K5: Dr 1190 25.00, Cr 1100 25.00""",
    ),
    "26": (
        [
            entry(
                "refund:refund/pay/r1", "2025-12-22", EntryKind.REFUND,
                line(A.CLIENT_CREDIT, "20", "c-K2", "client_payment/pay/1021"),
                line(A.BANK, "-20", "c-K2", "refund/pay/r1"),
            )
        ],
        "Purchase: Dr 2200 20.00, Cr 1000 20.00",
    ),
    "27": (
        [
            entry(
                f"claim-payment:{remittance('12')}#K9", "2025-12-23", EntryKind.CLAIM_PAYMENT,
                line(A.PAYER_CLEARING, "24", "SECO", session("K9"), "mk"),
                line(A.AR_PAYER, "-24", "SECO", session("K9"), "mk"), facts=(remittance("12"), session("K9")),
            ),
            banked("12", "2025-12-23", "24", payer="SECO", K9="24"),
        ],
        """Payment SECO:K9: Dr 1200 24.00, Cr 1100 24.00
        Deposit: Dr 1000 24.00, Cr 1200 24.00""",
    ),
    "28": (
        [paid("14", "K10", "2025-12-24", "0", "25", payer="MCARE")],
        "CreditMemo MAINECARE:K10: Dr 4911 25.00, Cr 1100 25.00",
    ),
    "29": (
        [
            paid("10", "K8", "2025-12-26", "85", "40", "25"),
            banked("10", "2025-12-26", "86.28", line(A.INTEREST, "-1.28", "ANTH", f"{remittance('10')}#900"), K8="85"),
        ],
        """CreditMemo ANTH:K8: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K8: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K8: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 86.28, Cr 1200 85.00, Cr 7100 1.28""",
    ),
    "30": (
        [
            paid("9", "K5", "2025-12-27", "85", "40", "25"),
            paid("9", "K7", "2025-12-27", "85", "40", "25"),
            banked("9", "2025-12-27", "85", kept("85", "9"), K5="85", K7="85"),
        ],
        """CreditMemo ANTH:K5: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K5: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K5: Dr 1200 85.00, Cr 1100 85.00
        CreditMemo ANTH:K7: Dr 4910 40.00, Dr 1190 25.00, Cr 1100 65.00
        Invoice K7: Dr 1100 25.00, Cr 1190 25.00
        Payment ANTH:K7: Dr 1200 85.00, Cr 1100 85.00
        Deposit: Dr 1000 85.00, Cr 1200 170.00, Dr 2300 85.00""",
    ),
    "31": (
        [
            entry(
                "write-off:resolution/decisions/31", "2025-12-30", EntryKind.WRITE_OFF,
                line(A.BAD_DEBT, "100", None, session("K3"), "mk"),
                line(A.AR_CLIENT, "-100", "c-K3", session("K3"), "mk"),
            )
        ],
        "CreditMemo K3: Dr 6200 100.00, Cr 1100 100.00",
    ),
}  # fmt: skip

# Bank line, document, and what is in checking after it.
CASH = """
2025-11-14  Deposit: Dr 1000 85.00, Cr 4010 85.00                              85.00
2025-11-28  Deposit: Dr 1000 85.00, Cr 4010 85.00                             170.00
2025-12-05  Deposit: Dr 1000 75.00, Cr 4010 160.00, Dr 4950 85.00             245.00
2025-12-11  Deposit: Dr 1000 60.00, Cr 2400 60.00                             305.00
2025-12-12  Deposit: Dr 1000 85.00, Cr 4010 85.00                             390.00
2025-12-12  Deposit: Dr 1000 96.49, Cr 4040 25.00, Cr 4050 75.00, Dr 6100 3.51  486.49
2025-12-15  Deposit: Dr 1000 130.00, Cr 4040 130.00                           616.49
2025-12-16  Deposit: Dr 1000 94.08, Cr 4030 94.08                             710.57
2025-12-17  Deposit: Dr 1000 85.00, Cr 4010 85.00                             795.57
2025-12-18  JournalEntry: Dr 2400 60.00, Cr 4010 60.00                        795.57
2025-12-18  Deposit: Dr 1000 20.00, Cr 4040 20.00                             815.57
2025-12-19  Deposit: Dr 1000 15.00, Cr 4010 100.00, Dr 4950 85.00             830.57
2025-12-22  Purchase: Dr 4960 20.00, Cr 1000 20.00                            810.57
2025-12-23  Deposit: Dr 1000 24.00, Cr 4010 24.00                             834.57
2025-12-26  Deposit: Dr 1000 86.28, Cr 4010 85.00, Cr 7100 1.28               920.85
2025-12-27  Deposit: Dr 1000 85.00, Cr 4010 170.00, Dr 4950 85.00            1005.85
"""

# The trial balance after each step, as printed: credits negative, blank cells 0, dollars.
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("1000",), ("1100",), ("1150",), ("1210",), ("2200",), ("2300",), ("2400",), ("4010", "4030", "4050"),
    ("4910", "4911", "4912", "4913", "4920", "4930"), ("6100",), ("6200",), ("7100",),
)  # fmt: skip
BALANCES = """
0         0    150     0      0     0     0    0   -150       0     0    0      0
1         0    300     0      0     0     0    0   -300       0     0    0      0
2         0    300     0     25   -25     0    0   -300       0     0    0      0
3        85    150     0     25     0     0    0   -300      40     0    0      0
4        85    300     0     25     0     0    0   -450      40     0    0      0
5        85    260     0     25     0     0    0   -450      80     0    0      0
6        85    410     0     25     0     0    0   -600      80     0    0      0
7        85    410     0     25     0     0    0   -600      80     0    0      0
8        85    410     0     25     0     0    0   -600      80     0    0      0
9        85    710     0     25     0     0    0   -900      80     0    0      0
10      170    585     0     25     0     0    0   -900     120     0    0      0
11      170    585  -120     25     0     0    0   -900     240     0    0      0
11r     170    585     0     25     0     0    0   -900     120     0    0      0
12      170    435     0     25     0     0    0   -750     120     0    0      0
13      170    885     0     25     0     0    0  -1200     120     0    0      0
14      245    760     0     25     0     0    0  -1200     170     0    0      0
15      305    760     0     25     0     0  -60  -1200     170     0    0      0
16      390    760     0     25     0   -85  -60  -1200     170     0    0      0
17      390    760     0    100     0   -85  -60  -1275     170     0    0      0
18   486.49    760     0      0     0   -85  -60  -1275     170  3.51    0      0
19   616.49    650     0      0   -20   -85  -60  -1275     170  3.51    0      0
20   710.57    674     0      0   -20   -85  -60  -1425  201.92  3.51    0      0
21   795.57    699     0      0   -20   -85  -60  -1575  241.92  3.51    0      0
22   795.57    709     0      0   -20   -85    0  -1725  321.92  3.51    0      0
23   815.57    659     0      0   -20   -85    0  -1725  351.92  3.51    0      0
24   830.57    519     0      0   -20     0    0  -1725  391.92  3.51    0      0
25   830.57    644     0      0   -20   -85    0  -1725  351.92  3.51    0      0
26   810.57    644     0      0     0   -85    0  -1725  351.92  3.51    0      0
27   834.57    620     0      0     0   -85    0  -1725  351.92  3.51    0      0
28   834.57    595     0      0     0   -85    0  -1725  376.92  3.51    0      0
29   920.85    470     0      0     0   -85    0  -1725  416.92  3.51    0  -1.28
30  1005.85    220     0      0     0     0    0  -1725  496.92  3.51    0  -1.28
31  1005.85    120     0      0     0     0    0  -1725  496.92  3.51  100  -1.28
"""

CLIENTS = [f"K{number}" for number in range(1, 14)]
REVENUE = {
    session(name): {"K9": A.REVENUE_MEDICARE, "K11": A.REVENUE_NO_SHOW}.get(name, A.REVENUE_COMMERCIAL)
    for name in CLIENTS
}


def books(last: str = "31") -> HandBooks:
    """The books after a step, sorted as the books sort them."""
    order = {kind: place for place, kind in enumerate(EntryKind)}
    entries: list[Entry] = []
    for step, (added, _) in STEPS.items():
        entries.extend(added)
        if step == last:
            break
    return HandBooks(
        entries=tuple(sorted(entries, key=lambda one: (one.date, order[one.kind], one.key))),
        session_revenue=REVENUE,
        session_clients={session(name): f"c-{name}" for name in CLIENTS},
        client_codes={f"c-{name}": name for name in CLIENTS},
    )
