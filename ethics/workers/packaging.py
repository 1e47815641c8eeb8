"""A finished film leaves: label and sign it, log it, and hand it out only once a published root covers the entry.

Two steps, each with a lease: QUEUED → SIGNED makes the film and writes its ledger entry in one transaction; SIGNED →
READY packs certificate and film as soon as the log's signed root is published and meets the school's policy. A worker
that dies in between leaves a row that the sweep finds.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from assignments.backends import store
from assignments.backends.store import Stored
from ethics.backends.leaving import Parting, Ware, finish_film
from ethics.choices import PackageState
from ethics.domain.assessment import canonical_bytes
from ethics.domain.leaving import label_for, placements
from ethics.models import Package
from ethics.queries.packaging import (
    WAITING,
    assertion_of,
    is_published,
    papers_of,
    planes_with_decisions,
    sources_of,
)
from footage.credentials import make_school_ca
from footage.problems import Problem, gettext_noop
from ledger import services as ledger
from ledger.certificate import CERTIFICATE, CertificateFault, Leaving, Member, frame

LEASE = timedelta(seconds=120)
PUBLISHED_SOON = timedelta(seconds=60)
MISSED_AFTER = timedelta(seconds=15)
MOST_ATTEMPTS, MOST_RUNG = 3, 20
FINISHED_PART = 0.9
AGENT = "Dailies"
SEALED = "film.sealed"
TRIES = Case(When(state=PackageState.QUEUED, then=1), default=0)
"""Waiting for the log is no attempt, however long it takes."""
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another worker holds the row now."""


def write_package(package_uuid: str, *, now: Clock) -> None:
    """Take a package as far as it goes now, if nobody else does: ready, failed, or signed and waiting for the log."""
    package = claim(package_uuid, now=now())
    if package is None:
        return
    try:
        if package.state == PackageState.QUEUED:
            _seal(package, now=now)
        _pack(package, now=now)
    except Problem as problem:
        _fail(package, problem, now=now())
    except Overtaken:
        logger.info("package %s is written by another worker", package.uuid)
    except BaseException:
        _mine(package).update(lease_until=None)
        raise


def claim(package_uuid: str, *, now: datetime) -> Package | None:
    """Take the row by one guarded update; None when it is not waiting or another worker was first."""
    free = _free(now).filter(uuid=package_uuid)
    taken = free.filter(~Q(state=PackageState.QUEUED) | Q(attempts__lt=MOST_ATTEMPTS)).update(
        lease_until=now + LEASE, attempts=F("attempts") + TRIES, generation=F("generation") + 1
    )
    rows = Package.objects.select_related(
        "submission__work__brief__module__course", "submission__work__crew", "submission__work__owner",
        "submission__cut__film", "assessment__cut__film",
    )  # fmt: skip
    return rows.get(uuid=package_uuid) if taken else None


def sweep_packages(*, now: datetime) -> list[str]:
    """Fail what was tried too often; return the ids of packages that nobody writes."""
    for package in _free(now).filter(state=PackageState.QUEUED, attempts__gte=MOST_ATTEMPTS):
        problem = Problem(
            gettext_noop("%(name)s could not be packed in %(attempts)d attempts. Ask for the package again."),
            name=package.submission.cut.film.name,
            attempts=package.attempts,
        )
        _fail(package, problem, now=now)
    missed = _free(now).filter(Q(attempts__gt=0) | Q(created_at__lte=now - MISSED_AFTER))
    return [str(found) for found in missed.order_by("created_at").values_list("uuid", flat=True)[:MOST_RUNG]]


# ---------------------------------------------------------------- sign, log
def _seal(package: Package, *, now: Clock) -> None:
    """Make the film that leaves, and commit it with its ledger entry while the row is held."""
    with TemporaryDirectory(dir=settings.DATA_DIR, prefix="leaving-") as folder:
        parting = _parting(package, Path(folder))
        film = finish_film(
            parting, progress=lambda share: _keep(package, share=FINISHED_PART * share, now=now())
        )
        stored = store.receive_file(film)
        labels: dict[str, object] = {
            "source_type": parting.label.source_type,
            "level": parting.label.level,
            "is_marked": parting.is_marked,
        }
        _log(package, stored, name=film.name, labels=labels, now=now())
    package.refresh_from_db()


