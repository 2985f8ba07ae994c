"""TOML to Rules: what the files say is what the rules say, and every mistake comes with its line."""

import datetime as dt

import pytest

from hhs_sync.errors import MappingError
from hhs_sync.mapping import reader
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import (
    Clinician,
    LedgerAccount,
    Payer,
    PayerFamily,
    Practice,
    Rate,
    Reason,
    Rules,
    Service,
    Thresholds,
    Treatment,
)
from hhs_sync.mapping.thresholds import COLLECTIONS

PRACTICE = Practice(id="casco", name="Casco Counseling")


@pytest.fixture
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single table would never hold together with the rest: what test_check.py is about is left out here."""
    monkeypatch.setattr(reader, "check_rules", lambda _: ())


alone = pytest.mark.usefixtures("_unchecked")


def read(*texts: str, thresholds: dict[str, object] | None = None) -> Rules:
    """Each text is a folder with one file, rules.toml."""
    return reader.read_rules([{"rules.toml": text} for text in texts], PRACTICE, thresholds)


def mistakes(*texts: str) -> tuple[str, ...]:
    with pytest.raises(MappingError) as raised:
        read(*texts)
    return raised.value.mistakes


@alone
def test_each_table_becomes_its_rules_with_the_place_they_were_told_at() -> None:
    rules = read("""
[[accounts]]
account = "BANK"
number = "1000"
name = "Operating checking"
type = "Bank"
subtype = "Checking"

[[payers]]
id = "anthem"
name = "Anthem"
family = "commercial"
names = ["ANTHEM BCBS"]
ids = ["00110"]
bank_texts = "ANTHEM"
filing_limit_days = 90

[[services]]
code = "90837"
minutes = 60

[[clinicians]]
id = "mk"
class_name = "M. Keene"
npi = "1234567893"
""")

    assert (
        LedgerAccount(
            account=Account.BANK,
            number="1000",
            name="Operating checking",
            type="Bank",
            subtype="Checking",
            where="rules.toml:2",
        ),
    ) == rules.accounts
    assert (
        Payer(
            id="anthem",
            name="Anthem",
            family=PayerFamily.COMMERCIAL,
            names=("ANTHEM BCBS",),
            ids=("00110",),
            bank_texts=("ANTHEM",),
            filing_limit_days=90,
            where="rules.toml:9",
        ),
    ) == rules.payers
    assert (Service(code="90837", minutes=60, where="rules.toml:18"),) == rules.services
    assert (Clinician(id="mk", class_name="M. Keene", npi="1234567893", where="rules.toml:22"),) == rules.clinicians
    assert PRACTICE == rules.practice


@alone
def test_what_a_payer_keeps_outside_claims_goes_where_its_own_newest_row_says() -> None:
    text = """
[[provider_reasons]]
codes = ["WO", "FB"]
account = "RECOUPMENT"

[[provider_reasons]]
codes = ["WO"]
account = "SUSPENSE"
payer = "anthem"
first = 2026-01-01
"""
    rules = read(text)

    assert Account.RECOUPMENT is rules.provider_account("FB", "anthem", dt.date(2026, 3, 1))
    assert Account.RECOUPMENT is rules.provider_account("WO", "anthem", dt.date(2025, 12, 31))
    assert Account.SUSPENSE is rules.provider_account("WO", "anthem", dt.date(2026, 1, 1))
    assert Account.RECOUPMENT is rules.provider_account("WO", "aetna", dt.date(2026, 1, 1))
    assert None is rules.provider_account("J1", "anthem", None)


@alone
def test_one_row_of_reasons_speaks_for_every_pair_of_its_groups_and_codes() -> None:
    rules = read("""
[[reasons]]
groups = ["CO", "PI"]
codes = ["16", "4"]
treatment = "denied: fix and resend"
says = "Mend it."
""")

    assert [("CO", "16"), ("CO", "4"), ("PI", "16"), ("PI", "4")] == [(one.group, one.code) for one in rules.reasons]
    assert Reason(
        group="PI", code="4", treatment=Treatment.DENIED_FIX, says="Mend it.", where="rules.toml:2"
    ) == rules.reason("PI", "4", None, None)


@alone
def test_a_reason_changes_on_its_day_and_may_be_one_payers_own() -> None:
    rules = read("""
[[reasons]]
groups = ["CO"]
codes = ["45"]
treatment = "contractual"
[[reasons]]
groups = ["CO"]
codes = ["45"]
treatment = "hold"
first = 2026-07-01
[[reasons]]
groups = ["CO"]
codes = ["45"]
payer = "aetna"
treatment = "patient"
""")

    def treatment(payer: str | None, day: dt.date) -> Treatment | None:
        found = rules.reason("CO", "45", payer, day)
        return found.treatment if found else None

    assert Treatment.CONTRACTUAL == treatment(None, dt.date(2026, 6, 30))
    assert Treatment.HOLD == treatment("cigna", dt.date(2026, 7, 1))
    assert Treatment.PATIENT == treatment("aetna", dt.date(2026, 7, 1))


@alone
def test_a_fee_schedule_gives_a_rate_for_each_code_and_its_modifiers() -> None:
    rules = read("""
