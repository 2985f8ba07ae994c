"""The work list at full size: 50,000 open questions over 200 practices of 5,000 sessions each, asked for over HTTP.

    python bench/web.py [PRACTICES] [SESSIONS OF EACH] [QUESTIONS OF EACH]

The server answers with everything that it does otherwise: session, rights, the record of who saw what, templates.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import requests

from hhs_sync.config.roles import Role
from hhs_sync.facts.document import Document, Placed, Reading
from hhs_sync.facts.session import Session
from hhs_sync.findings.catalogue import QUESTIONS
from hhs_sync.findings.finding import Finding, Stake
from hhs_sync.ledger.entry import Evidence
from hhs_sync.office import Office
from hhs_sync.review.record import Record
from hhs_sync.review.trail import Trail
from hhs_sync.store.findings import Wanted
from hhs_sync.store.users import ALL, Grant
from hhs_sync.web import passwords
from hhs_sync.web.server import running_server
from hhs_sync.worklist import KeptFinding, row_of

NOW = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
TODAY = NOW.date()
PASSWORD = "horse battery staple correct"  # noqa: S105  Of somebody made up, in a database that is thrown away.
PAYERS = {"anthem": "Anthem Blue Cross and Blue Shield", "mainecare": "MaineCare", "medicare": "Medicare"}
ROUNDS = 100
LISTS = (
    ("the list", "/exceptions"),
    ("one practice", "/exceptions?practice=p007"),
    ("an owner and a group", "/exceptions?owner=biller&group=DEN"),
    ("a payer, the largest first", "/exceptions?payer=anthem&sort=amount&down=1"),
    ("words", "/exceptions?q=denied+165"),
    ("words that few rows hold", "/exceptions?q=denied+391.17"),
    ("the first page", "/"),
    ("an age and a severity", "/exceptions?age=60&severity=high"),
)


def config_of(folder: Path, practices: int) -> Path:
    """A config with that many practices."""
    (folder / "mappings").mkdir()
    rows = "".join(
        f'[[practices]]\nid = "p{number:03}"\nname = "Practice {number}"\npolicy = "accrual"\nshape = "payer-batch"\n'
        f'agreement_date = 2026-01-01\nfirst_day = 2026-01-01\nmappings = "mappings"\n\n'
        for number in range(practices)
    )
    config = folder / "config.toml"
    config.write_text(f'[store]\nurl = "sqlite:///hhs.db"\n\n[web]\nsecond_factor_for = []\n\n{rows}')
    return config


def sessions_of(practice: str, count: int) -> list[Session]:
    """A practice's sessions over two years."""
    return [
        Session(
            key=f"session/ehr/{practice}-{number}",
            date=TODAY - dt.timedelta(days=number % 700),
            client=f"c{number % 180}",
            clinician="mk",
            service_code="90837",
            fee=18000,
            payer="Anthem",
            claim_number=f"C{number}",
        )
        for number in range(count)
    ]


def questions_of(practice: str, sessions: list[Session], count: int, chance: random.Random) -> list[Finding]:
    """That many open questions about a practice's sessions."""
    found = []
    for number in range(count):
        question = QUESTIONS[chance.choice(list(QUESTIONS))]
        about = chance.sample(sessions, 3)
        since = TODAY - dt.timedelta(days=chance.randrange(160))
        amount = chance.randrange(500, 40000)
        payer = chance.choice(list(PAYERS))
        says = f"{PAYERS[payer]} denied {amount / 100:.2f} of {chance.choice((105, 165, 180))}.00: say what it is."
        found.append(
            Finding(
                key=f"{practice}:{question.code}:subject/{number}", code=question.code, title=question.title,
                practice=practice, subject=f"subject/{number}", says=says, amount=amount, at_stake=Stake.US.value,
                severity=question.severity, effect=question.effect, owner=question.owner.value, action=question.action,
                clears_when=question.clears_when, since=since, due=since + dt.timedelta(days=7), payer=payer,
                client=about[0].client, clinician="mk", service_dates=(about[0].date,), sessions=(about[0].key,),
                evidence=tuple(Evidence(one.key) for one in about), answers=question.answers,
            )
        )  # fmt: skip
    return found


