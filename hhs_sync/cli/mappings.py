"""Commands about the mapping rules: are they sound, and what has none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, USAGE
from hhs_sync.cli.shared import (
    config_option,
    desks,
    json_option,
    money,
    open_office,
    practice_option,
    say_json,
    say_table,
)
from hhs_sync.errors import ConfigError

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.mapping.rules import Rules


@click.group()
def mappings() -> None:
    """The mapping rules: payers, services, adjustments, accounts, clinicians, rates."""


@mappings.command()
@config_option
@practice_option
@json_option
def check(config: Path, practice: str | None, as_json: bool) -> int:
    """Read every rule of every practice; tell all mistakes at once, each with file and line."""
    from hhs_sync.config import load_config, load_rules

    loaded = load_config(config)
    mistakes: list[str] = []
    counted: dict[str, dict[str, int]] = {}
    for one in [loaded.practice(practice)] if practice else loaded.practices:
        try:
            rules = load_rules(one)
        except ConfigError as error:
            mistakes += error.mistakes
            continue
        names = ("payers", "services", "reasons", "accounts", "clinicians", "rates")
        counted[one.id] = {name: len(getattr(rules, name)) for name in names}
    mistakes = list(dict.fromkeys(mistakes))
    if as_json:
        say_json({"mistakes": mistakes, "rules": counted})
    else:
        for mistake in mistakes:
            click.echo(mistake)
        for who, counts in counted.items():
            click.echo(f"{who}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return USAGE if mistakes else DONE


@mappings.command()
@config_option
@practice_option
@json_option
def missing(config: Path, practice: str | None, as_json: bool) -> int:
    """What came in and has no rule yet, with how often and how much money it concerns."""
    with open_office(config, logs="error") as office:
        found = [
            (desk.practice, *row)
            for desk in desks(office, practice)
            for row in without_rule(desk.store.readings.load_facts(desk.practice), desk.rules)
        ]
    if as_json:
        names = ("practice", "kind", "name", "count", "cents")
        say_json([dict(zip(names, row, strict=True)) for row in found])
    elif found:
        rows = [(who, kind, name, str(count), money(amount)) for who, kind, name, count, amount in found]
        say_table(("Practice", "What", "As it is called", "Times", "Charged"), rows, right=("Times", "Charged"))
        click.echo("Add them to the practice's mappings (names = [...]), then run `hhs-sync sync`.")
    else:
        click.echo("Everything that came in has its rule.")
    return ATTENTION if found else DONE


def without_rule(facts: Facts, rules: Rules) -> Iterator[tuple[str, str, int, int]]:
    """Kind, name, how often, and cents charged, of every name that the rules do not know; the dearest first."""
    sessions = facts.sessions.values()
    reasons: list[tuple[str, int]] = []
    remitting: list[tuple[str, int]] = []
    for remittance in facts.remittances.values():
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        if payer is None:
            remitting.append((remittance.payer_name, abs(remittance.amount_paid)))
        for claim in remittance.claim_payments:
            reasons.extend(
                (f"{one.group}-{one.reason_code}", abs(one.amount))
                for one in claim.all_adjustments()
                if rules.reason(one.group, one.reason_code, payer.id if payer else None, remittance.payment_date)
                is None
            )
    payers = [(one.payer, one.fee) for one in sessions if one.payer and rules.payer(one.payer) is None]
    services = [(one.service_code, one.fee) for one in sessions if one.fee and rules.service(one.service_code) is None]
    clinicians = [(one.clinician, one.fee) for one in sessions if one.fee and rules.clinician(one.clinician) is None]
    yield from _told("payer of sessions", payers)
    yield from _told("payer of remittances", remitting)
    yield from _told("service code", services)
    yield from _told("clinician", clinicians)
    yield from _told("adjustment", reasons)


def _told(kind: str, named: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str, int, int]]:
    times: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for name, amount in named:
        times[name] += 1
        amounts[name] += amount
    for name in sorted(times, key=lambda one: (-amounts[one], one)):
        yield kind, name or "(nothing)", times[name], amounts[name]
