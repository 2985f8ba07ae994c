"""One turn, end to end: files in, entries in QuickBooks, tied out, and nothing done twice."""

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hhs_sync.errors import PracticeBusyError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.intake import decide
from hhs_sync.look import current_record, look
from hhs_sync.quickbooks.simulator import Fault, Seed
from hhs_sync.quickbooks.simulator.hand import close_books, hand_delete, hand_edit
from hhs_sync.review import Record
from hhs_sync.sync import Ask
from tests.stage import Stage, small, stage, stage_again


@pytest.fixture
def harbor(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, [small()]) as made:
        yield made


@pytest.fixture(scope="module")
def after_a_turn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dt.datetime]:
    """Both practices after their first turn, and the moment of it."""
    folder = tmp_path_factory.mktemp("synced")
    with stage(folder, [small(), small(1)]) as made:
        for practice in ("harbor", "birch"):
            report = made.turn(practice)

            assert report.pushed is not None
            assert 0 == report.standing.to_write
        return folder, made.clock.now()


@pytest.fixture
def synced(after_a_turn: tuple[Path, dt.datetime], tmp_path: Path) -> Iterator[Stage]:
    """The same, in a copy of its own."""
    with stage_again(after_a_turn[0], tmp_path, after_a_turn[1]) as made:
        yield made


ON_THE_WIRE: Any = (
    "throttle_json", "throttle_xml", "throttle_lower", "throttle_403", "throttle_item", "server_error", "unavailable",
    "unexpected", "reset", "truncate",
)  # fmt: skip


def record(one: Stage, practice: str = "harbor") -> Record:
    with one.desk(practice) as desk:
        return current_record(desk)


def codes(one: Stage, practice: str = "harbor") -> Counter[str]:
    return Counter(finding.code for finding in record(one, practice).open_findings)


def test_the_first_turn_posts_everything_and_ties_under_both_policies(tmp_path: Path) -> None:
    with stage(tmp_path, [small(), small(1)]) as both:
        for practice in ("harbor", "birch"):
            report = both.turn(practice)

            assert report.documents > 20
            assert report.pushed is not None
            assert (report.pushed.held, report.pushed.refused, report.pushed.stopped) == ((), (), "")
            assert 0 == report.standing.to_write
            assert record(both, practice).tied


def test_a_second_turn_plans_nothing_writes_nothing_and_makes_one_call(synced: Stage) -> None:
    before = synced.written()

    for practice in ("harbor", "birch"):
        report = synced.turn(practice)

        assert report.quiet
        assert report.pushed is None
        assert sum(report.calls.values()) <= 1
        with synced.desk(practice) as desk:
            assert () == look(desk).plan.changes
    assert before == synced.written()


def test_a_quiet_turn_that_is_not_due_makes_no_call_at_all(synced: Stage) -> None:

    report = synced.turn(minutes=5, ask=Ask.WHEN_DUE)

    assert report.quiet
    assert {} == report.calls


def test_a_quiet_practice_is_looked_at_again_after_an_hour(synced: Stage) -> None:

    report = synced.turn(minutes=61, ask=Ask.WHEN_DUE)

    assert report.quiet
    assert {"read:cdc": 1} == report.calls


def test_the_same_files_under_other_names_change_nothing(synced: Stage) -> None:
    before = synced.documents()
    for path in sorted((synced.folder / "inbox" / "harbor").rglob("*.*")):
        shutil.copy2(path, path.with_name(f"copy-of-{path.name}"))
    for path in sorted((synced.folder / "inbox" / "harbor" / "835").glob("anthem*")):
        path.rename(path.with_name(f"renamed-{path.name}"))

    report = synced.turn()

    assert 0 == report.documents
    assert report.pushed is None
    assert before == synced.documents()


def test_a_dry_run_takes_files_in_and_sends_nothing(harbor: Stage) -> None:
    before = harbor.written()

    dry = harbor.turn(write=False)
    after = harbor.written()
    real = harbor.turn()

    assert before == after
    assert dry.documents > 0
    assert dry.standing.to_write > 100
    assert real.documents == 0
    assert real.pushed is not None
    assert 0 == real.standing.to_write


def test_no_entry_stands_twice_and_each_bears_its_own_number(synced: Stage) -> None:
    synced.turn()
    numbers = Counter(
        one.get("DocNumber") or one.get("PaymentRefNum") or one["PrivateNote"] for one in synced.documents()
    )

    assert [] == [number for number, count in numbers.items() if count > 1]


