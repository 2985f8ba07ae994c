"""PAY-01 without a rate on file: what a payer allowed before stands in for it, and is told as learned."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

import msgspec
import pytest

from hhs_sync.facts.fact import Fact
from hhs_sync.findings import Found
from hhs_sync.findings.finding import Effect, Finding
from hhs_sync.findings.learned import PAYMENTS_MIN, Learned, Price, learn, prices
from hhs_sync.mapping.rules import Clinician, Rate, Rules
from hhs_sync.money import format_money
from tests.builders import claim, remittance, session
from tests.findings.looking import look, plain_rules, situation

FIRST = dt.date(2025, 3, 3)
TODAY = "2025-12-01"


def paid(allowed: Sequence[int], weeks_from: int = 0, **of_session: object) -> list[Fact]:
    """A session a week, each allowed so many dollars: 25 of it are the client's."""
    facts: list[Fact] = []
    for number, amount in enumerate(allowed, weeks_from):
        day = FIRST + dt.timedelta(weeks=number)
        name = f"{of_session.get('clinician', 'K')}{number}"
        facts.append(session(name, day.isoformat(), **of_session))
        told = f"CO-45 {150 - amount}, PR-3 25"
        facts.append(
            remittance(
                name, (day + dt.timedelta(days=10)).isoformat(), f"{amount - 25}.00",
                claim(name, "150", f"{amount - 25}", told),
            )
        )  # fmt: skip
    return facts


def underpaid(found: Found) -> list[Finding]:
    return [one for one in found.findings if one.code == "PAY-01"]


def learned(*facts: Fact, rules: Rules | None = None) -> list[tuple[str, int, int]]:
    """Amount, payments that agree, and among how many, of all that was learned."""
    at = situation(*facts, today=TODAY, rules=rules)
    return [
        (format_money(one.amount), one.payments, one.among)
        for rates in learn(prices(at)).rates.values()
        for one in rates
    ]


def test_five_payments_that_agree_teach_a_rate_and_four_do_not() -> None:
    assert [("110.00", 5, 5)] == learned(*paid([110] * 5))
    assert [] == learned(*paid([110] * 4))


def test_a_payment_below_the_learned_rate_is_asked_for_and_said_to_be_learned() -> None:
    found = look(*paid([110, 110, 110, 95, 110, 110]), today=TODAY)

    (one,) = underpaid(found)
    assert (1500, Effect.NONE) == (one.amount, one.effect)
    assert (
        "Anthem allowed 95.00 where it allowed 110.00 otherwise (learned from 5 of 6 payments for 2025-03-03 to "
        "2025-04-07; not confirmed)."
    ) == one.says
    assert ("learned rate", 11000) in one.numbers
    assert "hhs-sync mappings learned" in one.action


def test_a_payment_above_the_learned_rate_is_no_question() -> None:
    found = look(*paid([110, 110, 110, 125, 110, 110]), today=TODAY)

    assert not {"PAY-01", "PAY-02"} & {one.code for one in found.findings}


def test_two_amounts_that_alternate_teach_nothing() -> None:
    assert [] == learned(*paid([110, 95] * 6))
    assert [] == underpaid(look(*paid([110, 95] * 6), today=TODAY))


def test_a_rate_on_file_confirms_or_corrects_what_was_learned() -> None:
    rules = msgspec.structs.replace(plain_rules(), rates=(Rate(payer="ANTH", code="90837", amount=9500),))
    found = look(*paid([110, 110, 110, 95, 110, 110]), today=TODAY, rules=rules)

    assert [] == underpaid(found)
    assert 5 == len([one for one in found.findings if one.code == "PAY-02"])


def test_a_payer_that_allows_less_from_a_day_on_is_asked_about_once() -> None:
    found = look(*paid([110] * 6 + [95] * 7), today=TODAY)

    (one,) = underpaid(found)
    assert (7 * 1500, 7) == (one.amount, one.count)
    assert one.says.startswith("Anthem allows 95.00 for 90837 since 2025-04-14; before, it allowed 110.00")