[[rates]]
payer = "anthem"
first = 2026-01-01
[rates.amounts]
90837 = "131.00"
"90837 95" = "128.50"
""")

    day = dt.date(2026, 3, 4)
    assert Rate(
        payer="anthem", code="90837", amount=13100, first=dt.date(2026, 1, 1), where="rules.toml:2"
    ) == rules.rate("anthem", "90837", ("GT",), "mk", day)
    telehealth = rules.rate("anthem", "90837", ("95",), None, day)
    assert telehealth is not None
    assert 12850 == telehealth.amount
    assert None is rules.rate("anthem", "90837", (), None, dt.date(2025, 12, 31))


@alone
def test_bank_texts_are_the_defaults_until_a_file_speaks_of_them() -> None:
    silent = read("")
    spoken = read("""
[client_deposits]
texts = ["Teller deposit"]
[[processors]]
text = "Stripe"
processor = "stripe"
""")

    assert Rules(practice=PRACTICE).client_deposit_texts == silent.client_deposit_texts
    assert ("TELLER DEPOSIT",) == spoken.client_deposit_texts
    assert (("STRIPE", "stripe"),) == spoken.processor_texts


@alone
def test_a_later_folder_adds_rows_and_replaces_those_of_the_same_identity() -> None:
    common = '[[services]]\ncode = "90837"\nminutes = 60\n[[services]]\ncode = "90834"\nminutes = 45\n'
    own = '[[services]]\ncode = "90837"\nminutes = 53\n[[services]]\ncode = "X1"\n'

    rules = read(common, own)

    assert {"90837": 53, "90834": 45, "X1": None} == {one.code: one.minutes for one in rules.services}


@alone
def test_within_a_folder_a_row_that_stands_twice_is_told_with_both_places() -> None:
    assert ("rules.toml:3: the same row of [[services]] stands already at rules.toml:1",) == mistakes(
        '[[services]]\ncode = "90837"\n[[services]]\ncode = "90837"\n'
    )


@alone
def test_the_config_outranks_the_collections_table_and_both_outrank_the_defaults() -> None:
    rules = read('[collections]\nreminder_days = 20\nclient_tolerance = "2.50"\n', thresholds={"reminder_days": 25})

    assert Thresholds(reminder_days=25, client_tolerance=250) == rules.practice.thresholds


@alone
def test_all_mistakes_are_told_at_once_each_with_its_line_and_what_would_be_right() -> None:
    told = mistakes("""
[[payers]]
id = "a"
name = "A"
family = "medicade"
filing_limit = 90
[[accounts]]
account = "BNAK"
number = 1000
name = "x"
type = "Bank"
[[rates]]
payer = "a"
first = "2026-01-01"
[rates.amounts]
90837 = 131.0
[[reasons]]
groups = ["CO"]
treatment = "hold"
[[services]]
code = "x"
kind = "nap"
minutes = -5
[surprise]
x = 1
[collections]
reminder_days = "soon"
plan_age_days = 5
[client_deposits]
words = []
""")

    assert list(SAID) == [(int(one.split(":")[1]), one.split(": ", 1)[1]) for one in told]


KNOWN_ACCOUNTS = ", ".join(Account.__members__)
SAID = (
    (5, "family must be one of: commercial, mainecare, medicare"),
    (6, f"[[payers]] has no key filing_limit; there are: {', '.join(reader.TABLES['payers'].fields)}"),
    (8, f"account is no account of the sub-ledger; there are: {KNOWN_ACCOUNTS}"),
    (9, "number must be a text in quotation marks"),
    (14, "first must be a day, without quotation marks: 2026-01-31"),
    (16, 'amounts 90837 must be an amount in quotation marks: "125.00"'),
    (17, "[[reasons]] lacks codes"),
    (22, "kind must be one of: session, no_show, other"),
    (23, "minutes must be a whole number, zero or more"),
    (24, f"surprise is no table of rules; there are: {', '.join(reader.TABLES)}, collections, client_deposits"),
    (27, "reminder_days must be a whole number, zero or more"),
    (28, "plan_age_days is no threshold here; there are: " + ", ".join(COLLECTIONS)),
    (30, "[client_deposits] has no key words; there is: texts"),
)


@alone
def test_a_file_that_is_no_toml_does_not_hide_the_mistakes_of_the_others() -> None:
    with pytest.raises(MappingError) as raised:
        reader.read_rules([{"a.toml": "x = ", "b.toml": "[[payers]]\n"}], PRACTICE)

    first, second = raised.value.mistakes
    assert first.startswith("a.toml:1: ")
    assert "b.toml:1: [[payers]] lacks id, name, family" == second


@alone
def test_a_table_under_a_single_header_is_told_how_to_be_written() -> None:
    assert ("rules.toml:1: write each row under a header of its own: [[payers]]",) == mistakes('[payers]\nid = "a"\n')


def test_rules_that_contradict_each_other_are_mistakes_like_any_other() -> None:
    assert any("needs accounts" in one for one in mistakes(""))
