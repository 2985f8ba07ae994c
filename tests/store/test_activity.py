import pytest

from hhs_sync.errors import StoreError
from hhs_sync.store import schema
from tests.facts.telling import moment

PRACTICE = "casco"


def test_what_was_done_is_told_the_newest_first(store) -> None:
    for number in range(1, 6):
        store.activity.note(PRACTICE, at=moment(number), by="turn", what="pushed", details={"entries": number})
    store.activity.note("bay", at=moment(9), by="rd", what="approved a plan")

    newest = store.activity.read(PRACTICE, limit=2)
    older = store.activity.read(PRACTICE, limit=10, before=newest[-1].number)

    assert [5, 4] == [one.details["entries"] for one in newest]
    assert [3, 2, 1] == [one.details["entries"] for one in older]
    assert (moment(5), "turn", "pushed") == (newest[0].at, newest[0].by, newest[0].what)


@pytest.mark.parametrize(
    "change", [schema.activity.update().values(by="nobody"), schema.activity.delete()], ids=["change", "removal"]
)
def test_the_database_refuses_to_change_what_was_done(store, change) -> None:
    store.activity.note(PRACTICE, at=moment(1), by="rd", what="approved a plan")

    with pytest.raises(StoreError), store._database.write(PRACTICE) as connection:
        connection.execute(change)

    assert ["rd"] == [one.by for one in store.activity.read(PRACTICE)]
