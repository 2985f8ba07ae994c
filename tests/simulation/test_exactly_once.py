"""Exactly once, whatever goes wrong: a sample of what `make simulate` does for a thousand seeds."""

from collections.abc import Iterator

import pytest

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.look import books_of
from hhs_sync.quickbooks.simulator import Fault
from tests.simulation.practice import ROUNDS
from tests.simulation.shape import KINDS
from tests.simulation.trial import Play, Trials, held_in

NOT_IN_THE_STORY = {EntryKind.PREPAYMENT, EntryKind.CORRECTION, EntryKind.BANK_CORRECTION}
"""What no ledger writes, and what only follows the close of a period."""


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    return Trials(tmp_path_factory.mktemp("simulation"))


def test_the_story_has_every_kind_of_event_and_of_document(trials: Trials) -> None:
    seen: set[EntryKind] = set()
    with trials.world("accrual", "every-kind") as world:
        play = Play(world, trials.stories["accrual"], None)
        for day in ROUNDS:
            play.hear(day)
            play.turn()
            seen |= {entry.kind for entry in books_of(world.desk).entries}
        held = held_in(world, {})

    assert set(EntryKind) - NOT_IN_THE_STORY == seen
    assert set(KINDS) == {kind for kind, _ in held.marks}


def test_a_refusal_of_what_is_not_wished_any_more_does_not_keep_a_practice_from_being_quiet(trials: Trials) -> None:
    with trials.world("accrual", "let-go") as world:
        play = Play(world, trials.stories["accrual"], None)
        play.hear(ROUNDS[1])
        close = Fault(what="books_closed", on="batch", skip=2, until="2026-12-31")
        world.simulator.state.faults.plan(close)
        play.turn()
        gone = f"charge:session/ehr/{play.story.gone.id}|invoice"
        refused = set(world.desk.store.pushes.refusals(world.practice))

        play.hear(ROUNDS[2])
        play.open_the_books()
        play.turn()
        world.clock.advance(25 * 3600)
        last = world.turn()

        assert gone in refused
        assert {} == world.desk.store.pushes.refusals(world.practice)
        assert last.pushed is None


@pytest.mark.parametrize("seed", [1, 3, 9, 22])
def test_after_the_last_fault_three_quiet_turns_reach_the_books_of_a_run_without_faults(
    trials: Trials, seed: int
) -> None:
    outcome = trials.run(seed)

    assert [] == outcome.problems
    assert (0, 0) == (outcome.doubles, outcome.losses)
