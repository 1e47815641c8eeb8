"""Music and clips of different people share the forwards of one engine, and come out as they would alone."""

from __future__ import annotations

import pytest

from generation.backends import devices
from generation.backends.base import EngineSpec, Request
from generation.backends.hub import Hub
from generation.backends.loading import loaded_engine
from generation.domain.tools import TOOLS, validate
from tests.generation.test_audio_tools import small_ace_step, small_stable_audio_3
from tests.generation.test_hub import again, together

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
MUSIC = {"seconds": 6, "guidance": 2.0}
CLIP = {"place": "fog", "seconds": 0.5, "guidance": 2.0}
SMALL = {"width": 64, "height": 32, "fps": 8}


@pytest.fixture(scope="module")
def folders(engines_folder, tmp_path_factory):
    devices.prepare()
    ace = tmp_path_factory.mktemp("ace") / "step"
    small_ace_step(ace)
    three = tmp_path_factory.mktemp("stable") / "three"
    small_stable_audio_3(three)
    return {
        "practice-music": engines_folder / "practice-music",
        "ace-step": ace,
        "stable-audio-3": three,
        "atelier-motion": engines_folder / "atelier-motion",
    }


def jobs(folder, tmp_path, *, pipeline, tool, given):
    """Three jobs of different seeds and step counts, each a function that returns the bytes of its file."""
    engine = loaded_engine(EngineSpec("engine", pipeline, folder, str(folder), SMALL))

    def job(number):
        inputs, problems = validate(
            TOOLS[tool], {**given, "seed": number, "steps": 2 + number}, has_source=False
        )
        assert problems == ()
        place = tmp_path / str(number)
        place.mkdir(exist_ok=True)

        def run():
            request = Request(tool, inputs)
            made = engine.run(request, folder=place, progress=lambda *_: None, cancelled=lambda: False)
            return made.path.read_bytes()

        return run

    return [job(number) for number in range(3)]


@pytest.mark.parametrize(
    ("engine", "pipeline", "tool", "given"),
    [
        ("practice-music", "music", "music", MUSIC),
        ("ace-step", "music", "music", MUSIC),
        ("stable-audio-3", "music", "music", MUSIC),
        ("atelier-motion", "animatediff-text", "text-to-video", CLIP),
    ],
)
def test_jobs_share_forwards_and_come_out_as_alone_through_the_same_buckets(
    folders, tmp_path, engine, pipeline, tool, given
):
    hub = Hub()
    runs = jobs(folders[engine], tmp_path, pipeline=pipeline, tool=tool, given=given)
    members = together(*runs, hub=hub)
    assert [member.fault for member in members] == [None] * 3
    calls = [len(member.places) for member in members]
    assert hub.forwards.count < sum(calls), "they met at the denoiser"
    assert [
        again(run, member.places).made == member.made for run, member in zip(runs, members, strict=True)
    ] == [True] * 3
