"""Every picture and character tool once through its real pipeline: what it makes and what it leaves alone."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from footage.problems import Problem
from generation.backends import devices, drawing, sheets
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.hub import Hub
from generation.backends.loading import loaded_engine
from generation.domain.tools import TOOLS, Material, validate
from tests.generation.conftest import ROOT

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("picture-tools")]
SMALL = {"width": 128, "height": 72}
ENGINES = {
    "atelier-sketch": ("stable-diffusion", SMALL),
    "practice-guide": ("controlnet", SMALL),
    "practice-upscaler": ("upscaler", {"width": 64, "height": 64}),
    "practice-likeness": ("ip-adapter", SMALL),
}
WORDS = {"place": "night market", "seed": 3, "steps": 3}
MATERIAL = Material("given.png", "image", 320, 180)
BODY = (140, 60, 200, 120)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A colour frame, a grey one with a scratch, a mask, a stick figure, a pencil drawing and a black guide."""
    folder = tmp_path_factory.mktemp("files")
    frame = Image.linear_gradient("L").resize((320, 180)).point(lambda value: 20 + value // 2).convert("RGB")
    ImageDraw.Draw(frame).rectangle(BODY, fill=(170, 60, 50))
    old = frame.convert("L").convert("RGB")
    ImageDraw.Draw(old).line((60, 0, 61, 180), fill=(250, 250, 250), width=2)
    mask = Image.new("L", frame.size)
    ImageDraw.Draw(mask).ellipse((130, 50, 210, 130), fill=255)
    pose = Image.new("RGB", frame.size)
    ImageDraw.Draw(pose).line((160, 20, 160, 170), fill="white", width=8)
    sketch = Image.new("RGB", frame.size, (230, 225, 215))
    ImageDraw.Draw(sketch).line((160, 20, 160, 170), fill=(60, 60, 60), width=3)
    pictures = {
        "frame": frame, "old": old, "mask": mask, "pose": pose, "sketch": sketch, "black": Image.new("RGB", frame.size),
        "red": Image.new("RGB", frame.size, (200, 30, 30)), "blue": Image.new("RGB", frame.size, (20, 40, 200)),
    }  # fmt: skip
    paths = {name: folder / f"{name}.png" for name in pictures}
    for name, picture in pictures.items():
        picture.save(paths[name])
    return paths


@pytest.fixture
def make(engines_folder, files, tmp_path):
    def run(engine, tool, given, *, source="", options=(), cancelled=lambda: False, **media):
        spec, request = asked(
            engines_folder, files, engine, tool, given, source=source, options=options, **media
        )
        folder = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        steps = []
        produced = loaded_engine(spec).run(
            request, folder=folder, progress=lambda *step: steps.append(step), cancelled=cancelled
        )
        return produced, steps

    return run


def asked(engines_folder, files, engine, tool, given, *, source="", options=(), **media):
    pipeline, usual = ENGINES[engine]
    spec = EngineSpec(engine, pipeline, engines_folder / engine, "r", usual | dict(options))
    paths = {use: tuple(files[name] for name in names) for use, names in media.items()}
    inputs, problems = validate(
        TOOLS[tool], given, has_source=bool(source), source=MATERIAL,
        media={use: [MATERIAL] * len(names) for use, names in media.items()},
    )  # fmt: skip
    assert problems == ()
    return spec, Request(tool, inputs, files[source] if source else None, media=paths)


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=float)


