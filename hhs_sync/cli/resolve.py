"""`exceptions resolve`: a person's decision, shown in its effects, then stored as a document like any other."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hhs_sync.cli import DONE, FAILED
from hhs_sync.cli.plan import in_a_line
from hhs_sync.cli.shared import (
    Stages,
    by_option,
    config_option,
    json_option,
    money,
    open_office,
    practice_option,
    say_json,
)
from hhs_sync.errors import HhsSyncError, MoneyError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.money import parse_money

if TYPE_CHECKING:
    from hhs_sync.findings.decide import Answer
    from hhs_sync.findings.finding import Finding
    from hhs_sync.office import Desk
    from hhs_sync.preview import Preview

_R = ResolutionKind


class Amount(click.ParamType[int]):
    """An amount in dollars and cents, as people write it."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """The amount in cents."""
        if isinstance(value, int):
            return value
        try:
            return parse_money(str(value))
        except MoneyError as error:
            self.fail(str(error), param, ctx)


AMOUNT = Amount()
DAY = click.DateTime(formats=["%Y-%m-%d"])

# Each kind of decision: its option, what the option takes (None: it is a flag), and what it means.
OPTIONS: tuple[tuple[ResolutionKind, str, str, Any, str], ...] = (
    (_R.CHOOSE_MATCH, "match", "KEY", str, "These sessions, remittances or clients are what it pays; may be repeated."),
    (_R.WRITE_OFF, "write-off", "AMOUNT", AMOUNT, "Give up so much of the client's balance as bad debt."),
    (_R.ADJUST, "adjust", "AMOUNT", AMOUNT, "Give up so much for another reason: see --as."),
    (
        _R.BILL_CLIENT,
        "bill-client",
        "DISCOUNT",
        AMOUNT,
        "The client owes what the payer does not pay, less a discount.",
    ),
    (_R.SET_REASON, "set-reason", "WORD", str, "Treat the adjustment as contractual, patient, denied ..."),
    (_R.VIRTUAL_CARD, "virtual-card", "PROCESSOR", str, "The remittance was paid by a virtual card."),
    (_R.PAY_PAYER_BACK, "pay-payer-back", "AMOUNT", AMOUNT, "A check for so much went back to the payer: see --payer."),
    (_R.UNCLAIMED, "unclaimed", "", None, "What is left of the payment is unclaimed property."),
    (_R.DO_NOT_BILL, "do-not-bill", "", None, "The session is not to be billed."),
    (_R.CANCEL_CHARGE, "cancel-charge", "", None, "The charge never was."),
    (_R.OLD_SYSTEM, "old-system", "", None, "It belongs to the system before this one."),
    (_R.NOT_A_REPEAT, "not-a-repeat", "", None, "The remittance is a payment of its own, though one like it is here."),
    (
        _R.MAP,
        "map",
        "WHAT",
        str,
        "Write the rule: a payer's id or “new payer”, a class, a kind of service, a reason for this payer and code.",
    ),
    (_R.NOTICE_GIVEN, "notice-given", "", None, "The client was told beforehand that it is not covered."),
    (_R.WAIT_UNTIL, "wait-until", "DATE", DAY, "Ask again on that day."),
    (_R.ASSIGN, "assign", "OWNER", str, "Somebody else answers it."),
    (_R.NOTE, "note", "TEXT", str, "A remark; nothing else changes."),
    (_R.ACCEPT, "accept", "REASON", str, "Looked at, and fine as it is; the reason is needed."),
    (_R.REOPEN, "reopen", "", None, "Ask it again: decisions about it, or the rule that closed it, count no more."),
    (_R.TAKE_BACK, "take-back", "DECISION", str, "Take one decision back, by its key; no other is touched."),
    (_R.APPROVE, "approve", "", None, "As second person, approve what somebody else decided."),
    (_R.APPROVE_PLAN, "approve-plan", "", None, "The plan that waits may be carried out."),
    (_R.RESTORE_EDIT, "restore-edit", "", None, "Write our version over what stands in QuickBooks."),
    (_R.ADOPT_EDIT, "adopt-edit", "", None, "What was changed in QuickBooks stands."),
)
OPTION_OF = {kind: f"--{option}{f' {takes}' if takes else ''}" for kind, option, takes, _, _ in OPTIONS}


def _decisions(function: Callable[..., int]) -> Callable[..., int]:
    """An option for each kind of decision."""
    for _, option, takes, type_, says in reversed(OPTIONS):
        if type_ is None:
            add = click.option(f"--{option}", is_flag=True, help=says)
        else:
            add = click.option(f"--{option}", metavar=takes, type=type_, multiple=option == "match", help=says)
        function = add(function)
    return function


@click.command()
@click.argument("key", metavar="KEY")
@_decisions
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="AMOUNT",
    help="With --match, once for each: how much of the payment goes to it.",
    type=AMOUNT,
)
@click.option("--family", metavar="WORD", help="With --map “new payer”: commercial, mainecare or medicare.")
@click.option("--suggestion", type=click.IntRange(min=1), metavar="N", help="Accept the Nth suggestion as the match.")
@click.option("--session", metavar="KEY", help="Which of several sessions the decision is about.")
@click.option(
    "--as",
    "account",
    metavar="WHAT",
    help="With --adjust: courtesy or administrative; with --old-system: the number of the account.",
)
@click.option("--payer", metavar="ID", help="With --pay-payer-back: the payer's id in payers.toml.")
@click.option("--date", type=DAY, metavar="DATE", help="The day from which it counts; without it, today.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@by_option("decides")
@click.option("--dry-run", is_flag=True, help="Show what it would change, and decide nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@practice_option
@json_option
def resolve(key: str, config: Path, practice: str | None, as_json: bool, **said: Any) -> int:  # noqa: ANN401
    """Decide about an exception: one decision, by one of the options below.

    What would be posted is shown before it is asked for. The decision is stored with name and time; the exception goes
    away with the next turn, because the facts have changed.
    """
    from hhs_sync.cli.exceptions import find
    from hhs_sync.deciding import store_decision
    from hhs_sync.preview import preview
    from hhs_sync.teaching import rules_with, teach, unteach

    with open_office(config, logs="error") as office:
        desk, record, finding = find(office, practice, key, closed=said["reopen"])
        decision = _decision(desk, finding, said)
        stages = Stages(quiet=as_json)
        seen = preview(
            desk,
            decision,
            finding.key,
            rules=rules_with(desk, decision) if decision.rule else None,
            progress=stages.say,
        )
        stages.done()
        if not as_json:
            click.echo(f"{finding.code}  {finding.says}")
            for line in in_words(seen, record.client_codes):
                click.echo(line)
        if said["dry_run"]:
            stored = False
        else:
            if not said["yes"]:
                click.confirm("Decide so?", abort=True, err=True)
            if decision.rule:
                click.echo(f"Written to {teach(desk, decision)}", err=True)
            if decision.kind is _R.TAKE_BACK:
                unteach(desk, decision.subject)
            store_decision(desk, finding, decision)
            desk.store.activity.note(
                desk.practice, at=decision.at, by=decision.by, what=decision.kind.value,
                details={"finding": finding.key},
            )  # fmt: skip
            stored = True
    if as_json:
        say_json(
            {
                "stored": stored,
                "decision": decision,
                "entries": [one.key for one in seen.added],
                "taken_out": [one.key for one in seen.removed],
                "quickbooks": len(seen.written),
                "goes_away": seen.gone,
            }
        )
    elif stored:
        click.echo("Decided. It is posted with the next turn: hhs-sync sync")
    return DONE if stored or said["dry_run"] else FAILED


def _decision(desk: Desk, finding: Finding, said: dict[str, Any]) -> Resolution:
    """The one decision that was asked for. Raises UsageError when it is none, or several, or does not make sense."""
    from hhs_sync.deciding import asked_again, make, new_batch, taken_back

    if said["suggestion"] is not None:
        if said["suggestion"] > len(finding.candidates):
            raise click.UsageError(f"There are {len(finding.candidates)} suggestions.")
        said["match"] = finding.candidates[said["suggestion"] - 1].targets
    chosen = [
        (kind, said[option.replace("-", "_")])
        for kind, option, *_ in OPTIONS
        if said[option.replace("-", "_")] not in (None, False, ())
    ]
    if len(chosen) != 1:
        makes_sense = "  ".join(OPTION_OF[kind] for kind in finding.answers if kind in OPTION_OF)
        raise click.UsageError(f"Say one decision. For {finding.code} these make sense: {makes_sense}")
    kind, value = chosen[0]
    at, by = desk.clock(), said["by"] or getpass.getuser()
    batch = new_batch(at)
    if kind is _R.REOPEN:
        return asked_again(finding, said["reason"], batch=batch, by=by, at=at)
    if kind is _R.TAKE_BACK:
        return taken_back(desk, finding, value, by=by, at=at)
    return make(finding, _answer(desk, finding, kind, value, said), batch=batch, by=by, at=at)


def _answer(desk: Desk, finding: Finding, kind: ResolutionKind, value: Any, said: dict[str, Any]) -> Answer:  # noqa: ANN401
    """What the options say."""
    from hhs_sync.findings.decide import Answer
    from hhs_sync.teaching import rule_for

    account = {
        _R.ADJUST: said["account"],
        _R.OLD_SYSTEM: said["account"],
        _R.PAY_PAYER_BACK: said["payer"],
        _R.SET_REASON: value,
        _R.VIRTUAL_CARD: value,
    }.get(kind)
    rule = ""
    if kind is _R.MAP:
        try:
            rule = rule_for(finding, str(value), said["family"] or "", desk.rules)
        except ValueError as error:
            raise HhsSyncError(str(error)) from None
    return Answer(
        kind=kind,
        targets=tuple(value) if kind is _R.CHOOSE_MATCH else (),
        amounts=tuple(said["parts"]) if kind is _R.CHOOSE_MATCH else (),
        amount=value if isinstance(value, int) and not isinstance(value, bool) else None,
        account=account,
        until=value.date() if isinstance(value, dt.datetime) else None,
        owner=str(value) if kind is _R.ASSIGN else None,
        reason=str(value) if kind in (_R.NOTE, _R.ACCEPT) else said["reason"],
        session=said["session"],
        date=said["date"].date() if said["date"] else None,
        rule=rule,
    )


def in_words(seen: Preview, codes: Mapping[str, str]) -> list[str]:
    """What would be posted, for a person."""
    told = []
    for sign, entries in (("+", seen.added), ("-", seen.removed)):
        for entry in entries[:20]:
            told.append(f"{sign} {entry.date}  {entry.because}")
            told.extend(
                f"    {money(line.amount):>12}  {line.account.value}"
                f"{f'  ({codes.get(line.party, line.party)})' if line.party else ''}"
                for line in entry.lines
            )
        if len(entries) > 20:
            told.append(f"{sign} and {len(entries) - 20} more entries")
    if seen.written:
        told.append("In QuickBooks:")
        told.extend(f"    {in_a_line(change)}" for change in seen.written[:20])
        if len(seen.written) > 20:
            told.append(f"    and {len(seen.written) - 20} more")
    if not told:
        told.append("Nothing is posted by it.")
    if seen.remark:
        told.append(seen.remark)
    if seen.gone:
        told.append("The exception goes away.")
    elif seen.finding is not None:
        told.append(f"The exception is {seen.finding.state.value} then.")
    return told
