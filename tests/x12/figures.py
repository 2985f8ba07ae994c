"""Figures of an 835, twice: as our reader sees them, and by a calculator that knows nothing of it.

The calculator splits on the delimiters that ISA declares at its fixed places, adds with Decimal, and understands no
untidy file. Where both can read, they must agree.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from hhs_sync.facts.remittance import Remittance

Figures = dict[str, int | dict[str, int]]


def figures(read: Iterable[Remittance]) -> Figures:
    """Of remittances as we read them: counts, sums in cents, and how many equations hold at each level."""
    remittances = list(read)
    claims = [claim for one in remittances for claim in one.claim_payments]
    lines = [line for claim in claims for line in claim.lines]
    adjustments = [plb for one in remittances for plb in one.provider_adjustments]
    wrong = Counter(imbalance.level for one in remittances for imbalance in one.imbalances)
    by_code: Counter[str] = Counter()
    for plb in adjustments:
        by_code[plb.reason_code] += plb.amount
    return {
        "st": len(remittances),
        "clp": len(claims),
        "svc": len(lines),
        "bpr02": sum(one.amount_paid for one in remittances),
        "clp03": sum(claim.amount_charged for claim in claims),
        "clp04": sum(claim.amount_paid for claim in claims),
        "clp05": sum(claim.amount_patient for claim in claims),
        "svc02": sum(line.amount_charged for line in lines),
        "svc03": sum(line.amount_paid for line in lines),
        "plb": sum(plb.amount for plb in adjustments),
        "plb_by_code": dict(by_code),
        "status": dict(Counter(claim.claim_status for claim in claims)),
        "payments_balanced": len(remittances) - wrong["payment"],
        "claims_balanced": len(claims) - wrong["claim"],
        "lines_balanced": len(lines) - wrong["line"],
        "wrong_se01": sum(
            any(problem.startswith("SE counts") for problem in one.envelope_problems) for one in remittances
        ),
    }


def plain_figures(content: bytes) -> Figures:
    """The same of a tidy file, by another way."""
    text = content.decode()
    element, component, terminator = text[3], text[104], text[105]
    count = PlainCount(component)
    for segment in text.split(terminator):
        tag, *parts = segment.strip().split(element)
        count.segments += 1
        getattr(count, tag.lower(), lambda _: None)([*parts, "", "", ""])
    return {
        **{name: int(count.counts[name]) for name in COUNTS},
        **{name: int(100 * count.money[name]) for name in MONEY},
        "plb_by_code": {code: int(100 * amount) for code, amount in count.by_code.items()},
        "status": dict(count.status),
    }


COUNTS = ("st", "clp", "svc", "payments_balanced", "claims_balanced", "lines_balanced", "wrong_se01")
MONEY = ("bpr02", "clp03", "clp04", "clp05", "svc02", "svc03", "plb")


class PlainCount:
    """One method for each tag that counts; what is left of a line, a claim and a payment must come to nothing."""

    def __init__(self, component: str) -> None:
        self.component = component
        self.counts: Counter[str] = Counter()
        self.money: dict[str, Decimal] = defaultdict(Decimal)
        self.by_code: dict[str, Decimal] = defaultdict(Decimal)
        self.status: Counter[str] = Counter()
        self.left: dict[str, Decimal] = {}
        self.segments = 0

    def st(self, _: list[str]) -> None:
        self.counts["st"] += 1
        self.left = {"payments": Decimal()}
        self.segments = 1

    def bpr(self, parts: list[str]) -> None:
        amount = Decimal(parts[1]) * (-1 if parts[2] == "D" else 1)
        self.money["bpr02"] += amount
        self.left["payments"] += amount

    def clp(self, parts: list[str]) -> None:
        self.close("lines", "claims")
        charged, paid, patient = (Decimal(part or 0) for part in parts[2:5])
        self.counts["clp"] += 1
        self.status[parts[1]] += 1
        self.money["clp03"] += charged
        self.money["clp04"] += paid
        self.money["clp05"] += patient
        self.left["claims"] = charged - paid
        self.left["payments"] -= paid

    def svc(self, parts: list[str]) -> None:
        self.close("lines")
        charged, paid = (Decimal(part) for part in parts[1:3])
        self.counts["svc"] += 1
        self.money["svc02"] += charged
        self.money["svc03"] += paid
        self.left["lines"] = charged - paid

    def cas(self, parts: list[str]) -> None:
        for amount in filter(None, parts[2::3]):
            for level in {"lines", "claims"} & self.left.keys():
                self.left[level] -= Decimal(amount)

    def plb(self, parts: list[str]) -> None:
        self.close("lines", "claims")
        for composite, amount in zip(parts[2::2], parts[3::2], strict=False):
            if composite:
                self.money["plb"] += Decimal(amount)
                self.by_code[composite.split(self.component)[0]] += Decimal(amount)
                self.left["payments"] += Decimal(amount)

    def se(self, parts: list[str]) -> None:
        self.close("lines", "claims", "payments")
        self.counts["wrong_se01"] += int(parts[0]) != self.segments

    def close(self, *levels: str) -> None:
        for level in levels:
            if level in self.left:
                self.counts[f"{level}_balanced"] += self.left.pop(level) == 0


def table(rows: dict[str, Figures]) -> str:
    """For a person: one line a file, money in dollars."""
    heading = f"{'file':44} {'ST':>3} {'CLP':>4} {'SVC':>4} {'BPR02':>11} {'CLP03':>11} {'CLP04':>11} {'PLB':>9}  T/C/S"
    lines = [heading]
    for name, row in rows.items():
        money = " ".join(
            f"{row[key] / 100:>{width},.2f}" for key, width in [("bpr02", 11), ("clp03", 11), ("clp04", 11), ("plb", 9)]
        )
        balanced = " ".join(
            f"{row[f'{level}_balanced']}/{row[count]}"
            for level, count in [("payments", "st"), ("claims", "clp"), ("lines", "svc")]
        )
        lines.append(f"{name:44} {row['st']:>3} {row['clp']:>4} {row['svc']:>4} {money}  {balanced}")
    return "\n".join(lines)
