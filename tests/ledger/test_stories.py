"""Whole stories, documents in: every entry and every question is the one that stands beside them, word for word."""

from __future__ import annotations

import pytest

from tests.stories import STORIES, books_text, difference


@pytest.mark.parametrize("story", STORIES)
def test_the_books_of_a_story_are_those_that_were_read_and_found_right(story: str) -> None:
    assert "" == difference(story, "books", books_text(story))
