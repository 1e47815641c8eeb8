"""Works, media, cuts and submissions as people make them, with what the ledger keeps of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assignments import services
from assignments.backends.store import Stored
from assignments.choices import MediaRole, MediaState
from assignments.models import Media
from assignments.services import AlreadyHandedIn, NoCrew, NotReady, NotRefused, WrongRole
from courses.choices import Role
from ledger.models import Entry, Opening
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
TAKE = Stored("ab" * 32, 1000)


def entries(subject):
    found = Entry.objects.filter(subject=subject).order_by("index")
    return [(entry.kind, Opening.objects.get(entry=entry).payload) for entry in found]


def add(room, role=MediaRole.RUSH, *, name="take.mov", stored=TAKE, by=None):
    return services.add_media(
        work=room.work, role=role, name=name, stored=stored, by=by or room.alice, now=NOW
    )


def test_a_crew_starts_one_work_whoever_clicks(class_room):
    room = class_room
    brief = factories.make_brief(room.brief.module, is_crew_work=True)
    begun = services.start_work(brief=brief, by=room.alice, now=NOW)
    assert (begun.crew, begun.owner) == (room.crew, None)
    assert services.start_work(brief=brief, by=room.bob, now=NOW) == begun


def test_a_student_starts_a_work_alone_when_the_brief_is_not_for_crews(class_room):
    room = class_room
    brief = factories.make_brief(room.brief.module, is_crew_work=False)
    works = [services.start_work(brief=brief, by=person, now=NOW) for person in (room.alice, room.bob)]
    assert [(work.owner, work.crew) for work in works] == [(room.alice, None), (room.bob, None)]


def test_a_student_without_a_crew_is_told_so(class_room):
    loner = factories.make_user("loner")
    factories.make_enrolment(class_room.course, loner)
    with pytest.raises(NoCrew, match="made by a crew, and you are in none yet"):
        services.start_work(brief=class_room.brief, by=loner, now=NOW)


@pytest.mark.parametrize("who", ["tess", "mia", "charlie", "admin"])
def test_only_students_of_the_course_start_works(class_room, who):
    with pytest.raises(PermissionDenied):
        services.start_work(brief=class_room.brief, by=getattr(class_room, who), now=NOW)


def test_an_upload_is_a_row_and_a_ledger_entry(class_room):
    media = add(class_room)
    assert (media.role, media.name, media.sha256, media.state) == ("rush", "take.mov", "ab" * 32, "received")
    assert entries(f"media:{media.uuid}") == [
        (
            "media.uploaded",
            {"work": str(class_room.work.uuid), "role": "rush", "sha256": "ab" * 32, "bytes": 1000},
        )
    ]


def test_the_same_content_twice_is_the_same_row(class_room):
    first = add(class_room)
    again = add(class_room, MediaRole.FILM, name="other.mov", by=class_room.bob)
    assert (again.pk, again.role, again.name) == (first.pk, "rush", "take.mov")
    assert len(entries(f"media:{first.uuid}")) == 1


def test_a_refused_file_added_again_in_a_better_place_is_looked_at_again(class_room):
    media = add(class_room, MediaRole.STILL)
    Media.objects.filter(pk=media.pk).update(
        state="refused", problem={"template": "no", "params": {}}, attempts=3
    )
    again = add(class_room, MediaRole.RUSH, name="better.mov")
    again.refresh_from_db()
    assert (again.pk, again.role, again.name, again.state) == (media.pk, "rush", "better.mov", "received")
    assert (again.problem, again.attempts) == (None, 0)


@pytest.mark.parametrize("role", [MediaRole.GENERATED, MediaRole.TEXT])
def test_what_is_made_on_the_platform_cannot_be_uploaded(class_room, role):
    with pytest.raises(WrongRole, match="made on the platform"):
        add(class_room, role)


@pytest.mark.parametrize("who", ["tess", "mia", "charlie", "admin"])
def test_only_makers_add_media(class_room, who):
    with pytest.raises(PermissionDenied):
        add(class_room, by=getattr(class_room, who))


def test_a_member_who_left_the_course_adds_nothing_more(class_room):
    class_room.course.enrolments.filter(user=class_room.alice).update(role=Role.MENTOR)
    with pytest.raises(PermissionDenied):
        add(class_room)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("-rf.mov", "-rf.mov"),
        ("../../etc/passwd", "passwd"),
        ("C:\\takes\\A001.mov", "A001.mov"),
        ("样片 一.mov", "样片 一.mov"),
        ("a\x00b\u202ec.mov", "abc.mov"),
        ("", "unnamed"),
        ("..", ".."),
        ("x" * 300 + ".mov", "x" * 251 + ".mov"),
    ],
)
def test_names_are_shown_without_folders_and_control_signs(class_room, name, shown):
    assert add(class_room, name=name).name == shown


def test_a_generated_file_is_a_row_without_an_entry_of_its_own(class_room):
    media = services.add_generated_media(
        work=class_room.work, name="pier.png", stored=TAKE, by=class_room.alice, now=NOW
    )
    assert (media.role, media.state) == ("generated", "received")
    assert entries(f"media:{media.uuid}") == []


def test_the_doorbell_has_the_name_that_django_says_when_the_broker_is_away(
    class_room, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as bells:
        add(class_room)
    assert [hasattr(bell, "__qualname__") for bell in bells] == [True]


def test_only_a_refused_file_is_tried_again(class_room):
    media = factories.make_media(class_room.work, state="refused", problem={"template": "no", "params": {}})
    assert services.retry_media(media=media, by=class_room.bob, now=NOW).state == MediaState.RECEIVED
    with pytest.raises(NotRefused, match="nothing to try again"):
        services.retry_media(media=media, by=class_room.bob, now=NOW)


def test_cuts_are_numbered_and_logged(class_room):
    film = factories.make_media(class_room.work, MediaRole.FILM)
    cuts = [
        services.save_cut(
            work=class_room.work, film=film, timeline=None, note=" rough ", by=class_room.alice, now=NOW
        )
        for _each in range(2)
    ]
    assert [(cut.version, cut.note, cut.notes) for cut in cuts] == [(1, "rough", []), (2, "rough", [])]
    assert entries(f"cut:{cuts[1].uuid}") == [
        (
            "cut.saved",
            {
                "work": str(class_room.work.uuid),
                "version": 2,
                "film_sha256": film.sha256,
                "timeline_sha256": None,
            },
        )
    ]


def save(room, film, *, timeline=None, by=None):
    return services.save_cut(
        work=room.work, film=film, timeline=timeline, note="", by=by or room.alice, now=NOW
    )


@pytest.mark.parametrize("state", ["received", "working"])
def test_a_film_still_being_prepared_cannot_be_cut(class_room, state):
    film = factories.make_media(class_room.work, MediaRole.FILM, state=state, name="film.mp4")
    with pytest.raises(NotReady, match=r"film\.mp4 is still being prepared"):
        save(class_room, film)


def test_a_refused_film_cannot_be_cut(class_room):
    refusal = {"state": "refused", "problem": {"template": "no", "params": {}}}
    film = factories.make_media(class_room.work, MediaRole.FILM, **refusal)
    with pytest.raises(NotReady, match="was refused"):
        save(class_room, film)


def test_a_rush_or_another_works_film_is_no_film_of_this_work(class_room):
    elsewhere = factories.make_media(role=MediaRole.FILM)
    for media in (factories.make_media(class_room.work, MediaRole.RUSH), elsewhere):
        with pytest.raises(WrongRole, match="is not a film of this work"):
            save(class_room, media)


def test_only_makers_save_cuts_and_hand_in(class_room):
    cut = factories.make_cut(class_room.work)
    with pytest.raises(PermissionDenied):
        save(class_room, cut.film, by=class_room.tess)
    with pytest.raises(PermissionDenied):
        services.hand_in(cut=cut, by=class_room.tess, now=NOW)


def test_handing_in_gives_a_receipt_and_logs_the_film(class_room):
    cut = factories.make_cut(class_room.work)
    submission = services.hand_in(cut=cut, by=class_room.bob, now=NOW)
    assert (submission.attempt, submission.is_late, submission.submitted_by) == (1, False, class_room.bob)
    [(kind, payload)] = entries(f"cut:{cut.uuid}")
    assert (kind, payload) == (
        "cut.handed_in",
        {
            "work": str(class_room.work.uuid),
            "brief": str(class_room.brief.uuid),
            "film_sha256": cut.film.sha256,
            "timeline_sha256": None,
            "attempt": 1,
            "receipt": submission.receipt,
        },
    )
    assert Entry.objects.get(index=submission.ledger_index).subject == f"cut:{cut.uuid}"


def test_a_later_cut_is_a_new_attempt_and_may_be_late(class_room):
    cuts = [factories.make_cut(class_room.work) for _each in range(2)]
    late = class_room.brief.due_at + timedelta(hours=1)
    submissions = [
        services.hand_in(cut=cut, by=class_room.alice, now=now)
        for cut, now in zip(cuts, [NOW, late], strict=True)
    ]
    assert [(each.attempt, each.is_late) for each in submissions] == [(1, False), (2, True)]


def test_a_cut_is_handed_in_once(class_room):
    cut = factories.make_cut(class_room.work)
    services.hand_in(cut=cut, by=class_room.alice, now=NOW)
    with pytest.raises(AlreadyHandedIn, match="Version 1 has been handed in already"):
        services.hand_in(cut=cut, by=class_room.bob, now=NOW)


def test_a_film_that_is_not_ready_is_not_handed_in(class_room):
    film = factories.make_media(class_room.work, MediaRole.FILM, state="working")
    with pytest.raises(NotReady):
        services.hand_in(cut=factories.make_cut(class_room.work, film=film), by=class_room.alice, now=NOW)
    assert Entry.objects.count() == 0


def test_receipts_hold_no_letters_that_sound_or_look_alike():
    receipts = {services.new_receipt() for _each in range(200)}
    assert len(receipts) == 200
    assert all(len(receipt) == 14 and not set(receipt) & set("01OIL") for receipt in receipts)
