"""The demo's folder: config, mappings, key and inbox, laid out as any practice's would be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from hhs_sync.demo.cast import FEES, PAYERS, DemoPractice
from hhs_sync.demo.draft import Draft
from hhs_sync.demo.files import write_exports
from hhs_sync.demo.x12_files import write_x12
from hhs_sync.money import plain_money

NOTES = "demo.json"
"""What the demo remembers of itself: seed, day and port."""


def write_folder(folder: Path, drafts: Sequence[Draft], *, seed: int, today: dt.date, port: int) -> None:
    """Everything but the database and the reports."""
    (folder / "config.toml").write_text(_config([draft.practice for draft in drafts], today, port), encoding="utf-8")
    for draft in drafts:
        inbox = folder / "inbox" / draft.practice.id
        write_exports(draft, inbox)
        write_x12(draft, inbox)
        own = folder / "mappings" / draft.practice.id
        own.mkdir(parents=True, exist_ok=True)
        (own / "clinicians.toml").write_text(_clinicians(draft.practice), encoding="utf-8")
        (own / "rates.toml").write_text(_rates(draft), encoding="utf-8")
    (folder / "README.md").write_text(_readme(drafts, seed, today), encoding="utf-8")
    (folder / NOTES).write_text(
        json.dumps({"seed": seed, "through": today.isoformat(), "port": port}), encoding="utf-8"
    )


def _config(practices: Sequence[DemoPractice], today: dt.date, port: int) -> str:
    first_day = today - dt.timedelta(days=today.weekday())
    head = f"""# The demo's config, like any practice's: only that the addresses lead to the simulator on this machine.

[store]
url = "sqlite:///hhs_sync.db"

[quickbooks]
api_base_url = "http://127.0.0.1:{port}"
discovery_url = "http://127.0.0.1:{port}/.well-known/openid_configuration"
client_id = "sim-client-id"
client_secret = "sim-client-secret"
token_key = "file/token_key"
"""
    return head + "".join(
        _practice(one, first_day - dt.timedelta(weeks=one.weeks), signed=first_day - dt.timedelta(weeks=one.weeks + 2))
        for one in practices
    )


def _practice(practice: DemoPractice, first_day: dt.date, *, signed: dt.date) -> str:
    accrual = practice.policy == "accrual"
    shape = f'shape = "coded"\ncoded_signed_on = {signed}\n' if accrual else ""
    inbox = f"inbox/{practice.id}"
    exports = 'profile = "mappings/profiles/generic.toml"\ncovers = "dates of the file"\n'
    connectors = (
        ("sessions_csv", "ehr", "sessions", exports),
        ("x12_folder", "clearinghouse", "835", ""),
        ("x12_folder", "claims", "claims", ""),
        ("client_payments_csv", "desk", "payments", ""),
        ("payouts_csv", "cards", "payouts", ""),
        ("processor_balances_csv", "card-balances", "balances", ""),
        (f"bank_{practice.bank_form}", "bank", "bank", ""),
        ("coverage_csv", "coverage", "coverage", ""),
    )
    return f"""
[[practices]]
id = "{practice.id}"
name = "{practice.name}"
policy = "{practice.policy}"
{shape}agreement_date = {signed}
first_day = {first_day}
first_plan_waits = false
realm = "{practice.realm}"
tax_ids = ["{practice.tax_id}"]
npis = ["{practice.npi}"]
mappings = ["mappings", "mappings/{practice.id}"]
""" + "".join(
        f'\n[[practices.connectors]]\nuse = "{use}"\nname = "{name}"\npath = "{inbox}/{folder}"\n{more}'
        for use, name, folder, more in connectors
    )


def _clinicians(practice: DemoPractice) -> str:
    return "# The practice's clinicians: who they are in exports, in claims, and as classes in QuickBooks.\n" + "".join(
        f'\n[[clinicians]]\nid = "{one.id}"\nclass_name = "{one.class_name}"\nnpi = "{one.npi}"\n'
        f'names = ["{one.last_name}, {one.first_name}"]\n'
        for one in practice.clinicians
    )


def _rates(draft: Draft) -> str:
    """The contract rates: what each payer's fee schedule says. A supplement has none: it pays what is left."""
    found = ["# What each payer allows, by contract.\n"]
    for payer in PAYERS.values():
        if payer.id and payer.allowed is not FEES:
            amounts = "".join(f'{code} = "{plain_money(amount)}"\n' for code, amount in payer.allowed.items())
            found.append(f'\n[[rates]]\npayer = "{payer.id}"\nfirst = {draft.first_day}\n[rates.amounts]\n{amounts}')
    return "".join(found)


def _readme(drafts: Sequence[Draft], seed: int, today: dt.date) -> str:
    """What the folder holds, and what went wrong in it on purpose."""
    parts = [
        f"""# Two practices that do not exist

Made by `hhs-sync demo` from seed {seed}, as of {today}. Every person, number and amount is invented. The files in
`inbox/` have the forms in which a practice's own come in, and the program reads them as it reads those: there is no
demo mode.

    config.toml     which practices, which connectors, which QuickBooks (here the simulator)
    mappings/       the standard rules; in a folder of its own each practice's clinicians and rates
    inbox/          sessions, claims, 835s, client payments, card payouts and balances, bank lines, coverage
    reports/        the exceptions report of each practice
    hhs_sync.db     documents, pushes and mirror
    quickbooks.db   the simulated companies, between two runs of the simulator

What went wrong on purpose, and the exception that tells it:
"""
    ]
    for draft in drafts:
        practice = draft.practice
        parts.append(f"\n## {practice.name} (`{practice.id}`, kept by {practice.policy})\n\n")
        parts.extend(
            f"- {one.title}. {one.where}{': ' + ', '.join(one.codes) if one.codes else ''}\n" for one in draft.mishaps
        )
    return "".join(parts)