def fill(office: Office, sessions_each: int, questions_each: int) -> None:
    """Facts and work lists of every practice, and somebody who may see them all."""
    chance = random.Random(1)
    for practice in office.worked:
        sessions = sessions_of(practice, sessions_each)
        content = b"sessions of " + practice.encode()
        document = Document.of(source="ehr", name="sessions.csv", content=content, received_at=NOW, as_of=NOW)
        placed = tuple(Placed(fact=one, place=f"line {number}") for number, one in enumerate(sessions, start=2))
        office.store.readings.store(practice, [(document, Reading(facts=placed))], "1")
        codes = {f"c{number}": f"K{number:03}Q" for number in range(180)}
        record = Record(
            practice=practice, name=practice, policy="accrual", as_of=TODAY, payers=PAYERS, client_codes=codes
        )  # fmt: skip
        rows = []
        for one in questions_of(practice, sessions, questions_each, chance):
            trail = Trail(sessions=tuple(each.fact for each in one.evidence))
            body = msgspec.json.encode(KeptFinding(finding=one, trail=trail, limit=5000))
            rows.append((row_of(one, record, counted=True), body))
        office.store.findings.save(practice, rows, lambda _: True)
    office.store.users.add("dana", "Dana", passwords.hashed(PASSWORD), [Grant(ALL, Role.BOOKKEEPER)], NOW)


def measured(http: requests.Session, address: str, paths: list[str], **how: object) -> tuple[float, float, float, int]:
    """Milliseconds in the middle and at the 95th percentile, those that the processor worked, and the most bytes.

    The processor's time holds the asking client's as well, which is in the same process: some 2 ms.
    """
    taken, largest = [], 0
    http.get(address + paths[0], **how)
    worked = time.process_time()
    for path in paths:
        started = time.perf_counter()
        answer = http.get(address + path, **how)
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
        largest = max(largest, len(answer.content))
    worked = (time.process_time() - worked) * 1000 / len(paths)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], worked, largest


def main(practices: int = 200, sessions_each: int = 5000, questions_each: int = 250) -> None:
    """Fill, serve, ask; print JSON."""
    figures: dict[str, object] = {"practices": practices, "sessions": practices * sessions_each}
    figures["questions"] = practices * questions_each
    with TemporaryDirectory() as name:
        office = Office.open(config_of(Path(name), practices), clock=lambda: NOW)
        started = time.perf_counter()
        fill(office, sessions_each, questions_each)
        figures["filled in seconds"] = round(time.perf_counter() - started, 1)
        with running_server(office) as address:
            http = requests.Session()
            http.post(f"{address}/sign-in", data={"name": "dana", "password": PASSWORD})
            asked = {"HX-Request": "true"}
            shown: dict[str, tuple[float, float, float, int]] = {}
            for what, path in LISTS:
                shown[what] = measured(http, address, [path] * ROUNDS)
                shown[f"{what}, its part that changes"] = measured(http, address, [path] * ROUNDS, headers=asked)
            chance = random.Random(2)
            rows = chance.sample(office.store.findings.rows(Wanted(), limit=5000), ROUNDS)
            ones = [f"/practice/{row.practice}/exception/{row.id}" for row in rows]
            shown["evidence"] = measured(http, address, ones, headers=asked)
            shown["evidence, a page of its own"] = measured(http, address, ones)
            files = sum(
                len(http.get(f"{address}/static/{one}").content)
                for one in ("htmx-2.0.11.min.js", "keys.js", "exceptions.js", "style.css")
            )
        office.close()
    figures["files of a page, kept by the browser"] = files
    figures["shown"] = {what: [*(round(one, 1) for one in times), size] for what, (*times, size) in shown.items()}
    figures["weight"] = max(size for *_, size in shown.values()) + files
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
