"""The chapters of the books: kept one by one, written only when they changed, gone when the books have them no more."""

PRACTICE = "casco"


def test_a_chapter_comes_back_alone(store) -> None:
    store.chapters.save(PRACTICE, [("accounts", b"[1]"), ("entries 2025-11", b"x" * 9999)])

    assert b"[1]" == store.chapters.read(PRACTICE, "accounts")
    assert b"x" * 9999 == store.chapters.read(PRACTICE, "entries 2025-11")
    assert store.chapters.read(PRACTICE, "remittances") is None
    assert store.chapters.read("bay", "accounts") is None


def test_only_what_changed_is_written_and_what_is_gone_is_gone(store) -> None:
    store.chapters.save("bay", [("accounts", b"[7]")])
    first = store.chapters.save(PRACTICE, [("a", b"1"), ("b", b"2"), ("c", b"3")])
    second = store.chapters.save(PRACTICE, [("a", b"1"), ("b", b"22")])

    assert (3, 1) == (first, second)
    assert [b"1", b"22", None] == [store.chapters.read(PRACTICE, name) for name in "abc"]
    assert b"[7]" == store.chapters.read("bay", "accounts")