def test_a_source_that_fails_costs_its_own_documents_and_is_asked_about_until_it_answers(harbor: Stage) -> None:
    payments = harbor.folder / "inbox" / "harbor" / "payments"
    payments.rename(payments.with_name("gone"))

    report = harbor.turn()
    asked = codes(harbor)
    quiet = harbor.turn()
    payments.with_name("gone").rename(payments)
    cured = harbor.turn()

    assert ["source/desk"] == [one.subject for one in report.obstacles]
    assert 1 == asked["SRC-05"]
    assert report.pushed is not None
    assert quiet.quiet
    assert () == cured.obstacles
    assert cured.documents > 0
    assert 0 == codes(harbor)["SRC-05"]


def test_a_practice_that_fails_does_not_stop_another(synced: Stage) -> None:
    with synced.office() as office, office.store.lock("harbor", owner="somebody else"):
        with pytest.raises(PracticeBusyError, match="somebody else"):
            synced.turn("harbor")
        report = synced.turn("birch")

    assert report.quiet


def test_books_are_kept_while_quickbooks_is_away_and_posted_when_it_is_back(harbor: Stage) -> None:
    harbor.simulator.state.faults.plan(Fault(what="unavailable", on="*", times=1000))
    with harbor.desk() as desk:
        desk.store.mirror.set_cursor("harbor", "quickbooks changes", "")

    away = harbor.turn(ask=Ask.NEVER)
    harbor.simulator.state.faults.clear()
    back = harbor.turn()

    assert away.documents > 0
    assert away.standing.to_write > 0
    assert back.documents == 0
    assert back.pushed is not None
    assert record(harbor).tied


def test_a_practice_that_was_never_connected_is_asked_about_and_its_books_are_kept(tmp_path: Path) -> None:
    with stage(tmp_path, [small()], prepared=False) as harbor:
        report = harbor.turn()

        assert report.documents > 0
        assert report.pushed is None
        assert 1 == codes(harbor)["QBO-04"]
        assert any("never been connected" in one.says for one in report.obstacles)


def test_a_company_that_lacks_accounts_says_so_once(tmp_path: Path) -> None:
    with stage(tmp_path, [small()], prepared=False) as harbor:
        harbor.prepare()
        with harbor.simulator.state.lock:
            company = harbor.simulator.state.companies["9341450000000001"]
            number = next(one for one in company.tables["Account"].values() if one.get("AcctNum") == "4910")
            hand_edit(company, "Account", number["Id"], {"Active": False}, harbor.simulator.state.write())
        harbor.turn()
        first = codes(harbor)
        harbor.turn()

        assert first["QBO-04"] >= 1
        assert first["QBO-04"] == codes(harbor)["QBO-04"]


def test_what_a_person_changed_in_quickbooks_is_left_and_asked_about_once_and_restored_on_demand(synced: Stage) -> None:
    with synced.simulator.state.lock:
        company = synced.simulator.state.companies["9341450000000001"]
        invoice = next(iter(company.tables["Purchase"].values()))
        line = {**invoice["Line"][0], "Amount": Decimal("99.99")}
        hand_edit(company, "Purchase", invoice["Id"], {"Line": [line]}, synced.simulator.state.write())

    synced.turn()
    before = synced.written()
    synced.turn()
    (asked,) = [one for one in record(synced).open_findings if one.code == "QBO-03"]
    restored = _decide(synced, ResolutionKind.RESTORE_EDIT, asked.subject.removeprefix("entry/"))

    assert before == restored
    synced.turn()
    assert 0 == codes(synced)["QBO-03"]
    assert record(synced).tied
    before = synced.written()
    with synced.simulator.state.lock:
        hand_edit(company, "Purchase", invoice["Id"], {"Line": [line]}, synced.simulator.state.write())
    synced.turn()

    assert 1 == codes(synced)["QBO-03"], "another edit is another question"
    assert before == synced.written()


def _decide(one: Stage, kind: ResolutionKind, subject: str) -> int:
    """Decide, and tell how much had been written until then."""
    written = one.written()
    with one.desk() as desk:
        at = one.clock.now()
        decision = Resolution(key=f"resolution/decisions/{kind.value}", kind=kind, subject=subject, by="ada", at=at)
        decide(desk, [decision], name="decision by ada")
    return written


