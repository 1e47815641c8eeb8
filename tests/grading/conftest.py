import pytest

from tests.ethics.filming import make_filmed, shoot
from tests.grading.rubrics import make_marked


@pytest.fixture(scope="session")
def shot(tmp_path_factory):
    """Files of the tiny film, painted once."""
    return shoot(tmp_path_factory.mktemp("shoot"))


@pytest.fixture
def filmed(db, shot):
    return make_filmed(shot)


@pytest.fixture
def marked(db):
    return make_marked()
