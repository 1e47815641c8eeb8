"""Whom to believe: known logs, known witnesses, and how many must have cosigned (C2SP tlog-policy).

A policy is a text file; this module reads it and judges checkpoints by it. Pure Python, no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger import notes

LARGEST_POLICY_BYTES = 200_000
NONE = "none"
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyFault(ValueError):
    """A policy that can't be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Party:
    """A log or witness: its key and, where it can be asked, its URL (of a witness: the submission prefix)."""

    key: notes.VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which at least `threshold` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Known parties and the rule; `quorum` names a witness, a group or nobody (`none`)."""

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def is_met_by(self, cosigners: Iterable[str]) -> bool:
        """Whether these witnesses (names of this file) are enough."""
        return self.quorum == NONE or self._has(self.quorum, frozenset(cosigners))

    def _has(self, name: str, cosigners: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigners
        return sum(self._has(member, cosigners) for member in group.members) >= group.threshold


@dataclass(frozen=True, slots=True)
class Judgement:
    """A checkpoint signed by a known log, with the witnesses (names of the policy) that cosigned it."""

    checkpoint: notes.Checkpoint
    cosigners: tuple[str, ...]
    is_enough: bool


@dataclass(slots=True)
class _Reading:
    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str = ""


def parse_policy(data: bytes) -> Policy:
    """Read a policy file.

    Raises:
        PolicyFault: with the number of the first line that can't be read.
    """
    if len(data) > LARGEST_POLICY_BYTES or _CONTROL.search(data):
        raise PolicyFault("The policy is too large or holds control characters.")
    reading = _Reading()
    for number, line in enumerate(data.decode(errors="surrogateescape").split("\n"), start=1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            _read_line(reading, words, number)
    if not reading.quorum:
        raise PolicyFault("The policy has no quorum line.")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


def judge(policy: Policy, data: bytes) -> Judgement:
    """Open a signed checkpoint by a policy.

    Raises:
        notes.NoteFault: when it can't be read, no log of the policy signed it, or a known signature is wrong.
    """
    note = notes.parse_note(data)
    checkpoint = notes.parse_checkpoint(note.text)
    logs = [party.key for party in policy.logs if party.key.name == checkpoint.origin]
    if not notes.verify_note(note, verifiers=logs):
        raise notes.NoteFault(f"The checkpoint of {checkpoint.origin} is not signed by a log of the policy.")
    names = {party.key: name for name, party in policy.witnesses.items()}
    cosigners = tuple(names[key] for key in notes.verify_note(note, verifiers=list(names)))
    return Judgement(checkpoint, cosigners, policy.is_met_by(cosigners))


def _read_line(reading: _Reading, words: Sequence[str], number: int) -> None:
    match words:
        case ["log", key, *url] if len(url) <= 1:
            reading.logs.append(_party(reading.logs, key, url, notes.ED25519, number))
        case ["witness", name, key, *url] if len(url) <= 1:
            known = list(reading.witnesses.values())
            party = _party(known, key, url, notes.COSIGNATURE, number)
            reading.witnesses[_new_name(reading, name, number)] = party
        case ["group", name, threshold, *members] if members:
            group = _group(reading, threshold, members, number)
            reading.groups[_new_name(reading, name, number)] = group
        case ["quorum", name] if not reading.quorum:
            if name != NONE:
                _known_name(reading, name, number)
            reading.quorum = name
        case _:
            raise PolicyFault(f"Line {number} of the policy can't be read.")


def _party(known: Sequence[Party], key: str, url: Sequence[str], algorithm: bytes, number: int) -> Party:
    try:
        verifier = notes.parse_verifier(key)
    except (notes.NoteFault, UnicodeEncodeError) as fault:
        raise PolicyFault(f"Line {number} of the policy holds no key: {fault}") from fault
    if verifier.algorithm != algorithm:
        raise PolicyFault(f"Line {number} of the policy holds a key of another kind than needed there.")
    if any(party.key.raw == verifier.raw for party in known):
        raise PolicyFault(f"Line {number} of the policy repeats a key.")
    return Party(verifier, *url)


def _group(reading: _Reading, threshold: str, members: Sequence[str], number: int) -> Group:
    for name in members:
        _known_name(reading, name, number)
        if name in reading.members:
            raise PolicyFault(f"Line {number} of the policy uses {name} in a second place.")
        reading.members.add(name)
    words = {"any": 1, "all": len(members)}
    is_number = re.fullmatch("[1-9][0-9]{0,8}", threshold) is not None
    count = int(threshold) if is_number else words.get(threshold, 0)
    if not 1 <= count <= len(members):
        raise PolicyFault(f"Line {number} of the policy asks for {threshold} of {len(members)} members.")
    return Group(count, tuple(members))


def _known_name(reading: _Reading, name: str, number: int) -> None:
    if name not in reading.witnesses and name not in reading.groups:
        raise PolicyFault(f"Line {number} of the policy uses {name}, which no line before defines.")


def _new_name(reading: _Reading, name: str, number: int) -> str:
    if name == NONE or name in reading.witnesses or name in reading.groups:
        raise PolicyFault(f"Line {number} of the policy defines {name} again.")
    return name
