"""What administrators do with engines: add them, write their rows, read folders again, switch them, dress them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from footage.problems import Problem
from generation.backends import adapter_files, keyring, model_cards, presence, recognising
from generation.backends.catalogue import Entry, entry_for
from generation.choices import Pipeline
from generation.domain.engine_options import check_options
from generation.domain.licensing import read_conditions
from generation.domain.tools import TOOLS
from generation.models import Adapter, Engine
from generation.queries import folder_of, spec_of
from ui.errors import Refused


class BadEngine(Refused):
    """An engine or adapter that can't be used as it was given."""

    status_code = 400

    @classmethod
    def of(cls, problem: Problem) -> BadEngine:
        return cls(_(problem.template) % problem.params)


def register_engines(*, rows: Iterable[Mapping[str, Any]]) -> list[Engine]:
    """Write or update Engine rows from data such as fixtures/engines.yaml, and fingerprint folders that are there.

    They are offered in this order, or at the `position` a row names. What an administrator switched off stays off;
    the pace learned from jobs is kept. A row with `only_if_there` is skipped while its folder is absent.
    """
    engines = []
    for position, row in enumerate(rows, start=1):
        facts = {name: value for name, value in row.items() if name != "only_if_there"}
        if row.get("only_if_there") and not (Path(settings.ENGINES_DIR) / row["folder"]).is_dir():
            continue
        facts.setdefault("position", position)
        kept = {name: value for name, value in facts.items() if name != "seconds_per_step"}
        engine, _is_new = Engine.objects.update_or_create(
            slug=row["slug"], defaults=kept, create_defaults=facts
        )
        engines.append(refresh_revision(engine=engine))
    return engines


def refresh_revision(*, engine: Engine) -> Engine:
    """Set the engine's revision to the fingerprint of its folder or program; empty when that is absent."""
    engine.revision = presence.revision_of(spec_of(engine))
    engine.save(update_fields=["revision"])
    return engine


def switch_engine(*, engine: Engine, is_enabled: bool) -> Engine:
    """Offer the engine to new jobs, or no longer; jobs that wait for it still run."""
    engine.is_enabled = is_enabled
    engine.save(update_fields=["is_enabled"])
    return engine


@transaction.atomic
def write_engine(*, slug: str, facts: Mapping[str, Any]) -> Engine:
    """Write a new engine's row or change the one of that slug, once everything in it can be used.

    Args:
        facts: Fields of Engine.

    Raises:
        BadEngine: A tool, option, condition or loader isn't known, or what it names isn't there.
    """
    engine = Engine.objects.select_for_update().filter(slug=slug).first() or Engine(slug=slug)
    for name, value in facts.items():
        setattr(engine, name, value)
    try:
        _check_row(engine)
        presence.check_engine(spec_of(engine))
    except Problem as problem:
        raise BadEngine.of(problem) from problem
    engine.revision = presence.revision_of(spec_of(engine))
    engine.save()
    return engine


def _check_row(engine: Engine) -> None:
    if engine.slug != slugify(engine.slug) or not engine.slug:
        raise BadEngine(
            _("“%(slug)s” can’t be a short name: use a–z, 0–9 and hyphens.") % {"slug": engine.slug}
        )
    if engine.pipeline not in Pipeline.values:
        known = ", ".join(Pipeline.values)
        raise BadEngine(
            _("There is no loader “%(name)s”. Known are %(known)s.")
            % {"name": engine.pipeline, "known": known}
        )
    unknown = [tool for tool in engine.tools if tool not in TOOLS]
    if unknown:
        raise BadEngine(_("There is no tool “%(tool)s”.") % {"tool": unknown[0]})
    if not engine.licence.strip():
        raise BadEngine(_("Say under which licence it may be used, as its model card names it."))
    read_conditions(engine.conditions)
    check_options(engine.options, tools=engine.tools)


