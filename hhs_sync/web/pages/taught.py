"""Switching a taught rule off, or on again: what follows is shown first, in the books and in QuickBooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from hhs_sync.errors import ConfigError
from hhs_sync.preview import preview
from hhs_sync.taught import TaughtRule, switch, switching, taught_rule
from hhs_sync.web.acts import check_shared
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import OF_PRACTICE, Route
from hhs_sync.web.will_post import will_post

if TYPE_CHECKING:
    from hhs_sync.preview import Preview
    from hhs_sync.web.jobs import Job

WAIT_SECONDS = 8
PATH = OF_PRACTICE + "/rules/switch"


def begin(page: Page) -> Response:
    """Look what switching a rule would post."""
    rule = taught_rule(page.desk, page.text("rule", most=200))
    check_shared(page)
    desk, by, at, reason = page.desk, page.user.name, page.now, page.text("reason", most=300)
    try:
        made, rules = switching(desk, rule, by=by, at=at, reason=reason)
    except ConfigError as error:
        raise Refusal(409, " ".join(error.mistakes)) from None

    def work(job: Job) -> tuple[TaughtRule, str, Preview]:
        return rule, reason, preview(desk, made, rule.decision.subject, rules=rules, progress=job.tell)

    what = f"switch {page.practice} {rule.name} {page.store.turn_key(page.practice)}"
    page.site.jobs.forget(page.user.name, what)
    job = page.site.jobs.begin(page.user.name, what, work)
    page.note("saw a preview", subject=rule.decision.key)
    return page.redirect(f"{page.path}/{job.number}")


def show(page: Page) -> Response:
    """How far it is, or what would be posted, with the button that does it."""
    job = _job(page)
    job.is_over.wait(WAIT_SECONDS)
    if not job.is_over.is_set():
        return page.render("waiting.html", job=job, title="Looking what it will post", back=("Rules", "/rules"))
    if job.failed:
        raise Refusal(409, f"The rule can't be switched: {job.failed}.")
    rule, reason, answer = job.answer
    return page.render("rule_switch.html", rule=rule, reason=reason, **will_post(page, answer))


def confirm(page: Page) -> Response:
    """Switch it; refused where something else has happened to it meanwhile."""
    job = _job(page)
    if not job.is_over.is_set() or job.failed:
        raise Refusal(422, "Look first what it will post.")
    seen, reason, _ = job.answer
    rule = taught_rule(page.desk, seen.name)
    if rule.is_on is not seen.is_on:
        raise Refusal(409, "Somebody has switched this rule meanwhile. Nothing was done.")
    check_shared(page)
    try:
        switch(page.desk, rule, by=page.user.name, at=page.now, reason=reason)
    except ConfigError as error:
        raise Refusal(409, " ".join(error.mistakes)) from None
    page.noted = True
    page.site.jobs.forget(page.user.name, job.what)
    return page.redirect(f"/rules?practice={page.practice}")


def _job(page: Page) -> Job:
    found = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if found is None or found.what.split()[:2] != ["switch", page.practice]:
        page.missing("preview: ask for it once more")
    return found


ROUTES = (
    Route(path=PATH, show=begin, right=Right.TEACH, method="POST"),
    Route(path=f"{PATH}/{{job}}", show=show, right=Right.TEACH, audit="saw what switching a rule would post"),
    Route(path=f"{PATH}/{{job}}", show=confirm, right=Right.TEACH, method="POST"),
)
