"""Measuring a cut: fingerprint what is new, trace, judge, log, commit.

A worker owns the row by lease and generation number, as everywhere in the house; its result commits, together with
the ledger entry, only while it still holds both.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from assignments.backends import store
from assignments.models import Cut
from ethics.backends.measuring import Measured, Order, Read, measure
from ethics.backends.tracer import Source
from ethics.backends.trust import anchors, anchors_sha256
from ethics.choices import AssessmentState
from ethics.domain.assessment import canonical_bytes
from ethics.domain.composites import composite_of
from ethics.domain.records import Records
from ethics.models import Assessment, Reference
from ethics.queries import Material, cuts_to_measure, inputs_hash, materials_of, own_evidence
from ethics.queries.admissions import admitted_in
from ethics.queries.planes import plane_caps, planes_made
from ethics.queries.records import records_of
from ethics.workers import indexing
from footage.evidence import Evidences
from footage.fingerprints import MAGIC
from footage.fingerprints import Reference as Fingerprint
from footage.problems import Problem, gettext_noop
from ledger import services as ledger

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
MISSED_AFTER = timedelta(seconds=15)
MOST_RUNG = 20
FINGERPRINTS = MAGIC.decode().strip()
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another worker holds the row now."""


def measure_cut(assessment_uuid: str, *, now: Clock) -> str | None:
    """Measure one cut if nobody else does; the row ends done or failed.

    Returns:
        The id of the cut's next assessment when its makers or teachers added evidence meanwhile.
    """
    assessment = claim(assessment_uuid, now=now())
    if assessment is None:
        return None
    try:
        evidence = own_evidence(assessment.cut)
        records = records_of(assessment.cut)
        inputs = inputs_hash(assessment.cut, materials_of(assessment.cut), records)
        found = indexing.others_in(
            assessment.cut, progress=lambda _share: _keep(assessment, share=0, now=now())
        )
        materials = materials_of(assessment.cut, others=found.owners)
        measured = _measured(assessment, materials, records, indexed=found.frames, now=now)
        return _end(assessment, measured, inputs, evidence, now=now())
    except Problem as problem:
        _fail(assessment, problem, now=now())
    except Overtaken:
        logger.info("assessment %s is measured by another worker", assessment.uuid)
    except BaseException:
        _mine(assessment).update(state=AssessmentState.QUEUED, lease_until=None)
        raise
    return None


def claim(assessment_uuid: str, *, now: datetime) -> Assessment | None:
    """Take the row by one guarded update; None when it is not waiting or another worker was first."""
    taken = (
        _waiting(now)
        .filter(uuid=assessment_uuid, attempts__lt=MOST_ATTEMPTS)
        .update(
            state=AssessmentState.RUNNING,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            generation=F("generation") + 1,
            progress=0,
        )
    )
    rows = Assessment.objects.select_related("cut__work__brief__module", "cut__film", "cut__timeline")
    return rows.get(uuid=assessment_uuid) if taken else None


def sweep_assessments(*, now: datetime) -> list[str]:
    """Queue cuts nobody measured, fail what was tried too often, and return the ids that wait unheard."""
    for cut in cuts_to_measure()[:MOST_RUNG]:
        _queue(cut, now=now)
    for assessment in _waiting(now).filter(attempts__gte=MOST_ATTEMPTS):
        problem = Problem(
            gettext_noop(
                "%(name)s could not be measured in %(attempts)d attempts. Measure it again, or export it once more."
            ),
            name=assessment.cut.film.name,
            attempts=assessment.attempts,
        )
        _fail(assessment, problem, now=now)
    missed = _waiting(now).filter(attempts__lt=MOST_ATTEMPTS)
    missed = missed.filter(
        Q(attempts__gt=0) | Q(created_at__lte=now - MISSED_AFTER) | Q(number=1, progress=0)
    )
    return [str(found) for found in missed.order_by("created_at").values_list("uuid", flat=True)[:MOST_RUNG]]


def _queue(cut: Cut, *, now: datetime) -> None:
    """Write the first assessment of a cut; another sweeper may have been quicker."""
    try:
        with transaction.atomic():
            Assessment.objects.create(cut=cut, number=1, created_at=now)
    except IntegrityError:
        logger.info("cut %s stands in line already", cut.uuid)


def _measured(
    assessment: Assessment, materials: list[Material], records: Records, *, indexed: int, now: Clock
) -> Measured:
    """Measure the cut; fingerprints made on the way are kept for the next trace.

    Args:
        indexed: Frames of others' material that were searched for the cut.
    """
    cut, believed = assessment.cut, anchors()
    digest = hashlib.sha256(believed).hexdigest()
    order = Order(
        film=store.path(cut.film.sha256),
        name=cut.film.name,
        seconds=float(Fraction((cut.film.facts or {}).get("duration", 0))),
        sources=tuple(_source(material, digest) for material in materials),
        cap=Fraction(cut.work.brief.picture_cap),
        caps=plane_caps(cut.work.brief),
        records=records,
        timeline=(store.path(cut.timeline.sha256), cut.timeline.name) if cut.timeline else None,
        anchors=believed,
        sha256=cut.film.sha256,
        keep_in=settings.TRACES_DIR,
        admissions=admitted_in(cut),
        indexed=indexed,
    )
    measured = measure(order, progress=lambda share: _keep(assessment, share=share, now=now()))
    for material in materials:
        read = measured.read.get(str(material.media.uuid))
        if read is not None:
            _keep_read(material, read, read_with=digest, now=now())
    found = {one.media.pk: measured.read.get(str(one.media.uuid)) for one in materials}
    indexing.index_read({media: read.reference for media, read in found.items() if read})
    return measured


