"""The drawing engine's training: data, stages, resuming, export, and a picture from the exported folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import load_file

from footage.painter.captions import caption
from footage.painter.frames import picture_of
from footage.painter.scene import Accent, Lens, Place, Scene, Shot, Subject, random_scene
from footage.problems import Problem
from generation.backends.atelier import autoencoder, control, judge, polish, shards, text, training
from generation.backends.atelier.continuing import continue_from
from generation.backends.atelier.depth import depth_of
from generation.backends.atelier.export import export
from generation.backends.atelier.recipe import RECIPES, is_held_out, recipe_named, recipe_of
from generation.backends.atelier.sitting import Sitting
from generation.backends.atelier.wording import said, vocabulary

TINY = RECIPES["tiny"]
CPU = torch.device("cpu")
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("atelier")]


def run_of(work: Path, *stages: str, steps: int = 2) -> training.Run:
    return training.Run(
        work=work,
        recipe=TINY,
        stages=training.chosen_stages(stages),
        minutes=5,
        device="cpu",
        steps=steps,
        painters=1,
        threads=1,
        stop=lambda: False,
        say=lambda line: None,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of two steps per stage."""
    work = tmp_path_factory.mktemp("atelier")
    training.train(run_of(work))
    return work


@pytest.fixture(scope="module")
def engine(trained, tmp_path_factory):
    return export(trained, tmp_path_factory.mktemp("engines") / "atelier", recipe=TINY)


def steps_of(work: Path, stage: str) -> int:
    return torch.load(work / stage / "checkpoint.pt", weights_only=True)["step"]


def test_training_frames_never_show_a_held_out_combination():
    trained_on = [shards.scene_number("frames", number, seed=1) for number in range(200)]
    kept = [shards.scene_number("held-out", number, seed=1) for number in range(50)]
    assert [is_held_out(scene) for scene in trained_on] == [False] * 200
    assert [is_held_out(scene) for scene in kept] == [True] * 50


def test_about_one_combination_in_twenty_is_held_out():
    rng = np.random.default_rng(4)
    share = np.mean([is_held_out(random_scene(rng)) for _ in range(4000)])
    assert 0.035 < share < 0.065


def test_lens_and_camera_move_do_not_decide_whether_a_combination_is_held_out():
    scene = shards.scene_number("held-out", 3, seed=1)
    assert {is_held_out(replace(scene, lens=lens)) for lens in Lens} == {True}


def test_every_word_of_a_caption_is_a_token():
    rng = np.random.default_rng(2)
    tokenizer = text.BertTokenizer(vocab={word: n for n, word in enumerate(vocabulary())})
    unknown = tokenizer.unk_token_id
    captions = [said(random_scene(rng), rng=rng) for _ in range(200)]
    assert [line for line in captions if unknown in tokenizer(line).input_ids] == []


def test_full_captions_fit_into_the_towers_words():
    rng = np.random.default_rng(3)
    tokenizer = text.BertTokenizer(vocab={word: n for n, word in enumerate(vocabulary())})
    longest = max(
        len(tokenizer(caption(random_scene(rng), rng=rng, language=language, drop=0.0)).input_ids)
        for language in ("en", "zh")
        for _ in range(300)
    )
    assert longest <= RECIPES["sitting"].words


def test_painting_resumes_where_it_stopped(tmp_path):
    wanted = shards.shards_of(tmp_path, "frames", recipe=replace(TINY, frames=1100))
    assert [shard.count for shard in wanted] == [500, 500, 100]
    last = wanted[-1]
    assert list(shards.paint_missing([last], painters=1, stop=lambda: False)) == [100]
    assert list(shards.paint_missing([last], painters=1, stop=lambda: False)) == []
    assert shards.scene_of(
        json.loads(last.path.with_suffix(".jsonl").read_text().splitlines()[7])["scene"]
    ) == (shards.scene_number("frames", 1007, seed=TINY.seed))


