"""One decision about many questions: how many and how much first, then in the background with its progress.

Never in bulk: write-offs above the limit, money that goes back, matters of law (`findings.decide.never_in_bulk`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from starlette.responses import Response

from hhs_sync.deciding import DecisionError, batch_of, make, new_batch, store_decisions, take_back
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.decide import Answer, never_in_bulk, suggested, without_rivals
from hhs_sync.web.acts import ACTS, REASON, answer_of, right_to
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.selection import Selection
from hhs_sync.worklist import as_decided, read_kept

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.store.findings import Kept
    from hhs_sync.web.jobs import Job

PATH = "/exceptions/bulk"
MOST = 2000
"""Questions decided at one stroke: what a person can answer for."""
WAIT_SECONDS = 2
EXACT = "exact"
KINDS = (EXACT, "wait_until", "assign", "note", "accept", "old_system", "do_not_bill", "adjust", "write_off")
REFUSALS_MAX = 12


class Chosen(NamedTuple):
    """One of the questions that were selected."""

    kept: Kept
    finding: Finding
    limit: int


def propose(page: Page) -> Response:
    """What would be decided, how many and how much, and what is left out and why; or the choice of a decision."""
    chosen = _chosen(page)
    name = page.text("act")
    page.note("began a bulk decision", details={"questions": len(chosen)})
    common: dict[str, Any] = {
        "chosen": chosen,
        "total": sum(one.kept.row.counted for one in chosen),
        "all": page.text("all"),
    }
    kinds = [one for one in KINDS if page.may_anywhere(right_to(_kind(one)))]
    if not name:
        return page.render("bulk_choose.html", **common, kinds=kinds, acts=ACTS, exact=len(_exact(chosen)))
    fitting, refused = _fitting(page, chosen, name)
    needs = [] if name == EXACT else [one for one in ACTS[name].fields if one != "session"]
    if any(not page.text(field) for field in needs if field != REASON) or (
        name != EXACT and ACTS[name].needs_reason and not page.text(REASON)
    ):
        return page.render("bulk_choose.html", **common, kinds=kinds, acts=ACTS, exact=0, act=ACTS[name])
    return page.render(
        "bulk_confirm.html",
        **common,
        says="Accept the exact suggestion" if name == EXACT else ACTS[name].says,
        fitting=fitting,
        amount=sum(one.kept.row.amount for one in fitting),
        refused=refused[:REFUSALS_MAX],
        refused_count=len(refused),
        fields=[(key, value) for key, value in page.form.multi_items() if key != "csrf" and isinstance(value, str)],
    )


def decide(page: Page) -> Response:
    """Do what was proposed, in the background."""
    name = page.text("act")
    fitting, _ = _fitting(page, _chosen(page), name)
    if not fitting:
        raise Refusal(409, "None of them can be decided so.")
    if str(len(fitting)) != page.text("count"):
        raise Refusal(409, "The questions have changed meanwhile: look once more what is decided. Nothing was done.")
    batch = new_batch(page.now)
    by, at, today = page.user.name, page.now, page.today
    made = defaultdict(list)
    for one in fitting:
        answer = _answer(page, one.finding, name, today)
        made[one.kept.row.practice].append((one.kept, make(one.finding, answer, batch=batch, by=by, at=at)))
    desks = {practice: page.office.desk(practice) for practice in made}
    for practice, decisions in made.items():
        page.note(f"bulk {name}", practice=practice, details={"decisions": len(decisions), "batch": batch})

    def work(job: Job) -> int:
        done = 0
        for practice, decisions in made.items():
            before = done

            def tell(count: int, before: int = before) -> None:
                job.tell("deciding", before + count, len(fitting))

            done += len(store_decisions(desks[practice], decisions, tell))
        return done

    job = page.site.jobs.begin(by, f"bulk {batch}", work)
    job.tell("deciding", 0, len(fitting))
    return _progress(page, job, batch, tuple(made))


def progress(page: Page) -> Response:
    """How far it is."""
    job = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if job is None:
        raise Refusal(404, "This work is over.")
    page.note("asked how far a bulk decision is")
    return _progress(page, job, page.text("batch", most=60), page.texts("of"))


def undo(page: Page) -> Response:
    """Take all of it back."""
    batch, count = page.text("batch", most=60), 0
    for practice in page.texts("of"):
        if batch and page.may(Right.DECIDE, practice):
            desk = page.office.desk(practice)
            undone = take_back(desk, batch_of(desk, batch), by=page.user.name, at=page.now)
            page.note("took a bulk decision back", practice=practice, details={"decisions": undone})
            count += undone
    if not count:
        raise Refusal(409, "There is nothing to take back: somebody has done so already.")
    response = page.render("bulk_done.html", says=f"{count:,} decisions taken back", batch="", practices=())
    response.headers["HX-Trigger-After-Swap"] = "decided"
    return response


def _progress(page: Page, job: Job, batch: str, practices: tuple[str, ...]) -> Response:
    job.is_over.wait(WAIT_SECONDS)
    if not job.is_over.is_set():
        return page.render("bulk_progress.html", job=job, batch=batch, practices=practices)
    if job.failed:
        raise Refusal(500, f"{job.done:,} of {job.of:,} were decided, then: {job.failed}.")
    says = f"{job.answer:,} decided"
    response = page.render("bulk_done.html", says=says, batch=batch, practices=practices)
    response.headers["HX-Trigger-After-Swap"] = "decided"
    return response


def _chosen(page: Page) -> list[Chosen]:
    """The questions that were selected, as they stand; those of practices where one may not decide are left out."""
    today = page.today
    if page.text("all"):
        said = dict(parse_qsl(page.text("query", most=1000)))
        rows = page.store.findings.rows(Selection.of_query(said).wanted(page, today, Right.NOTE), limit=MOST + 1)
        names = [(one.practice, one.id) for one in rows]
    else:
        pairs = (one.partition("/") for one in page.texts("one"))
        names = [(practice, name) for practice, _, name in pairs if practice and page.may(Right.NOTE, practice)]
    if len(names) > MOST:
        raise Refusal(422, f"That is more than {MOST:,} questions at one stroke: narrow the filter.")
    if not names:
        raise Refusal(422, "Select questions first.")
    found = []
    for practice, name in dict.fromkeys(names):
        kept = page.store.findings.one(practice, name)
        if kept is not None:
            finding, _ = as_decided(kept, today)
            found.append(Chosen(kept, finding, read_kept(kept)[0].limit))
    return found


def _exact(chosen: list[Chosen]) -> list[Chosen]:
    ours = {one.key for one in without_rivals([each.finding for each in chosen if each.kept.row.state == "open"])}
    return [one for one in chosen if one.finding.key in ours]


def _kind(name: str) -> ResolutionKind:
    return ResolutionKind.CHOOSE_MATCH if name == EXACT else ResolutionKind(name)


def _fitting(page: Page, chosen: list[Chosen], name: str) -> tuple[list[Chosen], list[tuple[Chosen, str]]]:
    """The questions about which it may be decided so, and why not about the others."""
    if name not in KINDS:
        raise Refusal(422, "This is not decided in bulk.")
    kind, today = _kind(name), page.today
    exact = {one.finding.key for one in _exact(chosen)} if name == EXACT else set()
    fitting, refused = [], []
    for one in chosen:
        why = _why_not(page, one, name, kind, exact)
        if not why and name != EXACT and page.text(REASON) + page.text("until") + page.text("owner"):
            try:
                make(one.finding, _answer(page, one.finding, name, today), batch="0-0", by=page.user.name, at=page.now)
            except DecisionError as error:
                why = str(error)
        if why:
            refused.append((one, why))
        else:
            fitting.append(one)
    return fitting, refused


def _why_not(page: Page, one: Chosen, name: str, kind: ResolutionKind, exact: set[str]) -> str:
    if not page.may(right_to(kind), one.kept.row.practice):
        return "your role does not allow it there"
    if one.kept.row.state not in {"open", "waiting"}:
        return "it is decided or closed"
    if kind not in one.finding.answers:
        return "this decision makes no sense for it"
    if name == EXACT and one.finding.key not in exact:
        return "it has no exact suggestion of its own"
    return never_in_bulk(kind, one.finding, one.limit)


def _answer(page: Page, finding: Finding, name: str, today: dt.date) -> Answer:
    if name == EXACT:
        return suggested(finding, 1)
    answer = answer_of(page, finding, ACTS[name], today)
    # In bulk the whole amount of each is meant.
    amount = finding.amount if name in {"write_off", "adjust"} else None
    return msgspec.structs.replace(answer, amount=amount, session=None)


ROUTES = (
    Route(path=PATH, show=propose, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/decide", show=decide, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/progress/{{job}}", show=progress, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/undo", show=undo, right=Right.NOTE, method="POST"),
)