def _source(material: Material, anchors_digest: str) -> Source:
    media = material.media
    return Source(
        id=str(media.uuid),
        path=store.path(media.sha256),
        kind=material.kind,
        still=(media.facts or {}).get("kind") == "image",
        reference=_stored_fingerprint(material),
        evidences=_stored_evidences(material, anchors_digest),
        own=material.is_own,
        is_logged=material.is_logged,
        name=media.name,
        planes=planes_made(media),
        composite=composite_of(media.output.recipe) if material.kind == "generated" else None,
    )


def _stored_fingerprint(material: Material) -> Fingerprint | None:
    """Return the stored fingerprint of a medium; None when it is missing or of an older form."""
    stored = getattr(material.media, "reference", None)
    if stored is None or stored.version != FINGERPRINTS:
        return None
    return Fingerprint.from_bytes(bytes(stored.fingerprints))


def _stored_evidences(material: Material, anchors_digest: str) -> Evidences | None:
    """Return what a file was found to say; None when nobody has read it, or the school now trusts others."""
    stored = getattr(material.media, "reference", None)
    if stored is None or not stored.evidences or stored.anchors_sha256 != anchors_digest:
        return None
    return Evidences.from_json(stored.evidences)


def _keep_read(material: Material, read: Read, *, read_with: str, now: datetime) -> None:
    Reference.objects.update_or_create(
        media=material.media,
        defaults={
            "version": FINGERPRINTS,
            "fingerprints": read.reference.to_bytes(),
            "evidences": read.evidences.to_json() if read.evidences else None,
            "anchors_sha256": read_with,
            "created_at": now,
        },
    )


def _waiting(now: datetime) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        Q(state=AssessmentState.QUEUED) | Q(state=AssessmentState.RUNNING, lease_until__lt=now)
    )


def _mine(assessment: Assessment) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        pk=assessment.pk,
        generation=assessment.generation,
        state__in=[AssessmentState.RUNNING, AssessmentState.QUEUED],
    )


def _keep(assessment: Assessment, *, share: float, now: datetime) -> None:
    """Renew the lease and show the progress; stop when the row has gone to another worker."""
    if not _mine(assessment).update(lease_until=now + LEASE, progress=share):
        raise Overtaken


@transaction.atomic
def _end(
    assessment: Assessment, measured: Measured, inputs: str, evidence: str, *, now: datetime
) -> str | None:
    """Commit the result, and put the cut in line again when evidence came that the result does not know.

    Whoever adds evidence locks the cut as well (`ethics.services.queue_assessment`): they see this assessment either
    under way, and leave the rest to this function, or done.
    """
    cut = Cut.objects.select_for_update(of=("self",)).select_related("work").get(pk=assessment.cut_id)
    _finish(assessment, measured, inputs, now=now)
    if own_evidence(cut) == evidence:
        return None
    return str(Assessment.objects.create(cut=cut, number=assessment.number + 1, created_at=now).uuid)


@transaction.atomic
def _finish(assessment: Assessment, measured: Measured, inputs: str, *, now: datetime) -> None:
    """Log the document and commit it, both or neither."""
    document = measured.document
    digest = hashlib.sha256(canonical_bytes(document)).hexdigest()
    cut, share, degree = assessment.cut, document["planes"]["picture"]["share"], document["hcid"]["value"]
    entry = ledger.append(
        kind="cut.assessed",
        subject=f"assessment:{assessment.uuid}",
        payload={"cut": str(cut.uuid), "film_sha256": cut.film.sha256, "assessment_sha256": digest},
        actor="measure",
        now=now,
    )
    done = _mine(assessment).update(
        state=AssessmentState.DONE,
        progress=1,
        lease_until=None,
        inputs_sha256=inputs,
        anchors_sha256=anchors_sha256(),
        document=document,
        heats=measured.heats,
        document_sha256=digest,
        share_low=share[0],
        share_high=share[1],
        hcid_low=degree[0],
        hcid_high=degree[1],
        verdict=document["verdict"]["result"],
        ledger_index=entry.index,
        finished_at=now,
        problem=None,
    )
    if not done:
        raise Overtaken


def _fail(assessment: Assessment, problem: Problem, *, now: datetime) -> None:
    _mine(assessment).update(
        state=AssessmentState.FAILED,
        lease_until=None,
        finished_at=now,
        problem={
            "template": problem.template,
            "params": {key: str(value) for key, value in problem.params.items()},
        },
    )
