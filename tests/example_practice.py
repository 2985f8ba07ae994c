"""The worked example's practice as it would come in: its facts as files in an inbox, three practices that keep the same
books in three ways, and what QuickBooks' own reports say of each.
"""

import contextlib
import csv
import datetime as dt
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hhs_sync import logs
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.config import load_config
from hhs_sync.facts.claim import Claim
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.document import own_key
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.payment import ClientPayment, Payout, Refund
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import ClientCode, Resolution
from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.facts.session import Session
from hhs_sync.intake import decide
from hhs_sync.money import plain_money
from hhs_sync.office import Desk, Office, present
from hhs_sync.quickbooks import refresh, setup, tokens
from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings, running_simulator
from hhs_sync.store import Store
from hhs_sync.sync import Ask, TurnReport, turn
from hhs_sync.x12.write import Biller, Envelope, write_claims, write_remittances
from tests.builders import ANTHEM, HARVARD, MAINECARE, MEDICARE, SECOND

SHAPES = {
    "coded": 'policy = "accrual"\nshape = "coded"\ncoded_signed_on = 2025-09-01\nmonth_end_allowance = true',
    "batch": 'policy = "accrual"\nshape = "payer-batch"\nmonth_end_allowance = true',
    "cash": 'policy = "cash"',
}
REALMS = {name: str(9130350000000010 + place) for place, name in enumerate(SHAPES)}
CONNECTORS = (
    ("sessions_csv", "ehr", 'profile = "mappings/profiles/generic.toml"\n'),
    ("x12_folder", "era", ""),
    ("x12_folder", "837", ""),
    ("eob_csv", "eob", ""),
    ("client_payments_csv", "pay", ""),
    ("payouts_csv", "cards", ""),
    ("bank_csv", "bank", ""),
)

Row = Sequence[object]


