"""A document or a push is taken back: the books are as if it had never come, and QuickBooks follows."""

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hhs_sync import cli
from hhs_sync.closing import close
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.intake import decide
from hhs_sync.ledger.entry import Entry
from hhs_sync.look import books_of, look
from hhs_sync.proof import with_statement
from hhs_sync.quickbooks.simulator.hand import close_books, hand_create, hand_edit, reconcile
from hhs_sync.undo import Applied, Undo, Undone, UndoRefusedError
from hhs_sync.undo.meant import Wanted, carried_out
from tests.stage import Stage, small, stage, stage_again

BANKED_LONG_AGO = "anthem-20261022.835"
BANKED_LATELY = "medicare-20261113.835"
NOT_BANKED = "anthem-20261119.835"
OCTOBER = dt.date(2026, 10, 31)
REALM = PRACTICES[0].realm


@pytest.fixture(scope="module")
def after_a_turn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dt.datetime]:
    folder = tmp_path_factory.mktemp("synced")
    with stage(folder, [small(clients=6)]) as made:
        made.turn()
        return folder, made.clock.now()


@pytest.fixture
def synced(after_a_turn: tuple[Path, dt.datetime], tmp_path: Path) -> Iterator[Stage]:
    with stage_again(after_a_turn[0], tmp_path, after_a_turn[1]) as made:
        yield made


def undoing(one: Stage, expected: str | None = "", *, minutes: float = 5, **wanted: Any) -> Any:
    """Look (`expected` is None) or apply, some minutes later."""
    one.clock.advance(minutes * 60)
    with one.desk() as desk:
        work = Undo(desk, Wanted(**wanted), by="dana", reason="sent to us by mistake", progress=lambda _: None)
        return work.look(1) if expected is None else work.apply(expected, 1)


def seen_in(one: Stage, **wanted: Any) -> Undone:
    found: Undone = undoing(one, None, **wanted)
    return found


def undone(one: Stage, **wanted: Any) -> Applied:
    found: Applied = undoing(one, **wanted)
    return found


def entries(one: Stage) -> tuple[Entry, ...]:
    with one.desk() as desk:
        return books_of(desk).entries


def without_remittance(one: Stage, name: str) -> bool:
    """Whether no entry of the sub-ledger rests on what a file told."""
    with one.desk() as desk:
        told = {document.digest for document in desk.store.documents.catalog("harbor") if document.name == name}
        seen = look(desk)
        facts = {
            key
            for version in desk.store.readings.told("harbor").versions
            if version.first.digest in told
            for key in [version.fact.key]
        }
        return not any(one.fact in facts for entry in seen.books.entries for one in entry.evidence)


def trial_balance(one: Stage) -> dict[str, int]:
    """What QuickBooks' own accounts come to, by name, cents."""
    with one.simulator.state.lock:
        company = one.simulator.state.companies[REALM]
        sums: Counter[str] = Counter()
        for lines in company.ledger.postings.values():
            for line in lines:
                sums[company.tables["Account"][line.account]["Name"]] += line.cents
    return {name: cents for name, cents in sorted(sums.items()) if cents}


def closed_entries(one: Stage) -> list[tuple[str, ...]]:
    """What QuickBooks holds of October, without what it counts itself as others pay."""
    shown = ("kind", "Id", "TxnDate", "TotalAmt", "Line", "PrivateNote")
    found = [fields for fields in one.documents() if fields["TxnDate"] <= OCTOBER.isoformat()]
    return [tuple(str(fields.get(name)) for name in shown) for fields in found]


def deleted(one: Stage) -> int:
    with one.simulator.state.lock:
        return sum(map(len, one.simulator.state.companies[REALM].deleted.values()))


def by_hand(one: Stage, kind: str, reference: str, edits: dict[str, Any]) -> None:
    found = next(
        fields for fields in one.documents() if fields["kind"] == kind and fields.get("DocNumber") == reference
    )
    with one.simulator.state.lock:
        company = one.simulator.state.companies[REALM]
        hand_edit(company, kind, found["Id"], edits, one.simulator.state.write())


def is_quiet_and_tied(one: Stage) -> bool:
    report = one.turn()
    with one.desk() as desk:
        return report.standing.tied is True and report.pushed is None and () == look(desk).plan.changes


# --- by void


def test_looking_writes_nothing_anywhere(synced: Stage) -> None:
    before = synced.documents(), entries(synced), synced.written()

    seen = seen_in(synced, source=BANKED_LONG_AGO)

    assert seen.removed
    assert seen.written
    assert seen.digest
    assert before == (synced.documents(), entries(synced), synced.written())


