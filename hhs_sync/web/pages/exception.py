"""One question: its evidence side by side, one suggestion at a time, and what can be done about it.

show ──► act (a form) ──► decide ──► preview, for what posts ──► decide, with the preview seen ──► stored
└──► stored at once, for what posts nothing
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from starlette.responses import Response

from hhs_sync.deciding import DecisionError, asked_again, batch_of, history, make, new_batch, store_decisions, take_back
from hhs_sync.errors import ConfigError
from hhs_sync.facts.resolution import ClientCode, Resolution, ResolutionKind
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.findings.catalogue import GROUPS
from hhs_sync.findings.decide import POSTS_NOTHING, Answer, about, in_few_words, suggested
from hhs_sync.findings.finding import FindingState
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.rules import PayerFamily
from hhs_sync.preview import preview
from hhs_sync.store.findings import SHORT
from hhs_sync.teaching import (
    NEW_PAYER,
    SERVICE_KINDS,
    rule_for,
    rules_with,
    shared_with,
    teach,
    teachable,
    unteach,
)
from hhs_sync.web.acts import ACTS, Act, acts_for, answer_of, money_of
from hhs_sync.web.evidence import Names, Shown, gather
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.pages.exceptions import SIGNS, today_of
from hhs_sync.web.raw import place_in
from hhs_sync.web.rights import Right
from hhs_sync.web.route import OF_PRACTICE, Route
from hhs_sync.web.search import search, terms_of
from hhs_sync.worklist import as_decided, read_kept

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.preview import Preview
    from hhs_sync.review.trail import Trail
    from hhs_sync.store.findings import Kept
    from hhs_sync.web.jobs import Job

PATH = OF_PRACTICE + "/exception/{finding}"
WAIT_SECONDS = 8
"""How long an answer waits for a preview before the page asks again: most are there by then."""
SHOWN_MAX = 30


class Asked(NamedTuple):
    """A question as it stands now: as it is kept, with what was decided since, and the way behind it."""

    kept: Kept
    finding: Finding
    trail: Trail


def show(page: Page) -> Response:
    """The whole question, as a page of its own or, for htmx, beside the list."""
    asked = _asked(page)
    finding = asked.finding
    number = _suggestion(page, finding)
    told, decided = read_kept(asked.kept)
    content: dict[str, Any] = {
        "row": asked.kept.row,
        "finding": finding,
        "number": number,
        "candidate": finding.candidates[number - 1] if finding.candidates else None,
        # What a session cost need not be what was paid for it; what came to the bank must be what was sent.
        "must_equal": not finding.subject.startswith("remittance/"),
        "evidence": _evidence(page, asked, number),
        "acts": acts_for(page, finding) if _is_asked(asked) else [],
        "can_choose": _may_choose(page, finding) and _is_asked(asked),
        "closed": not _is_asked(asked),
        "gone": told.gone,
        "decided": decided,
        "words": in_few_words,
        "group": GROUPS[finding.group],
        "sign": SIGNS[finding.severity.order],
        "today": today_of(page),
        "short": SHORT,
        "practice": page.config_of(page.practice).name,
    }
    return page.render("exception_pane.html" if page.is_fragment else "exception.html", **content)


def show_act(page: Page) -> Response:
    """The form of one decision."""
    asked = _asked(page)
    act = _act(page, str(page.parts["act"]))
    content: dict[str, Any] = {
        "row": asked.kept.row, "finding": asked.finding, "act": act, "choices": act.choices, "today": today_of(page),
        "teaches": teachable(asked.finding), "shared": (), "new_payer": NEW_PAYER, "families": (), "rules": None,
    }  # fmt: skip
    if act.kind is ResolutionKind.MAP:
        content |= {
            "rules": page.desk.rules,
            "shared": [page.config_of(one).name for one in shared_with(page.desk)],
            "families": [one.value for one in PayerFamily],
            "choices": SERVICE_KINDS if teachable(asked.finding) == "service" else ACTS["set_reason"].choices,
        }
    return page.render("exception_act.html", **content)


def show_find(page: Page) -> Response:
    """What the money may belong to, by amounts and references with bars between them."""
    asked = _asked(page)
    text = page.text("find") or (terms_of(asked.finding) if "find" not in page.query else "")
    return page.render(
        "exception_find.html",
        row=asked.kept.row,
        finding=asked.finding,
        text=text,
        split=bool(page.text("split")),
        found=search(page.store, page.practice, asked.finding, text),
    )


def show_raw(page: Page) -> Response:
    """The row or segment in which a fact was told; names only while they are unlocked."""
    fact, place = page.text("fact"), page.text("place")
    found = page.store.readings.standing(page.practice, [fact]).get(fact)
    if found is None:
        page.missing("fact")
    source = found[1]
    document = page.store.documents.read(page.practice, source.document)
    lines = place_in(document.content, place or source.place, unlocked=page.unlocked)
    return page.render("exception_raw.html", name=document.name, place=place or source.place, lines=lines)


def decide(page: Page) -> Response:
    """Make a decision: stored at once where it posts nothing; else once its effects were shown."""
    asked = _asked(page)
    act, answer = _answer(page, asked.finding)
    if not _is_asked(asked) and act.kind is not ResolutionKind.NOTE:
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
    asked = _asked(page)
    job = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if job is None:
        raise Refusal(404, "This preview is gone: ask for it once more.")
    return _show_preview(page, asked, job, _act(page, page.text("act")))


def undo(page: Page) -> Response:
    """Take what was decided at one stroke back."""
    batch = page.text("batch", most=60)
    decisions = batch_of(page.desk, batch) if batch else []
    single = page.text("decision")
    if single:
        decisions = [one for one in about(_asked(page).finding, history(page.desk)) if one.key == single]
    decisions = [
        one for one in decisions if page.may(ACTS[one.kind.value].right if one.kind.value in ACTS else Right.DECIDE)
    ]
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
    asked = _asked(page)
    reason = page.text("reason")
    if _is_asked(asked):
        raise Refusal(409, "This question is open.")
    batch = new_batch(page.now)
    made = asked_again(read_kept(asked.kept)[0].finding, reason, batch=batch, by=page.user.name, at=page.now)
    (decided,) = store_decisions(page.desk, [(asked.kept, made)])
    page.note("asked again", subject=asked.kept.row.id, details={"decision": made.key})
    return _done(page, f"{asked.kept.row.code} is asked again", batch, decided.row.state)


# --- what stands behind


def _asked(page: Page) -> Asked:
    kept = page.store.findings.one(page.practice, str(page.parts["finding"]))
    if kept is None:
        page.missing("exception")
    return Asked(kept, *as_decided(kept, today_of(page)))


def _is_asked(asked: Asked) -> bool:
    """Whether it is open now: of a question that is gone only once a person has asked it again."""
    open_now = asked.finding.state in (FindingState.OPEN, FindingState.WAITING)
    return open_now and asked.kept.row.state != "closed"


def _evidence(page: Page, asked: Asked, number: int) -> Shown:
    """The evidence, the suggestion's own facts first among their kind."""
    targets = asked.finding.candidates[number - 1].targets if asked.finding.candidates else ()
    trail = asked.trail
    sessions = [one for one in targets if one.startswith("session/")]
    remittances = [Evidence(one) for one in targets if one.startswith("remittance/")]
    payments = [one for one in targets if one.startswith(("client_payment/", "payout/", "refund/", "dispute/"))]
    trail = msgspec.structs.replace(
        trail,
        sessions=tuple(dict.fromkeys((*sessions, *trail.sessions))),
        paid=tuple(dict.fromkeys((*trail.paid, *remittances))),
        payments=tuple(dict.fromkeys((*trail.payments, *payments))),
    )
    clinician = asked.finding.clinician
    names = Names(clinicians={clinician: asked.kept.row.clinician} if clinician else {})
    return gather(page.store, page.practice, trail, names)


