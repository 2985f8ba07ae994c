"""What a page's handler is given: who asks, what they may, which practice it is about, and how to answer."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hhs_sync.web.heading import Heading
from hhs_sync.web.navigation import Place, places
from hhs_sync.web.render import render
from hhs_sync.web.rights import Right, rights_of
from hhs_sync.web.tokens import csrf_of, digest_of

if TYPE_CHECKING:
    from hhs_sync.config.tables import PracticeConfig
    from hhs_sync.office import Desk
    from hhs_sync.store.users import User
    from hhs_sync.store.web_sessions import WebSession
    from hhs_sync.web.route import Route
    from hhs_sync.web.site import Site


class Refusal(Exception):
    """The request is answered by a page that says why not. Raised by the guard and by handlers."""

    def __init__(self, status: int, says: str, *, headers: Mapping[str, str] | None = None) -> None:
        """`says` is a sentence for a person: what is wrong, and what to do next."""
        super().__init__(says)
        self.status = status
        self.says = says
        self.headers = headers or {}


class Page:
    """One request, already let in by the guard."""

    def __init__(
        self,
        site: Site,
        route: Route,
        *,
        path: str,
        parts: Mapping[str, Any],
        query: QueryParams,
        form: FormData,
        body: bytes,
        headers: Mapping[str, str],
        address: str,
    ) -> None:
        """Nobody is known yet: the guard says who it is."""
        self.site = site
        self.office = site.office
        self.store = site.office.store
        self.route = route
        self.path = path
        self.parts = parts
        self.query = query
        self.form = form
        self.body = body
        self.headers = headers
        self.address = address
        self.now = site.office.clock()
        self.session_id = ""
        self.session: WebSession | None = None
        self.signed_in: User | None = None
        self.noted = False

    # --- who asks, and what they may

    @property
    def user(self) -> User:
        """Who is signed in."""
        assert self.signed_in is not None, f"{self.route.path}: this route is open to anyone"
        return self.signed_in

    def may(self, right: Right, practice: str | None = None) -> bool:
        """Whether the user has a right in a practice; without one, in the page's own or else in any."""
        practice = practice or self.practice
        return right in self._rights.get(practice, frozenset()) if practice else self.may_anywhere(right)

    def may_anywhere(self, right: Right) -> bool:
        """Whether the user has a right in at least one practice."""
        return any(right in rights for rights in self._rights.values())

    def practices_where(self, right: Right) -> tuple[str, ...]:
        """The practices in which the user has a right, as the config orders them."""
        return tuple(practice for practice, rights in self._rights.items() if right in rights)

    @cached_property
    def practices(self) -> tuple[str, ...]:
        """The practices this page is about: its own, or all in which the user has the right that it needs."""
        return (self.practice,) if self.practice else self.practices_where(self.route.right)

    @cached_property
    def _rights(self) -> dict[str, frozenset[Right]]:
        if self.signed_in is None:
            return {}
        found = {one: rights_of(self.signed_in.roles(one)) for one in self.office.worked}
        return {practice: rights for practice, rights in found.items() if rights}

    @property
    def known_session(self) -> WebSession:
        """The session of whoever is signed in."""
        assert self.session is not None, f"{self.route.path}: this route is open to anyone"
        return self.session

    def enter(self, session_id: str) -> None:
        """Go on in another session, which was just begun in place of the one the request came in."""
        self.session_id = session_id
        self.session = self.store.web_sessions.find(digest_of(session_id))

    @property
    def unlocked(self) -> bool:
        """Whether names of clients may be shown now, in every practice that this page is about."""
        return bool(self.practices) and all(self.shows_names_of(one) for one in self.practices)

    def shows_names_of(self, practice: str) -> bool:
        """Whether names of a practice's clients may be shown now: unlocked, and allowed there."""
        until = self.session.unlocked_until if self.session else None
        return until is not None and self.now < until and self.may(Right.UNLOCK, practice)

    # --- what it is about

    @property
    def practice(self) -> str:
        """The id of the practice that the path names; empty where it names none."""
        return str(self.parts.get("practice", "")) if self.route.is_of_practice else ""

    @cached_property
    def desk(self) -> Desk:
        """The practice's part of the office."""
        assert self.practice, f"{self.route.path}: this route is about no single practice"
        return self.office.desk(self.practice)

    def config_of(self, practice: str) -> PracticeConfig:
        """What the config says of a practice."""
        return self.office.config.practice(practice)

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return self.headers.get("hx-request") == "true"

    def text(self, name: str, most: int = 500) -> str:
        """A field of the form, or else of the query: trimmed, and empty where there is none. Too long is refused."""
        value = self.form.get(name, self.query.get(name, ""))
        found = "" if isinstance(value, UploadFile) else value.strip()
        if len(found) > most:
            raise Refusal(422, f"{name} is longer than {most} characters: shorten it.")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may stand several times, of the form or else of the query."""
        values = self.form.getlist(name) or self.query.getlist(name)
        return tuple(one for one in values if isinstance(one, str))

    # --- what it does and answers

    def note(
        self, what: str, *, practice: str | None = None, subject: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """Write into the activity what the user did or saw; no names of clients. On disk when it returns."""
        self.store.activity.note(
            practice or self.practice or None,
            at=self.now,
            by=self.signed_in.name if self.signed_in else "nobody",
            what=what,
            subject=subject,
            address=self.address,
            details=details,
        )
        self.noted = True

    def render(self, template: str, status: int = 200, **content: object) -> Response:
        """A whole page (its template extends base.html) or a part of one, for htmx."""
        return HTMLResponse(render(template, page=self, **content), status)

    def redirect(self, path: str) -> Response:
        """Go on to another page of ours (303); htmx is told in its own way, or it would put the page into the page."""
        assert path.startswith("/") and not path.startswith("//"), "only to our own pages"  # noqa: PT018
        if self.is_fragment:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)

    def missing(self, what: str) -> NoReturn:
        """Answer that there is no such thing."""
        raise Refusal(404, f"There is no such {what}, or it is gone by now.")

    # --- what the base template shows

    @property
    def csrf(self) -> str:
        """What every form sends along: `<input type="hidden" name="csrf" value="{{ page.csrf }}">`."""
        return csrf_of(self.session_id) if self.session_id else ""

    def headings_of(self, practices: Sequence[str]) -> Heading:
        """How these practices stand."""
        return self.site.headings.of(practices)

    @cached_property
    def heading(self) -> Heading:
        """As-of, last import, and whether all ties, for the page's practices; empty before one has signed in."""
        if self.session is None or not self.session.complete:
            return Heading()
        seen = self.practices_where(Right.STANDING)
        return self.headings_of((self.practice,) if self.practice in seen else seen)

    def local(self, at: dt.datetime) -> dt.datetime:
        """A moment where the page's practice is, or else the first of its practices."""
        zones = [self.config_of(one).time_zone for one in (self.practice, *self.office.worked) if one]
        return at.astimezone(zoneinfo.ZoneInfo(zones[0])) if zones else at

    @cached_property
    def today(self) -> dt.date:
        """The present day where the page's practice is, or else the first of those that it is about."""
        zone = self.config_of(self.practices[0]).time_zone if self.practices else "UTC"
        return self.now.astimezone(zoneinfo.ZoneInfo(zone)).date()

    @property
    def places(self) -> tuple[Place, ...]:
        """The navigation."""
        return places(self)

    @property
    def unlocked_until(self) -> dt.datetime | None:
        """Until when names are shown; None while they are not."""
        until = self.session.unlocked_until if self.session else None
        return until if until is not None and self.now < until else None