def test_a_remittance_whose_money_was_banked_goes_and_its_money_waits_in_suspense(synced: Stage) -> None:
    before = trial_balance(synced)
    done = undone(synced, source=BANKED_LONG_AGO)

    assert done.standing.tied
    assert (done.pushed.held, done.pushed.refused, done.pushed.stopped) == ((), (), "")
    assert done.pushed.voided > 2
    assert without_remittance(synced, BANKED_LONG_AGO)
    changes = {number: amount for number, _, amount in done.undone.money}
    after = trial_balance(synced)
    assert changes["2400"] == after["Unapplied receipts"] - before.get("Unapplied receipts", 0)
    assert "1000" not in changes
    assert "DEP-02" in {one.code for one in done.undone.asked}
    assert 0 == deleted(synced)
    assert is_quiet_and_tied(synced)


def test_where_the_bank_line_has_not_waited_long_enough_the_deposit_goes_too(synced: Stage) -> None:
    done = undone(synced, source=BANKED_LATELY)

    assert done.standing.tied
    assert "Deposit" in {change.pushed.kind.value for change in done.undone.written}
    assert is_quiet_and_tied(synced)


def test_the_undo_taken_back_gives_the_same_books_and_quickbooks_the_same_balances(synced: Stage) -> None:
    books, balances = entries(synced), trial_balance(synced)
    undone(synced, source=BANKED_LONG_AGO)
    between = entries(synced)

    back = undone(synced, source=BANKED_LONG_AGO, back=True)

    assert books != between
    assert books == entries(synced)
    assert balances == trial_balance(synced)
    assert back.standing.tied
    assert 0 == deleted(synced)
    assert is_quiet_and_tied(synced)


def test_what_is_taken_back_can_not_be_taken_back_twice(synced: Stage) -> None:
    undone(synced, source=NOT_BANKED)

    with pytest.raises(HhsSyncError, match="taken back already, on 2026-11-21 by dana"):
        undone(synced, source=NOT_BANKED)
    undone(synced, source=NOT_BANKED, back=True)
    with pytest.raises(HhsSyncError, match="no undo of it"):
        undone(synced, source=NOT_BANKED, back=True)


def test_an_export_taken_back_leaves_what_the_export_before_it_told(synced: Stage) -> None:
    """Sessions stand in several exports: those of the last one alone go, the others are as they were before it."""
    exports = sorted((synced.folder / "inbox" / "harbor" / "sessions").glob("*.csv"))
    with synced.desk() as desk:
        sessions = set(desk.store.readings.load_facts("harbor").sessions)
    done = undone(synced, source=exports[-1].name)
    with synced.desk() as desk:
        left = set(desk.store.readings.load_facts("harbor").sessions)
        catalog = {one.name: one for one in desk.store.documents.catalog("harbor")}
        connector = next(one for one in desk.connectors if one.name == "ehr")
        earlier = {
            placed.fact.key
            for export in exports[:-1]
            for placed in connector.read(desk.store.documents.read("harbor", catalog[export.name].digest)).facts
        }

    assert left < sessions
    assert left == earlier & sessions
    assert done.standing.tied
    assert is_quiet_and_tied(synced)


# --- in closed books


@pytest.mark.parametrize("name", [BANKED_LONG_AGO, "mainecare-20261021.835"])
def test_in_a_closed_period_the_undo_is_a_correction_in_the_open_one(synced: Stage, name: str) -> None:
    with synced.desk() as desk:
        close(desk, OCTOBER, by="dana", override=True, reason="month end")
    with synced.simulator.state.lock:
        company = synced.simulator.state.companies[REALM]
        close_books(company, OCTOBER.isoformat(), synced.simulator.state.write())
    before = closed_entries(synced)
    books, balances = entries(synced), trial_balance(synced)

    done = undone(synced, source=name)

    assert done.standing.tied
    assert () == done.pushed.refused
    with synced.desk() as desk:
        assert {0} == {
            one.cash for month in with_statement(desk).statement for one in month.lines if one.number.startswith("491")
        }
    assert [] == [one for one in done.undone.removed if one.date <= OCTOBER]
    assert {"2026-10"} == {one.corrects for one in done.undone.added if one.date == dt.date(2026, 11, 1)}
    assert before == closed_entries(synced)
    assert is_quiet_and_tied(synced)

    back = undone(synced, source=name, back=True)

    assert back.standing.tied
    assert books == entries(synced)
    assert balances == trial_balance(synced)
    assert is_quiet_and_tied(synced)


def test_a_correction_after_a_close_does_not_touch_the_bank_again(synced: Stage) -> None:
    """The bank's line stands as it was reconciled; only what it was for is told otherwise."""
    with synced.desk() as desk:
        close(desk, OCTOBER, by="dana", override=True, reason="month end")

    seen = seen_in(synced, source=BANKED_LONG_AGO)

    assert "1000" not in {number for number, _, _ in seen.money}
    assert not any(line.account.name == "BANK" for entry in seen.added for line in entry.lines)


