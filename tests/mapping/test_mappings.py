"""The files in mappings/: what a practice starts from says what the design says."""

import re
from pathlib import Path

import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.reader import read_rules
from hhs_sync.mapping.rules import DENIALS, PayerFamily, Policy, Practice, Rules, Treatment

MAPPINGS = Path(__file__).parents[2] / "mappings"


def layer() -> dict[str, str]:
    return {path.name: path.read_text() for path in MAPPINGS.glob("*.toml")}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules([layer()], Practice(id="casco", name="Casco", policy=Policy.ACCRUAL))


def treatment(rules: Rules, group: str, code: str, payer: str | None = None) -> Treatment:
    found = rules.reason(group, code, payer, None)
    assert found is not None
    return found.treatment


def test_the_chart_has_every_account_under_the_number_of_the_design(rules: Rules) -> None:
    numbers = {one.account.name: one.number for one in rules.accounts}

    assert set(Account.__members__) == set(numbers)
    # The comments of the sub-ledger's own chart name the numbers: the two must not drift apart.
    source = (MAPPINGS.parent / "hhs_sync" / "mapping" / "accounts.py").read_text()
    assert dict(re.findall(r"^    ([A-Z_]+) = .*# (\d{4})", source, re.MULTILINE)) == numbers


def test_receivables_share_one_account_and_so_does_what_waits_for_deposit(rules: Rules) -> None:
    by_number: dict[str, set[str]] = {}
    for one in rules.accounts:
        by_number.setdefault(one.number, set()).add(one.account.name)

    assert {frozenset({"AR_PAYER", "AR_CLIENT"}), frozenset({"PAYER_CLEARING", "UNDEPOSITED"})} == {
        frozenset(names) for names in by_number.values() if len(names) > 1
    }


def test_only_the_contract_list_is_automatic(rules: Rules) -> None:
    automatic = {
        (one.group, one.code, one.treatment)
        for one in rules.reasons
        if one.treatment not in DENIALS | {Treatment.HOLD, Treatment.INFORMATION}
    }

    assert {
        ("CO", "45", Treatment.CONTRACTUAL),
        ("CO", "253", Treatment.SEQUESTRATION),
        ("OA", "23", Treatment.PRIOR_PAYER),
        ("CO", "23", Treatment.PRIOR_PAYER),
        ("PR", "1", Treatment.PATIENT),
        ("PR", "2", Treatment.PATIENT),
        ("PR", "3", Treatment.PATIENT),
    } == automatic


@pytest.mark.parametrize(
    ("group", "codes", "expected"),
    [
        ("CO", "16 4 11 125 129 252 226 B7 185 170 208 242 147 A1", Treatment.DENIED_FIX),
        ("CO", "22 26 27 31 177 200 109 96 204 227", Treatment.DENIED_COVERAGE),
        ("PR", "22 26 27 31 177 200 227", Treatment.DENIED_COVERAGE),
        ("OA", "22 109", Treatment.DENIED_COVERAGE),
        ("CO", "15 50 97 119 151 197 198 222 231 234 236 288", Treatment.DENIED_AUTHORISATION),
        ("CO", "18 29 B13", Treatment.DENIED_LATE),
        ("OA", "18 B13", Treatment.DENIED_LATE),
        ("OA", "101 133", Treatment.INFORMATION),
        ("CO", "24 94 144 161 137 237 142", Treatment.HOLD),
        ("PR", "45 50 96 119 142 204 999", Treatment.HOLD),
        ("PI", "45", Treatment.HOLD),
        ("OA", "45 253 1", Treatment.HOLD),
        ("CO", "1 2 3 999", Treatment.HOLD),
        ("CR", "45", Treatment.HOLD),
    ],
)
def test_a_reason_means_what_the_sheet_of_835_says(rules: Rules, group: str, codes: str, expected: Treatment) -> None:
    assert dict.fromkeys(codes.split(), expected) == {code: treatment(rules, group, code) for code in codes.split()}


def test_maincares_monthly_share_under_co_is_the_members_and_not_written_off(rules: Rules) -> None:
    found = rules.reason("CO", "142", "mainecare", None)

    assert found is not None
    assert ("mainecare", Treatment.HOLD) == (found.payer, found.treatment)


def test_every_reason_says_in_words_what_it_means(rules: Rules) -> None:
    assert [] == [one.where for one in rules.reasons if not one.says.endswith(".")]


def test_the_payers_of_maine_are_there_with_their_families(rules: Rules) -> None:
    assert {
        "mainecare": PayerFamily.MAINECARE,
        "medicare": PayerFamily.MEDICARE,
        "anthem": PayerFamily.COMMERCIAL,
        "harvard-pilgrim": PayerFamily.COMMERCIAL,
        "community-health-options": PayerFamily.COMMERCIAL,
        "aetna": PayerFamily.COMMERCIAL,
        "cigna": PayerFamily.COMMERCIAL,
        "unitedhealthcare": PayerFamily.COMMERCIAL,
    } == {one.id: one.family for one in rules.payers}
    # No id was confirmed: a wrong one would give a payer's money to another.
    assert {()} == {one.ids for one in rules.payers}
    assert {"medicare"} == {one.id for one in rules.payers if one.sequestration}


@pytest.mark.parametrize(
    ("name", "payer"),
    [
        ("Maine Medicaid", "mainecare"),
        ("STATE OF MAINE", "mainecare"),
        ("national government services, inc.", "medicare"),
        ("Anthem BCBS", "anthem"),
        ("HPHC", "harvard-pilgrim"),
        ("OPTUM", "unitedhealthcare"),
    ],
)
def test_payers_are_known_by_the_names_of_exports_and_835s(rules: Rules, name: str, payer: str) -> None:
    found = rules.payer(name)

    assert found is not None
    assert payer == found.id


def test_missed_appointments_and_other_work_are_told_from_sessions(rules: Rules) -> None:
    kinds = {
        code: found.kind for code in ("90837", "NO SHOW", "LATE CANCEL", "COURT") if (found := rules.service(code))
    }

    assert {"90837": "session", "NO SHOW": "no_show", "LATE CANCEL": "no_show", "COURT": "other"} == kinds


@pytest.mark.parametrize("name", ["clinicians.toml", "rates.toml"])
def test_the_example_rows_in_comments_are_right_once_they_are_uncommented(name: str) -> None:
    files = layer()
    assert "[[" not in re.sub(r"^#.*", "", files[name], flags=re.MULTILINE)
    example = re.sub(r"^# (?=\[|[a-z_]+ = |\d{5} = |\"\d|H\d{4} = )", "", files[name], flags=re.MULTILINE)

    read = read_rules([{**files, name: example}], Practice(id="casco", name="Casco"))

    assert read.clinicians if name == "clinicians.toml" else len(read.rates) == 5
