"""Charges: who owes a session first, where its income goes, and why some have none."""

from __future__ import annotations

import msgspec
import pytest

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.ledger.session import Charged, Charges, WhyUncharged, charge_sessions
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Payer, Rules, Service
from tests.builders import ANTHEM, MAINECARE, MEDICARE, SECOND, coverage, day, decide, make_rules, session, session_key

KEY = session_key("K1")
MISSED = {"state": SessionState.NO_SHOW, "service_code": "NOSHOW"}


def rules(**practice: object) -> Rules:
    made = make_rules(**practice)
    return msgspec.structs.replace(made, services=(*made.services, Service(code="REPORT", kind="other")))


def charges(*facts: Fact, **practice: object) -> Charges:
    return charge_sessions(Facts.of(facts), rules(**practice))


@pytest.mark.parametrize(
    ("one", "payer", "revenue"),
    [
        ({}, ANTHEM, Account.REVENUE_COMMERCIAL),
        ({"payer": "MEDA"}, MEDICARE, Account.REVENUE_MEDICARE),
        ({"payer": "MCARE"}, MAINECARE, Account.REVENUE_MAINECARE),
        ({"payer": None}, None, Account.REVENUE_CLIENT),
        ({"payer": None, "service_code": "REPORT"}, None, Account.REVENUE_OTHER),
        ({"payer": None, "service_code": "unheard of"}, None, Account.REVENUE_CLIENT),
        ({"state": SessionState.NO_SHOW}, None, Account.REVENUE_NO_SHOW),
        ({"state": SessionState.LATE_CANCEL}, None, Account.REVENUE_NO_SHOW),
        ({"service_code": "NOSHOW"}, None, Account.REVENUE_NO_SHOW),
        ({"fee": "0.01"}, ANTHEM, Account.REVENUE_COMMERCIAL),
    ],
)
def test_who_owes_first_and_where_the_income_goes(
    one: dict[str, object], payer: Payer | None, revenue: Account
) -> None:
    assert {KEY: Charged(KEY, payer, None, revenue)} == charges(session("K1", "2025-11-03", **one)).charged


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ({"state": SessionState.CANCELLED}, WhyUncharged.NOT_HELD),
        ({"state": SessionState.SCHEDULED}, WhyUncharged.NOT_HELD),
        ({"fee": "0"}, WhyUncharged.NO_FEE),
        ({"missing": ("units",)}, WhyUncharged.INCOMPLETE),
        ({"payer": "Nobody"}, WhyUncharged.PAYER_UNKNOWN),
        ({"payer": "MCARE", **MISSED}, WhyUncharged.MAINECARE_MEMBER),
    ],
)
def test_why_a_session_has_no_charge(one: dict[str, object], why: WhyUncharged) -> None:
    assert Charges((), {}, {KEY: why}) == charges(session("K1", "2025-11-03", **one))


def test_what_was_before_the_first_day_belongs_to_the_old_system() -> None:
    before, on = session("K1", "2025-10-31"), session("K2", "2025-11-01")
    made = charges(before, on, first_day=day("2025-11-01"))

    assert {KEY: WhyUncharged.BEFORE_FIRST_DAY} == made.uncharged
    assert [session_key("K2")] == list(made.charged)


def test_a_person_says_not_to_bill() -> None:
    decided = decide("d", ResolutionKind.DO_NOT_BILL, KEY, "2025-11-04")

    assert {KEY: WhyUncharged.DO_NOT_BILL} == charges(session("K1", "2025-11-03"), decided).uncharged


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2025-11-03", "2025-11-03", WhyUncharged.MAINECARE_MEMBER),
        ("2025-11-03", None, WhyUncharged.MAINECARE_MEMBER),
        ("2025-11-04", None, None),
        ("2025-01-01", "2025-11-02", None),
    ],
)
@pytest.mark.parametrize("kind", [{"payer": None}, {"payer": "ANTH", **MISSED}])
def test_a_member_of_mainecare_is_not_charged_on_the_days_of_the_coverage(
    first: str, last: str | None, why: WhyUncharged | None, kind: dict[str, object]
) -> None:
    made = charges(
        session("K1", "2025-11-03", client="ada", **kind),
        coverage("ada", "MCARE", first, 3, last=last and day(last)),
        coverage("ben", "MCARE"),
    )

    assert why == made.uncharged.get(KEY)


def test_a_notice_given_beforehand_lets_a_member_be_charged_for_a_session_but_never_for_a_missed_one() -> None:
    told = decide("n", ResolutionKind.NOTICE_GIVEN, KEY, "2025-11-01")
    covered = coverage("ada", "MCARE")

    assert {KEY} == charges(session("K1", "2025-11-03", payer=None, client="ada"), told, covered).charged.keys()
    assert {KEY} == charges(session("K1", "2025-11-03", client="ada", **MISSED), told, covered).uncharged.keys()


def test_the_second_payer_is_the_one_named_else_the_only_second_coverage() -> None:
    def second(*coverages: Fact, **one: object) -> Payer | None:
        return charges(session("K1", "2025-11-03", client="ada", **one), *coverages).charged[KEY].secondary

    assert MAINECARE == second(coverage("ada", "SECO", order=2), secondary_payer="MCARE")
    assert SECOND == second(coverage("ada", "SECO", order=2), coverage("ada", "HPHC", order=1))
    assert None is second(coverage("ada", "SECO", order=2), coverage("ada", "HPHC", order=2))
    assert None is second(coverage("ada", "SECO", "2025-12-01", order=2))
    assert None is second(coverage("ada", "ANTH", order=2))
    assert None is second(coverage("ada", "Unheard Of", order=2))


def test_a_discount_stands_beside_the_full_fee() -> None:
    books = keep_books(Facts.of([session("K1", "2025-11-03", "150", None, discount=3000)]), rules(), day("2025-12-31"))
    (entry,) = books.entries

    assert [(Account.AR_CLIENT, 12000), (Account.REVENUE_CLIENT, -15000), (Account.DISCOUNT, 3000)] == [
        (line.account, line.amount) for line in entry.lines
    ]
