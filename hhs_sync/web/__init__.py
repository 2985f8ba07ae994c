"""The web page: a second process that reads what turns have stored, and brings in documents (decisions, uploads).

How to add a page:

1. A module in `pages/` with plain functions that take a `Page` and give a Starlette `Response`, and

       ROUTES = (
           Route(path="/exceptions", show=show_list, right=Right.SEE, audit="saw the work list"),
           Route(path="/practice/{practice}/exception/{finding}", show=show_evidence, right=Right.SEE,
                 audit="saw a finding", subject="finding"),
           Route(path="/practice/{practice}/exception/{finding}/decide", show=decide, right=Right.DECIDE,
                 method="POST"),
       )

   It is found by being there. A route without a right cannot be made. A path about one practice begins with
   `/practice/{practice}`: the guard gives 404 to who has no role there, 403 to who lacks the right. On any other path
   `page.practices` are the practices in which the user has the route's right: show nothing of others.
2. A template in `templates/` that extends base.html (blocks: title, main, scripts with super(), keys), or that extends
   nothing when htmx fetches it as a part of a page. `page.render("exceptions.html", rows=rows)` fills it in; everything
   is escaped; filters: money (cents), moment, clock, day, count. No inline script or style: the browser refuses them.
3. What shows data of clients says so in `audit`, and the guard writes it down before it is shown, with the path
   parameter that `subject` names. What is done (POST) notes it itself: `page.note("accepted", subject=finding,
   details={...})`, keys and counts only; the guard asserts that one of the two happened.
4. Forms: `<input type="hidden" name="csrf" value="{{ page.csrf }}">`; htmx sends the token by itself (base.html). A
   POST ends in `page.redirect("/exceptions")`, or for htmx in a part of the page. `page.text("field")` and
   `page.texts("field")` read form or query. `raise Refusal(422, "A sentence that says what to do.")` and
   `page.missing("finding")` end it.
5. Names of clients only where `page.shows_names_of(practice)`; buttons only where `page.may(Right.DECIDE, practice)`.
6. A name in `navigation.NAMES` puts it into the navigation, for those who have its right.

Handlers run in threads, so they may wait for the database. They query what is stored: nothing is computed anew on a
request. `page.now` is the moment, `page.desk` the practice's part of the office, `page.store` the store.
tests/web/ has the fixtures `site` (served over HTTP, with demo data) and `browser`; every declared route is walked
there by every role.
"""
