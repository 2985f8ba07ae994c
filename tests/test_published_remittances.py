# ruff: noqa: T201 - the figures are what a person wants to see.
"""Tried on real input: a practice that received every published 835 sample, with and without the sessions behind them.

    pytest -rP tests/test_published_remittances.py      shows the figures

Whatever stands in a file, nothing crashes and nothing is read twice; every payment ends as money that is posted, or in
suspense with a question; each file that does not add up is REM-01; the journal balances, and a program that is not ours
agrees. The samples' test flag is taken off, for the program leaves test files alone, as it should.
"""

import csv
import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hhs_sync import logs
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo import play
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.facts.current import Facts
from hhs_sync.facts.remittance import Remittance
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.ledger.journal import plain_journal
from hhs_sync.look import look
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Standing
from hhs_sync.matching.match import paid_key
from hhs_sync.money import format_money, plain_money
from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.review import Review
from hhs_sync.sync import TurnReport
from tests.stage import Stage

NOW = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
CONFIG = """
[store]
url = "sqlite:///hhs_sync.db"

[quickbooks]
api_base_url = "http://127.0.0.1:{port}"
discovery_url = "http://127.0.0.1:{port}/.well-known/openid_configuration"
client_id = "sim-client-id"
client_secret = "sim-client-secret"
token_key = "file/token_key"

[[practices]]
id = "samples"
name = "A practice that received every sample"
policy = "{policy}"
{shape}
agreement_date = 2001-01-02
first_plan_waits = false
realm = "{realm}"
mappings = ["mappings", "mappings/samples"]
[practices.thresholds]
plan_age_days = 100000

[[practices.connectors]]
use = "x12_folder"
name = "clearinghouse"
path = "inbox/835"

[[practices.connectors]]
use = "sessions_csv"
name = "ehr"
path = "inbox/sessions"
profile = "mappings/profiles/generic.toml"

[[practices.connectors]]
use = "bank_csv"
name = "bank"
path = "inbox/bank"
"""


class Seen(NamedTuple):
    """What came of it."""

    stage: Stage
    turns: list[TurnReport]
    facts: Facts
    review: Review
    files: int


@pytest.fixture(scope="module")
def truth(samples: Path) -> dict[str, dict[str, int]]:
    told = json.loads((samples / "x12" / "truth.json").read_text())
    return {name.removeprefix("835/"): row for name, row in told.items() if name.startswith("835/")}