class _Reading(Office):
    """An office that reads its mapping files once: a hundred turns follow, and nobody mends a rule between them."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._desks: dict[str, Desk] = {}

    @staticmethod
    def open(path: Path | str, clock: Callable[[], dt.datetime] = present) -> "_Reading":
        config = load_config(path)
        return _Reading(config, Store.open(config.store.url), clock)

    def desk(self, practice: str) -> Desk:
        if practice not in self._desks:
            self._desks[practice] = super().desk(practice)
        return self._desks[practice]


class Company:
    """The three practices, their inbox, and the simulated companies."""

    def __init__(self, folder: Path, clock: DrivenClock, simulator: Any) -> None:
        self.folder = folder
        self.clock = clock
        self.simulator = simulator
        self.office = _Reading.open(folder / "config.toml", clock=clock.now)
        self._files = 0

    def desk(self, practice: str) -> Desk:
        return self.office.desk(practice)

    def bring(self, facts: Iterable[Fact], at: dt.datetime) -> None:
        """Put what came in at a moment into the inbox; what a person decided is decided in each practice."""
        self.clock.advance((max(at, self.clock.now()) - self.clock.now()).total_seconds())
        told = list(facts)
        for kind, write in WRITERS.items():
            of_kind = [one for one in told if isinstance(one, kind)]
            if of_kind:
                self._put(*write(of_kind), at=at)
        decided = [one for one in told if isinstance(one, Resolution)]
        if decided:
            for practice in SHAPES:
                decide(self.desk(practice), decided, name="decisions of the example")

    def turn(self, practice: str) -> TurnReport:
        self.clock.advance(60)
        return turn(self.office, practice, ask=Ask.ALWAYS)

    def _put(self, source: str, suffix: str, content: bytes, *, at: dt.datetime) -> None:
        self._files += 1
        path = self.folder / "inbox" / source / f"{self._files:03}.{suffix}"
        path.write_bytes(content)
        os.utime(path, (at.timestamp() - 60, at.timestamp() - 60))

    def documents(self, practice: str) -> list[tuple[str, dict[str, Any]]]:
        """Every document that the company holds, by kind, the first made first."""
        kinds = ("Invoice", "Payment", "CreditMemo", "SalesReceipt", "Deposit", "Purchase", "Transfer", "JournalEntry")
        with self.simulator.state.lock:
            tables = self.simulator.state.companies[REALMS[practice]].tables
            found = [(kind, dict(fields)) for kind in kinds for fields in tables[kind].values()]
        return sorted(found, key=lambda one: int(one[1]["Id"]))

    def codes(self, practice: str) -> dict[str, str]:
        """Which of K1 to K13 drew which code."""
        drawn = self.office.store.readings.starting_with(practice, DECISIONS, "client_code/")
        return {one.code: one.client.removeprefix("c-") for one in drawn if isinstance(one, ClientCode)}

    def told(self, practice: str) -> Counter[str]:
        """Each document as the accounting design prints it: `Invoice ANTH:K8: Dr 1100 150.00, Cr 4010 150.00`."""
        with self.simulator.state.lock:
            company = self.simulator.state.companies[REALMS[practice]]
            numbers = {one["Id"]: one.get("AcctNum") or OWN[one["AccountType"]] for one in accounts(company)}
            names = {one["Id"]: one["DisplayName"] for one in company.tables["Customer"].values()}
            postings = {name: list(lines) for name, lines in company.ledger.postings.items()}
        found: Counter[str] = Counter()
        codes = self.codes(practice)
        for kind, fields in self.documents(practice):
            sums: Counter[str] = Counter()
            for line in postings.get(fields["Id"], ()):
                sums[numbers[line.account]] += line.cents
            effects = [
                f"{'Dr' if cents > 0 else 'Cr'} {number} {abs(cents) / 100:.2f}"
                for number, cents in sums.items()
                if cents
            ]
            if effects:
                name = named(names[fields["CustomerRef"]["value"]], codes) if fields.get("CustomerRef") else ""
                found[f"{kind}{f' {name}' if name else ''}: {', '.join(sorted(effects))}"] += 1
        return found


OWN = {"Accounts Receivable": "1100", "Other Current Asset": "1200"}
"""The accounts that a company has without us, by type: they bear no number."""


def accounts(company: Any) -> list[dict[str, Any]]:
    """The accounts that we use."""
    return [one for one in company.tables["Account"].values() if one.get("AcctNum") or one["AccountType"] in OWN]


def named(customer: str, codes: dict[str, str]) -> str:
    """A customer as the design writes it: `K7F3Q ANTH` is ANTH:K8 where K8 drew that code."""
    code, _, payer = customer.partition(" ")
    if code not in codes:
        return customer
    return f"{payer}:{codes[code]}" if payer else codes[code]


# --- QuickBooks' own reports, by the real client


def trial_balance(desk: Desk, until: str) -> Counter[str]:
    """The TrialBalance report by account number, cents, debits positive."""
    client = desk.call()
    asked = {"start_date": "2025-01-01", "end_date": until}
    catalog = refresh.load_catalog(desk.store, desk.practice, desk.rules)
    found: Counter[str] = Counter()
    for row in client.get_report("TrialBalance", asked)["Rows"].get("Row", ()):
        if "ColData" in row:
            name, debit, credit = row["ColData"]
            found[catalog.number(name["id"])] += cents(debit["value"]) - cents(credit["value"])
    return Counter({number: amount for number, amount in found.items() if amount})


def owed(desk: Desk, until: str) -> dict[str, int]:
    """The CustomerBalance report: what each customer owes by himself, cents."""
    rows = desk.call().get_report("CustomerBalance", {"report_date": until, "end_date": until})["Rows"].get("Row", ())
    return {name: amount for name, amount in _balances(rows) if amount}


def _balances(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if "ColData" in row and row["ColData"][0].get("id"):
            yield row["ColData"][0]["value"].rpartition(":")[2], cents(row["ColData"][1]["value"])
        header = row.get("Header", {}).get("ColData", ())
        if len(header) > 1 and header[1].get("value"):
            yield header[0]["value"].rpartition(":")[2], cents(header[1]["value"])
        yield from _balances(row.get("Rows", {}).get("Row", ()))


def cents(text: str) -> int:
    return round(float(text or 0) * 100)


# --- setting up


@contextlib.contextmanager
def company(folder: Path, start: dt.datetime) -> Iterator[Company]:
    """Folder, inbox, config and three simulated companies, connected and set up."""
    logs.configure("error")
    clock = DrivenClock(start)
    lay_mappings(folder / "mappings")
    (folder / "mappings" / "payers.toml").write_text("".join(_payer(one) for one in PAYERS))
    (folder / "mappings" / "clinicians.toml").write_text('[[clinicians]]\nid = "mk"\nclass_name = "M. Keene"\n')
    (folder / "mappings" / "rates.toml").write_text(
        '[[rates]]\npayer = "ANTH"\nfirst = 2025-01-01\n[rates.amounts]\n90837 = "110.00"\n'
    )
    reasons = folder / "mappings" / "adjustments.toml"
    reasons.write_text(reasons.read_text().replace('payer = "mainecare"', 'payer = "MCARE"'))
    (folder / "token_key").write_bytes(new_token_key())
    for _, name, _ in CONNECTORS:
        (folder / "inbox" / name).mkdir(parents=True)
    with running_simulator(SimulatorSettings(realms=tuple(REALMS.values())), clock=clock) as simulator:
        (folder / "config.toml").write_text(_config(simulator.base_url))
        made = Company(folder, clock, simulator)
        for place, practice in enumerate(SHAPES):
            _connect(made.desk(practice), "sim-refresh-token" + (f"-{REALMS[practice]}" if place else ""))
        yield made
        made.office.close()


def _connect(desk: Desk, token: str) -> None:
    tokens.keep_refresh_token(desk.store, desk.practice, desk.config.realm or "", token, desk.token_keys, desk.clock())
    client = desk.call()
    refresh.refresh(client, desk.store, desk.practice, desk.rules, desk.clock())
    catalog = refresh.load_catalog(desk.store, desk.practice, desk.rules)
    setup.apply_setup(setup.plan_setup(desk.rules, catalog), client, desk.store, desk.practice, catalog)


PAYERS = tuple(
    msgspec.structs.replace(one, name=one.id) for one in (ANTHEM, HARVARD, MEDICARE, SECOND, MAINECARE)
)  # fmt: skip


def _payer(one: Any) -> str:
    texts = ", ".join(f'"{text}"' for text in one.bank_texts)
    return (
        f'[[payers]]\nid = "{one.id}"\nname = "{one.name}"\nfamily = "{one.family.value}"\nnames = []\nids = []\n'
        f"bank_texts = [{texts}]\nfiling_limit_days = 365\nanswer_days = 30\n"
        f"sequestration = {str(one.sequestration).lower()}\n\n"
    )


def _config(base_url: str) -> str:
    head = f"""
