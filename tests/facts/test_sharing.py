"""Facts come back as they were written, and what several of them say is one object."""

import pytest
from msgspec.structs import replace

from hhs_sync.facts.fact import Fact, read_fact, write_fact
from hhs_sync.facts.sharing import REPEATED, FactReader
from tests.facts.telling import day, session
from tests.facts.test_fact import EVERY_KIND, LINE


@pytest.mark.parametrize("fact", [fact for fact, _ in EVERY_KIND], ids=lambda value: type(value).__name__)
def test_a_fact_comes_back_from_its_text_whatever_was_read_before(fact: Fact) -> None:
    reader = FactReader()
    for before, _ in EVERY_KIND:
        reader.read(write_fact(before))

    assert fact == reader.read(write_fact(fact))
    assert write_fact(fact) == write_fact(reader.read(write_fact(fact)))


def test_sessions_share_what_they_have_in_common() -> None:
    reader = FactReader()
    first, second = (
        reader.read(write_fact(replace(session(key), modifiers=("95",), claim_number="2041"))) for key in "12"
    )

    assert first != second
    assert first.client is second.client
    assert (first.date, first.modifiers, first.claim_number) == (day(1), ("95",), "2041")
    assert all(one is other for one, other in zip(shared(first), shared(second), strict=True))


def test_a_remittance_and_a_claim_share_down_to_their_lines() -> None:
    facts = {type(fact).__name__: fact for fact, _ in EVERY_KIND}
    paid, billed = facts["Remittance"], facts["Claim"]
    reader = FactReader()
    first, second = reader.read(write_fact(paid)), reader.read(write_fact(replace(paid, key="remittance/era/2")))
    claim = reader.read(write_fact(billed))

    for one, other in zip(first.claim_payments, second.claim_payments, strict=True):
        assert all(a is b for a, b in zip(shared(one), shared(other), strict=True))
        assert one.lines[0].adjustments is other.lines[0].adjustments
    assert LINE in [line for one in first.claim_payments for line in one.lines]
    assert claim.lines[0].service_code is first.claim_payments[0].lines[0].service_code
    assert claim.lines[0].service_code is not read_fact(write_fact(billed)).lines[0].service_code


@pytest.mark.parametrize(("kind", "names"), REPEATED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_shared_is_what_the_fact_has(kind: type, names: tuple[str, ...]) -> None:
    assert set(names) < set(kind.__struct_fields__)
    assert "key" not in names


def shared(fact: Fact) -> list:
    return [getattr(fact, name) for name in REPEATED[type(fact)]]
