"""Rules as text: what is taught can be read, is found again, and goes without a trace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hhs_sync.errors import MappingError
from hhs_sync.mapping.reader import read_rules
from hhs_sync.mapping.rules import PayerFamily, Policy, Practice, Rules, Treatment
from hhs_sync.mapping.writer import (
    DECIDED,
    clinician_rule,
    payer_name_rule,
    payer_rule,
    reason_rule,
    service_rule,
    with_rule,
    without_rule,
)

DAY = dt.date(2026, 11, 22)
KEY = "resolution/decisions/20261122T101112-1a2b3c4d-0b67cb2a91f4"
SHIPPED = {file.name: file.read_text() for file in (Path(__file__).parents[2] / "mappings").glob("*.toml")}


def read(text: str = "") -> Rules:
    """The mappings that come with the program, and taught rules beside them."""
    return read_rules([SHIPPED, {DECIDED: text}], Practice(id="casco", name="Casco", policy=Policy.CASH))


def taught_names(text: str) -> tuple[str, ...]:
    """What was added to the names of Anthem."""
    return read(text).payer_by_id("anthem").names[len(read().payer_by_id("anthem").names) :]


def test_another_spelling_of_a_payer_is_known_from_then_on() -> None:
    rule = payer_name_rule("anthem", "KENNEBEC “VALLEY” \\ MUTUAL")

    assert "anthem" == read(rule).payer("Kennebec “Valley” \\ Mutual").id
    assert read().payer("Kennebec “Valley” \\ Mutual") is None


def test_a_spelling_of_a_payer_that_is_not_there_is_told_with_its_place() -> None:
    with pytest.raises(MappingError, match=r"decided\.toml:1: there is no payer nobody"):
        read(payer_name_rule("nobody", "HPHC"))


def test_a_new_payer_gets_an_id_that_nobody_has() -> None:
    new = read(payer_rule("KENNEBEC VALLEY", PayerFamily.MEDICARE, ["kennebec-valley"])).payer("kennebec valley")

    assert ("kennebec-valley-2", "Kennebec Valley", PayerFamily.MEDICARE) == (new.id, new.name, new.family)


def test_clinicians_services_and_reasons_are_read_back_as_taught() -> None:
    reasons = reason_rule([("CO", "144"), ("OA", "94")], Treatment.CONTRACTUAL, "anthem", "Taught.")

    rules = read(clinician_rule("mkeene", "M. Keene") + service_rule("X0004", "other") + reasons)

    assert "M. Keene" == rules.clinician("mkeene").class_name
    assert "other" == rules.service("X0004").kind
    assert Treatment.CONTRACTUAL is rules.reason("CO", "144", "anthem", DAY).treatment
    assert rules.reason("CO", "144", "mainecare", DAY) == read().reason("CO", "144", "mainecare", DAY)


def test_a_taught_rule_stands_between_marks_and_goes_without_a_trace() -> None:
    first = with_rule("", payer_name_rule("anthem", "ONE"), key=KEY, by="Dana\nReed", on=DAY)
    both = with_rule(first, payer_name_rule("anthem", "TWO"), key=KEY + "x", by="lee", on=DAY)

    assert f"# --- {KEY}: Dana Reed, 2026-11-22" in first
    assert ("ONE", "TWO") == taught_names(both)
    assert first == without_rule(both, KEY + "x")
    assert ("TWO",) == taught_names(without_rule(both, KEY))
    assert both == without_rule(both, "resolution/decisions/other")


def test_what_came_in_can_not_write_more_than_a_text() -> None:
    name = 'X"]\nid = "evil'

    assert (name.replace("\n", " "),) == taught_names(payer_name_rule("anthem", name))