@transaction.atomic
def _log(package: Package, stored: Stored, *, name: str, labels: dict[str, object], now: datetime) -> None:
    cut = package.submission.cut
    entry = ledger.append(
        kind=SEALED,
        subject=f"cut:{cut.uuid}",
        payload={
            "film_sha256": cut.film.sha256, "sealed_sha256": stored.sha256,
            "assessment_sha256": package.assessment.document_sha256, **labels,
        },
        actor="package",
        now=now,
    )  # fmt: skip
    done = _mine(package).update(
        state=PackageState.SIGNED, film_sha256=stored.sha256, film_bytes=stored.size_bytes, film_name=name,
        labels=labels, ledger_index=entry.index, progress=FINISHED_PART, lease_until=now + LEASE,
    )  # fmt: skip
    if not done:
        raise Overtaken


def _parting(package: Package, folder: Path) -> Parting:
    assessment, film = package.assessment, package.submission.cut.film
    planes, media = planes_with_decisions(assessment), sources_of(assessment)
    label = label_for(planes)
    keys = make_school_ca(Path(settings.SCHOOL_CA_DIR), school=settings.SCHOOL_NAME).folder
    return Parting(
        film=store.path(film.sha256),
        name=film.name,
        seconds=Fraction((film.facts or {}).get("duration", 0)),
        folder=folder,
        label=label,
        is_marked=label.mark is not None and not package.is_plain,
        producer=settings.PROVIDER_CODE,
        number=package.uuid.hex,
        integrity=assessment.document_sha256,
        wares=tuple(Ware(key, store.path(one.sha256), one.name) for key, one in media.items()),
        placed=tuple(one for one in placements(planes) if one.source in media),
        assertion=assertion_of(assessment),
        keys=keys,
        title=package.submission.work.title or film.name,
        agent=AGENT,
    )


# ---------------------------------------------------------------- then serve
def _pack(package: Package, *, now: Clock) -> None:
    """Pack certificate and film once the entry is published; until then let go of the row for a while."""
    ledger.sign_tree_head(now=now())
    ledger.publish_tree()
    if not is_published(package.ledger_index or 0):
        _mine(package).update(lease_until=now() + PUBLISHED_SOON)
        return
    certificate = _certificate(package)
    stored = store.receive(_archive(package, certificate), max_bytes=settings.UPLOAD_MAX_BYTES + 2**24)
    done = _mine(package).update(
        state=PackageState.READY, package_sha256=stored.sha256, package_bytes=stored.size_bytes, progress=1,
        lease_until=None, problem=None, finished_at=now(),
    )  # fmt: skip
    if not done:
        raise Overtaken


def _certificate(package: Package) -> bytes:
    film, assessment = package.submission.cut.film, package.assessment
    indices = [package.submission.ledger_index, assessment.ledger_index or 0, package.ledger_index or 0]
    try:
        return ledger.certify(
            film_name=film.name, film_sha256=film.sha256, assessment=canonical_bytes(assessment.document or {}),
            indices=indices, leaving=Leaving(package.film_name, package.film_sha256), more=papers_of(package),
        )  # fmt: skip
    except ledger.NotCertifiable as fault:
        raise Problem(
            gettext_noop(
                "The log does not hold all that a certificate of %(name)s needs: its hand-in, its measure and this "
                "package. Have the film measured again and ask once more."
            ),
            name=film.name,
        ) from fault


def _archive(package: Package, certificate: bytes) -> Iterator[bytes]:
    """The delivery, block by block: certificate, then film."""
    path = store.path(package.film_sha256)
    members = [
        Member(CERTIFICATE, len(certificate), zlib.crc32(certificate)),
        Member(package.film_name, package.film_bytes, _crc_of(path)),
    ]
    try:
        (first, second), tail = frame(members)
    except CertificateFault as fault:
        raise Problem(
            gettext_noop("%(name)s is larger than the 4 GB that a package holds. Export a smaller version."),
            name=package.submission.cut.film.name,
        ) from fault
    yield from (first, certificate, second)
    yield from _blocks(path)
    yield tail


def _crc_of(path: Path) -> int:
    crc = 0
    for block in _blocks(path):
        crc = zlib.crc32(block, crc)
    return crc


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(store.CHUNK_BYTES), b"")


# ---------------------------------------------------------------- the row
def _free(now: datetime) -> QuerySet[Package]:
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Package.objects.filter(is_free, state__in=WAITING)


def _mine(package: Package) -> QuerySet[Package]:
    return Package.objects.filter(pk=package.pk, generation=package.generation, state__in=WAITING)


def _keep(package: Package, *, share: float, now: datetime) -> None:
    if not _mine(package).update(lease_until=now + LEASE, progress=share):
        raise Overtaken


def _fail(package: Package, problem: Problem, *, now: datetime) -> None:
    params = {key: str(value) for key, value in problem.params.items()}
    _mine(package).update(
        state=PackageState.FAILED, lease_until=None, finished_at=now,
        problem={"template": problem.template, "params": params},
    )  # fmt: skip