# ---------------------------------------------------------------- guides
@pytest.mark.parametrize(
    ("tool", "more", "made_by"),
    [
        ("edge-to-image", {"source": "frame"}, "Canny edges"),
        ("depth-to-image", {"source": "frame"}, "depth estimated from height in the picture and haze"),
        ("depth-to-image", {"source": "frame", "control": ["pose"]}, "drawn by the crew"),
        ("pose-to-image", {"control": ["pose"]}, "drawn by the crew"),
        ("sketch-to-image", {"source": "sketch"}, "lines of the drawing"),
    ],
)
def test_a_guide_leads_the_picture(make, tool, more, made_by):
    produced, steps = make("practice-guide", tool, WORDS, **more)
    assert (produced.machine["pipeline"], produced.machine["guide"]) == (
        "StableDiffusionControlNetPipeline",
        made_by,
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    loose, _ = make("practice-guide", tool, WORDS | {"hold": 0}, **more)
    assert np.abs(pixels(produced.path) - pixels(loose.path)).mean() > 1


def test_a_stick_figure_shows_where_it_stands(make):
    drawn, _ = make("practice-guide", "pose-to-image", WORDS | {"steps": 8}, control=["pose"])
    empty, _ = make("practice-guide", "pose-to-image", WORDS | {"steps": 8}, control=["black"])
    lighter = (pixels(drawn.path) - pixels(empty.path)).mean(axis=(0, 2))
    assert abs(int(lighter.argmax()) - 64) <= 6, "its column of a picture 128 wide"


def test_a_controlnet_alone_goes_over_the_engine_its_row_names(engines_folder, files, tmp_path):
    from diffusers import ControlNetModel

    network = ControlNetModel.from_pretrained(engines_folder / "practice-guide", subfolder="controlnet")
    network.save_pretrained(tmp_path / "lines")
    (tmp_path / "base").symlink_to(engines_folder / "atelier-sketch")
    spec, request = asked(engines_folder, files, "practice-guide", "sketch-to-image", WORDS, source="sketch")
    alone = EngineSpec("lines", "controlnet", tmp_path / "lines", "r", spec.options)
    with pytest.raises(Problem, match="is a part alone"):
        loaded_engine(alone)
    over = EngineSpec("lines", "controlnet", tmp_path / "lines", "r", {**spec.options, "base": "base"})
    results = []
    for number, one in enumerate((spec, over)):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = loaded_engine(one).run(
            request, folder=folder, progress=lambda *_: None, cancelled=lambda: False
        )
        results.append(pixels(made.path))
    assert np.array_equal(*results)


def test_a_depth_model_in_the_row_tells_the_depth(make, tmp_path):
    import torch
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessor

    torch.manual_seed(1)
    small = DPTConfig(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8,
        backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8,
    )  # fmt: skip
    DPTForDepthEstimation(small).save_pretrained(tmp_path / "depth")
    DPTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path / "depth")
    produced, _ = make(
        "practice-guide",
        "depth-to-image",
        WORDS,
        source="frame",
        options={"depth_model": str(tmp_path / "depth")},
    )
    assert produced.machine["guide"] == "depth by a trained model"


# ---------------------------------------------------------------- into a picture
def test_inpainting_changes_nothing_outside_of_the_mask(make, files):
    produced, steps = make("atelier-sketch", "inpaint", WORDS, source="frame", mask=["mask"])
    before, after, hole = pixels(files["frame"]), pixels(produced.path), pixels(files["mask"])[:, :, 0] > 0
    assert np.array_equal(before[~hole], after[~hole])
    assert np.abs(before[hole] - after[hole]).mean() > 10
    assert produced.machine["pipeline"] == "StableDiffusionInpaintPipeline"
    assert produced.machine["drawn_share"] == pytest.approx(hole.mean(), abs=0.001)
    assert steps[-1] == (3, 3)


def test_a_removed_object_is_gone(make, files):
    given = {"behind": "", "strength": 0.1, "seed": 1, "steps": 2}
    produced, _ = make("atelier-sketch", "remove-object", given, source="frame", mask=["mask"])
    red = lambda picture: (picture[:, :, 0] - picture[:, :, 2])[70:110, 150:190].mean()  # noqa: E731
    assert red(pixels(files["frame"])) > 100
    assert abs(red(pixels(produced.path))) < 30


