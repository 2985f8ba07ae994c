"""Commands about the mapping rules: are they sound, and what has none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

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
from hhs_sync.cli.taught import switch, taught
from hhs_sync.errors import ConfigError
from hhs_sync.findings.learned import LEVEL
from hhs_sync.mapping.writer import rate_rule

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.findings.learned import LearnedRate
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


@mappings.command()
@config_option
@practice_option
@json_option
@click.option("--toml", "as_toml", is_flag=True, help="Print tables for rates.toml, to be put there once checked.")
def learned(config: Path, practice: str | None, as_json: bool, as_toml: bool) -> int:
    """Contract rates that are not on file, learned from what payers allowed in the last year.

    They are compared with (PAY-01) and never posted by. A rate in the mappings confirms or corrects them.
    """
    from hhs_sync.books import keep_books
    from hhs_sync.findings.learned import not_on_file
    from hhs_sync.findings.situation import Situation
    from hhs_sync.look import load_facts

    found: list[tuple[str, LearnedRate]] = []
    with open_office(config, logs="error") as office:
        for desk in desks(office, practice):
            facts = load_facts(desk)
            books = keep_books(facts, desk.rules, desk.today)
            at = Situation(facts=facts, books=books, rules=desk.rules, today=desk.today)
            found += [(desk.practice, one) for one in not_on_file(at)]
    if as_json:
        say_json([{"practice": who, **msgspec.to_builtins(one)} for who, one in found])
    elif as_toml:
        click.echo("\n".join(_as_rule(one) for _, one in found), nl=False)
    elif found:
        names = ("Practice", "Payer", "Procedure", "Units", "Whose", "Allowed", "Payments", "Sessions from", "to")
        rows = [
            (
                who, one.priced.payer, one.priced.procedure, str(one.priced.units), one.priced.whose, money(one.amount),
                f"{one.payments} of {one.among}", str(one.first), str(one.last),
            )
            for who, one in found
        ]  # fmt: skip
        say_table(names, rows, right=("Units", "Allowed", "Payments"))
        click.echo("Compare them with the contracts, then put them into rates.toml: --toml prints the tables.")
    else:
        click.echo("Nothing was learned that is not on file.")
    return ATTENTION if found else DONE


def _as_rule(one: LearnedRate) -> str:
    """The table of a learned rate. What does not come to whole cents for a unit can't be told by one."""
    of = one.priced
    amount, rest = divmod(one.amount, of.units)
    if rest:
        return (
            f"# {of.payer} {of.procedure}: {money(one.amount)} for {of.units} units is no whole number of cents each.\n"
        )
    level = of.whose.removeprefix(LEVEL) if of.whose.startswith(LEVEL) else ""
    return rate_rule(
        of.payer, of.procedure, amount, first=one.first, level=level, clinician="" if level else of.whose,
        says=f"{one.support}; to be compared with the contract",
    )  # fmt: skip


def without_rule(facts: Facts, rules: Rules) -> Iterator[tuple[str, str, int, int]]:
    """Kind, name, how often, and cents charged, of every name that the rules do not know; the dearest first."""
    sessions = facts.sessions.values()
    reasons: list[tuple[str, int]] = []
    remitting: list[tuple[str, int]] = []
    outside: list[tuple[str, int]] = []
    for remittance in facts.remittances.values():
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        if payer is None:
            remitting.append((remittance.payer_name, abs(remittance.amount_paid)))
        outside.extend(
            (one.reason_code, abs(one.amount))
            for one in remittance.provider_adjustments
            if rules.provider_account(one.reason_code, payer.id if payer else None, remittance.payment_date) is None
        )
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
    yield from _told("adjustment outside claims", outside)


def _told(kind: str, named: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str, int, int]]:
    times: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for name, amount in named:
        times[name] += 1
        amounts[name] += amount
    for name in sorted(times, key=lambda one: (-amounts[one], one)):
        yield kind, name or "(nothing)", times[name], amounts[name]


mappings.add_command(taught)
mappings.add_command(switch)
