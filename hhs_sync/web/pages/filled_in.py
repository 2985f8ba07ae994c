"""Bringing in a filled-in list of exceptions: what it decides and would post is shown first, then it is stored."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.responses import Response

from hhs_sync.answers.decisions import Answered, Remark
from hhs_sync.errors import AnswersError
from hhs_sync.filled_in import FilledIn, in_a_word, read_list, store_list, would_post
from hhs_sync.web.acts import right_to
from hhs_sync.web.grid import Grid, columns, money, of_practice, text
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

if TYPE_CHECKING:
    from hhs_sync.preview import Preview
    from hhs_sync.web.jobs import Job

PATH = "/exceptions/list"
BYTES_MAX = 64 << 20
WAIT_SECONDS = 10.0


class Looked(Struct, frozen=True):
    """A list that was looked into: its bytes, what it says, why it may not be stored, and what it would post."""

    name: str
    content: bytes
    seen: FilledIn
    mistakes: tuple[Remark, ...]
    posts: tuple[tuple[str, Preview], ...]

    @property
    def fresh(self) -> list[tuple[str, Answered]]:
        """What is to be stored, with its practice."""
        return [(practice, one) for practice, told in self.seen.fresh.items() for one in told]


def show_form(page: Page) -> Response:
    """Where a list goes, and how one is made."""
    return page.render("list_form.html")


def take(page: Page) -> Response:
    """Look into a list in the background."""
    file = page.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refusal(422, "Choose the filled-in list, a CSV or XLSX.")
    name, content = PurePosixPath(file.filename.replace("\\", "/")).name[:200], file.file.read()
    what = f"list {hashlib.sha256(content).hexdigest()[:16]}"
    page.site.jobs.forget(page.user.name, what)
    job = page.site.jobs.begin(page.user.name, what, lambda job: _look(page, job, name, content))
    page.note("looked into a filled-in list", details={"practices": page.practices})
    return page.redirect(f"{PATH}/{job.number}")


def _look(page: Page, job: Job, name: str, content: bytes) -> Looked:
    desks = [page.office.desk(one) for one in page.practices]
    job.tell(f"reading {name}")
    seen = read_list(desks, content, name, by=page.user.name, at=page.now)
    posts = []
    for number, desk in enumerate(desks):
        job.tell(f"looking what {desk.config.name} will post", number, len(desks))
        preview = would_post(desk, seen.fresh[desk.practice])
        if preview is not None:
            posts.append((desk.practice, preview))
    return Looked(name, content, seen, (*seen.answers.mistakes, *_not_allowed(page, seen)), tuple(posts))


def _not_allowed(page: Page, seen: FilledIn) -> list[Remark]:
    """Decisions that the user's role does not allow."""
    return [
        Remark(one.place, f"your role does not allow “{in_a_word(one)[0]}” there")
        for practice, told in seen.fresh.items()
        for one in told
        if not page.may(right_to(one.decision.kind), practice)
    ]


def show(page: Page) -> Response:
    """What the list decides, what is wrong with it, what it would post; or that it is stored."""
    job = _job(page)
    job.is_over.wait(WAIT_SECONDS)
    if not job.is_over.is_set():
        return page.render("waiting.html", job=job, title="The filled-in list", back=("Filled-in list", PATH))
    if job.failed:
        raise Refusal(422, f"The list could not be taken: {job.failed}.")
    if isinstance(job.answer, int):
        return page.render("list_done.html", count=job.answer)
    looked: Looked = job.answer
    return page.render(
        "list_read.html",
        looked=looked,
        count=len(looked.fresh),
        decisions=_decisions(page, looked),
        remarks=[(title, _remarks(title, remarks)) for title, remarks in
                 (("Wrong", looked.mistakes), ("Came too late", looked.seen.answers.gone)) if remarks],
        posts=[(page.config_of(practice).name, preview) for practice, preview in looked.posts],
    )  # fmt: skip


def _decisions(page: Page, looked: Looked) -> Grid:
    several = len(page.practices) > 1
    rows = []
    for practice, one in looked.fresh:
        word, what = in_a_word(one)
        amount = one.decision.amount
        rows.append(
            (
                *((text(page.config_of(practice).name),) if several else ()),
                text(one.place.rpartition(", ")[2]), text(one.finding.code, look="code"),
                text(one.finding.says, of_practice(practice, "exception", one.finding.short_id)),
                text(word), text(what), money(amount) if amount is not None else text(""),
            )
        )  # fmt: skip
    names = (*(("Practice",) if several else ()), "Row", "Code", "Question", "Decision", "What", "Money")
    return Grid(
        title="Decisions", columns=columns(*names, numbers=("Money",)), rows=tuple(rows),
        empty="The list decides nothing that is not stored already.",
    )  # fmt: skip


def _remarks(title: str, remarks: tuple[Remark, ...]) -> Grid:
    rows = tuple((text(one.place), text(one.says)) for one in remarks)
    return Grid(title=title, columns=columns("Where", "What"), rows=rows)


def store(page: Page) -> Response:
    """Store it, in the background; refused where it would decide something else than what was shown."""
    job = _job(page)
    if not job.is_over.is_set() or not isinstance(job.answer, Looked):
        raise Refusal(422, "There is nothing to store: choose the list again.")
    shown: Looked = job.answer
    if shown.mistakes or not shown.fresh:
        raise Refusal(409, "Nothing is stored while a row is wrong: mend the list, and bring it in again.")
    page.site.jobs.forget(page.user.name, job.what)
    doing = page.site.jobs.begin(page.user.name, f"{job.what} store", lambda job: _store(page, job, shown))
    for practice, told in shown.seen.fresh.items():
        if told:
            page.note("brought a filled-in list in", practice=practice, details={"decisions": len(told)})
    return page.redirect(f"{PATH}/{doing.number}")


def _store(page: Page, job: Job, shown: Looked) -> int:
    desks = [page.office.desk(one) for one in page.practices]
    seen = read_list(desks, shown.content, shown.name, by=page.user.name, at=page.now)
    now = [(practice, one.decision.key) for practice, told in seen.fresh.items() for one in told]
    if now != [(practice, one.decision.key) for practice, one in shown.fresh] or seen.answers.mistakes:
        raise AnswersError("the questions have changed meanwhile: look once more what is decided. Nothing was done")
    done = 0
    for desk in desks:
        before = done

        def tell(count: int, before: int = before) -> None:
            job.tell("storing", before + count, len(now))

        store_list(desk, seen.fresh[desk.practice], shown.name, tell)
        done += len(seen.fresh[desk.practice])
    return done


def _job(page: Page) -> Job:
    found = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if found is None or not found.what.startswith("list "):
        page.missing("list: bring it in once more")
    return found


ROUTES = (
    Route(path=PATH, show=show_form, right=Right.NOTE, audit="saw where filled-in lists go"),
    Route(path=PATH, show=take, right=Right.NOTE, method="POST", files_max=1, body_max=BYTES_MAX),
    Route(path=f"{PATH}/{{job}}", show=show, right=Right.NOTE, audit="saw what a filled-in list decides"),
    Route(path=f"{PATH}/{{job}}", show=store, right=Right.NOTE, method="POST"),
)
