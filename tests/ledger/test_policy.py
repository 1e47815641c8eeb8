from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify_certificate
from ledger.notes import COSIGNATURE, Checkpoint, NoteFault, SigningKey, cosign_note, parse_note, sign_note
from ledger.policy import PolicyFault, judge, parse_policy

LOG = SigningKey("school.example/ledger", bytes(range(32)))
WITNESSES = [SigningKey(f"w{n}.example", bytes([n]) * 32, COSIGNATURE) for n in range(5)]
LINES = [f"log {LOG.verifier} https://school.example/ledger"] + [
    f"witness W{n} {key.verifier} https://w{n}.example/" for n, key in enumerate(WITNESSES)
]
NESTED = [*LINES, "group X 2 W0 W1 W2", "group Y any W3 W4", "group XY all X Y", "quorum XY"]


def policy(*lines: str) -> bytes:
    return "\n".join(lines).encode() + b"\n"


def checkpoint(*cosigners: SigningKey, log: SigningKey = LOG, origin: str = LOG.name) -> bytes:
    note = sign_note(Checkpoint(origin, 7, b"\x07" * 32).text, keys=[log])
    lines = [cosign_note(note, key=key, at=1_700_000_000 + n) for n, key in enumerate(cosigners)]
    return note.encode() + "".join(f"{line}\n" for line in lines).encode()


def test_nested_groups_count_as_the_specification_says():
    parsed = parse_policy(policy(*NESTED))
    enough = {
        frozenset(names)
        for count in range(6)
        for names in combinations(["W0", "W1", "W2", "W3", "W4"], count)
        if parsed.is_met_by(names)
    }
    assert enough == {
        frozenset(x) | frozenset(y)
        for x in [("W0", "W1"), ("W0", "W2"), ("W1", "W2"), ("W0", "W1", "W2")]
        for y in [("W3",), ("W4",), ("W3", "W4")]
    }


def test_comments_tabs_and_empty_lines_are_passed_over():
    parsed = parse_policy(policy("# ours", "", "\t  # more", f"  log\t{LOG.verifier}  ", "quorum none"))
    assert ([party.key for party in parsed.logs], parsed.quorum) == ([LOG.verifier], "none")


def test_nobody_need_cosign_where_the_quorum_is_none():
    assert judge(parse_policy(policy(*LINES, "quorum none")), checkpoint()).is_enough


@pytest.mark.parametrize(("count", "is_enough"), [(0, False), (1, False), (2, True), (3, True)])
def test_two_of_three_must_have_cosigned(count, is_enough):
    parsed = parse_policy(policy(*LINES, "group G 2 W0 W1 W2", "quorum G"))
    found = judge(parsed, checkpoint(*WITNESSES[:count]))
    assert (found.cosigners, found.is_enough) == (tuple(f"W{n}" for n in range(count)), is_enough)


def test_one_witness_signing_twice_counts_once():
    parsed = parse_policy(policy(*LINES, "group G 2 W0 W1 W2", "quorum G"))
    assert not judge(parsed, checkpoint(WITNESSES[0], WITNESSES[0])).is_enough


def test_a_checkpoint_of_an_unknown_log_is_refused():
    stranger = SigningKey("school.example/ledger", b"\x09" * 32)
    with pytest.raises(NoteFault, match="not signed by a log of the policy"):
        judge(parse_policy(policy(*LINES, "quorum none")), checkpoint(log=stranger))


def test_a_log_can_not_sign_for_another_origin():
    with pytest.raises(NoteFault, match="not signed by a log of the policy"):
        judge(parse_policy(policy(*LINES, "quorum none")), checkpoint(origin="other.example"))


def test_a_cosignature_moved_to_another_time_is_refused():
    line = parse_note(checkpoint(WITNESSES[0])).signatures[1]
    later = (1_800_000_000).to_bytes(8) + line.signature[8:]
    assert WITNESSES[0].verifier.accepts(Checkpoint(LOG.name, 7, b"\x07" * 32).text, line.signature)
    assert not WITNESSES[0].verifier.accepts(Checkpoint(LOG.name, 7, b"\x07" * 32).text, later)


BAD = {
    "no quorum": LINES,
    "two quorums": [*LINES, "quorum none", "quorum W0"],
    "an unknown name": [*LINES, "quorum W9"],
    "a group before its members": ["group G 1 W0", *LINES, "quorum none"],
    "a member of two groups": [*LINES, "group G 1 W0", "group H 1 W0", "quorum none"],
    "a member twice": [*LINES, "group G 1 W0 W0", "quorum none"],
    "none as a member": [*LINES, "group G 1 none", "quorum none"],
    "none as a name": [*LINES, "group none 1 W0", "quorum none"],
    "too many of too few": [*LINES, "group G 3 W0 W1", "quorum G"],
    "none of some": [*LINES, "group G 0 W0", "quorum G"],
    "a number with a zero before it": [*LINES, "group G 01 W0", "quorum G"],
    "an empty group": [*LINES, "group G any", "quorum none"],
    "a name twice": [*LINES, f"witness W0 {SigningKey('w', b'x' * 32, COSIGNATURE).verifier}", "quorum none"],
    "a key twice": [*LINES, f"witness V {SigningKey('w', bytes(32), COSIGNATURE).verifier}", "quorum none"],
    "a log's key for a witness": [f"witness V {LOG.verifier}", "quorum none"],
    "a witness's key for a log": [f"log {WITNESSES[0].verifier}", "quorum none"],
    "a damaged key": [LINES[0].replace("+", "+0", 1), "quorum none"],
    "another word": [*LINES, "trust W0", "quorum none"],
    "a control character": [*LINES, "quorum none\r"],
}


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_both_readers_refuse_a_policy_with(lines):
    with pytest.raises(PolicyFault):
        parse_policy(policy(*lines))
    with pytest.raises(ValueError):
        verify_certificate.parse_policy(policy(*lines))


@given(threshold=st.integers(1, 5), cosigned=st.sets(st.integers(0, 4)))
def test_both_readers_agree_on_any_k_of_n(threshold, cosigned):
    data = policy(*LINES, f"group G {threshold} W0 W1 W2 W3 W4", "quorum G")
    names = {f"W{n}" for n in cosigned}
    ours, theirs = parse_policy(data), verify_certificate.parse_policy(data)
    assert ours.is_met_by(names) == theirs.is_met_by(names) == (len(names) >= threshold)