def _suggestion(page: Page, finding: Finding) -> int:
    """Which suggestion is shown; after the last comes the first again."""
    asked_for = page.text("suggestion", most=3)
    number = int(asked_for) if asked_for.isdecimal() and int(asked_for) else 1
    return (number - 1) % max(len(finding.candidates), 1) + 1


def _act(page: Page, name: str) -> Act:
    act = ACTS.get(name)
    if act is None:
        if name == ResolutionKind.CHOOSE_MATCH.value:
            return Act(kind=ResolutionKind.CHOOSE_MATCH, says="Accept the match", does="")
        page.missing("decision")
    return act


def _may_choose(page: Page, finding: Finding) -> bool:
    return ResolutionKind.CHOOSE_MATCH in finding.answers and page.may(Right.DECIDE)


def _answer(page: Page, finding: Finding) -> tuple[Act, Answer]:
    """What the form says, within the rights of the user and what makes sense for the question."""
    act = _act(page, page.text("act"))
    if not page.may(act.right):
        raise Refusal(403, "Your role does not allow this decision. Who may is told in the handbook, under roles.")
    if act.kind not in finding.answers:
        raise Refusal(422, f"“{act.says}” makes no sense for {finding.code}.")
    if act.kind is ResolutionKind.CHOOSE_MATCH:
        return act, _match(page, finding)
    answer = answer_of(page, finding, act, today_of(page))
    if act.kind is ResolutionKind.MAP:
        try:
            rule = rule_for(finding, page.text("choice") or page.text("account"), page.text("more"), page.desk.rules)
        except ValueError as error:
            raise Refusal(422, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
        if not all(page.may(Right.TEACH, one) for one in shared_with(page.desk)):
            raise Refusal(403, "These mappings are shared with a practice in which your role may not teach rules.")
        return act, msgspec.structs.replace(answer, account=None, rule=rule)
    return act, answer


def _match(page: Page, finding: Finding) -> Answer:
    if page.text("suggestion"):
        try:
            return suggested(finding, _suggestion(page, finding))
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
    codes = {}
    if job.is_over.is_set() and not job.failed:
        clients = {line.party for one in (*job.answer.added, *job.answer.removed) for line in one.lines if line.party}
        codes = _codes(page, clients)
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
        answer=job.answer,
        codes=codes,
        amount=asked.finding.amount,
        most=SHOWN_MAX,
    )


def _codes(page: Page, clients: set[str]) -> dict[str, str]:
    """What clients and payers on an entry's lines are called: codes, and payers' names."""
    drawn = page.store.readings.standing(page.practice, [decision_key("client_code", one) for one in sorted(clients)])
    codes = {one.client: one.code for one, _ in drawn.values() if isinstance(one, ClientCode)}
    payers = {one: payer.name for one in clients if (payer := page.desk.rules.payer_by_id(one)) is not None}
    return {**codes, **payers}


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
    Route(path=PATH, show=show, right=Right.SEE, audit="saw an exception", subject="finding"),
    Route(path=f"{PATH}/act/{{act}}", show=show_act, right=Right.NOTE, audit="began a decision", subject="finding"),
    Route(path=f"{PATH}/find", show=show_find, right=Right.DECIDE, audit="looked for a match", subject="finding"),
    Route(path=f"{PATH}/raw", show=show_raw, right=Right.SEE, audit="saw a row as it came", subject="finding"),
    Route(path=f"{PATH}/decide", show=decide, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/preview/{{job}}", show=show_preview, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/undo", show=undo, right=Right.NOTE, method="POST"),
    Route(path=f"{PATH}/again", show=open_again, right=Right.DECIDE, method="POST"),
)