def test_restoring_draws_over_the_scratch_and_keeps_a_grey_frame_grey(make, files):
    produced, _ = make("atelier-sketch", "restore", {"grain": 0, "seed": 1, "steps": 2}, source="old")
    after, scratched = pixels(produced.path), pixels(files["old"])
    assert np.ptp(after, axis=2).max() == 0
    assert scratched[40:140, 60].mean() - after[40:140, 60].mean() > 60
    changed = (after != scratched).any(axis=2)
    assert 0 < changed.mean() < 0.1
    assert produced.machine["damage_share"] < 0.1


def test_a_clean_frame_comes_back_as_it_is_and_says_so(make, files):
    produced, _ = make("atelier-sketch", "restore", {"grain": 0, "seed": 1, "steps": 2}, source="frame")
    assert produced.machine["damage_share"] == 0
    assert produced.source_type == "algorithmicMedia"
    assert np.array_equal(pixels(produced.path), pixels(files["frame"]))


def test_colourising_keeps_the_lightness_of_every_pixel(make, files):
    given = {"colours": "a red coat", "seed": 1, "steps": 3}
    produced, _ = make("atelier-sketch", "colourise", given, source="old")
    with Image.open(produced.path) as made, Image.open(files["old"]) as old:
        own, after = (np.asarray(picture.convert("L"), dtype=float) for picture in (old, made))
    assert np.abs(own - after).mean() < 4
    assert np.ptp(pixels(produced.path), axis=2).mean() > 2


def test_an_engine_of_a_family_that_cannot_inpaint_says_so(engines_folder):
    from diffusers import AnimateDiffVideoToVideoPipeline

    pipeline = AnimateDiffVideoToVideoPipeline.from_pretrained(
        engines_folder / "atelier-motion", local_files_only=True, use_safetensors=True
    )
    with pytest.raises(Problem, match="AnimateDiffVideoToVideoPipeline can’t draw into pictures"):
        drawing.variant(pipeline, "inpaint")


# ---------------------------------------------------------------- larger
def test_upscaling_makes_four_times_the_sides_of_the_same_picture(make, files):
    produced, steps = make(
        "practice-upscaler", "upscale", {"seed": 1, "steps": 2, "invention": 0}, source="frame"
    )
    made = pixels(produced.path)
    assert made.shape == (144, 256, 3)
    with Image.open(files["frame"]) as frame:
        wanted = np.asarray(frame.convert("RGB").resize((256, 144)), dtype=float)
    assert np.corrcoef(made.mean(axis=2).ravel(), wanted.mean(axis=2).ravel())[0, 1] > 0.7
    assert (produced.machine["from_size"], steps) == ("64x36", [(1, 2), (2, 2)])


def test_a_cancel_ends_the_upscaler_within_a_step(make):
    looks = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        make(
            "practice-upscaler",
            "upscale",
            {"seed": 1, "steps": 9},
            source="frame",
            cancelled=lambda: next(looks),
        )


# ---------------------------------------------------------------- characters
def test_a_sheet_is_drawn_view_by_view_from_one_family_of_seeds(make, tmp_path):
    given = {"character": "an old ferryman", "views": 3, "seed": 7, "steps": 2}
    produced, steps = make("atelier-sketch", "character-sheet", given)
    with Image.open(produced.path) as sheet:
        [_first, second, _third] = sheets.drawings_of(produced.path, sheet.convert("RGB"))
    assert steps == [(number, 6) for number in range(1, 7)]
    facts = produced.machine
    assert (facts["seeds"], facts["tiles"], facts["drift"][0]) == ([7, 8, 9], 3, 0.0)
    assert all(0 < far <= 1 for far in facts["drift"][1:])
    alone, _ = make("atelier-sketch", "text-to-image", {"prompt": facts["prompts"][1], "seed": 8, "steps": 2})
    assert np.array_equal(np.asarray(second, dtype=float), pixels(alone.path))


