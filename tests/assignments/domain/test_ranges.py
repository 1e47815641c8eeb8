import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.domain.ranges import ByteRange, Unsatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-", 10, 100),
        ("bytes=10-1000", 10, 100),
        ("bytes=-30", 70, 100),
        ("bytes=-1000", 0, 100),
        ("Bytes= 5 - 6 ", 5, 7),
    ],
)
def test_a_single_range_is_read(header, start, end):
    assert parse_range(header, size=100) == ByteRange(start, end)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "items=0-4",
        "bytes=a-b",
        "bytes=٣-٤",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_several_or_malformed_ranges_are_ignored(header):
    assert parse_range(header, size=100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_a_range_outside_the_content_cannot_be_satisfied(header, size):
    with pytest.raises(Unsatisfiable):
        parse_range(header, size=size)


@given(size=st.integers(1, 10**12), first=st.integers(0, 10**12), length=st.integers(1, 10**12))
def test_a_range_lies_inside_the_content(size, first, length):
    try:
        found = parse_range(f"bytes={first}-{first + length - 1}", size=size)
    except Unsatisfiable:
        assert first >= size
    else:
        assert found == ByteRange(first, min(first + length, size))


def test_a_content_range_counts_from_zero_and_includes_the_last_byte():
    assert ByteRange(10, 20).content_range(100) == "bytes 10-19/100"