def test_what_only_quickbooks_has_closed_is_refused_with_what_to_do(synced: Stage) -> None:
    with synced.simulator.state.lock:
        company = synced.simulator.state.companies[REALM]
        close_books(company, OCTOBER.isoformat(), synced.simulator.state.write())

    with pytest.raises(UndoRefusedError, match="closed in QuickBooks only: close its month here"):
        undone(synced, source=BANKED_LONG_AGO)
    assert not without_remittance(synced, BANKED_LONG_AGO)


# --- what people did in QuickBooks


def test_an_entry_that_a_person_changed_is_refused_until_it_is_decided(synced: Stage) -> None:
    seen = seen_in(synced, source=NOT_BANKED)
    memo = next(change.pushed for change in seen.written if change.pushed.kind.value == "CreditMemo")
    by_hand(synced, "CreditMemo", memo.reference, {"TxnDate": "2026-11-18"})

    with pytest.raises(UndoRefusedError, match=f"CreditMemo {memo.reference} .* was changed in QuickBooks by hand"):
        undone(synced, source=NOT_BANKED)
    for kind, says in ((ResolutionKind.ADOPT_EDIT, "as a person changed it"), (ResolutionKind.RESTORE_EDIT, "")):
        synced.clock.advance(60)
        with synced.desk() as desk:
            at = desk.clock()
            answer = Resolution(
                key=f"resolution/decisions/{kind.value}", kind=kind, subject=memo.key, by="dana", at=at
            )  # fmt: skip
            if kind is ResolutionKind.RESTORE_EDIT:
                again = Resolution(
                    key="resolution/decisions/again", kind=ResolutionKind.REOPEN, subject=memo.key, by="dana",
                    at=at - dt.timedelta(seconds=1),
                )  # fmt: skip
                decide(desk, [again], name="test")
            decide(desk, [answer], name="test")
        if says:
            with pytest.raises(UndoRefusedError, match=says):
                undone(synced, source=NOT_BANKED)

    assert undone(synced, source=NOT_BANKED).standing.tied


def test_what_was_reconciled_is_refused_and_named(synced: Stage) -> None:
    seen = seen_in(synced, source=BANKED_LONG_AGO)
    deposit = next(
        change.desired for change in seen.written if getattr(change, "desired", None) and change.desired.amount
        and change.desired.kind.value == "Deposit"
    )  # fmt: skip
    there = next(one for one in synced.documents() if one.get("PrivateNote", "").find(deposit.reference) >= 0)
    with synced.simulator.state.lock:
        reconcile(synced.simulator.state.companies[REALM], there["Id"])

    with pytest.raises(UndoRefusedError, match=f"Deposit {deposit.reference} .* is reconciled"):
        undone(synced, source=BANKED_LONG_AGO)


def test_what_others_are_linked_to_is_refused_and_named(synced: Stage) -> None:
    """A person has applied a payment of the client to our invoice."""
    seen = seen_in(synced, source=BANKED_LATELY)
    invoice = next(change.posted for change in seen.written if change.pushed.kind.value == "Invoice")
    with synced.simulator.state.lock:
        state = synced.simulator.state
        company = state.companies[REALM]
        fields = company.tables["Invoice"][invoice.quickbooks_id]
        link = {"TxnId": fields["Id"], "TxnType": "Invoice"}
        body = {
            "CustomerRef": fields["CustomerRef"],
            "TotalAmt": 1,
            "Line": [{"Amount": 1, "LinkedTxn": [link]}],
            "TxnDate": "2026-11-20",
        }
        hand_create(company, "Payment", body, state.write())

    with pytest.raises(UndoRefusedError, match=r"something of others linked to it \(Payment \d+\)"):
        undone(synced, source=BANKED_LATELY)


def test_what_was_shown_is_what_is_done(synced: Stage) -> None:
    shown = seen_in(synced, source=NOT_BANKED)
    with pytest.raises(UndoRefusedError, match="something else than what was shown"):
        undoing(synced, "0" * 12, source=NOT_BANKED)

    done = undoing(synced, shown.digest[:12], source=NOT_BANKED)

    assert shown.digest == done.undone.digest
    assert done.standing.tied


# --- the file once more


