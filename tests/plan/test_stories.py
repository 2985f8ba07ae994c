"""Whole stories, documents in: what QuickBooks should hold is what stands beside them, and it ties out."""

from __future__ import annotations

import pytest

from hhs_sync.plan import desired_entries, tie_out
from tests.plan.entries import SECRET
from tests.plan.legal import illegalities
from tests.plan.mirror import taken
from tests.stories import STORIES, WAYS, books_of, difference, documents_text, rules_of


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("story", STORIES)
def test_the_documents_of_a_story_are_those_that_were_read_and_found_right(story: str, way: str) -> None:
    assert "" == difference(story, way, documents_text(story, way))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("story", STORIES)
def test_quickbooks_takes_the_documents_of_a_story_and_ties_out(story: str, way: str) -> None:
    books, rules = books_of(story, way), rules_of(story, way)
    desired = desired_entries(books, rules, SECRET)
    made = tie_out(books, desired, *taken(desired.entries), rules, open_items=books.open_items)

    assert [] == list(illegalities(desired))
    assert [] == [one for one in made.accounts if one.difference]
    # Control 5 asks about a client who was given more than was his to have.
    assert [] == [one for one in made.controls if not one.holds and one.number != 5]
