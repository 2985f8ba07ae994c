"""Deciding one question: what posts is shown before it is stored, and every decision can be taken back.

decide ──► preview, for what posts ──► decide, with the preview seen ──► stored
└──► stored at once, for what posts nothing
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from hhs_sync.deciding import DecisionError, asked_again, batch_of, history, make, new_batch, store_decisions, take_back
from hhs_sync.errors import ConfigError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.findings.decide import POSTS_NOTHING, Answer, about, in_few_words, suggested
from hhs_sync.preview import preview
from hhs_sync.teaching import rule_for, rules_with, teach, unteach
from hhs_sync.web.acts import Act, answer_of, check_shared, money_of, right_to
from hhs_sync.web.asked import PATH, Asked, act_of, asked_of, is_asked, suggestion_of
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.will_post import will_post
from hhs_sync.worklist import read_kept

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.preview import Preview
    from hhs_sync.web.jobs import Job

WAIT_SECONDS = 8
"""How long an answer waits for a preview before the page asks again: most are there by then."""


def decide(page: Page) -> Response:
    """Make a decision: stored at once where it posts nothing; else once its effects were shown."""
    asked = asked_of(page)
    act, answer = _answer(page, asked.finding)
    if not is_asked(asked) and act.kind is not ResolutionKind.NOTE:
        raise Refusal(409, "This question is closed. To ask it again, open it again first.")
    batch = new_batch(page.now)
    try:
        made = make(asked.finding, answer, batch=batch, by=page.user.name, at=page.now)
    except DecisionError as error:
        raise Refusal(422, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    if act.kind is ResolutionKind.APPROVE:
        _check_second(page, made)
    if act.kind not in POSTS_NOTHING:
        job = _preview_of(page, asked, made)
        if page.text("seen") != job.number or not job.is_over.is_set() or job.failed:
            return _show_preview(page, asked, job, act)
        page.site.jobs.forget(page.user.name, job.what)
    if made.rule:
        try:
            teach(page.desk, made)
        except ConfigError as error:
            raise Refusal(409, " ".join(error.mistakes)) from None
    (decided,) = store_decisions(page.desk, [(asked.kept, made)])
    page.note(act.name, subject=asked.kept.row.id, details={"decision": made.key})
    return _done(page, f"{asked.kept.row.code}: {in_few_words(made)}", batch, decided.row.state)


def show_preview(page: Page) -> Response:
    """How far a preview is, or what it came to."""
    asked = asked_of(page)
    job = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if job is None:
        raise Refusal(404, "This preview is gone: ask for it once more.")
    return _show_preview(page, asked, job, act_of(page, page.text("act")))


def undo(page: Page) -> Response:
    """Take what was decided at one stroke back."""
    batch = page.text("batch", most=60)
    decisions = batch_of(page.desk, batch) if batch else []
    single = page.text("decision")
    if single:
        decisions = [one for one in about(asked_of(page).finding, history(page.desk)) if one.key == single]
    decisions = [one for one in decisions if page.may(right_to(one.kind))]
    if not decisions:
        raise Refusal(409, "There is nothing to take back: somebody has done so already.")
    for one in decisions:
        if one.rule:
            unteach(page.desk, one.key)
    count = take_back(page.desk, decisions, by=page.user.name, at=page.now)
    page.note("took back", details={"decisions": count})
    return _done(page, f"{count} decision{'s' if count > 1 else ''} taken back", "", "open")


def open_again(page: Page) -> Response:
    """Ask a closed question again."""
    asked = asked_of(page)
    reason = page.text("reason")
    if is_asked(asked):
        raise Refusal(409, "This question is open.")
    batch = new_batch(page.now)
    made = asked_again(read_kept(asked.kept)[0].finding, reason, batch=batch, by=page.user.name, at=page.now)
    (decided,) = store_decisions(page.desk, [(asked.kept, made)])
    page.note("asked again", subject=asked.kept.row.id, details={"decision": made.key})
    return _done(page, f"{asked.kept.row.code} is asked again", batch, decided.row.state)


def _answer(page: Page, finding: Finding) -> tuple[Act, Answer]:
    """What the form says, within the rights of the user and what makes sense for the question."""
    act = act_of(page, page.text("act"))
    if not page.may(act.right):
        raise Refusal(403, "Your role does not allow this decision. Who may is told in the handbook, under roles.")
    if act.kind not in finding.answers:
        raise Refusal(422, f"“{act.says}” makes no sense for {finding.code}.")
    if act.kind is ResolutionKind.CHOOSE_MATCH:
        return act, _match(page, finding)
    answer = answer_of(page, finding, act, page.today)
    if act.kind is ResolutionKind.MAP:
        try:
            rule = rule_for(finding, page.text("choice") or page.text("account"), page.text("more"), page.desk.rules)
        except ValueError as error:
            raise Refusal(422, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
        check_shared(page)
        return act, msgspec.structs.replace(answer, account=None, rule=rule)
    return act, answer


def _match(page: Page, finding: Finding) -> Answer:
    if page.text("suggestion"):
        try:
            return suggested(finding, suggestion_of(page, finding))
        except ValueError as error:
            raise Refusal(422, str(error)) from None
    targets = page.texts("target")
    if not page.text("split"):
        return Answer(kind=ResolutionKind.CHOOSE_MATCH, targets=targets)
    amounts = [money_of(text) if (text := page.text(f"amount {one}")) else 0 for one in targets]
    parts = [(one, amount) for one, amount in zip(targets, amounts, strict=True) if amount]
    return Answer(
        kind=ResolutionKind.CHOOSE_MATCH,
        targets=tuple(one for one, _ in parts),
        amounts=tuple(amount for _, amount in parts),
    )


def _check_second(page: Page, made: Resolution) -> None:
    """Nobody approves what he proposed himself."""
    told = page.store.readings.standing(page.practice, [made.subject]).get(made.subject)
    proposed = told[0] if told else None
    if isinstance(proposed, Resolution) and proposed.by == page.user.name:
        raise Refusal(409, "You proposed this yourself: a second person has to approve it.")


def _preview_of(page: Page, asked: Asked, made: Resolution) -> Job:
    """The preview of a decision: begun once for the same answer to the same state of things."""
    plain = msgspec.structs.replace(made, key="", at=page.now.replace(minute=0, second=0, microsecond=0))
    state = page.store.turn_key(page.practice)
    named = hashlib.sha256(msgspec.json.encode(plain) + state.encode()).hexdigest()
    desk, key = page.desk, asked.finding.key

    def work(job: Job) -> Preview:
        rules = rules_with(desk, made) if made.rule else None
        return preview(desk, made, key, rules=rules, progress=job.tell)

    return page.site.jobs.begin(page.user.name, f"preview {page.practice} {named}", work)


def _show_preview(page: Page, asked: Asked, job: Job, act: Act) -> Response:
    """What the decision would do, with the button that does it; or how far the preview is."""
    job.is_over.wait(WAIT_SECONDS)
    page.note("saw a preview", subject=asked.kept.row.id)
    fields = [
        (name, value)
        for name, value in page.form.multi_items()
        if name not in {"csrf", "seen"} and isinstance(value, str)
    ]
    return page.render(
        "exception_preview.html",
        row=asked.kept.row,
        job=job,
        act=act,
        fields=fields,
        amount=asked.finding.amount,
        **will_post(page, job.answer if job.is_over.is_set() else None),
    )


def _done(page: Page, says: str, batch: str, state: str) -> Response:
    """Tell that it is done and how to take it back; the page goes on to the next question by itself."""
    if not page.is_fragment:
        return page.redirect("/exceptions")
    response = page.render(
        "exception_done.html", says=says, batch=batch, finding=page.parts["finding"], counts=state == "decided"
    )
    response.headers["HX-Trigger-After-Swap"] = "decided"
    return response


ROUTES = (
    Route(path=f"{PATH}/decide", show=decide, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/preview/{{job}}", show=show_preview, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/undo", show=undo, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/again", show=open_again, right=Right.DECIDE, method="POST"),
)
