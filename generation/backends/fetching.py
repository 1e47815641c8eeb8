"""Fetching a model from a hub of models, pinned to one commit: safetensors, settings and word lists only, never a program.

Nothing is fetched while a job runs: an administrator does it once, by `manage.py engine add OWNER/NAME`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from footage.problems import Problem, gettext_noop

REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
SUFFIXES = frozenset({".json", ".txt", ".model", ".jinja", ".md", ".safetensors"})
OFFLINE = gettext_noop(
    "The hub can’t be reached from here, and %(repository)s was not fetched before. Fetch it elsewhere, copy the folder here "
    "and add that."
)
GATED = gettext_noop(
    "%(repository)s asks for its terms to be accepted first. Accept them on its page, set HF_TOKEN and try again."
)
NOT_THERE = gettext_noop("The hub has no %(repository)s at “%(revision)s”. Look at the spelling.")
REFUSED = gettext_noop("The hub didn’t hand out %(repository)s: %(reason)s")
NO_WEIGHTS = gettext_noop(
    "%(repository)s offers no safetensors. Pickled weights are never fetched, because loading them can run programs."
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model on this machine, and the commit it is from (40 hex digits)."""

    folder: Path
    commit: str


def is_repository(name: str) -> bool:
    """Whether a name is OWNER/NAME."""
    return REPOSITORY.fullmatch(name) is not None


def wanted_files(names: Iterable[str]) -> list[str]:
    """Return which files of a repository make up a model.

    Variants (`….fp16.safetensors`) and, beside a pipeline's index, single-file checkpoints at the root are left out: they
    hold the same weights once more.
    """
    names = sorted(names)
    is_pipeline = "model_index.json" in names
    return [name for name in names if _is_wanted(PurePosixPath(name), is_pipeline=is_pipeline)]


def _is_wanted(path: PurePosixPath, *, is_pipeline: bool) -> bool:
    if path.suffix not in SUFFIXES or any(part.startswith(".") for part in path.parts):
        return False
    if path.suffix != ".safetensors":
        return len(path.parts) <= 2
    if is_pipeline and len(path.parts) == 1:
        return False
    return path.name.count(".") == 1 and len(path.parts) <= 2


def fetch(repository: str, *, to: Path, revision: str = "", endpoint: str | None = None) -> Fetched:
    """Fetch a model to the folder `to`; what has arrived of an earlier try is kept.

    Args:
        revision: Branch, tag or commit; the main branch when empty. What is fetched is the commit it stands for now.
        endpoint: Address of the hub; HF_ENDPOINT or the public one when None.

    Raises:
        Problem: It can't be had, with the reason.
    """
    from httpx2 import TransportError
    from huggingface_hub import HfApi, errors

    try:
        facts = HfApi(endpoint=endpoint).model_info(repository, revision=revision or None, timeout=20)
        files = wanted_files(file.rfilename for file in facts.siblings or ())
        if not any(name.endswith(".safetensors") for name in files):
            raise Problem(NO_WEIGHTS, repository=repository)
        return Fetched(_downloaded(repository, str(facts.sha), files, to, endpoint), str(facts.sha))
    except errors.GatedRepoError as fault:
        raise Problem(GATED, repository=repository) from fault
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as fault:
        raise Problem(NOT_THERE, repository=repository, revision=revision or "main") from fault
    except errors.HfHubHTTPError as fault:
        status = getattr(fault.response, "status_code", "?")
        raise Problem(REFUSED, repository=repository, reason=f"HTTP {status}") from fault
    except (TransportError, ConnectionError, errors.OfflineModeIsEnabled) as fault:
        return _from_cache(repository, revision, fault)


def _downloaded(repository: str, commit: str, files: list[str], to: Path, endpoint: str | None) -> Path:
    from huggingface_hub import snapshot_download

    arriving = to.with_name(f".{to.name}-arriving")
    snapshot_download(
        repository,
        revision=commit,
        local_dir=arriving,
        allow_patterns=files,
        endpoint=endpoint,
        max_workers=2,
    )
    shutil.rmtree(
        arriving / ".cache", ignore_errors=True
    )  # bookkeeping of the download, no part of the model
    if to.exists():
        shutil.rmtree(to)
    arriving.rename(to)
    return to


def _from_cache(repository: str, revision: str, fault: Exception) -> Fetched:
    """Return what the hub's own cache on this machine holds."""
    from huggingface_hub import errors, snapshot_download

    try:
        folder = Path(snapshot_download(repository, revision=revision or None, local_files_only=True))
    except (errors.LocalEntryNotFoundError, ValueError, OSError):
        raise Problem(OFFLINE, repository=repository) from fault
    return Fetched(folder, folder.name)
