import hashlib

from tests.facts.telling import document


def test_a_document_is_named_by_its_bytes_alone() -> None:
    one, renamed, other = document("a"), document("a", as_of=9, source="old", name="b.csv"), document("b")

    assert hashlib.sha256(b"a").hexdigest() == one.digest
    assert one.digest == renamed.digest
    assert one.digest != other.digest
