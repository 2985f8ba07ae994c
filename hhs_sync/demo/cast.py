"""Who takes part in the demo: two practices, their clinicians and clients, and how each payer goes about its work.

All of it is invented. Names of people are of a kind that stands in no other text, so that a test may look for them in
every byte that left the house. Amounts are cents, percentages whole, weekdays as Python counts them (Monday is 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import msgspec
from msgspec import Struct

from hhs_sync.money import Money

FIRST_NAMES = (
    "Aldwyn", "Briony", "Corvina", "Dashiell", "Eluned", "Fenwick", "Gwendry", "Hesper", "Isolde", "Jorvik", "Kestrin",
    "Lorcan", "Maelis", "Nerissa", "Oriel", "Peregrin", "Quenby", "Rosalba", "Sorrel", "Tamsin", "Ulric", "Verity",
    "Wystan", "Xanthe", "Yseult", "Zephrin",
)  # fmt: skip
LAST_NAMES = (
    "Ashgrovel", "Bramblewick", "Cindermoor", "Dovescote", "Elderthwaite", "Fernhollis", "Gorsebeck", "Hazelrigger",
    "Ivelchester", "Juniperson", "Kelpwright", "Larkspurling", "Marrowfen", "Nettlecombe", "Oatesworthy",
    "Pennywhistler", "Quillfeather", "Rushbottom", "Silverbirchen", "Thistlemead", "Underhollow", "Vetchling",
    "Whortlebury", "Yarrowdale",
)  # fmt: skip

FEES: Mapping[str, Money] = {"90791": 22500, "90832": 10500, "90834": 14500, "90837": 18000, "90847": 16500}
"""What both practices charge, by service code."""
NO_SHOW_FEE: Money = 7500


class PayerHabit(Struct, frozen=True, kw_only=True):
    """How a payer answers and pays.

    It pays on `weekday`, every `every_weeks` weeks, what it got at least `answers_after` days before. `names` are its
    name in the practice system, in remittances, and at the bank; `tells_trace` says whether the bank line bears the
    trace. `allowed` is its fee schedule.
    """

    id: str
    name: str
    remits_as: str
    bank_text: str
    filing_indicator: str
    payer_id: str
    tax_id: str
    weekday: int
    answers_after: int
    every_weeks: int = 1
    tells_trace: bool = True
    sequestration: bool = False
    allowed: Mapping[str, Money]


MAINECARE = PayerHabit(
    id="mainecare",
    name="MaineCare",
    remits_as="STATE OF MAINE DHHS",
    bank_text="STATE OF MAINE VENDOR PMT",
    filing_indicator="MC",
    payer_id="SKME0",
    tax_id="016000001",
    weekday=2,
    answers_after=8,
    allowed={"90791": 15120, "90832": 7140, "90834": 9425, "90837": 13860, "90847": 11230},
)
ANTHEM = PayerHabit(
    id="anthem",
    name="Anthem BCBS",
    remits_as="ANTHEM HEALTH PLANS OF MAINE INC",
    bank_text="ANTHEM BCBS ME HCCLAIMPMT",
    filing_indicator="12",
    payer_id="00680",
    tax_id="311705652",
    weekday=3,
    answers_after=11,
    allowed={"90791": 16850, "90832": 8215, "90834": 10980, "90837": 14735, "90847": 12640},
)
HARVARD_PILGRIM = PayerHabit(
    id="harvard-pilgrim",
    name="Harvard Pilgrim",
    remits_as="HARVARD PILGRIM HEALTH CARE INC",
    bank_text="HPHC CLAIMS PAYMENT",
    filing_indicator="HM",
    payer_id="04271",
    tax_id="042452600",
    weekday=1,
    answers_after=12,
    every_weeks=2,
    tells_trace=False,
    allowed={"90791": 15975, "90832": 7790, "90834": 10345, "90837": 13905, "90847": 11990},
)
MEDICARE = PayerHabit(
    id="medicare",
    name="Medicare Part B",
    remits_as="NATIONAL GOVERNMENT SERVICES, INC.",
    bank_text="NGS MEDICARE PART B HCCLAIMPMT",
    filing_indicator="MB",
    payer_id="14112",
    tax_id="351840597",
    weekday=4,
    answers_after=14,
    sequestration=True,
    allowed={"90791": 16634, "90832": 7566, "90834": 10002, "90837": 14721, "90847": 10045},
)
UNITED = PayerHabit(
    id="unitedhealthcare",
    name="UnitedHealthcare",
    remits_as="UNITED HEALTHCARE INSURANCE COMPANY",
    bank_text="UHC MEDICARE SUPP HCCLAIMPMT",
    filing_indicator="CI",
    payer_id="87726",
    tax_id="362739571",
    weekday=0,
    answers_after=9,
    allowed=FEES,
)
UNMAPPED = PayerHabit(
    id="",
    name="Kennebec Valley Mutual",
    remits_as="KENNEBEC VALLEY MUTUAL BENEFIT",
    bank_text="KENNEBEC VALLEY MUTUAL EFT",
    filing_indicator="CI",
    payer_id="KVM01",
    tax_id="019998877",
    weekday=1,
    answers_after=10,
    allowed={"90791": 15000, "90832": 7500, "90834": 10000, "90837": 13500, "90847": 11500},
)
PAYERS = {one.name: one for one in (MAINECARE, ANTHEM, HARVARD_PILGRIM, MEDICARE, UNITED, UNMAPPED)}


class DemoClinician(Struct, frozen=True, kw_only=True):
    """One clinician: the id in exports, the class in QuickBooks, the NPI in claims."""

    id: str
    class_name: str
    first_name: str
    last_name: str
    npi: str


class DemoClient(Struct, frozen=True, kw_only=True):
    """One client: who stands behind them, what they are to pay themselves, when they come, and how they pay.

    `pays` is card, check or late (not yet). `copay` is per visit, `deductible` what is left of it at the start,
    `coinsurance` a percentage.
    """

    id: str
    first_name: str
    last_name: str
    member_id: str = ""
    secondary_member_id: str = ""
    payer: PayerHabit | None = None
    secondary: PayerHabit | None = None
    copay: Money = 0
    deductible: Money = 0
    coinsurance: int = 0
    discount: Money = 0
    clinician: DemoClinician
    code: str
    weekday: int
    hour: int
    every_weeks: int = 1
    first_week: int = 0
    pays: str = "card"
    telehealth: bool = False


class DemoPractice(Struct, frozen=True, kw_only=True):
    """One practice and how large it is. `deposit_account` are the last digits of its bank account.

    One that `comes_over` from another system brings one export of all its sessions, its remittances and its bank lines;
    what its clients paid stays behind. Where clients stay for `stays_weeks`, others come after them; else all are there
    from its first weeks to the last.
    """

    id: str
    name: str
    policy: str
    realm: str
    npi: str
    tax_id: str
    processor: str
    bank_form: str
    deposit_account: str
    clinicians: tuple[DemoClinician, ...]
    clients: int
    weeks: int = 12
    comes_over: bool = False
    stays_weeks: int = 0


def npi(first_nine: int) -> str:
    """A National Provider Identifier with its right check digit (Luhn over 80840 and the number)."""
    digits = [int(digit) for digit in f"80840{first_nine:09d}"]
    doubled = [digit * 2 if place % 2 == 0 else digit for place, digit in enumerate(reversed(digits))]
    total = sum(digit // 10 + digit % 10 for digit in doubled)
    return f"{first_nine:09d}{-total % 10}"


def _clinician(id_: str, first_name: str, last_name: str, number: int) -> DemoClinician:
    return DemoClinician(
        id=id_, class_name=f"{first_name[0]}. {last_name}", first_name=first_name, last_name=last_name, npi=npi(number)
    )


PRACTICES = (
    DemoPractice(
        id="harbor",
        name="Harbor Light Counseling",
        policy="accrual",
        realm="9341450000000001",
        npi=npi(190000101),
        tax_id="019900101",
        processor="stripe",
        bank_form="ofx",
        deposit_account="4417",
        clinicians=(
            _clinician("mkeene", "Mara", "Keene", 190000111),
            _clinician("toduya", "Tobi", "Oduya", 190000112),
            _clinician("spratt", "Selah", "Pratt", 190000113),
            _clinician("jlowe", "Jonas", "Lowe", 190000114),
        ),
        clients=52,
    ),
    DemoPractice(
        id="birch",
        name="Birch Hollow Therapy",
        policy="cash",
        realm="9341450000000002",
        npi=npi(190000201),
        tax_id="019900202",
        processor="square",
        bank_form="csv",
        deposit_account="8820",
        clinicians=(
            _clinician("A Brandt", "Ada", "Brandt", 190000211),
            _clinician("L Caro", "Luis", "Caro", 190000212),
            _clinician("N Voss", "Nell", "Voss", 190000213),
        ),
        clients=38,
    ),
)  # fmt: skip

# Of every twenty clients, how many come with which payer (None: they pay themselves).
_MIX: tuple[PayerHabit | None, ...] = (
    *[MAINECARE] * 6, *[ANTHEM] * 5, *[HARVARD_PILGRIM] * 3, *[MEDICARE] * 3, *[None] * 3,
)  # fmt: skip
_CODES = ("90837", "90837", "90837", "90834", "90834", "90832", "90847")


def draw_clients(practice: DemoPractice, random: Random) -> list[DemoClient]:
    """The clients of a practice. One who pays by check in six, one in eight who does not pay yet."""
    clients = [_draw_client(number, practice, random) for number in range(practice.clients)]
    if not practice.stays_weeks:
        return clients
    return [
        msgspec.structs.replace(one, first_week=number * practice.weeks // practice.clients)
        for number, one in enumerate(clients)
    ]


def _draw_client(number: int, practice: DemoPractice, random: Random) -> DemoClient:
    payer = _MIX[number * 7 % len(_MIX)]
    secondary = UNITED if payer is MEDICARE and number % 2 == 0 else None
    kind = random.choice(("copay", "copay", "deductible", "coinsurance"))
    commercial = payer in (ANTHEM, HARVARD_PILGRIM)
    round_number, place = divmod(number, len(LAST_NAMES))
    first_name = FIRST_NAMES[(place * 5 + round_number * 11) % len(FIRST_NAMES)]
    return DemoClient(
        id=f"{practice.id[0].upper()}{4100 + number * 3}",
        first_name=first_name,
        last_name=LAST_NAMES[place],
        member_id=f"{random.choice('QVWXZ')}{random.randrange(10**8, 10**9)}" if payer else "",
        secondary_member_id=f"U{random.randrange(10**8, 10**9)}" if secondary else "",
        payer=payer,
        secondary=secondary,
        copay=random.choice((2000, 2500, 3000)) if commercial and kind == "copay" else 0,
        deductible=random.choice((30000, 50000, 75000)) if commercial and kind == "deductible" else 0,
        coinsurance=20 if (commercial and kind == "coinsurance") or payer is MEDICARE else 0,
        discount=random.choice((0, 3000, 5000)) if payer is None else 0,
        clinician=practice.clinicians[number % len(practice.clinicians)],
        code=random.choice(_CODES),
        weekday=random.randrange(5),
        hour=random.randrange(8, 18),
        every_weeks=2 if number % 3 == 2 else 1,
        first_week=random.randrange(2) if number % 5 else random.randrange(min(5, practice.weeks)),
        pays=random.choice(("card",) * 5 + ("check",)) if number % 8 else "late",
        telehealth=random.random() < 0.3,
    )