def add_folder(
    *,
    folder: Path,
    slug: str = "",
    licence: str = "",
    repository: str = "",
    own: Mapping[str, Any] | None = None,
) -> Engine:
    """Add a model folder as an engine: what it is comes from the folder, its conditions from the catalogue if it is there.

    Args:
        slug: Its short name; the catalogue's or the folder's when empty.
        licence: As the model card names it; the catalogue's, or the card's in the folder, when empty.
        own: Further fields of Engine that go before all others; `pipeline` here names a loader for unknown classes.

    Raises:
        BadEngine: The folder can't be used, or nobody knows its licence.
    """
    given = dict(own or {})
    dtype = str(given.get("options", {}).get("dtype", "bfloat16"))
    try:
        found = recognising.recognise(folder, dtype=dtype, pipeline=str(given.get("pipeline", "")))
    except Problem as problem:
        raise BadEngine.of(problem) from problem
    entry = entry_for(repository=repository, class_name=found.name)
    card = model_cards.licence_in(folder)
    if not (licence or entry or card):
        raise BadEngine(
            _("Nobody here knows the licence of %(folder)s. Read its model card and name it with --licence.")
            % {"folder": folder.name}
        )
    slug = slug or (entry.slug if entry else slugify(folder.name))
    facts = _facts_of(entry) if entry else _plain_facts(slug, card)
    facts |= {
        "pipeline": found.pipeline, "tools": _known_tools(found, entry), "folder": _as_kept(folder),
        "repository": repository, "memory_gb": found.memory_gb,
    }  # fmt: skip
    return write_engine(slug=slug, facts=facts | ({"licence": licence} if licence else {}) | given)


def _facts_of(entry: Entry) -> dict[str, Any]:
    names = ("title_en", "title_zh", "summary_en", "summary_zh", "licence", "conditions", "options")
    return {name: getattr(entry, name) for name in names}


def _plain_facts(slug: str, card: model_cards.Licence | None) -> dict[str, Any]:
    title = slug.replace("-", " ").capitalize()
    facts: dict[str, Any] = {"title_en": title, "title_zh": title, "options": {"dtype": "bfloat16"}}
    return facts | ({"licence": card.name, "conditions": dict(card.conditions)} if card else {})


def _known_tools(found: recognising.Recognised, entry: Entry | None) -> list[str]:
    return [tool for tool in found.tools or (entry.tools if entry else ()) if tool in TOOLS]


def _as_kept(folder: Path) -> str:
    """Return the folder relative to the engines folder where it lies inside, so that every host finds its own copy."""
    home = Path(settings.ENGINES_DIR).resolve()
    path = folder.resolve()
    return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)


def write_remote(*, slug: str, facts: Mapping[str, Any], secret: str | None = None) -> Engine:
    """Write the row of a remote engine. A new one is offered last, because it costs money.

    Args:
        secret: Its key; None keeps the one that is sealed, empty takes it away.

    Raises:
        BadEngine: as write_engine.
    """
    sealed = {} if secret is None else {"sealed_secret": keyring.seal(secret)}
    last = Engine.objects.aggregate(last=Max("position"))["last"] or 0
    place = {} if Engine.objects.filter(slug=slug).exists() else {"position": last + 1}
    return write_engine(slug=slug, facts={**place, **facts, **sealed, "folder": "", "memory_gb": 0})


def seal_again() -> int:
    """Seal the keys of all remote engines with the first of settings.SECRETS_KEYS; return how many there were.

    Raises:
        BadEngine: No key of this server opens one of them; nothing was changed.
    """
    engines = list(Engine.objects.exclude(sealed_secret=""))
    with transaction.atomic():
        for engine in engines:
            try:
                engine.sealed_secret = keyring.sealed_again(engine.sealed_secret)
            except Problem as problem:
                raise BadEngine(f"{engine.slug}: {_(problem.template) % problem.params}") from problem
            engine.save(update_fields=["sealed_secret"])
    return len(engines)


@transaction.atomic
def add_adapter(*, engine: Engine, file: Path, slug: str = "", **facts: Any) -> Adapter:
    """Add a LoRA over an engine, or read the one of that slug again.

    Args:
        file: Safetensors file, anywhere the workers can read.
        facts: Further fields of Adapter: titles, trigger, weight, licence, person.

    Raises:
        BadEngine: The file is no LoRA, was cut off, or fits another engine; or its licence wasn't said.
    """
    slug = slug or slugify(file.stem)
    try:
        adapter_files.check_adapter(file, over=folder_of(engine))
        sha256 = adapter_files.fingerprint(file)
    except Problem as problem:
        raise BadEngine.of(problem) from problem
    title = slug.replace("-", " ").capitalize()
    facts = {"title_en": title, "title_zh": facts.get("title_en") or title, **facts}
    if not str(facts.get("licence", "")).strip():
        raise BadEngine(_("Say under which licence it may be used, as its model card names it."))
    if not -2 <= float(facts.get("weight", 0.8)) <= 2:
        raise BadEngine(_("The weight of an adapter lies from -2 to 2."))
    adapter, _is_new = Adapter.objects.update_or_create(
        engine=engine, slug=slug, defaults={**facts, "file": _as_kept(file), "sha256": sha256}
    )
    return adapter
