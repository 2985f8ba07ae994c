"""Two processes on one practice, and processes that are killed: real ones, over one company."""

import time

import pytest

from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.sync import TurnReport
from tests.simulation.child import start
from tests.simulation.practice import ROUNDS, news
from tests.simulation.trial import Trials, held_in


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    return Trials(tmp_path_factory.mktemp("processes"))


def test_of_two_processes_one_works_and_the_other_says_who_is_at_it(trials: Trials) -> None:
    with trials.world("accrual", "two") as world:
        news(trials.stories["accrual"], ROUNDS[1], world.folder / "inbox" / world.practice)
        world.clock.advance(15 * 24 * 3600)
        world.simulator.state.faults.plan(Fault(what="slow", on="batch", times=3, seconds=4.0))
        first = start(world)
        deadline = time.monotonic() + 120
        while not world.simulator.state.faults.struck and time.monotonic() < deadline:
            time.sleep(0.05)

        second, _ = start(world).communicate(timeout=120)
        told, failed = first.communicate(timeout=120)

        assert "busy:" in second, second
        assert f"pid {first.pid}" in second
        assert told.startswith("done:"), failed
        assert {} == held_in(world, {}).doubles
        assert held_in(world, {}).live


def test_a_process_that_waits_goes_on_when_the_other_is_done_and_finds_nothing_left(trials: Trials) -> None:
    with trials.world("accrual", "waits") as world:
        news(trials.stories["accrual"], ROUNDS[1], world.folder / "inbox" / world.practice)
        world.clock.advance(15 * 24 * 3600)
        world.simulator.state.faults.plan(Fault(what="slow", on="batch", times=2, seconds=3.0))
        first = start(world)
        deadline = time.monotonic() + 120
        while not world.simulator.state.faults.struck and time.monotonic() < deadline:
            time.sleep(0.05)

        report: TurnReport = world.turn(wait_seconds=120)
        told, failed = first.communicate(timeout=120)

        assert told.startswith("done:"), failed
        assert report.pushed is None
        assert {} == held_in(world, {}).doubles


@pytest.mark.parametrize("seed", [1004])
def test_killed_for_good_at_any_step_the_books_come_out_the_same(trials: Trials, seed: int) -> None:
    outcome = trials.run(seed, kills=True)

    assert outcome.faults["kill -9"] > 0
    assert [] == outcome.problems
    assert (0, 0) == (outcome.doubles, outcome.losses)
