from tests.facts.telling import moment

PRACTICE = "casco"


def test_before_the_first_review_there_is_none(store) -> None:
    assert store.reviews.part(PRACTICE, "findings") is None
    assert store.reviews.turn_key(PRACTICE) is None
    assert store.reviews.made_at(PRACTICE) is None


def test_a_review_comes_back_part_by_part(store) -> None:
    store.reviews.save(PRACTICE, "1.2.3.4", {"findings": b"[1]", "books": b"{}" * 9999}, moment(3))

    assert b"[1]" == store.reviews.part(PRACTICE, "findings")
    assert b"{}" * 9999 == store.reviews.part(PRACTICE, "books")
    assert store.reviews.part(PRACTICE, "plan") is None
    assert "1.2.3.4" == store.reviews.turn_key(PRACTICE)
    assert moment(3) == store.reviews.made_at(PRACTICE)


def test_a_new_review_takes_the_place_of_the_last_one_whole(store) -> None:
    store.reviews.save(PRACTICE, "1", {"findings": b"[1]", "books": b"{}"}, moment(3))
    store.reviews.save("bay", "7", {"findings": b"[7]"}, moment(3))

    store.reviews.save(PRACTICE, "2", {"findings": b"[2]"}, moment(4))

    assert (b"[2]", None) == tuple(store.reviews.part(PRACTICE, name) for name in ("findings", "books"))
    assert ("2", "7") == (store.reviews.turn_key(PRACTICE), store.reviews.turn_key("bay"))
