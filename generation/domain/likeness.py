"""Faces, voices and names of real people: what a job needs before it may use them.

A release (assignments.Release) is a person's signed agreement. A job cites those it rests on; each has to stand and to
cover what the job makes of the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assignments.domain.releases import EXPIRED, FACE, NAME, REVOKED, STANDING, VOICE, WAITING
from footage.problems import Problem, gettext_noop

USED_BY_MAKING: Mapping[str, str] = {"image": FACE, "video": FACE, "sound": VOICE, "text": NAME}
"""What of a person a job uses, by what its tool makes."""
REAL_PEOPLE = "real_people"
"""Where a request keeps the answer that a reference shows nobody real."""
SHOWS_SOMEBODY = frozenset({"reference"})
"""Uses of further media (choices.MediaUse) that carry a likeness into the output."""
LAPSED: Mapping[str, str] = {
    WAITING: gettext_noop("The release of %(person)s waits for a teacher’s approval. Ask your instructor."),
    EXPIRED: gettext_noop(
        "The release of %(person)s has expired. Have it signed anew and record it in the work."
    ),
    REVOKED: gettext_noop(
        "%(person)s has revoked the release. Nothing is made with their likeness any more."
    ),
}
UNANSWERED = gettext_noop(
    "Say whether the reference shows or sounds like a real person: nobody real, or people whose release stands in "
    "this work."
)
NOT_COVERED = {
    FACE: gettext_noop("The release of %(person)s doesn’t cover their face. Have it signed for that, too."),
    VOICE: gettext_noop("The release of %(person)s doesn’t cover their voice. Have it signed for that, too."),
    NAME: gettext_noop("The release of %(person)s doesn’t cover their name. Have it signed for that, too."),
}
NO_RELEASE = gettext_noop(
    "%(person)s is a real person, and no release of theirs stands in this work. Record one in the work room and have "
    "it approved."
)
NAMED_ELSEWHERE = gettext_noop(
    "“%(person)s” is the name of a real person known in this course, so a teacher looks at it first."
)


@dataclass(frozen=True, slots=True)
class Consent:
    """A release as jobs see it.

    Attributes:
        kinds: Of face, voice and name.
        standing: One of assignments.domain.releases' standings, today.
    """

    person: str
    kinds: frozenset[str]
    standing: str

    def covers(self, use: str) -> bool:
        return self.standing == STANDING and use in self.kinds


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a job has to do with real people.

    Attributes:
        makes: image, video, sound or text.
        cited: Releases the maker chose; None when the question was left open.
        inherited: Releases that rest on media the job begins with.
        of_work: All releases of the work.
        named: People of `of_work` whom the words name.
        drawn: People an adapter draws.
        shows_somebody: A reference was given.
    """

    makes: str
    cited: tuple[Consent, ...] | None = None
    inherited: tuple[Consent, ...] = ()
    of_work: tuple[Consent, ...] = ()
    named: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    shows_somebody: bool = False


def lapse(consents: Iterable[Consent]) -> Problem | None:
    """Return what is wrong with the first release that doesn't stand; None when all do."""
    bad = next((consent for consent in consents if consent.standing != STANDING), None)
    return Problem(LAPSED[bad.standing], person=bad.person) if bad else None


def objection(likeness: Likeness) -> Problem | None:
    """Return why a job may not use these people; None when every one of them agreed to it."""
    cited = likeness.cited or ()
    if likeness.shows_somebody and likeness.cited is None:
        return Problem(UNANSWERED)
    use = USED_BY_MAKING[likeness.makes]
    return (
        lapse([*cited, *likeness.inherited])
        or _uncovered(cited, use)
        or _unreleased(likeness.drawn, cited, uses={use})
        or _unreleased(likeness.named, likeness.of_work, uses={use, NAME})
    )


def relied_on(likeness: Likeness) -> tuple[str, ...]:
    """Return the people of the work whose standing release lets the words name them, without anybody choosing it."""
    uses = (USED_BY_MAKING[likeness.makes], NAME)
    agreed = {each.person for each in likeness.of_work if any(each.covers(use) for use in uses)}
    return tuple(person for person in likeness.named if person in agreed)


def _uncovered(cited: Iterable[Consent], use: str) -> Problem | None:
    bad = next((consent for consent in cited if use not in consent.kinds), None)
    return Problem(NOT_COVERED[use], person=bad.person) if bad else None


def _unreleased(people: Iterable[str], consents: Collection[Consent], *, uses: set[str]) -> Problem | None:
    """Each of the people needs a release of their own name that stands and covers one of the uses."""
    for person in people:
        theirs = [each for each in consents if same_person(each.person, person)]
        if any(each.covers(use) for each in theirs for use in uses):
            continue
        return lapse(theirs) or Problem(NOT_COVERED[min(uses)] if theirs else NO_RELEASE, person=person)
    return None


def same_person(one: str, other: str) -> bool:
    """Whether two names are written for one person: case and blanks don't matter."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())
