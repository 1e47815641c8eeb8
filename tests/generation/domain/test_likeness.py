"""What a job needs before it may use a real person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.domain.releases import EXPIRED, FACE, KINDS, NAME, REVOKED, STANDING, VOICE, WAITING
from generation.domain.likeness import (
    LAPSED,
    NO_RELEASE,
    NOT_COVERED,
    UNANSWERED,
    Consent,
    Likeness,
    lapse,
    objection,
    relied_on,
    same_person,
)

STANDINGS = (WAITING, STANDING, EXPIRED, REVOKED)


def consent(person="Lin Anran", kinds=(FACE,), standing=STANDING):
    return Consent(person, frozenset(kinds), standing)


def said(likeness):
    problem = objection(likeness)
    return problem and problem.template


def test_a_job_without_people_needs_nothing():
    assert objection(Likeness(makes="image")) is None


def test_a_reference_asks_whether_somebody_real_is_shown():
    assert said(Likeness(makes="image", shows_somebody=True)) == UNANSWERED
    assert said(Likeness(makes="image", shows_somebody=True, cited=())) is None


@pytest.mark.parametrize(
    ("makes", "needed"), [("image", FACE), ("video", FACE), ("sound", VOICE), ("text", NAME)]
)
def test_a_cited_release_has_to_cover_what_is_made(makes, needed):
    assert said(Likeness(makes=makes, cited=(consent(kinds={needed}),))) is None
    other = FACE if needed != FACE else VOICE
    assert said(Likeness(makes=makes, cited=(consent(kinds={other}),))) == NOT_COVERED[needed]


@pytest.mark.parametrize("standing", [WAITING, EXPIRED, REVOKED])
def test_a_release_that_does_not_stand_is_no_release(standing):
    lapsed = consent(standing=standing)
    assert said(Likeness(makes="image", cited=(lapsed,))) == LAPSED[standing]
    assert said(Likeness(makes="image", inherited=(lapsed,))) == LAPSED[standing]
    assert said(Likeness(makes="image", of_work=(lapsed,), named=("Lin Anran",))) == LAPSED[standing]


def test_a_newer_release_heals_an_expired_one():
    both = (consent(standing=EXPIRED), consent())
    assert said(Likeness(makes="image", of_work=both, named=("Lin Anran",))) is None


def test_a_named_person_of_the_work_needs_name_or_likeness():
    named = {"named": ("Lin Anran",)}
    assert said(Likeness(makes="image", of_work=(consent(kinds={NAME}),), **named)) is None
    assert said(Likeness(makes="image", of_work=(consent(kinds={FACE}),), **named)) is None
    assert said(Likeness(makes="image", of_work=(consent(kinds={VOICE}),), **named)) in NOT_COVERED.values()


def test_an_adapter_of_a_person_needs_that_persons_cited_release():
    assert said(Likeness(makes="image", drawn=("Lin Anran",), cited=())) == NO_RELEASE
    assert said(Likeness(makes="image", drawn=("Lin Anran",), cited=(consent("Mo Bai"),))) == NO_RELEASE
    assert said(Likeness(makes="image", drawn=("lin  anran",), cited=(consent(),))) is None


def test_standing_releases_of_named_people_are_relied_on():
    of_work = (consent("A B"), consent("C D", kinds={VOICE}), consent("E F", standing=WAITING))
    assert relied_on(Likeness(makes="image", of_work=of_work, named=("A B", "C D", "E F"))) == ("A B",)


def test_names_are_compared_without_case_and_blanks():
    assert same_person("Lin Anran", "LIN  anran")
    assert not same_person("Lin Anran", "Lin Anra")


@given(
    st.lists(st.builds(Consent, st.sampled_from(["A B", "C D"]), st.frozensets(st.sampled_from(KINDS), min_size=1),
                       st.sampled_from(STANDINGS)), max_size=4),
    st.sampled_from(["image", "video", "sound", "text"]),
)  # fmt: skip
def test_nothing_passes_that_rests_on_a_lapsed_release(cited, makes):
    problem = objection(Likeness(makes=makes, cited=tuple(cited)))
    if any(each.standing != STANDING for each in cited):
        assert problem is not None
    assert (lapse(cited) is None) == all(each.standing == STANDING for each in cited)
