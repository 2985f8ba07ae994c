"""Every code of the exceptions report has a story: documents in, the row out, and what clears it.

`pytest -rP tests/findings/test_every_code.py` shows the table.
"""

import pytest

from hhs_sync.findings.catalogue import QUESTIONS
from tests.exceptions import STORIES, asked, row, still_asked, told


@pytest.mark.parametrize("story", STORIES)
def test_the_row_is_the_one_that_was_read_and_found_right_and_it_clears(story: str) -> None:
    assert told(story)["asked"]["row"] == row(asked(story))
    assert [] == still_asked(story)


def test_there_is_a_story_for_every_code() -> None:
    print()  # noqa: T201 - the table is for a person.
    for code in QUESTIONS:
        print(f"{code}  {told(code)['title']}" if code in STORIES else f"{code}  waits for a story")  # noqa: T201
    print(f"{len(STORIES.keys() & QUESTIONS.keys())} of {len(QUESTIONS)}")  # noqa: T201

    assert QUESTIONS.keys() == STORIES.keys()
    assert 45 == len(STORIES)
