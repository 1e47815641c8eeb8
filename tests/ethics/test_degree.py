"""The degree of a measured film rests on the records of its making: inputs that are seen, candidates, versions, script."""

from __future__ import annotations

from datetime import timedelta

import cv2
import pytest

from assignments.choices import MediaRole
from assignments.models import Media
from ethics import services, workers
from ethics.models import Assessment
from ethics.services import process
from generation.services import record_viewing
from tests.ethics.filming import keep
from tests.factories import NOW, make_cut, make_job, make_output, someone_of

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def measured(cut) -> dict:
    assessment = services.queue_assessment(cut=cut, now=NOW)
    workers.measure_cut(str(assessment.uuid), now=lambda: NOW)
    return Assessment.objects.get(pk=assessment.pk).document


def dream(document, still: Media) -> dict:
    (found,) = [one for one in document["hcid"]["terms"]["P"]["sources"] if one["id"] == str(still.uuid)]
    return found


def drawn_for(filmed, folder) -> Media:
    """A drawing of the crew's own whose lines the generated still keeps to."""
    picture = cv2.imread(str(filmed_path(filmed.still)))
    path = folder / "drawing.png"
    cv2.imwrite(str(path), cv2.applyColorMap(cv2.bilateralFilter(picture, 9, 60, 9), cv2.COLORMAP_OCEAN))
    return keep(filmed.work, MediaRole.STILL, path)


def filmed_path(media: Media):
    from assignments.backends import store

    return store.path(media.sha256)


def test_an_own_drawing_seen_in_the_result_raises_control_and_the_same_film_again_is_no_new_version(
    filmed, tmp_path
):
    before = dream(measured(filmed.cut), filmed.still)
    job = filmed.still.output.job
    job.source = drawn_for(filmed, tmp_path)
    job.save()

    again = measured(make_cut(filmed.work, film=filmed.cut.film))

    after = dream(again, filmed.still)
    assert again["hcid"]["terms"]["E"]["parts"]["versions"] == [0, 0]
    assert before["factors"]["control"] == 0
    assert after["factors"]["control"] > 0.2
    assert after["score"][0] > before["score"][0]


def test_a_second_candidate_counts_once_it_was_looked_at_and_differs(filmed, tmp_path):
    by, job = someone_of(filmed.work), filmed.still.output.job
    path = tmp_path / "other.png"
    cv2.imwrite(str(path), cv2.rotate(cv2.imread(str(filmed_path(filmed.still))), cv2.ROTATE_180))
    other = make_output(
        job=make_job(filmed.work, engine=job.engine, state="done", request={**job.request, "seed": 2}),
        media=keep(filmed.work, MediaRole.GENERATED, path),
    )
    for output in (filmed.still.output, other):
        record_viewing(output=output, by=by, now=NOW)

    found = dream(measured(filmed.cut), filmed.still)

    assert found["factors"]["selection"] == pytest.approx(0.388, abs=0.001)


def test_script_and_rating_become_terms_and_the_passages_lie_on_the_strip(filmed):
    by = someone_of(filmed.work)
    for number, text in enumerate(
        ["A pier at dusk.", "A pier at dusk. Nobody waits.", "Nobody waits for the boat."]
    ):
        process.save_script(work=filmed.work, text=text, by=by, now=NOW + timedelta(minutes=number))

    document = measured(filmed.cut)

    plane = document["planes"]["script"]
    assert [(part["state"], part["start"], part["end"]) for part in plane["segments"]] == [("H", 0, 26)]
    assert document["hcid"]["terms"]["S"]["value"] == [1, 1]
    assert document["hcid"]["profile"] == {"level": 3, "name": "ai-collaboration"}
    stages = document["hcid"]["stages"]
    assert sum(stages.values()) == pytest.approx(document["hcid"]["value"][1], abs=1e-4)
