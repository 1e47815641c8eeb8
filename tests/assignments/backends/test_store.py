import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from assignments.backends import store
from assignments.backends.store import Stored, TooLarge


def received(content: bytes, *, max_bytes: int = 10**6) -> Stored:
    return store.receive([content[:3], content[3:]], max_bytes=max_bytes)


def staged(data_folder):
    return list((data_folder / "objects" / "staging").iterdir())


def test_content_lies_under_its_hash_and_staging_is_empty(data_folder):
    stored = received(b"a take")
    sha256 = hashlib.sha256(b"a take").hexdigest()
    assert stored == Stored(sha256, 6)
    assert store.path(sha256) == data_folder / "objects" / sha256[:2] / sha256[2:4] / sha256
    assert store.open_object(sha256).read() == b"a take"
    assert staged(data_folder) == []


def test_the_same_content_twice_is_one_file(data_folder):
    assert received(b"a take") == received(b"a take")
    assert len([path for path in (data_folder / "objects").rglob("*") if path.is_file()]) == 1


def test_the_same_content_at_once_does_no_harm(data_folder):
    content = os.urandom(300_000)
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(received, [content] * 16))
    assert set(stored) == {Stored(hashlib.sha256(content).hexdigest(), 300_000)}
    assert store.open_object(stored[0].sha256).read() == content
    assert staged(data_folder) == []


def test_too_many_bytes_are_refused_while_they_come_and_nothing_is_kept(data_folder):
    def endless():
        while True:
            yield b"0" * 1000

    with pytest.raises(TooLarge) as refusal:
        store.receive(endless(), max_bytes=1024**3 // 1000)
    assert str(refusal.value) == (
        "The file is larger than the 0.001 GB this platform takes. "
        "Nothing of it was kept; send a smaller one."
    )
    assert staged(data_folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(data_folder):
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.receive(broken(), max_bytes=100)
    assert staged(data_folder) == []


def test_a_kill_leaves_a_staging_file_that_the_sweep_removes_once_it_is_old(data_folder):
    arriving = store.Receiving(max_bytes=100)
    arriving.write(b"half")
    assert len(staged(data_folder)) == 1
    now = datetime.now(UTC)
    assert store.sweep_staging(before=now - timedelta(hours=1)) == 0
    assert store.sweep_staging(before=now + timedelta(hours=1)) == 1
    assert staged(data_folder) == []


def test_a_derived_file_appears_whole_or_not_at_all(data_folder):
    sha256 = received(b"a take").sha256
    with pytest.raises(IsADirectoryError), store.making(sha256, "poster.jpg") as path:
        path.write_bytes(path.parent.read_bytes())
    assert not store.derived(sha256, "poster.jpg").exists()
    with store.making(sha256, "poster.jpg") as path:
        path.write_bytes(b"whole")
    assert store.derived(sha256, "poster.jpg").read_bytes() == b"whole"
    assert staged(data_folder) == []


@pytest.mark.parametrize(
    "sha256", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "/..", "0" * 64 + "\n"]
)
def test_only_a_hash_makes_a_path(sha256):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(sha256)


def test_only_known_names_are_derived():
    with pytest.raises(ValueError, match="not a derived file"):
        store.derived("0" * 64, "../../secret")


def test_a_local_file_is_copied_in_and_stays(tmp_path):
    source = tmp_path / "take.mov"
    source.write_bytes(b"a take")
    assert store.receive_file(source) == received(b"a take")
    assert source.read_bytes() == b"a take"
