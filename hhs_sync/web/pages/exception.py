"""One question: its evidence side by side, one suggestion at a time, its parts, and what can be done about it."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.catalogue import GROUPS
from hhs_sync.findings.decide import in_few_words
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.rules import PayerFamily
from hhs_sync.store.findings import SHORT
from hhs_sync.teaching import NEW_PAYER, SERVICE_KINDS, shared_with, teachable
from hhs_sync.web.acts import ACTS, acts_for
from hhs_sync.web.asked import PATH, Asked, act_of, asked_of, is_asked, may_choose, suggestion_of
from hhs_sync.web.evidence import Shown, gather
from hhs_sync.web.page import Page
from hhs_sync.web.pages.exceptions import SIGNS
from hhs_sync.web.pages.parts import parts_of
from hhs_sync.web.raw import place_in
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.search import search, terms_of
from hhs_sync.web.told import Names
from hhs_sync.worklist import read_kept


def show(page: Page) -> Response:
    """The whole question, as a page of its own or, for htmx, beside the list."""
    asked = asked_of(page)
    finding = asked.finding
    number = suggestion_of(page, finding)
    told, decided = read_kept(asked.kept)
    content: dict[str, Any] = {
        "row": asked.kept.row,
        "finding": finding,
        "number": number,
        "candidate": finding.candidates[number - 1] if finding.candidates else None,
        # What a session cost need not be what was paid for it; what came to the bank must be what was sent.
        "must_equal": not finding.subject.startswith("remittance/"),
        "evidence": _evidence(page, asked, number),
        "acts": acts_for(page, finding) if is_asked(asked) else [],
        "can_choose": may_choose(page, finding) and is_asked(asked),
        "closed": not is_asked(asked),
        "gone": told.gone,
        "decided": decided,
        "words": in_few_words,
        "group": GROUPS[finding.group],
        "sign": SIGNS[finding.severity.order],
        "today": page.today,
        "short": SHORT,
        "practice": page.config_of(page.practice).name,
        "parts": {},
    }
    if finding.count > 1 and finding.parts:
        content["parts"] = parts_of(page, asked)
    return page.render("exception_pane.html" if page.is_fragment else "exception.html", **content)


def show_act(page: Page) -> Response:
    """The form of one decision."""
    asked = asked_of(page)
    act = act_of(page, str(page.parts["act"]))
    content: dict[str, Any] = {
        "row": asked.kept.row, "finding": asked.finding, "act": act, "choices": act.choices, "today": page.today,
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
    asked = asked_of(page)
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


ROUTES = (
    Route(path=PATH, show=show, right=Right.SEE, audit="saw an exception", subject="finding"),
    Route(path=f"{PATH}/act/{{act}}", show=show_act, right=Right.NOTE, audit="began a decision", subject="finding"),
    Route(path=f"{PATH}/find", show=show_find, right=Right.DECIDE, audit="looked for a match", subject="finding"),
    Route(path=f"{PATH}/raw", show=show_raw, right=Right.SEE, audit="saw a row as it came", subject="finding"),
)
