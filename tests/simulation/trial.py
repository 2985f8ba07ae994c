"""One trial: the story under one seed's faults, then peace, and whether the books are what they would have been.

A trial has the same news and decisions as the run without faults that it is held against. What differs is what goes
wrong: on the wire, in the process, and by a person's hand in QuickBooks. After the last fault three quiet turns are
all that it gets. What a person edited or deleted is then held and asked about; it is counted apart, and once the
person has answered that our version stands, those books must be the same as well.
"""

import dataclasses
import datetime as dt
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.intake import decide
from hhs_sync.look import current_record, look
from hhs_sync.plan.changes import Hold, HoldReason
from hhs_sync.quickbooks.posted import reference_of
from hhs_sync.quickbooks.simulator import Fault, Seed, faults
from hhs_sync.quickbooks.simulator.hand import close_books
from hhs_sync.sync import TurnReport
from tests.simulation.child import start
from tests.simulation.practice import ROUNDS, Story, news, tell
from tests.simulation.shape import Held, difference
from tests.simulation.world import Died, Reaper, World, prepare, trial_world

QUIET_TURNS = 3
BEGIN = dt.datetime.combine(ROUNDS[0], dt.time(9), dt.UTC)
WIRE: tuple[faults.What, ...] = (
    "throttle_json", "throttle_xml", "throttle_lower", "throttle_403", "throttle_item", "server_error", "unavailable",
    "unauthorised", "unexpected", "hang", "reset", "truncate", "slow", "token_lost",
)  # fmt: skip
ANSWERS = 4
"""How often the person is asked: what rests on an entry that is put back can differ only then, and a deposit first lets
go of the payment that is to be put back."""
DIES_WITHIN = 60
"""Steps of a turn, roughly: two for each call and each write of the store."""
ANSWERED = (HoldReason.EDITED, HoldReason.DELETED)


@dataclasses.dataclass(frozen=True)
class Seeded:
    """What a seed draws: how the company behaves, and how much goes wrong."""

    seed: int
    policy: str
    settings: dict[str, Any]
    wire_rate: float
    wire_most: int
    hangs: int
    death_rate: float
    deaths_most: int
    edits: int
    deletions: int
    closes: int
    kills: bool = False

    @staticmethod
    def of(seed: int, *, kills: bool = False) -> "Seeded":
        chance = random.Random(f"trial {seed}")
        with_person = chance.random() < 0.35
        return Seeded(
            seed=seed,
            policy=chance.choice(("accrual", "accrual", "accrual", "cash")),
            settings={
                "request_ids": chance.choice(("replay", "ignored", "error")),
                "refresh_tokens": chance.choice(("reusable", "daily", "single-use")),
                "replay_refusals": chance.random() < 0.3,
                "retry_after": chance.random() < 0.3,
                "links_bump_sync_token": chance.random() < 0.5,
                "close_password": chance.random() < 0.5,
                "duplicate_numbers": "refused" if chance.random() < 0.5 else "allowed",
                "paid_documents": chance.choice(("unapply", "refuse")),
            },
            wire_rate=chance.choice((0.0, 0.1, 0.25, 0.4)),
            wire_most=chance.randrange(5, 40),
            hangs=chance.randrange(3),
            death_rate=chance.choice((0.0, 0.01, 0.04)),
            deaths_most=chance.randrange(1, 10),
            edits=chance.randrange(1, 4) if with_person else 0,
            deletions=chance.randrange(3) if with_person else 0,
            closes=1 if chance.random() < 0.2 else 0,
            kills=kills,
        )


@dataclasses.dataclass
class Outcome:
    """What came of a trial. `problems` is empty when all is well."""

    seed: int
    faults: Counter[str]
    turns: int = 0
    doubles: int = 0
    losses: int = 0
    by_hand: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)
    last: TurnReport | None = None

    @property
    def is_well(self) -> bool:
        return not (self.doubles or self.losses or self.problems)