def test_painted_shards_carry_captions_in_both_languages(trained):
    lines = (trained / "data" / "frames-000000.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    assert len(lines) == TINY.frames
    assert set(first) == {"scene", "en", "zh"}
    assert first["en"].isascii()
    assert not first["zh"].isascii()


def test_near_things_are_brighter_than_far_ones_in_a_depth_picture():
    scene = random_scene(
        np.random.default_rng(1),
        subject="boat", shot="medium", place="sea", hour="day", weather="clear", lens="clean", move="still",
    )  # fmt: skip
    depth = depth_of(picture_of(scene, seed=3, width=96, height=56), 1.0)
    rgb = picture_of(scene, seed=3, width=96, height=56).at(1.0).astype(int)
    accent = rgb.max(axis=-1) - rgb.min(axis=-1) > 150
    assert depth.shape == (56, 96)
    assert depth[accent].mean() > 150
    assert depth[:4].mean() < 60


def test_latents_are_settled_to_mean_zero_and_spread_one(trained):
    latents = np.load(autoencoder.latents_path(trained, "frames")).astype(np.float64)
    assert latents.shape == (TINY.frames, 4, *TINY.latent)
    assert np.abs(latents.mean(axis=(0, 2, 3))).max() < 0.15
    assert np.abs(latents.std(axis=(0, 2, 3)) - 1).max() < 0.15


def test_settling_changes_no_picture():
    torch.manual_seed(1)
    vae = autoencoder.new_autoencoder(TINY)
    frames = shards.Painted(
        (np.random.default_rng(1).integers(0, 255, (16, 32, 64, 3), dtype=np.uint8),), (Scene(),) * 16
    )
    pictures = autoencoder.as_tensor(frames.batch(np.arange(4)), CPU)
    with torch.no_grad():
        before = vae.decode(vae.encode(pictures).latent_dist.mode()).sample
        autoencoder.settle(vae, frames, device=CPU)
        after = vae.decode(vae.encode(pictures).latent_dist.mode()).sample
    assert torch.allclose(before, after, atol=1e-3)


def test_every_stage_leaves_a_checkpoint_and_a_curve(trained):
    stages = ("text", "autoencoder", "polish", "denoiser", "edge", "depth", "motion")
    assert {stage: steps_of(trained, stage) for stage in stages} == dict.fromkeys(stages, 2)
    assert (trained / "curves.png").stat().st_size > 0
    assert (trained / "denoiser" / "sheet.png").stat().st_size > 0
    assert len((trained / "text" / "curve.csv").read_text().splitlines()) == 2


def test_training_continues_from_the_checkpoint(trained, tmp_path):
    training.train(run_of(tmp_path, "text", steps=3))
    training.train(run_of(tmp_path, "text", steps=2))
    assert steps_of(tmp_path, "text") == 5


def test_two_sittings_see_the_same_samples_as_one(tmp_path):
    training.train(run_of(tmp_path / "one", "text", steps=2))
    training.train(run_of(tmp_path / "two", "text", steps=1))
    training.train(run_of(tmp_path / "two", "text", steps=1))
    once, twice = (
        torch.load(tmp_path / name / "text" / "checkpoint.pt", weights_only=True) for name in ("one", "two")
    )
    assert all(
        torch.allclose(once["module"][name], twice["module"][name], atol=1e-6) for name in once["module"]
    )


def test_a_run_goes_on_from_an_engine_that_was_shipped(engine, tmp_path):
    work = tmp_path / "elsewhere"
    assert continue_from(engine.folder, work, recipe=TINY) == ("text", "autoencoder", "denoiser")
    training.train(run_of(work, "data", "latents", "denoiser", steps=1))
    again = export(work, tmp_path / "again", recipe=TINY, extras=())

    assert steps_of(work, "denoiser") == 3
    shipped, now = (
        load_file(folder / "text_encoder" / "model.safetensors") for folder in (engine.folder, again.folder)
    )
    assert all(torch.equal(shipped[name], now[name]) for name in shipped)
    facts = json.loads((again.folder / "training.json").read_text())["stages"]
    assert [(stage["stage"], stage["steps"]) for stage in facts] == [
        ("text", 2),
        ("autoencoder", 2),
        ("denoiser", 3),
    ]


def test_a_folder_at_work_and_an_engine_of_another_size_are_refused(engine, trained, tmp_path):
    with pytest.raises(Problem, match="holds checkpoints already"):
        continue_from(engine.folder, trained, recipe=TINY)
    with pytest.raises(Problem, match="fit no other"):
        continue_from(engine.folder, tmp_path, recipe=RECIPES["class"])


def test_someone_who_asks_to_stop_gets_a_checkpoint(tmp_path):
    run = replace(run_of(tmp_path, "text"), stop=lambda: True)
    sitting = Sitting(60, CPU, run.stop, run.say)
    text.train_text(tmp_path, recipe=TINY, sitting=sitting)
    assert steps_of(tmp_path, "text") == 0


def test_a_folder_keeps_the_recipe_it_was_begun_with(tmp_path):
    recipe_of(tmp_path, asked=TINY)
    assert recipe_of(tmp_path, asked=TINY) == TINY
    with pytest.raises(Problem, match="holds a training run of size “tiny”"):
        recipe_of(tmp_path, asked=replace(TINY, seed=7))


def test_unknown_sizes_and_stages_are_answered_with_the_known_ones():
    with pytest.raises(Problem, match=r"no training size “huge”.*sitting, studio, class, tiny"):
        recipe_named("huge")
    with pytest.raises(Problem, match="no training stage “wishes”"):
        training.chosen_stages(["wishes"])


def test_a_stage_without_its_pictures_says_what_to_do_first(tmp_path):
    with pytest.raises(Problem) as caught:
        shards.painted(tmp_path, "clips", recipe=TINY)
    assert caught.value.params == {"folder": str(tmp_path), "kind": "clips"}


def test_an_untrained_folder_is_not_exported(tmp_path):
    with pytest.raises(Problem, match="holds no trained denoiser"):
        export(tmp_path, tmp_path / "engine", recipe=TINY)


def test_the_engine_holds_extras_card_and_facts(engine):
    assert engine.extras == ("edge", "depth", "motion")
    assert engine.size_bytes == sum(
        path.stat().st_size for path in engine.folder.rglob("*") if path.is_file()
    )
    facts = json.loads((engine.folder / "training.json").read_text())
    assert facts["recipe"]["name"] == "tiny"
    assert [stage["steps"] for stage in facts["stages"]] == [2] * 7
    assert "license: cc0-1.0" in (engine.folder / "README.md").read_text()
    assert list(engine.folder.rglob("*.bin")) == []


def test_the_exported_folder_draws_through_the_standard_pipeline(engine):
    from diffusers import StableDiffusionPipeline

    pipe = StableDiffusionPipeline.from_pretrained(engine.folder, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    first, again = (
        pipe(
            ["wide shot, sea at dusk", "远景，黄昏，大海"],
            height=TINY.height,
            width=TINY.width,
            num_inference_steps=2,
            generator=[torch.Generator().manual_seed(seed) for seed in (1, 2)],
            output_type="np",
        ).images
        for _ in range(2)
    )
    assert first.shape == (2, TINY.height, TINY.width, 3)
    assert np.array_equal(first, again)
    assert np.isfinite(first).all()


def test_img2img_and_inpainting_read_the_same_folder(engine):
    from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline

    picture = np.full((1, TINY.height, TINY.width, 3), 0.5, np.float32)
    mask = np.zeros((1, TINY.height, TINY.width, 1), np.float32)
    mask[:, 8:24, 16:48] = 1
    shapes = []
    for kind, extra in (
        (StableDiffusionImg2ImgPipeline, {}),
        (StableDiffusionInpaintPipeline, {"mask_image": mask}),
    ):
        pipe = kind.from_pretrained(engine.folder, local_files_only=True)
        pipe.set_progress_bar_config(disable=True)
        size = {} if not extra else {"height": TINY.height, "width": TINY.width}
        made = pipe(
            "sea", image=picture, num_inference_steps=3, strength=0.7, output_type="np", **extra, **size
        )
        shapes.append(made.images.shape)
    assert shapes == [(1, TINY.height, TINY.width, 3)] * 2


def test_the_controlnets_and_the_motion_adapter_load(engine):
    from diffusers import (
        AnimateDiffPipeline,
        ControlNetModel,
        MotionAdapter,
        StableDiffusionControlNetPipeline,
    )

    folder = engine.folder
    net = ControlNetModel.from_pretrained(folder / "controlnet-edge", local_files_only=True)
    drawn = StableDiffusionControlNetPipeline.from_pretrained(folder, controlnet=net, local_files_only=True)
    adapter = MotionAdapter.from_pretrained(folder / "motion", local_files_only=True)
    moving = AnimateDiffPipeline.from_pretrained(folder, motion_adapter=adapter, local_files_only=True)
    size = {"height": TINY.height, "width": TINY.width, "num_inference_steps": 2, "output_type": "np"}
    hint = torch.zeros(1, 3, TINY.height, TINY.width)
    assert drawn("sea", image=hint, **size).images.shape == (1, TINY.height, TINY.width, 3)
    assert moving("sea, pan left", num_frames=4, **size).frames.shape == (1, 4, TINY.height, TINY.width, 3)


def test_edge_recall_counts_the_asked_edges_that_are_there():
    empty = np.zeros((32, 64, 3), np.uint8)
    square = empty.copy()
    square[8:24, 20:44] = 255
    asked = control.edges_of(square)
    assert control.edge_recall(asked, square) == 1.0
    assert control.edge_recall(asked, empty) == 0.0


def test_the_accent_of_an_empty_frame_is_no_question():
    scenes = [
        Scene(subject=Subject.NONE, accent=Accent.BLUE),
        Scene(subject=Subject.BOAT, accent=Accent.BLUE),
    ]
    assert judge.answers_of(scenes, CPU)["accent"].tolist() == [-100, 2]


def test_the_judge_is_counted_per_attribute_against_what_was_asked():
    sees = judge.new_judge()
    for head in sees["heads"].values():
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    scenes = [Scene(shot=shot, place=Place.SEA, subject=Subject.BOAT) for shot in (Shot.WIDE, Shot.CLOSE)]
    found = judge.recognised(sees, np.zeros((2, 32, 64, 3), np.uint8), scenes)
    assert found == {"shot": 0.5, "place": 1.0, "hour": 0.0, "weather": 1.0, "subject": 0.0, "accent": 1.0}


def test_the_judge_learns_on_painted_frames(trained):
    sitting = Sitting(60, CPU, lambda: False, lambda line: None, steps=2)
    judge.train_judge(trained, recipe=TINY, sitting=sitting)
    assert steps_of(trained, "judge") == 2


def test_polishing_leaves_the_encoder_as_the_denoiser_knows_it(trained):
    before = autoencoder.settled(trained, recipe=TINY, device=CPU)
    after = polish.finished_autoencoder(trained, recipe=TINY, device=CPU)
    assert polish.is_polished(trained)
    same = [
        torch.equal(a, b)
        for a, b in zip(before.encoder.parameters(), after.encoder.parameters(), strict=True)
    ]
    moved = [
        torch.equal(a, b)
        for a, b in zip(before.decoder.parameters(), after.decoder.parameters(), strict=True)
    ]
    assert all(same)
    assert not any(moved)
    assert torch.equal(before.quant_conv.weight, after.quant_conv.weight)


def test_the_command_answers_a_wrong_size_with_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="no training size “huge”"):
        call_command("train_atelier", size="huge", work_dir=tmp_path)


def test_the_command_trains_the_stage_asked_for(tmp_path, capsys):
    call_command("train_atelier", size="tiny", stage=["text"], steps=1, work_dir=tmp_path)
    assert steps_of(tmp_path, "text") == 1
    assert "text: begins" in capsys.readouterr().out