def test_a_reference_speaks_as_loudly_as_it_is_asked_to(make):
    made = {
        (name, likeness): pixels(
            make("practice-likeness", "character-render", WORDS | {"likeness": likeness}, reference=[name])[
                0
            ].path
        )
        for name in ("red", "blue")
        for likeness in (0, 1)
    }
    assert np.array_equal(made["red", 0], made["blue", 0])
    assert np.abs(made["red", 1] - made["blue", 1]).mean() > 1


def test_a_render_tells_how_far_it_drifted_from_its_sheet(make, files, tmp_path):
    given = {"character": "a ferryman", "views": 3, "seed": 7, "steps": 2}
    sheet, _ = make("atelier-sketch", "character-sheet", given)
    files["sheet"] = sheet.path
    produced, _ = make("practice-likeness", "character-render", WORDS, reference=["sheet", "red"])
    facts = produced.machine
    assert (facts["references"], facts["drift_by"]) == (4, "palette and outlines")
    assert 0 < facts["drift"] < 1
    seen, _ = make(
        "practice-likeness", "character-render", WORDS, reference=["red"], options={"drift": "encoder"}
    )
    assert seen.machine["drift_by"] == "image encoder"
    assert 0 <= seen.machine["drift"] <= 1


def test_an_ip_adapter_alone_goes_over_the_engine_its_row_names(engines_folder, files, tmp_path):
    whole = engines_folder / "practice-likeness"
    alone = tmp_path / "likeness"
    shutil.copytree(whole / "ip_adapter", alone / "ip_adapter")
    shutil.copytree(whole / "image_encoder", alone / "ip_adapter" / "image_encoder")
    (tmp_path / "base").symlink_to(engines_folder / "atelier-sketch")
    spec, request = asked(
        engines_folder, files, "practice-likeness", "character-render", WORDS, reference=["red"]
    )
    part = EngineSpec("likeness", "ip-adapter", alone, "r", {**spec.options, "base": "base"})
    made = loaded_engine(part).run(
        request, folder=tmp_path, progress=lambda *_: None, cancelled=lambda: False
    )
    assert made.machine["references"] == 1
    with pytest.raises(Problem, match="is a part alone"):
        loaded_engine(EngineSpec("likeness", "ip-adapter", alone, "r", SMALL))


# ---------------------------------------------------------------- solvers
@pytest.mark.parametrize(
    ("solver", "name"),
    [("", "DDIMScheduler"), ("euler", "EulerDiscreteScheduler"), ("dpm-2m", "DPMSolverMultistepScheduler")],
)
def test_a_solver_is_the_jobs_own(make, solver, name):
    produced, _ = make("atelier-sketch", "text-to-image", WORDS | {"solver": solver})
    assert produced.machine["scheduler"] == name
    again, _ = make("atelier-sketch", "text-to-image", WORDS)
    assert again.machine["scheduler"] == "DDIMScheduler"


@pytest.mark.parametrize("name", ["TeleportScheduler", "StableDiffusionPipeline", "os.system", "__class__"])
def test_an_unknown_solver_in_an_engines_row_is_named(make, name):
    with pytest.raises(Problem, match=f"There is no solver {name}"):
        make("atelier-sketch", "text-to-image", WORDS, options={"scheduler": name})


def test_a_solver_of_another_family_is_refused(make):
    with pytest.raises(Problem, match="can’t be stepped by FlowMatchEulerDiscreteScheduler"):
        make(
            "atelier-sketch", "text-to-image", WORDS, options={"scheduler": "FlowMatchEulerDiscreteScheduler"}
        )


