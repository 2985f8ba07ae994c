"""A folder: each file is taken once, whole, in one order; copies and unfinished files are not."""

import datetime as dt
from pathlib import Path

import pytest

from connectors.folder import LOOK_AGAIN_SECONDS, Folder
from connectors.options import Options
from hhs_sync.connector import Settings
from hhs_sync.errors import HhsSyncError
from tests.connectors.known import LONG_AGO, NOW, Memory, put


def folder(base: Path, **options: object) -> Folder:
    base.mkdir(exist_ok=True)
    given = Options(Settings(name="box", base=base, options={"path": ".", **options}))
    found = Folder(given)
    given.done()
    return found


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def memory() -> Memory:
    return Memory()


def names(box: Folder, memory: Memory) -> list[str]:
    return [one.name for one in memory.take(box.fetch(memory))]


def test_files_are_taken_in_the_order_of_their_names_with_bytes_and_times(inbox: Path, memory: Memory) -> None:
    put(inbox / "b.835", "two", LONG_AGO)
    put(inbox / "a.835", b"\xff\x00one", LONG_AGO + dt.timedelta(days=1))

    first, second = memory.take(folder(inbox).fetch(memory))

    assert ("a.835", b"\xff\x00one", "box") == (first.name, first.content, first.source)
    assert (LONG_AGO + dt.timedelta(days=1), NOW) == (first.as_of, first.received_at)
    assert ("b.835", LONG_AGO) == (second.name, second.as_of)


def test_a_file_is_not_taken_twice_and_not_even_opened_again(inbox: Path, memory: Memory) -> None:
    path = put(inbox / "a", "one")
    assert ["a"] == names(folder(inbox), memory)

    path.chmod(0o000)

    assert [] == names(folder(inbox), memory)


def test_a_renamed_copy_is_not_a_second_document(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "one")
    assert ["a"] == names(folder(inbox), memory)

    put(inbox / "copy of a", "one", NOW - dt.timedelta(hours=1))

    assert [] == names(folder(inbox), memory)
    assert 2 == len(memory.files)


def test_two_copies_that_lie_side_by_side_are_one_document(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "one")
    put(inbox / "b", "one")

    assert ["a"] == names(folder(inbox), memory)


def test_a_file_whose_content_changed_is_another_document(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "one")
    names(folder(inbox), memory)
    put(inbox / "a", "two", LONG_AGO + dt.timedelta(minutes=1))

    assert ["a"] == names(folder(inbox), memory)


@pytest.mark.parametrize(
    "name",
    [".hidden", "~$sheet.csv", "a.csv~", "a.tmp", "a.PART", "a.filepart", "a.crdownload", "Thumbs.db", ".DS_Store"],
)
def test_files_that_programs_keep_for_themselves_are_not_looked_at(inbox: Path, memory: Memory, name: str) -> None:
    put(inbox / name, "x")

    assert [] == names(folder(inbox), memory)


def test_an_empty_file_is_one_that_is_still_to_be_written(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "")

    assert [] == names(folder(inbox), memory)


def test_folders_within_are_looked_into_only_when_asked(inbox: Path, memory: Memory) -> None:
    put(inbox / "2026" / "a", "one")
    put(inbox / ".trash" / "b", "two")

    assert [] == names(folder(inbox), memory)
    assert ["2026/a"] == names(folder(inbox, recursive=True), memory)


def test_a_pattern_chooses_files_whatever_their_case(inbox: Path, memory: Memory) -> None:
    put(inbox / "a.CSV", "one")
    put(inbox / "b.pdf", "two")

    assert ["a.CSV"] == names(folder(inbox, files="*.csv"), memory)


class Clock:
    """Stands for the second between two looks; something may happen in it."""

    def __init__(self, happens: object = None) -> None:
        self.slept: list[float] = []
        self.happens = happens

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if callable(self.happens):
            self.happens()


