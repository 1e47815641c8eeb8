"""Shared fixtures: the people, the servers, the corpus of real films."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real films and files nobody here wrote; tests that need them are skipped where they are absent."""
    path = Path(os.environ.get("DAILIES_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not path.is_dir():
        pytest.skip("no corpus of real films beside the project")
    return path


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path_factory):
    """Each test keeps its media, keys and CA in a folder of its own."""
    folder = tmp_path_factory.mktemp("data")
    translation.activate("en")  # a request in Chinese leaves its language behind
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # slow hashing is not under test
    settings.DATA_DIR = folder
    settings.OBJECTS_DIR = folder / "objects"
    settings.LEDGER_KEY_PATH = folder / "ledger" / "signing_key"
    settings.SCHOOL_CA_DIR = folder / "school_ca"
    settings.TRACES_DIR = folder / "traces"
    return folder