# ---------------------------------------------------------------- together
@pytest.mark.parametrize(
    ("engine", "tool", "more"),
    [
        ("atelier-sketch", "inpaint", {"source": "frame", "mask": ["mask"]}),
        ("practice-guide", "pose-to-image", {"control": ["pose"]}),
        ("practice-upscaler", "upscale", {"source": "frame"}),
        ("practice-likeness", "character-render", {"reference": ["red"]}),
    ],
)
def test_jobs_of_a_tool_share_forwards_and_make_the_same_as_alone(
    engines_folder, files, make, tmp_path, engine, tool, more
):
    count = (
        4 if engine == "practice-guide" else 2
    )  # of four the rows are as many as this ControlNet has exits
    seeds = range(1, count + 1)
    given = {name: value for name, value in WORDS.items() if tool != "upscale" or name != "place"}
    alone = [pixels(make(engine, tool, given | {"seed": seed}, **more)[0].path) for seed in seeds]
    devices.prepare()
    hub, members = Hub(), []
    for seed in seeds:
        spec, request = asked(engines_folder, files, engine, tool, given | {"seed": seed}, **more)
        folder = tmp_path / f"hub{seed}"
        folder.mkdir()
        backend = loaded_engine(spec)
        members.append(
            hub.spawn(
                lambda backend=backend, request=request, folder=folder: backend.run(
                    request, folder=folder, progress=lambda *_: None, cancelled=lambda: False
                ),
                engine=engine,
            )
        )
    while hub.tick():
        pass
    together = [pixels(member.made.path) for member in members]
    assert hub.forwards.rows / hub.forwards.count > 2, "guided words alone are two rows"
    assert max(np.abs(one - other).max() for one, other in zip(alone, together, strict=True)) <= 2


@pytest.mark.parametrize(
    ("tool", "more"),
    [
        ("inpaint", {"source": "frame", "mask": ["mask"]}),
        ("remove-object", {"source": "frame", "mask": ["mask"]}),
        ("restore", {"source": "old"}),
        ("colourise", {"source": "old", "colours": "a red boat at dusk"}),
        ("character-sheet", {"character": "a woman with a red umbrella", "views": 2}),
    ],
)
def test_the_engine_that_ships_serves_the_tool(files, tmp_path, engines_folder, tool, more):
    given = {name: value for name, value in more.items() if name in {"colours", "character", "views"}}
    if tool == "inpaint":
        given["action"] = "a red boat"
    media = {name: value for name, value in more.items() if name not in given and name != "source"}
    _spec, request = asked(
        engines_folder,
        files,
        "atelier-sketch",
        tool,
        given | {"seed": 1, "steps": 2},
        source=more.get("source", ""),
        **media,
    )
    shipped = EngineSpec(
        "atelier",
        "stable-diffusion",
        ROOT / "fixtures" / "engines" / "atelier",
        "r",
        {"width": 192, "height": 112},
    )
    produced = loaded_engine(shipped).run(
        request, folder=tmp_path, progress=lambda *_: None, cancelled=lambda: False
    )
    assert produced.machine["versions"]["diffusers"]
    assert pixels(produced.path).std() > 5


def test_a_request_that_lost_its_files_is_refused_with_a_sentence(engines_folder, files, tmp_path):
    for engine, tool, more, words in (
        ("atelier-sketch", "inpaint", {"source": "frame", "mask": ["mask"]}, "needs a mask"),
        ("practice-likeness", "character-render", {"reference": ["red"]}, "needs a picture of the character"),
        ("practice-guide", "pose-to-image", {"control": ["pose"]}, "needs a picture to take its guide from"),
        ("practice-upscaler", "upscale", {"source": "frame"}, "Upscaling needs a picture"),
    ):
        given = {name: value for name, value in WORDS.items() if tool != "upscale" or name != "place"}
        spec, request = asked(engines_folder, files, engine, tool, given, **more)
        bare = replace(request, media={}, source=None if tool == "upscale" else request.source)
        with pytest.raises(Problem, match=words):
            loaded_engine(spec).run(bare, folder=tmp_path, progress=lambda *_: None, cancelled=lambda: False)