def test_a_file_long_at_rest_is_taken_at_once(inbox: Path, memory: Memory) -> None:
    box = folder(inbox)
    box.pause = clock = Clock()
    put(inbox / "a", "one")

    assert ["a"] == names(box, memory)
    assert [] == clock.slept


def test_a_young_file_is_taken_when_two_looks_agree(inbox: Path, memory: Memory) -> None:
    box = folder(inbox)
    box.pause = clock = Clock()
    put(inbox / "a", "one", NOW - dt.timedelta(seconds=2))

    assert ["a"] == names(box, memory)
    assert [LOOK_AGAIN_SECONDS] == clock.slept


def test_a_file_that_still_grows_is_left_for_the_next_time(inbox: Path, memory: Memory) -> None:
    box = folder(inbox)
    put(inbox / "old", "x")
    put(inbox / "young", "one", NOW)
    box.pause = Clock(lambda: put(inbox / "young", "one and more", NOW))

    assert ["old"] == names(box, memory)
    box.pause = Clock()
    assert ["young"] == names(box, memory)


def test_a_file_that_vanishes_between_two_looks_is_no_error(inbox: Path, memory: Memory) -> None:
    box = folder(inbox)
    path = put(inbox / "young", "one", NOW)
    box.pause = Clock(path.unlink)

    assert [] == names(box, memory)


def test_a_file_that_can_not_be_read_does_not_stop_the_others(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "one")
    (inbox / "b").symlink_to(inbox)
    put(inbox / "c", "three")
    taken: list[str] = []

    def broken(content: bytes) -> bytes:
        if content == b"one":
            raise PermissionError
        return content

    with pytest.raises(HhsSyncError, match="connector box: a can't be read: PermissionError"):
        taken.extend(one.name for one in folder(inbox).fetch(memory, clean=broken))

    assert ["c"] == taken


def test_a_file_beyond_the_limit_is_told_and_not_read(
    inbox: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.folder.SIZE_MAX", 2)
    put(inbox / "a", "one")

    with pytest.raises(HhsSyncError, match="a is larger than 0 MB"):
        names(folder(inbox), memory)


def test_a_folder_that_is_not_there_is_an_error_of_the_world(inbox: Path, memory: Memory) -> None:
    with pytest.raises(FileNotFoundError):
        names(folder(inbox, path="nowhere"), memory)


def test_a_file_counts_as_taken_only_once_its_document_was_stored(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "one")
    documents = folder(inbox).fetch(memory)

    next(documents)  # The store fails here: the generator is never asked again.

    assert {} == memory.files
    assert ["a"] == names(folder(inbox), memory)


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("sessions_2026-03-14.csv", dt.datetime(2026, 3, 14, tzinfo=dt.UTC)),
        ("20260314_0930.csv", dt.datetime(2026, 3, 14, 9, 30, tzinfo=dt.UTC)),
        ("2026-01-01_2026-03-31.csv", dt.datetime(2026, 3, 31, tzinfo=dt.UTC)),
        ("export 2026-03-14T17.45.csv", dt.datetime(2026, 3, 14, 17, 45, tzinfo=dt.UTC)),
        ("2026-02-31.csv", LONG_AGO),
        ("sessions.csv", LONG_AGO),
        ("2027-01-01.csv", LONG_AGO),
    ],
)
def test_an_exports_moment_may_stand_in_its_name(inbox: Path, memory: Memory, name: str, as_of: dt.datetime) -> None:
    put(inbox / name, "x")

    (found,) = memory.take(folder(inbox, as_of="file name").fetch(memory))

    assert as_of == found.as_of


def test_a_moment_still_to_come_is_not_believed(inbox: Path, memory: Memory) -> None:
    put(inbox / "a", "x", NOW + dt.timedelta(days=300))
    box = folder(inbox)
    box.pause = Clock()

    (found,) = memory.take(box.fetch(memory, as_of=lambda _: NOW + dt.timedelta(days=1)))

    assert NOW == found.as_of