@pytest.fixture(
    scope="module",
    params=[("accrual", False), ("accrual", True), ("cash", False), ("cash", True)],
    ids=["accrual", "accrual with sessions", "cash", "cash with sessions"],
)
def seen(request: pytest.FixtureRequest, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    policy, with_sessions = request.param
    folder = tmp_path_factory.mktemp("samples")
    port = play.free_port()
    shape = 'shape = "coded"\ncoded_signed_on = 2001-01-02' if policy == "accrual" else ""
    config = CONFIG.format(port=port, policy=policy, shape=shape, realm=PRACTICES[0].realm)
    (folder / "config.toml").write_text(config)
    (folder / "token_key").write_bytes(new_token_key())
    lay_mappings(folder / "mappings")
    for name in ("835", "sessions", "bank"):
        (folder / "inbox" / name).mkdir(parents=True)
    (folder / "mappings" / "samples").mkdir()
    (folder / "mappings" / "samples" / "clinicians.toml").write_text(
        '[[clinicians]]\nid = "mk"\nclass_name = "M. K."\n'
    )
    files = [path for path in sorted((samples / "x12" / "835").iterdir()) if path.is_file()]
    for path in files:
        (folder / "inbox" / "835" / path.name).write_bytes(without_test_flag(path.read_bytes()))
    logs.configure("error")
    stage = Stage(folder, DrivenClock(NOW))
    with play.quickbooks(folder, port, stage.clock) as simulator:
        stage.simulator = simulator
        stage.prepare()
        stage.turn("samples", write=False)
        with stage.desk("samples") as desk:
            review, known = look(desk), desk.rules.payer
            facts = desk.store.readings.load_facts("samples")
            paid = [
                facts.remittances[key]
                for key, judged in review.books.judged.items()
                if judged.standing in (Standing.ACCEPTED, Standing.HELD)
            ]
        write_bank(folder / "inbox" / "bank" / "bank.csv", paid)
        if with_sessions:
            write_sessions(folder, paid, {one.payer_name for one in paid if known(one.payer_name) is not None})
        turns = [stage.turn("samples"), stage.turn("samples")]
        with stage.desk("samples") as desk:
            yield Seen(stage, turns, desk.store.readings.load_facts("samples"), look(desk), len(files))


def without_test_flag(content: bytes) -> bytes:
    """ISA15 T as P."""
    start = content.find(b"ISA")
    if start < 0 or len(content) < start + 106:
        return content
    elements = content[start : start + 130].split(content[start + 3 : start + 4])
    if len(elements) < 16 or elements[15] != b"T":
        return content
    place = start + len(content[start + 3 : start + 4].join(elements[:15])) + 1
    return content[:place] + b"P" + content[place + 1 :]


def write_bank(path: Path, paid: list[Remittance]) -> None:
    """The money of every remittance at the bank, some days later, with its trace in the bank's text."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Date", "Amount", "Description", "Bank Reference", "Account"])
        for number, one in enumerate(paid):
            if one.amount_paid > 0:
                day = (one.payment_date or one.production_date or dt.date(2020, 1, 1)) + dt.timedelta(days=1)
                text = f"{one.payer_name} EFT {one.eft_trace}"
                rows.writerow([day.isoformat(), plain_money(one.amount_paid), text, f"B{number}", "4417"])


def write_sessions(folder: Path, paid: list[Remittance], known: set[str]) -> None:
    """A session behind every service line, and every payer mapped, as if the practice had billed it all.

    Payers get names of ours: some samples call payers and clients alike XXXXXXX, and then nothing may leave.
    """
    payers = sorted({one.payer_name for one in paid if one.payer_name} - known)
    quoted = [json.dumps(name) for name in payers]
    (folder / "mappings" / "samples" / "payers.toml").write_text(
        "".join(
            f'[[payers]]\nid = "p{n}"\nname = "Payer {n} of the samples"\nnames = [{name}]\nfamily = "commercial"\n'
            for n, name in enumerate(quoted)
        )
    )
    with (folder / "inbox" / "sessions" / "sessions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Session ID", "Date", "Client ID", "Clinician", "Service Code", "Fee", "Payer", "Claim Number",
                       "Line Key", "Status", "Billed On"])  # fmt: skip
        number = 0
        for one in paid:
            for claim in one.claim_payments:
                if claim.claim_status in ("22", "25"):
                    continue
                for line in claim.lines:
                    number += 1
                    day = line.date_first or claim.date_first or one.payment_date
                    if day and line.amount_charged > 0:
                        day = min(day, one.payment_date or day)
                        rows.writerow([f"S{number}", day.isoformat(), f"C{claim.claim_number}", "mk",
                                       line.billed_code or line.service_code, plain_money(line.amount_charged),
                                       one.payer_name, claim.claim_number, line.line_key or "", "Completed",
                                       day.isoformat()])  # fmt: skip


def test_nothing_is_read_twice_and_nothing_written_twice(seen: Seen) -> None:
    first, second = seen.turns
    with seen.stage.desk("samples") as desk:
        received = [one for one in desk.store.documents.catalog("samples") if one.source == "clearinghouse"]

    assert seen.files == len(received) + len(seen.facts.copies)
    assert first.pushed is not None
    assert ("", 0, (), ()) == (first.pushed.stopped, first.pushed.unclear, first.pushed.refused, first.pushed.held)
    assert (0, 0, None) == (second.documents, second.versions, second.pushed)
    assert second.quiet


def test_every_file_that_does_not_add_up_is_a_question_and_no_other_is(
    seen: Seen, truth: dict[str, dict[str, int]]
) -> None:
    """One whose amounts cannot even be read is asked about for that (SRC-05), which comes before its sums.

    And one that another file repeats with sums that come out has been replaced by it, as a payer's corrected file does:
    two of the samples are one published example, once as X12 gives it and once with a line that was changed.
    """
    wrong = {
        name
        for name, row in truth.items()
        if row["payments_balanced"] < row["st"]
        or row["claims_balanced"] < row["clp"]
        or row["lines_balanced"] < row["svc"]
    }
    asked = {
        seen.facts.sources[evidence.fact].document_name
        for one in seen.review.findings
        if one.code == "REM-01"
        for evidence in one.evidence
    }
    replaced = {
        seen.facts.sources[key].document_name
        for key, judged in seen.review.books.judged.items()
        if judged.standing is Standing.DUPLICATE
    }
    unreadable = {source.document_name for source, _ in seen.facts.unreadable}
    corrected = {"hdi-negotiated-discount.dat"}

    assert corrected <= replaced
    assert wrong - unreadable - corrected == asked
    assert {"ryanco-one.txt", *corrected} == wrong - asked


def test_every_claim_payment_is_told_to_the_cent_once(seen: Seen) -> None:
    """Its one entry puts what the payer paid on it into clearing, or takes it out of the suspense it came into.

    One without a session has no entry of its own where its money was in suspense before: there it stays.
    """
    books, facts = seen.review.books, seen.facts
    told: Counter[str] = Counter()
    for entry in books.entries:
        kind, _, paid = entry.key.partition(":")
        if kind in ("claim-payment", "unmatched"):
            told[paid] += sum(
                line.amount
                for line in entry.lines
                if line.account is Account.PAYER_CLEARING or (line.account is Account.SUSPENSE and line.amount > 0)
            )
    paid = {
        paid_key(key, claim): claim.amount_paid
        for key, judged in books.judged.items()
        if judged.standing is Standing.ACCEPTED
        for claim in facts.remittances[key].claim_payments
        if claim.amount_paid > 0 and not claim.is_predetermination
    }
    in_suspense = {
        key
        for key in paid
        if key in books.claims.unmatched and suspended(seen) & set(books.bank.banked.get(key.partition("#")[0], ()))
    }

    assert {key: amount for key, amount in paid.items() if key not in in_suspense} == {
        key: amount for key, amount in told.items() if amount
    }
    assert {} == {one.name: one.difference for one in seen.review.controls if one.difference}


def suspended(seen: Seen) -> set[str]:
    """The bank lines that went to suspense."""
    kept = (one.key for one in seen.review.books.entries if one.kind is EntryKind.BANK_SUSPENSE)
    return {key.removeprefix("deposit:") for key in kept}


def test_money_of_a_remittance_that_is_held_waits_in_suspense_with_its_question(seen: Seen) -> None:
    books, facts = seen.review.books, seen.facts
    told = {one.key for one in books.entries}
    held = {
        key
        for key, judged in books.judged.items()
        if judged.standing is Standing.HELD and facts.remittances[key].amount_paid > 0
    }
    asked = {evidence.fact for one in seen.review.findings if one.code == "REM-01" for evidence in one.evidence}

    assert held
    assert [] == [
        key for key in held if f"held:{key}" not in told and not suspended(seen) & set(books.bank.banked[key])
    ]
    assert set() == held - asked


def test_every_claim_payment_that_no_session_takes_is_asked_about(seen: Seen) -> None:
    unmatched = {one.paid for one in seen.review.books.claims.unmatched.values() if one.claim.amount_paid > 0}
    asked = {one.subject for one in seen.review.findings if one.code == "MAT-01"}
    covered = {subject for one in seen.review.findings for subject in one.covers}

    assert set() == unmatched - asked - covered


def test_the_journal_balances_and_bean_check_agrees(seen: Seen, tmp_path: Path) -> None:
    pytest.importorskip("beancount")
    books = seen.review.books
    journal = tmp_path / "samples.beancount"
    journal.write_text("".join(plain_journal(books.entries, title="samples", client_codes=books.client_codes)))

    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(journal)], capture_output=True, text=True, check=False
    )

    assert "" == checked.stdout + checked.stderr
    assert 0 == checked.returncode


def test_it_ties_out_and_the_figures_can_be_told(seen: Seen) -> None:
    books, facts = seen.review.books, seen.facts
    standings = Counter(judged.standing.value for judged in books.judged.values())
    codes = Counter(one.code for one in seen.review.findings)
    kinds = Counter(entry.kind.value for entry in books.entries)
    suspense = -sum(entry.amount_on(Account.SUSPENSE) for entry in books.entries)
    bank = sum(entry.amount_on(Account.BANK) for entry in books.entries)
    claims = sum(len(one.claim_payments) for one in facts.remittances.values())
    print(f"\n{seen.files} files, {len(facts.remittances)} remittances, {claims} claim payments,")
    print(f"{len(facts.sessions)} sessions, {len(books.claims.matched)} claim payments matched")
    print("remittances:", dict(standings))
    print("entries:", dict(kinds))
    print("exceptions:", dict(sorted(codes.items())))
    print(f"at the bank {format_money(bank)}, in suspense {format_money(suspense)}")

    assert seen.review.record.tied