def test_what_was_deleted_in_quickbooks_is_asked_about_and_not_written_again(synced: Stage) -> None:
    with synced.simulator.state.lock:
        company = synced.simulator.state.companies["9341450000000001"]
        transfer = next(iter(company.tables["Transfer"].values()))
        hand_delete(company, "Transfer", transfer["Id"], synced.simulator.state.write())

    before = synced.written()
    report = synced.turn()

    assert 1 == codes(synced)["QBO-03"]
    assert before == synced.written()
    assert 1 == report.standing.held


def test_books_that_were_closed_stay_closed(harbor: Stage) -> None:
    with harbor.simulator.state.lock:
        company = harbor.simulator.state.companies["9341450000000001"]
        close_books(company, "2026-10-31", harbor.simulator.state.write())

    harbor.turn()

    assert [] == [one for one in harbor.documents() if one["TxnDate"] <= "2026-10-31"]
    assert codes(harbor)["QBO-01"] >= 1


def test_a_mended_rule_is_enough_to_compute_again(synced: Stage) -> None:
    rates = synced.folder / "mappings" / "harbor" / "rates.toml"
    rates.write_text(rates.read_text().replace('90837 = "147.35"', '90837 = "160.00"'))

    report = synced.turn()

    assert not report.quiet
    assert report.pushed is None
    assert codes(synced)["PAY-01"] >= 1


def test_another_day_is_enough_to_compute_again(synced: Stage) -> None:

    assert not synced.turn(minutes=24 * 60).quiet


def test_a_reader_of_another_version_reads_everything_again_and_nothing_changes(
    synced: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.x12_folder import X12Folder

    monkeypatch.setattr(X12Folder, "reader_version", "another")

    report = synced.turn()

    assert report.read_again > 20
    assert report.documents == 0
    assert report.pushed is None
    assert record(synced).tied


def test_a_reader_that_breaks_costs_one_document_and_is_asked_about(
    harbor: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.coverage_csv import CoverageCsv

    def broken(_self: object, _document: object) -> None:
        raise ValueError("Quillfeather, 1961-04-01")

    monkeypatch.setattr(CoverageCsv, "read", broken)
    report = harbor.turn()
    says = " ".join(one.says for one in record(harbor).open_findings)

    assert report.pushed is not None
    assert codes(harbor)["SRC-05"] >= 1
    assert "Quillfeather" not in says


def test_every_client_gets_a_code_of_five_characters_once_and_keeps_it(synced: Stage) -> None:
    with synced.desk() as desk:
        first = {one.client: one.code for one in desk.store.readings.load_facts("harbor").client_codes.values()}
    synced.turn()
    with synced.desk() as desk:
        facts = desk.store.readings.load_facts("harbor")

    assert {one.client for one in facts.sessions.values()} == first.keys()
    assert first == {one.client: one.code for one in facts.client_codes.values()}
    assert len(first) == len(set(first.values()))
    assert all(len(code) == 5 and any(map(str.isdigit, code)) for code in first.values())
    assert all(code not in client for client, code in first.items())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_on_the_wire_a_few_quiet_turns_later_everything_stands_once_and_ties(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken connections, lost answers, throttling and server errors, before and after the saving, by chance."""
    from hhs_sync import office

    monkeypatch.setattr(office, "patient", lambda _progress: lambda _seconds: None)
    with stage(tmp_path, [small(clients=6, weeks=5)]) as harbor:
        harbor.simulator.state.faults.seed(Seed(seed=seed, rate=0.4, on="[bcq]*", most=20, whats=ON_THE_WIRE))
        for _ in range(4):
            harbor.turn(minutes=60)
        harbor.simulator.state.faults.clear()
        for _ in range(3):
            harbor.turn(minutes=24 * 60)
        last = harbor.turn()
        numbers = Counter(
            one.get("DocNumber") or one.get("PaymentRefNum") or one["PrivateNote"] for one in harbor.documents()
        )

        assert len(harbor.simulator.state.faults.struck) > 5
        assert last.quiet
        assert 0 == last.standing.to_write == last.standing.held
        assert record(harbor).tied
        assert [] == [number for number, count in numbers.items() if count > 1]


def test_time_of_the_practice_decides_the_day(harbor: Stage) -> None:
    """At four in the morning UTC it is still yesterday in Maine."""
    harbor.clock.advance((dt.timedelta(hours=11)).total_seconds())
    with harbor.desk() as desk:
        day = desk.today

    assert dt.date(2026, 11, 21) == day
