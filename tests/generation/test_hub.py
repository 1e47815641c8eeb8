"""Jobs of different people at one denoiser: joint or alone they come out the same, and one's trouble stays its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from generation.backends import devices, gate
from generation.backends.base import Breakdown, Cancelled
from generation.backends.hub import Hub
from generation.models import Job
from generation.workers import watching
from generation.workers.watching import Watch
from tests.generation import small_pipelines

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]


@pytest.fixture(scope="module")
def torch():
    devices.prepare()
    import torch

    return torch


@pytest.fixture(scope="module")
def sketch(engines_folder, torch):
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(
        engines_folder / "atelier-sketch", use_safetensors=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return gate.gated(pipeline)


def drawing(pipeline, *, seed, steps=3, guidance=3.0, solver=None, **given):
    """A job as a function without arguments that returns an array of pixels."""
    import torch

    def run():
        own = gate.session(pipeline)
        if solver:
            own.scheduler = solver.from_config(pipeline.scheduler.config)
        with devices.machine_failures():
            return own(
                prompt=[f"a pier {seed}"], width=64, height=40, num_inference_steps=steps, guidance_scale=guidance,
                generator=[torch.Generator().manual_seed(seed)], output_type="np", **given,
            ).images[0]  # fmt: skip

    return run


def together(*runs, hub=None):
    """Run jobs at one hub to their ends and return them."""
    hub = hub or Hub()
    members = [hub.spawn(run, name=str(number), engine="sketch") for number, run in enumerate(runs)]
    finish(hub)
    return members


def finish(hub):
    while hub.members:
        if not hub.tick():
            hub.wake.wait(0.05)
            hub.wake.clear()
        hub.take_finished()


def again(run, places):
    """Run a job alone through the buckets it went through in company."""
    hub = Hub()
    member = hub.spawn(run, engine="sketch", forced=places)
    finish(hub)
    return member


def mixed(pipeline):
    from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, UniPCMultistepScheduler

    solvers = [None, DPMSolverMultistepScheduler, UniPCMultistepScheduler, DDIMScheduler, None]
    return [
        drawing(pipeline, seed=seed, steps=2 + seed, guidance=2.0 + seed % 3, solver=solver)
        for seed, solver in enumerate(solvers)
    ]


def test_jobs_of_mixed_steps_guidance_and_solvers_share_forwards(sketch):
    hub = Hub()
    together(*mixed(sketch), hub=hub)
    steps = sum(2 + seed for seed in range(5))
    assert hub.forwards.rows == 2 * steps  # guidance needs two rows a step
    assert hub.forwards.count < steps


def test_joint_and_alone_through_the_same_buckets_come_out_equal_to_the_bit(sketch):
    runs = mixed(sketch)
    for run, member in zip(runs, together(*runs), strict=True):
        assert member.fault is None
        assert max(size for size, _start in member.places) > 2
        assert (again(run, member.places).made == member.made).all()


def test_neither_neighbours_nor_the_place_change_a_row(sketch, torch):
    run = drawing(sketch, seed=7, steps=4)
    wanted = again(run, [(8, 0)] * 4).made
    for place in range(4):
        others = [drawing(sketch, seed=50 + place + number, steps=4) for number in range(3)]
        hub = learned_hub(cap=8)
        members = together(*others[:place], run, *others[place:], hub=hub)
        assert members[place].places == [(8, 2 * place)] * 4
        assert (members[place].made == wanted).all()


def learned_hub(*, cap):
    """A hub that knows already how forwards of the sketch engine pay: twice the rows in the same time up to `cap`."""
    from generation.domain.batching import PROBES, Curve

    sizes = [1 << power for power in range(7) if 1 << power <= 2 * cap]
    seconds = {size: 1.0 if size <= cap else 9.0 for size in sizes}
    hub = Hub()
    shape = "UNet2DConditionModel 4x10x16 float32"
    hub.forwards.curves["sketch", shape] = Curve(seconds, dict.fromkeys(sizes, PROBES))
    return hub


def test_outside_a_hub_a_gated_pipeline_is_a_pipeline(sketch, engines_folder):
    from diffusers import StableDiffusionPipeline

    plain = StableDiffusionPipeline.from_pretrained(engines_folder / "atelier-sketch", use_safetensors=True)
    plain.set_progress_bar_config(disable=True)
    assert (drawing(sketch, seed=3)() == drawing(plain, seed=3)()).all()


@pytest.mark.parametrize("family", sorted(small_pipelines.FAMILIES))
def test_every_family_of_pipelines_is_joined_without_changing_it(family, torch):
    pipeline, run_of = small_pipelines.FAMILIES[family]()
    gate.gated(pipeline)
    runs = [run_of(pipeline, seed=seed, steps=2 + seed % 2) for seed in range(3)]
    hub = Hub()
    members = together(*runs, hub=hub)
    for run, member in zip(runs, members, strict=True):
        if member.fault:
            raise member.fault
        assert torch.equal(again(run, member.places).made, member.made)
        assert torch.allclose(run(), member.made, atol=1e-4)
    assert hub.forwards.count < sum(len(member.places) for member in members)


def test_a_job_that_fails_takes_no_other_with_it(sketch):
    def failing():
        raise ValueError("no words")

    good = drawing(sketch, seed=1)
    wrong = drawing(sketch, seed=2, negative_prompt_embeds="not a tensor")
    members = together(good, failing, wrong)
    assert [type(member.fault) for member in members[:2]] == [type(None), ValueError]
    assert members[2].fault is not None
    assert members[0].made.shape == (40, 64, 3)


class Crowded:
    """A small denoiser with memory for so many rows."""

    def __init__(self, torch, *, most):
        self.torch, self.most, self.sizes = torch, most, []

    def module(self):
        torch, crowd = self.torch, self

        class Denoiser(torch.nn.Module):
            def forward(self, sample, timestep):
                crowd.sizes.append(len(sample))
                if len(sample) > crowd.most:
                    raise torch.OutOfMemoryError("CUDA out of memory")
                if (sample < -1e3).any():
                    raise ArithmeticError("a latent ran away")
                return (sample * 2,)

        return Denoiser()


def stepping(module, torch, *, value, steps):
    gate._lead_through(module, "forward", gate._at_gate)

    def run():
        sample = torch.full((1, 2, 4, 4), float(value))
        for step in range(steps):
            sample = module(sample, step)[0]
        return sample

    return run


def test_out_of_memory_lowers_the_cap_and_loses_nobody(torch):
    crowd = Crowded(torch, most=2)
    module = crowd.module()
    runs = [stepping(module, torch, value=number, steps=12) for number in range(1, 9)]
    hub = Hub()
    members = together(*runs, hub=hub)
    assert [float(member.made.mean()) for member in members] == [number * 2.0**12 for number in range(1, 9)]
    [curve] = hub.forwards.curves.values()
    assert (curve.limit, curve.failures, crowd.sizes.count(4)) == (4, 1, 1)
    assert max(size for member in members for size, _start in member.places) == 2


def test_a_job_too_large_for_the_device_breaks_down_alone(torch):
    module = Crowded(torch, most=0).module()
    run = stepping(module, torch, value=1, steps=1)

    def guarded():
        with devices.machine_failures():
            return run()

    [member] = together(guarded)
    assert isinstance(member.fault, Breakdown)


def test_a_row_that_brings_a_forward_down_ends_only_its_own_job(torch):
    module = Crowded(torch, most=99).module()
    runs = [stepping(module, torch, value=value, steps=8) for value in (1, -500, 3, 4)]
    members = together(*runs)
    assert [type(member.fault) for member in members] == [
        type(None),
        ArithmeticError,
        type(None),
        type(None),
    ]


def test_a_cancel_ends_a_job_before_its_next_forward(sketch):
    hub = Hub()
    staying, leaving = (hub.spawn(drawing(sketch, seed=seed, steps=9), engine="sketch") for seed in (1, 2))
    for _step in range(3):
        hub.tick()
    forwards = len(leaving.places)
    hub.stop(leaving, Cancelled())
    assert isinstance(leaving.fault, Cancelled)
    assert len(leaving.places) == forwards
    finish(hub)
    assert (staying.fault, len(staying.places)) == (None, 9)


def test_the_same_words_are_encoded_once(sketch):
    sketch.text_encoder.__dict__.pop("_dailies_memory", None)
    together(drawing(sketch, seed=4), drawing(sketch, seed=4, steps=2), drawing(sketch, seed=5))
    memory = sketch.text_encoder._dailies_memory
    assert (memory.misses, memory.hits) == (3, 3)  # "a pier 4", "a pier 5", and no words at all


def test_pictures_are_decoded_and_written_beside_the_device(sketch):
    run = drawing(sketch, seed=6)
    with ThreadPoolExecutor(1) as pool:
        hub = Hub(threads={"decode": pool})
        [member] = together(run, hub=hub)
    assert (member.made == again(run, member.places).made).all()


def test_jobs_are_charged_all_forwards_and_never_more_than_the_device_worked(sketch):
    hub = Hub()
    members = together(*mixed(sketch), hub=hub)
    charged = sum(member.seconds for member in members)
    assert hub.forwards.seconds < charged <= hub.busy + 1e-6


def test_a_preview_looks_like_the_picture(sketch, torch):
    import io

    import numpy as np
    from PIL import Image

    from generation.backends.previews import sketch_of

    seen = []
    hub = Hub(seen=lambda member, wish, answer: seen.append(sketch_of(member.session, wish.call, answer)))
    [member] = together(drawing(sketch, seed=8, steps=6, guidance=1.0), hub=hub)
    preview = Image.open(io.BytesIO(seen[-1].jpeg())).convert("RGB").resize((64, 40))
    difference = np.abs(np.asarray(preview) / 255 - member.made).mean()
    assert (len(seen), difference < 0.08) == (6, True)


def test_steps_are_told_at_the_gate_for_pipelines_that_tell_none(sketch):
    watch = Watch(Job(tool="text-to-image", steps=6), steps=6)
    hub = Hub(seen=lambda _member, wish, answer: watch.seen(wish, answer))
    watch.member = hub.spawn(drawing(sketch, seed=9, steps=6), engine="sketch")
    told = []
    while not watch.member.is_over:
        hub.tick()
        told.append((watch.step, watch.steps))
    assert sorted(set(told)) == [(step, 6) for step in range(6)]
    assert watch.sketch is not None


def test_a_picture_that_can_not_be_previewed_costs_no_job(sketch, monkeypatch):
    def broken(*args):
        raise IndexError("a family nobody knows")

    monkeypatch.setattr(watching, "sketch_of", broken)
    watch = Watch(Job(tool="text-to-image", steps=2))
    hub = Hub(seen=lambda _member, wish, answer: watch.seen(wish, answer))
    watch.member = hub.spawn(drawing(sketch, seed=9, steps=2), engine="sketch")
    finish(hub)
    assert (watch.member.fault, watch.sketch) == (None, None)
