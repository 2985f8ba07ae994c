"""Taking back what a document or a push posted: the dry run first, then one question with the amount, then it is done.

    what there is ──► dry run (a job: QuickBooks is asked) ──► confirmed ──► applied (a job) ──► what was done

The same code as `hhs-sync undo`. What is applied is what was shown, by its digest, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.responses import Response

from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.plan.changes import Adopt, Create, Hold, Update, Void
from hhs_sync.undo import Applied, Undo, Undone
from hhs_sync.undo.meant import Wanted, carried_out, taken_back
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import OF_PRACTICE, Route
from hhs_sync.web.will_post import will_post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hhs_sync.money import Money
    from hhs_sync.plan.changes import Change
    from hhs_sync.web.jobs import Job

PATH = OF_PRACTICE + "/undo"
LISTED_MAX = 25
WAIT_SECONDS = 8
BUSY_SECONDS = 60.0
"""How long it waits for a turn to be done with the practice."""


class Asked(Struct, frozen=True):
    """What is to be taken back, why, and how."""

    wanted: Wanted
    reason: str


class DryRun(Struct, frozen=True):
    """What taking back would do."""

    asked: Asked
    seen: Undone


def show_all(page: Page) -> Response:
    """The last pushes and documents, and what is taken back."""
    documents = [one for one in page.store.documents.catalog(page.practice) if one.source != DECISIONS]
    gone = taken_back(page.desk)
    out = {one.digest for one, _ in gone}
    chosen = page.text("source", most=80)
    latest = [one for one in reversed(documents) if one.digest not in out]
    latest = [one for one in latest if one.digest == chosen] + [one for one in latest if one.digest != chosen]
    return page.render(
        "undo.html",
        practice=page.config_of(page.practice).name,
        chosen=chosen,
        pushes=carried_out(page.desk)[:LISTED_MAX],
        documents=latest[:LISTED_MAX],
        gone=gone[:LISTED_MAX],
    )


def begin(page: Page) -> Response:
    """Look what it would do."""
    wanted = Wanted(
        source=page.text("source", most=200), plan=page.text("plan", most=80), back=bool(page.text("back"))
    )  # fmt: skip
    if bool(wanted.source) == bool(wanted.plan):
        raise Refusal(422, "Choose what to take back: a document, or a push.")
    asked = Asked(wanted, page.text("reason", most=300))
    page.note("looked what an undo would do", subject=wanted.source or wanted.plan)
    return _begin(page, "dry run", lambda work: DryRun(asked, work.look(BUSY_SECONDS)), asked)


def _begin(page: Page, what: str, do: Callable[[Undo], object], asked: Asked) -> Response:
    desk, by = page.desk, page.user.name

    def work(job: Job) -> object:
        return do(Undo(desk, asked.wanted, by=by, reason=asked.reason, progress=job.tell))

    name = f"undo {page.practice} {what} {asked.wanted.source or asked.wanted.plan} {asked.wanted.back}"
    page.site.jobs.forget(by, name)
    job = page.site.jobs.begin(by, name, work)
    return page.redirect(f"/practice/{page.practice}/undo/{job.number}")


def show(page: Page) -> Response:
    """How far it is, what it would do, or what it did."""
    job = _job(page)
    job.is_over.wait(WAIT_SECONDS)
    back = ("Take back", f"/practice/{page.practice}/undo")
    if not job.is_over.is_set():
        return page.render("waiting.html", job=job, title="Taking back", back=back)
    if job.failed:
        raise Refusal(409, f"{job.failed[:1].upper()}{job.failed[1:].rstrip('.')}. Nothing was taken back.")
    if isinstance(job.answer, Applied):
        return page.render("undo_done.html", done=job.answer, back=back)
    run: DryRun = job.answer
    return page.render(
        "undo_sure.html",
        run=run,
        amount=_amount(run.seen.written),
        word="Count it again" if run.asked.wanted.back else "Take it back",
        **will_post(page, run.seen),
    )


def confirm(page: Page) -> Response:
    """Do what was shown."""
    job = _job(page)
    if not job.is_over.is_set() or not isinstance(job.answer, DryRun):
        raise Refusal(422, "Look first what it would do.")
    run: DryRun = job.answer
    if run.seen.against:
        raise Refusal(409, "It is refused as things are: what stands against it is told on the dry run.")
    page.site.jobs.forget(page.user.name, job.what)
    page.note(
        "took back",
        subject=run.asked.wanted.source or run.asked.wanted.plan,
        details={"digest": run.seen.digest, "quickbooks": len(run.seen.written), "cents": _amount(run.seen.written)},
    )
    return _begin(page, "apply", lambda work: work.apply(run.seen.digest, BUSY_SECONDS), run.asked)


def _amount(changes: Iterable[Change]) -> Money:
    """What the documents come to that are written, each as it is now or comes to be."""
    total = 0
    for one in changes:
        if isinstance(one, Create | Adopt):
            total += abs(one.desired.amount)
        elif isinstance(one, Update | Void):
            total += abs(one.pushed.amount)
        else:
            assert isinstance(one, Hold), "there are no others"
    return total


def _job(page: Page) -> Job:
    found = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if found is None or found.what.split()[:2] != ["undo", page.practice]:
        page.missing("dry run: begin once more")
    return found


ROUTES = (
    Route(path=PATH, show=show_all, right=Right.UNDO, audit="saw what can be taken back"),
    Route(path=PATH, show=begin, right=Right.UNDO, method="POST"),
    Route(path=f"{PATH}/{{job}}", show=show, right=Right.UNDO, audit="saw what an undo does"),
    Route(path=f"{PATH}/{{job}}", show=confirm, right=Right.UNDO, method="POST"),
)
