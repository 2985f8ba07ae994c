"""The quick look keeps what a whole one would keep, and steps back where it can't be sure."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hhs_sync import onward
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.intake import decide, take_in
from hhs_sync.look import load_facts
from hhs_sync.office import Desk
from hhs_sync.onward import look_onward
from hhs_sync.quickbooks.simulator.hand import hand_edit
from hhs_sync.review.trail import SHOWN
from hhs_sync.standing import RECORD, TODAY, USES
from hhs_sync.store import schema
from hhs_sync.sync import TurnReport
from tests.stage import Stage, small, stage, stage_again

HELD_BACK = 2
"""So many of the newest remittances come when all else is in QuickBooks."""


@pytest.fixture(scope="module")
def before_the_newest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dt.datetime]:
    """Both practices without their newest remittances, all of it in QuickBooks, and the moment of it."""
    folder = tmp_path_factory.mktemp("before")
    with stage(folder, [small(), small(1)]) as made:
        for practice in ("harbor", "birch"):
            inbox = folder / "inbox" / practice / "835"
            (folder / practice).mkdir()
            for one in sorted(inbox.iterdir(), key=lambda each: (each.stat().st_mtime, each.name))[-HELD_BACK:]:
                one.rename(folder / practice / one.name)

            assert made.turn(practice).standing.tied
        return folder, made.clock.now()


@pytest.fixture
def quick(before_the_newest: tuple[Path, dt.datetime], tmp_path: Path) -> Iterator[Stage]:
    with stage_again(before_the_newest[0], tmp_path / "quick", before_the_newest[1]) as made:
        yield made


@pytest.fixture
def whole(before_the_newest: tuple[Path, dt.datetime], tmp_path: Path) -> Iterator[Stage]:
    with stage_again(before_the_newest[0], tmp_path / "whole", before_the_newest[1]) as made:
        yield made


def bring_one(made: Stage, practice: str) -> None:
    newest = min((made.folder / practice).iterdir(), key=lambda each: (each.stat().st_mtime, each.name))
    newest.rename(made.folder / "inbox" / practice / "835" / newest.name)


def turn(made: Stage, practice: str, monkeypatch: pytest.MonkeyPatch, *, from_sessions: int) -> TurnReport:
    monkeypatch.setattr(onward, "FROM_SESSIONS", from_sessions)
    return made.turn(practice)


def kept(made: Stage, practice: str) -> dict[str, Any]:
    """All that pages and reports read."""
    with made.desk(practice) as desk:
        store = desk.store
        parts = {name: json.loads(store.reviews.part(practice, name) or b"") for name in (RECORD, TODAY, USES)}
        bodies = sorted(json.dumps(plain(json.loads(one))) for one in store.findings.bodies(practice))
        with store._database.read() as connection:
            names = connection.execute(select(schema.chapters.c.name).where(schema.chapters.c.practice == practice))
            told = {name: store.chapters.read(practice, name) or b"" for name in names.scalars()}
        chapters = {name: plain(json.loads(body)) for name, body in told.items()}
    return {**parts, **chapters, "findings": bodies}


def written(report: TurnReport) -> Any:
    return report.pushed.written if report.pushed is not None else None


def plain(told: Any) -> Any:
    """Without the order of the steps on the way of a session's money."""
    for one in (told, *told.values()) if isinstance(told, dict) else ():
        trail = one.get("trail") if isinstance(one, dict) else None
        for name, steps in (trail or {}).items():
            trail[name] = sorted(map(str, steps)) if len(steps) < SHOWN else SHOWN
    return told


@pytest.mark.parametrize("practice", ["harbor", "birch"])
def test_what_is_kept_is_what_a_whole_look_keeps_remittance_after_remittance(
    practice: str, quick: Stage, whole: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []
    keep = onward.keep_onward
    monkeypatch.setattr(onward, "keep_onward", lambda *told: taken.append(1) or keep(*told))
    for number in range(1, HELD_BACK + 1):
        for made in (quick, whole):
            bring_one(made, practice)
        quickly = turn(quick, practice, monkeypatch, from_sessions=0)

        assert number == len(taken), "the quick way was not taken"
        slowly = turn(whole, practice, monkeypatch, from_sessions=10**9)
        assert written(quickly) == written(slowly)
        assert quickly.standing.open == slowly.standing.open
        assert kept(quick, practice) == kept(whole, practice)
    before = quick.written()

    assert turn(quick, practice, monkeypatch, from_sessions=0).quiet
    assert before == quick.written()


def test_a_decision_takes_a_whole_look(quick: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onward, "FROM_SESSIONS", 0)
    bring_one(quick, "harbor")
    quick.clock.advance(900)
    with quick.desk() as desk:
        take_in(desk, lambda _: None)

        assert look_onward(desk, ()) is not None

        made = decide(desk, [note(desk)], name="a note")

        assert made is not None
        assert look_onward(desk, ()) is None


def test_an_entry_that_a_person_edited_takes_a_whole_look(quick: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onward, "FROM_SESSIONS", 0)
    with quick.simulator.state.lock:
        company = quick.simulator.state.companies[PRACTICES[0].realm]
        fees = next(iter(company.tables["Purchase"].values()))
        lines = [{**fees["Line"][0], "Amount": Decimal("99.99")}]
        hand_edit(company, "Purchase", fees["Id"], {"Line": lines}, quick.simulator.state.write())
    bring_one(quick, "harbor")
    taken = []
    monkeypatch.setattr(onward, "keep_onward", lambda *told: taken.append(1))

    assert quick.turn().standing.open
    assert not taken


def test_on_the_next_day_all_is_looked_at(quick: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onward, "FROM_SESSIONS", 0)
    bring_one(quick, "harbor")
    quick.clock.advance(86_400)
    with quick.desk() as desk:
        take_in(desk, lambda _: None)

        assert look_onward(desk, ()) is None


def note(desk: Desk) -> Resolution:
    at = desk.clock()
    session = next(iter(load_facts(desk).sessions))
    return Resolution(
        key="resolution/decisions/note", kind=ResolutionKind.NOTE, subject=session, by="dana", at=at, reason="called"
    )