def test_a_payer_that_allows_more_from_a_day_on_is_no_question() -> None:
    assert [] == underpaid(look(*paid([110] * 6 + [118] * 6), today=TODAY))


def test_modifiers_units_and_clinicians_have_rates_of_their_own() -> None:
    assert [("110.00", 5, 5), ("95.00", 5, 5)] == learned(
        *paid([110] * 5), *paid([95] * 5, weeks_from=5, modifiers=("95",))
    )
    assert [("110.00", 5, 5), ("95.00", 5, 5)] == learned(*paid([110] * 5), *paid([95] * 5, weeks_from=5, units=2))
    assert [("110.00", 5, 5), ("95.00", 5, 5)] == learned(*paid([110] * 5), *paid([95] * 5, clinician="jo"))


def test_clinicians_of_one_level_share_a_rate() -> None:
    clinicians = tuple(Clinician(id=one, class_name=one, level="LCSW") for one in ("mk", "jo"))
    rules = msgspec.structs.replace(plain_rules(), clinicians=clinicians)
    few = [*paid([110] * 3, clinician="mk"), *paid([110] * 3, clinician="jo")]

    assert [("110.00", 6, 6)] == learned(*few, rules=rules)
    assert [] == learned(*few)


def test_a_level_has_a_rate_of_its_own_on_file_and_a_clinician_before_it() -> None:
    rules = Rules(
        practice=plain_rules().practice,
        clinicians=tuple(
            Clinician(id=one, class_name=one, level=level, names=(f"{one.upper()}, Dr.",))
            for one, level in (("mk", "LCSW"), ("jo", "LCSW"), ("al", None))
        ),
        rates=(
            Rate(payer="A", code="90837", amount=100),
            Rate(payer="A", code="90837", amount=120, level="LCSW"),
            Rate(payer="A", code="90837", amount=130, clinician="jo"),
        ),
    )

    def rate(clinician: str) -> int:
        found = rules.rate("A", "90837", ("95",), clinician, FIRST)
        assert found is not None
        return found.amount

    assert [120, 120, 130, 130, 100, 100] == [
        rate(one) for one in ("mk", "MK, Dr.", "jo", "JO, Dr.", "al", "a stranger")
    ]


def test_what_was_taken_back_or_denied_teaches_nothing() -> None:
    facts = paid([110] * PAYMENTS_MIN)
    reversal = claim("K0", "-150", "-85", "CO-45 -40, PR-3 -25", status="22")
    back = remittance("back", "2025-06-01", "0.00", reversal, plb="FB -85.00")
    denied = [
        session("D", "2025-05-01"),
        remittance("D", "2025-05-11", "0.00", claim("D", "150", "0", "CO-197 150", status="4")),
    ]

    assert [] == learned(*facts, back)
    assert [("110.00", 5, 5)] == learned(*facts, *denied)


def test_ten_times_the_payments_cost_some_ten_times_the_time() -> None:
    def seconds(told: list[Price]) -> float:
        started = time.process_time()
        found: Learned = learn(told)
        assert found.rates
        return time.process_time() - started

    few = list(prices(situation(*paid([110] * 30), today=TODAY)))
    small = min(seconds(few * 30) for _ in range(5))

    assert min(seconds(few * 300) for _ in range(3)) < 15 * small + 0.01


@pytest.mark.parametrize("amounts", [[110] * 5, [110, 110, 110, 95, 110, 110]])
def test_nothing_is_posted_by_a_learned_rate(amounts: list[int]) -> None:
    at = situation(*paid(amounts), today=TODAY)
    with_rate = msgspec.structs.replace(plain_rules(), rates=(Rate(payer="ANTH", code="90837", amount=1),))

    assert at.books.entries == situation(*paid(amounts), today=TODAY, rules=with_rate).books.entries