[store]
url = "sqlite:///hhs_sync.db"

[quickbooks]
api_base_url = "{base_url}"
discovery_url = "{base_url}/.well-known/openid_configuration"
client_id = "sim-client-id"
client_secret = "sim-client-secret"
token_key = "file/token_key"
"""
    practices = (
        f"""
[[practices]]
id = "{name}"
name = "Casco Counseling"
{policy}
agreement_date = 2025-09-01
first_plan_waits = false
first_day = 2025-10-01
realm = "{REALMS[name]}"
tax_ids = ["010203040"]
npis = ["1234567893"]
mappings = ["mappings"]
thresholds = {{ money_without_remittance_business_days = 0, plan_age_days = 400 }}
"""
        + "".join(
            f'\n[[practices.connectors]]\nuse = "{use}"\nname = "{source}"\npath = "inbox/{source}"\n{more}'
            for use, source, more in CONNECTORS
        )
        for name, policy in SHAPES.items()
    )
    return head + "".join(practices)


# --- facts as the files in which they come in


def _table(header: str, rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def _sessions(told: list[Session]) -> tuple[str, str, bytes]:
    header = "Session ID,Date,Client ID,Clinician,Service Code,Units,Fee,Payer,Secondary Payer,Claim Number,Status"
    rows = [
        (own_key(one.key), one.date, one.client, one.clinician, one.service_code, 1, plain_money(one.fee),
         one.payer or "", one.secondary_payer or "", one.claim_number or "",
         "No Show" if one.state.value == "no_show" else "Completed")
        for one in told
    ]  # fmt: skip
    return "ehr", "csv", _table(header, rows)


def _remittances(told: list[Remittance]) -> tuple[str, str, bytes]:
    (one,) = told
    if one.payment_method == "CHK":
        return _eob(one)
    day = one.payment_date or dt.date.min
    told_by = msgspec.structs.replace(
        one, payee_name="CASCO COUNSELING", payee_ids=("1234567893", "010203040"), payer_trace_id="1010203040",
        production_date=day,
    )  # fmt: skip
    envelope = Envelope(
        sender="CLEARING", receiver="CASCO", written_at=dt.datetime.combine(day, dt.time(6)), control_number=day.day
    )  # fmt: skip
    return "era", "835", write_remittances([told_by], envelope)


def _eob(one: Remittance) -> tuple[str, str, bytes]:
    header = (
        "EOB ID,Payer,Payment Date,Payment Method,Trace Number,Payment Amount,Kind,Claim Number,Charge,Paid,Adjustments"
    )
    rows = [
        ("E-1", one.payer_name, one.payment_date, "CHK", one.eft_trace, plain_money(one.amount_paid), "claim",
         claim.claim_number, plain_money(claim.amount_charged), plain_money(claim.amount_paid),
         "; ".join(f"{x.group}-{x.reason_code} {plain_money(x.amount)}" for x in claim.adjustments))
        for claim in one.claim_payments
    ]  # fmt: skip
    return "eob", "csv", _table(header, rows)


def _payments(told: list[ClientPayment | Refund]) -> tuple[str, str, bytes]:
    header = "Payment ID,Type,Date,Client ID,Amount,Method,Session ID,Reference,Processor"
    rows = [
        (own_key(one.key), "Refund" if isinstance(one, Refund) else "Payment", one.date, one.client or "",
         plain_money(one.amount), one.method.value, getattr(one, "session", None) or "", one.reference,
         one.processor or "")
        for one in told
    ]  # fmt: skip
    return "pay", "csv", _table(header, rows)


def _payouts(told: list[Payout]) -> tuple[str, str, bytes]:
    header = "Payout ID,Processor,Payout Date,Payout Amount,Kind,Reference,Amount,Fee"
    rows = [
        (one.payout_id, one.processor, one.date, plain_money(one.amount), item.kind, item.reference,
         plain_money(item.amount), plain_money(item.fee))
        for one in told
        for item in one.items
    ]  # fmt: skip
    return "cards", "csv", _table(header, rows)


def _bank(told: list[BankDeposit]) -> tuple[str, str, bytes]:
    header = "Date,Amount,Description,Bank Reference,Account"
    rows = [(one.date, plain_money(one.amount), one.description, own_key(one.key), "4321") for one in told]
    return "bank", "csv", _table(header, rows)


def _claims(told: list[Claim]) -> tuple[str, str, bytes]:
    day = told[0].date_submitted or dt.date.min
    envelope = Envelope(sender="CASCO", receiver="CLEARING", written_at=dt.datetime.combine(day, dt.time(6)))
    biller = Biller(name="CASCO COUNSELING", npi="1234567893", tax_id="010203040")
    return "837", "837", write_claims(told, envelope, biller)


Writer = Callable[[Any], tuple[str, str, bytes]]
WRITERS: dict[Any, Writer] = {
    Session: _sessions,
    Claim: _claims,
    Remittance: _remittances,
    (ClientPayment, Refund): _payments,
    Payout: _payouts,
    BankDeposit: _bank,
}