class Trials:
    """Prepared folders and runs without faults, one of each per policy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stories: dict[str, Story] = {}
        self.references: dict[str, Held] = {}

    def story(self, policy: str) -> Story:
        if policy not in self.stories:
            self.stories[policy] = tell(policy)
            prepare(self.folder / f"template-{policy}", self.stories[policy], BEGIN)
        return self.stories[policy]

    @contextmanager
    def world(self, policy: str, name: str, **settings: Any) -> Iterator[World]:
        story = self.story(policy)
        with trial_world(self.folder / f"template-{policy}", self.folder / name, story, BEGIN, **settings) as world:
            yield world

    def reference(self, policy: str) -> Held:
        """The books of the run without faults."""
        if policy not in self.references:
            with self.world(policy, f"reference-{policy}") as world:
                play = Play(world, self.stories[policy], None)
                play.live()
                play.rest()
                assert [] == play.wrong_with_the_end(), "the run without faults ends well"
                self.references[policy] = held_in(world, {})
        return self.references[policy]

    def run(self, seed: int, *, kills: bool = False) -> Outcome:
        """One trial; with `kills` every turn under faults is a process of its own, and killed at one of its steps."""
        drawn = Seeded.of(seed, kills=kills)
        expected = self.reference(drawn.policy)
        with self.world(drawn.policy, f"trial-{seed}", **drawn.settings) as world:
            play = Play(world, self.stories[drawn.policy], drawn)
            with hands_watched(play), play.reaper.at_work():
                play.live()
            play.make_peace()
            play.rest()
            return play.judge(expected)


def held_in(world: World, known: dict[tuple[str, str], str]) -> Held:
    with world.simulator.state.lock:
        return Held(world.company.tables, reference_of, known)


class Play:
    """A story on its way through a world."""

    def __init__(self, world: World, story: Story, drawn: Seeded | None) -> None:
        self.world = world
        self.story = story
        self.drawn = drawn
        self.chance = random.Random(f"play {drawn.seed}" if drawn else "no faults")
        self.reaper = Reaper(self.chance, drawn.death_rate if drawn else 0.0, drawn.deaths_most if drawn else 0)
        self.touched: dict[tuple[str, str], str] = {}
        self.outcome = Outcome(seed=drawn.seed if drawn else -1, faults=Counter())
        self.last: TurnReport | None = None
        self.at_peace = False
        self._deciding = 0

    # --- the story

    def live(self) -> None:
        """All rounds of news, each with a few turns while things go wrong."""
        for day in ROUNDS:
            self.hear(day)
            if self.drawn:
                self._let_go_wrong(self.drawn)
            for _ in range(1 if self.drawn and self.drawn.kills else self.chance.randrange(1, 4)):
                self.world.clock.advance(60 * self.chance.choice((5, 15, 60, 240)))
                self.turn()

    def hear(self, day: dt.date) -> None:
        """The news of a day, and what was decided."""
        self._until(dt.datetime.combine(day, dt.time(23, 30), dt.UTC))
        news(self.story, day, self.world.folder / "inbox" / self.world.practice)
        self._decide(self.story.decisions.get(day, ()))

    def turn(self) -> None:
        """One turn, with what people do about it at once. The process may die of it."""
        self.outcome.turns += 1
        try:
            if self.drawn and self.drawn.kills and not self.at_peace:
                self._turn_to_be_killed()
                return
            self.last = self.world.turn()
            self._approve()
            self.world.connect_again()
        except Died:
            self.world.close()
            return
        if self.drawn and self.chance.random() < 0.5:
            self.open_the_books()

    def _turn_to_be_killed(self) -> None:
        """The same in another process, with kill -9 at one of its steps if it comes so far."""
        process = start(self.world, die_at=self.chance.randrange(1, DIES_WITHIN), answers_within=0.5)
        told, failed = process.communicate(timeout=300)
        if process.returncode == -signal.SIGKILL:
            self.outcome.faults["kill -9"] += 1
        elif process.returncode or not told.startswith("done"):
            self.outcome.problems.append(f"a process failed: {failed[-500:]}")

    def make_peace(self) -> None:
        """Nothing goes wrong from here on; the books are open."""
        self.at_peace = True
        self.world.simulator.state.faults.clear()
        self.world.wait_for_answers(30.0)
        self.open_the_books()
        self.world.connect_again()
        self.outcome.faults.update(one.what for one in self.world.simulator.state.faults.struck)
        self.outcome.faults.update(f"death {where}" for where in self.reaper.died.elements())

    def rest(self) -> None:
        """The quiet turns, one a day."""
        for _ in range(QUIET_TURNS):
            self.world.clock.advance(25 * 3600)
            self.turn()

    # --- the end

    def judge(self, expected: Held) -> Outcome:
        """Hold the books against those of the run without faults."""
        self.outcome.last = self.last
        found = held_in(self.world, self.touched)
        holds = self._holds()
        by_hand = {hold.desired.reference if hold.desired else hold.pushed.reference for hold in holds}
        self.outcome.by_hand = len(by_hand)
        self._compare(expected, found, by_hand)
        if not self.touched:
            self.outcome.problems[:0] = self.wrong_with_the_end()
            return self.outcome
        self._expect_questions(holds)
        self._answer(expected)
        return self.outcome

    def wrong_with_the_end(self) -> list[str]:
        """What is not as it should be once all is quiet."""
        desk = self.world.desk
        plan, record = look(desk).plan, current_record(desk)
        wrong = [f"still planned: {_named(change)}" for change in plan.changes]
        wrong += [f"open intent: {one.wish.entry}" for one in desk.store.pushes.open_intents(desk.practice)]
        if not record.tied:
            wrong.append("the books do not tie out")
        if self.last is None or self.last.pushed is not None:
            wrong.append("the last turn still wrote")
        return wrong

    def _compare(self, expected: Held, found: Held, apart: set[str], when: str = "") -> None:
        """Doubles, losses and differences. What was touched may have another note; what is apart is not looked at."""
        out = self.outcome
        for mark, shapes in found.doubles.items():
            out.doubles += 1
            out.problems.append(f"{when}double {mark}: {difference(*shapes[:2]) or shapes[0]}")
        for mark, (shape, *_) in expected.live.items():
            if mark not in found.live:
                if mark not in apart:
                    out.losses += 1
                    out.problems.append(f"{when}lost {mark}: {shape[:200]}")
            elif len(found.live[mark]) == 1 and mark not in apart:
                told = difference(shape, found.live[mark][0], strict=not self.touched)
                out.problems += [f"{when}differs {mark}: {told}"] if told else []
        out.problems += [
            f"{when}stray {mark}: {found.live[mark]}"
            for mark in found.live
            if mark not in expected.live | dict.fromkeys(apart)
        ]
        out.problems += [f"{when}without a mark: {one}" for one in found.strays]
        if expected.customers != found.customers:
            out.problems.append(f"{when}customers: {expected.customers ^ found.customers}")

    def _holds(self) -> list[Hold]:
        desk = self.world.desk
        return [change for change in look(desk).plan.changes if isinstance(change, Hold)]

    def _expect_questions(self, holds: list[Hold]) -> None:
        """Each edit and deletion is asked about, and nothing is written by itself."""
        desk = self.world.desk
        asked = {one.subject for one in current_record(desk).open_findings if one.code == "QBO-03"}
        for hold in holds:
            if hold.reason in ANSWERED and f"entry/{hold.key}" not in asked:
                self.outcome.problems.append(f"not asked about: {_named(hold)}")

    def _answer(self, expected: Held) -> None:
        """The person answers that our version stands; then the books are those without faults."""
        for _ in range(ANSWERS):
            questions = [hold for hold in self._holds() if hold.reason in ANSWERED]
            if questions:
                self._decide(tuple(self._said(ResolutionKind.RESTORE_EDIT, hold.key) for hold in questions))
            self.world.clock.advance(25 * 3600)
            self.turn()
        self.outcome.problems += [f"after the answers: {one}" for one in self.wrong_with_the_end()]
        self._compare(expected, held_in(self.world, self.touched), set(), "after the answers: ")

    # --- people

    def _decide(self, decisions: tuple[Resolution, ...]) -> None:
        if decisions:
            desk = self.world.desk
            decide(desk, decisions, name="decisions")

    def _approve(self) -> None:
        """Whoever is asked whether a plan may go says yes."""
        if self.last and self.last.standing.plan:
            self._decide((self._said(ResolutionKind.APPROVE_PLAN, self.last.standing.plan),))

    def _said(self, kind: ResolutionKind, subject: str) -> Resolution:
        self._deciding += 1
        return Resolution(
            key=f"resolution/decisions/{kind.value}-{self._deciding}", kind=kind, subject=subject, by="ada",
            at=self.world.clock.now(), reason="simulation",
        )  # fmt: skip

    def open_the_books(self) -> None:
        state = self.world.simulator.state
        with state.lock:
            preferences = self.world.company.tables["Preferences"]["1"]
            if preferences["AccountingInfoPrefs"].get("BookCloseDate"):
                close_books(self.world.company, "2020-12-31", state.write())

    # --- what goes wrong

    def _let_go_wrong(self, drawn: Seeded) -> None:
        state, chance = self.world.simulator.state, self.chance
        state.faults.clear()
        self.world.wait_for_answers(0.5)
        if drawn.wire_rate:
            seed = Seed(seed=chance.randrange(10**9), rate=drawn.wire_rate, whats=WIRE, most=drawn.wire_most)
            state.faults.seed(seed)
        for _ in range(drawn.hangs):
            on = chance.choice(("batch", "*", "query", "oauth:token"))
            hang = Fault(what="hang", on=on, skip=chance.randrange(8), after=chance.random() < 0.6, seconds=30)
            state.faults.plan(hang)
        for _ in range(drawn.edits):
            kind = chance.choice(faults.EDITED_KINDS)
            edit = {"PrivateNote": "changed by hand"} if chance.random() < 0.5 else {"TxnDate": "2026-10-02"}
            state.faults.plan(Fault(what="hand_edit", skip=chance.randrange(12), kind=kind, set=edit))
        for _ in range(drawn.deletions):
            kind = chance.choice(faults.EDITED_KINDS)
            state.faults.plan(Fault(what="hand_delete", skip=chance.randrange(12), kind=kind))
        for _ in range(drawn.closes):
            state.faults.plan(Fault(what="books_closed", on="batch", skip=chance.randrange(3)))

    def _until(self, moment: dt.datetime) -> None:
        self.world.clock.advance(max(0.0, (moment - self.world.clock.now()).total_seconds()))


@contextmanager
def hands_watched(play: Play) -> Iterator[None]:
    """Note what people lay hands on, and the mark it bore."""
    proper = {"hand_edit": faults.hand_edit, "hand_delete": faults.hand_delete}

    def watched(name: str) -> Any:
        def hand(company: Any, kind: str, object_id: str, *rest: Any) -> Any:
            mark = reference_of(company.tables[kind][object_id]) or play.touched.get((kind, object_id), "")
            found = proper[name](company, kind, object_id, *rest)
            play.touched[kind, object_id] = mark
            return found

        return hand

    for name in proper:
        setattr(faults, name, watched(name))
    try:
        yield
    finally:
        for name, function in proper.items():
            setattr(faults, name, function)


def _named(change: Any) -> str:
    about = getattr(change, "desired", None) or getattr(change, "pushed", None)
    reason = f" ({change.reason.value}: {change.detail})" if isinstance(change, Hold) else ""
    return f"{type(change).__name__} {about.kind.value} {about.key}{reason}"
