"""The companies in a SQLite file, so that they outlive the program.

What is kept is what clients see: objects as they stand on the wire, stubs of deleted ones, answers under their
requestids, files, tokens. The ledger is not kept: it follows from the documents, and is posted again when the file is
opened. Every call's changes are one transaction, committed before the answer leaves.
"""

import sqlite3
from datetime import datetime
from pathlib import Path

import msgspec

from hhs_sync.quickbooks.simulator import changes
from hhs_sync.quickbooks.simulator.company import Company, Deleted
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.oauth import Keys
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import decode, encode

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    realm TEXT, kind TEXT, id TEXT, changed_at TEXT, place INTEGER, body BLOB, PRIMARY KEY (realm, kind, id)
);
CREATE TABLE IF NOT EXISTS deleted (realm TEXT, kind TEXT, id TEXT, at TEXT, PRIMARY KEY (realm, kind, id));
CREATE TABLE IF NOT EXISTS request (realm TEXT, id TEXT, status INTEGER, body BLOB, PRIMARY KEY (realm, id));
CREATE TABLE IF NOT EXISTS file (realm TEXT, id TEXT, body BLOB, PRIMARY KEY (realm, id));
CREATE TABLE IF NOT EXISTS company (realm TEXT PRIMARY KEY, last_ids BLOB, standing BLOB);
CREATE TABLE IF NOT EXISTS reconciled (realm TEXT, id TEXT, PRIMARY KEY (realm, id));
CREATE TABLE IF NOT EXISTS simulator (name TEXT PRIMARY KEY, value BLOB);
"""

PUT_OBJECT = """
INSERT INTO object (realm, kind, id, changed_at, place, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (realm, kind, id) DO UPDATE
SET changed_at = excluded.changed_at, place = excluded.place, body = excluded.body
"""


class StateFile:
    """A file that holds companies and keys."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self._place: int = self._connection.execute("SELECT coalesce(max(place), 0) FROM object").fetchone()[0]

    def companies(self, settings: SimulatorSettings) -> dict[str, Company]:
        """The companies in the file, with their books posted again."""
        realms = self._connection.execute("SELECT realm, last_ids, standing FROM company ORDER BY rowid").fetchall()
        found = {}
        for realm, last_ids, standing in realms:
            company = Company(realm, settings)
            company.last_ids.update(decode(last_ids))
            company.standing.update(decode(standing))
            self._load(company)
            found[realm] = company
        return found

    def keys(self) -> Keys | None:
        """The tokens in the file, None in a new one."""
        row = self._connection.execute("SELECT value FROM simulator WHERE name = 'keys'").fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Keys)

    def save(self, companies: dict[str, Company], keys: Keys) -> None:
        """Write what changed since the last time."""
        with self._connection:
            for company in companies.values():
                self._save(company)
            self._connection.execute(
                "INSERT INTO simulator VALUES ('keys', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value "
                "WHERE value IS NOT excluded.value",
                (msgspec.json.encode(keys),),
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _save(self, company: Company) -> None:
        if not (company.unsaved or company.unsaved_requests or company.unsaved_files):
            return
        put = self._connection.execute
        put("DELETE FROM reconciled WHERE realm = ?", (company.realm,))
        for object_id in company.reconciled:
            put("INSERT INTO reconciled VALUES (?, ?)", (company.realm, object_id))
        for (kind, object_id), state in company.unsaved.items():
            key = (company.realm, kind, object_id)
            if isinstance(state, Deleted):
                put("DELETE FROM object WHERE realm = ? AND kind = ? AND id = ?", key)
                put("INSERT OR REPLACE INTO deleted VALUES (?, ?, ?, ?)", (*key, state.at.isoformat()))
            else:
                self._place += 1
                moment = company.changed[kind][object_id].isoformat()
                put(PUT_OBJECT, (*key, moment, self._place, encode(state)))
        for request_id in company.unsaved_requests:
            row = (company.realm, request_id, *company.remembered[request_id])
            put("INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?)", row)
        for object_id in company.unsaved_files:
            put("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (company.realm, object_id, company.files[object_id]))
        put(
            "INSERT INTO company VALUES (?, ?, ?) ON CONFLICT (realm) DO UPDATE "
            "SET last_ids = excluded.last_ids, standing = excluded.standing",
            (company.realm, encode(company.last_ids), encode(company.standing)),
        )
        company.unsaved.clear()
        company.unsaved_requests.clear()
        company.unsaved_files.clear()

    def _load(self, company: Company) -> None:
        rows = self._connection.execute(
            "SELECT kind, id, changed_at, place, body FROM object WHERE realm = ? ORDER BY rowid", (company.realm,)
        ).fetchall()
        moments = {}
        for kind, object_id, changed_at, _, body in rows:
            moments[kind, object_id] = datetime.fromisoformat(changed_at)
            company.keep(kind, object_id, decode(body), moments[kind, object_id])
        company.changed.clear()
        for kind, object_id, *_ in sorted(rows, key=lambda row: row[3]):
            company.changed[kind][object_id] = moments[kind, object_id]
        for kind, object_id, *_ in rows:
            fields, known = company.tables[kind][object_id], KINDS[kind]
            changes.post(company, known, object_id, fields, Write(moments[kind, object_id]))
            if known.document:
                company.claim(kind, object_id, known.claims(fields))
        rest = (company.realm,)
        for kind, object_id, at in self._connection.execute("SELECT kind, id, at FROM deleted WHERE realm = ?", rest):
            company.deleted[kind][object_id] = Deleted(datetime.fromisoformat(at))
        for name, status, body in self._connection.execute(
            "SELECT id, status, body FROM request WHERE realm = ?", rest
        ):
            company.remembered[name] = (status, body)
        for object_id, body in self._connection.execute("SELECT id, body FROM file WHERE realm = ?", rest):
            company.files[object_id] = body
        ticked = self._connection.execute("SELECT id FROM reconciled WHERE realm = ?", rest)
        company.reconciled.update(row[0] for row in ticked)
        company.unsaved.clear()