@pytest.mark.parametrize("name", ["sent-again.835", NOT_BANKED])
def test_the_same_file_dropped_in_again_does_not_come_back_and_says_so(synced: Stage, name: str) -> None:
    undone(synced, source=NOT_BANKED)
    inbox = synced.folder / "inbox" / "harbor" / "835"
    shutil.copy(inbox / NOT_BANKED, inbox / "moved-away.tmp")
    (inbox / NOT_BANKED).unlink()
    shutil.copy(inbox / "moved-away.tmp", inbox / name)

    said = []
    for _ in range(2):
        report = synced.turn()
        assert 0 == report.documents
        said.append([one.says for one in report.obstacles])

    assert without_remittance(synced, NOT_BANKED)
    assert said[0] == said[1]
    assert "came in again, and is not read: dana took it back on 2026-11-21" in said[0][0]
    undone(synced, source=NOT_BANKED, back=True)
    assert () == synced.turn().obstacles


# --- a push


def test_a_push_is_undone_by_taking_back_what_came_in_for_it(synced: Stage) -> None:
    inbox = synced.folder / "inbox" / "harbor"
    before = entries(synced), trial_balance(synced)
    paid = "Payment ID,Type,Date,Client ID,Amount,Method,Session ID,Reference,Processor,Fee,Of Payment\n"
    with synced.desk() as desk:
        client = next(one.client for one in desk.store.readings.load_facts("harbor").sessions.values())
    (inbox / "payments" / "late.csv").write_text(f"{paid}P900,Payment,2026-11-20,{client},40.00,Check,,1020,,,\n")
    report = synced.turn()
    assert report.pushed is not None
    assert report.pushed.created > 0

    with synced.desk() as desk:
        last, first = carried_out(desk)
    done = undone(synced, plan=report.pushed.plan[:12])

    assert report.pushed.plan == last.digest
    assert report.pushed.written == len(last.entries)
    assert last.since == first.at
    assert ["late.csv"] == [one.name for one in done.undone.documents]
    assert before == (entries(synced), trial_balance(synced))
    assert done.standing.tied
    assert undone(synced, plan=report.pushed.plan[:12], back=True).standing.tied
    assert before[0] != entries(synced)
    assert is_quiet_and_tied(synced)


def test_a_decision_that_was_pushed_is_undone_with_its_push(synced: Stage) -> None:
    before = entries(synced)
    with synced.desk() as desk:
        session = next(one.session for one in books_of(desk).open_items if one.account.name == "AR_CLIENT")
        given_up = Resolution(
            key="resolution/decisions/small", kind=ResolutionKind.WRITE_OFF, subject=session, amount=100, by="dana",
            at=desk.clock() + dt.timedelta(minutes=1),
        )  # fmt: skip
        decide(desk, [given_up], name="test")
    report = synced.turn()
    assert report.pushed is not None
    assert before != entries(synced)

    undone(synced, plan=report.pushed.plan)

    assert before == entries(synced)
    assert is_quiet_and_tied(synced)


def test_the_first_push_is_undone_whole_and_comes_back(synced: Stage) -> None:
    before = trial_balance(synced)
    with synced.desk() as desk:
        (first,) = carried_out(desk)

    done = undone(synced, plan=first.digest)

    assert {} == trial_balance(synced)
    assert () == entries(synced)
    assert done.standing.tied
    assert undone(synced, plan=first.digest, back=True).standing.tied
    assert before == trial_balance(synced)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"source": "nothing.835"}, "has no document nothing.835"),
        ({"plan": "0123456789"}, "no plan 0123456789 was written"),
        ({"plan": "0123"}, "at least 8 characters"),
        ({"plan": "0123456789", "back": True}, "no undo of a plan"),
        ({"source": "client codes"}, "has no document client codes"),
    ],
)
def test_what_is_not_known_is_said(synced: Stage, wanted: dict[str, Any], says: str) -> None:
    with pytest.raises(HhsSyncError, match=says):
        seen_in(synced, **wanted)


# --- on the command line


def test_the_command_shows_then_does_then_lists(
    synced: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hhs_sync.office.present", synced.clock.now)
    how = ["undo", "--config", str(synced.config), "--by", "dana"]

    assert 0 == cli.run([*how, "--source", NOT_BANKED])
    shown = capsys.readouterr().out
    assert "Nothing was done; to do it, say the same with --apply" in shown
    digest = shown.rsplit("--apply ", 1)[1].split()[0]
    synced.clock.advance(60)
    assert 0 == cli.run([*how, "--source", NOT_BANKED, "--apply", digest])
    assert "tied;" in capsys.readouterr().out
    assert 0 == cli.run([*how, "--list", "--json"])
    listed = json.loads(capsys.readouterr().out)
    assert [NOT_BANKED] == [one["name"] for one in listed["taken_back"]]
    assert 2 == len(listed["pushes"])
    assert 1 == cli.run([*how, "--source", NOT_BANKED])
    assert "taken back already" in capsys.readouterr().err
    assert 2 == cli.run(how)
