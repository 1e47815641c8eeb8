"""A gate in front of the denoiser, so that jobs of different people share its forwards.

Each job is an ordinary call of a diffusers pipeline in a greenlet of its own, with its own solver. Where the pipeline
calls its denoiser, the gate hands the call to the hub (backends.hub) and sleeps; the hub joins calls that fit together
into one forward and wakes each job with its rows. Jobs so join and leave at every step, whatever their solver, number
of steps or guidance. Outside a hub everything here is transparent: calls go straight through.

A backend that loads a diffusers pipeline does two things:

    self.pipeline = gate.gated(pipeline)                             # once, after it was moved to its device
    own = gate.session(self.pipeline, adapters=request.adapters)     # once a job
    own(prompt=…)                                                    # an ordinary call

Greenlets, not threads: one thread steps all jobs, so tokenizers and solvers are never entered twice, and the order of
everything is the same each time. Gradients are off for the hub's whole thread, because `torch.no_grad` in one greenlet
would be undone by another's.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial, update_wrapper, wraps
from typing import Any, Literal, ParamSpec, TypeVar

from greenlet import getcurrent, greenlet

from generation.backends.base import AdapterSpec
from generation.backends.remembering import Remembered
from generation.backends.rows import Call, read_call
from generation.backends.wearing import read_adapters, wear, worn_of

DENOISERS = (
    "unet",
    "transformer",
    "transformer_2",
    "unconditional_transformer",
    "prior",
    "decoder",
    "controlnet",
)
ENCODERS = ("text_encoder", "text_encoder_2", "text_encoder_3", "image_encoder")
DECODERS = ("vae", "movq", "vqvae", "audio_vae")
Seat = tuple[int, int]
"""Bucket of a forward, and the row at which a call begins in it."""
Place = Literal["decode", "solo", "files", "errands"]
Made = TypeVar("Made")
Asked = ParamSpec("Asked")


@dataclass(slots=True)
class Forward:
    """A call that waits at the gate."""

    module: Any
    forward: Callable[..., Any]
    call: Call
    adapters: tuple[AdapterSpec, ...]


@dataclass(slots=True)
class Aside:
    """Work that a thread does meanwhile.

    Attributes:
        place: Which threads do it: one decodes pictures ("decode"), one runs engines that have no gate ("solo"), two write
            files, a few wait for programs and far machines ("errands").
        is_charged: Its seconds are the job's.
    """

    work: Callable[[], Any]
    place: Place
    is_charged: bool
    future: Future[Any] | None = None


class Member(greenlet):  # type: ignore[misc]  # greenlet has no types
    """One job at the hub.

    Attributes:
        engine: Slug of the engine it runs on.
        waits_for: A forward, work aside, or nothing while it is new.
        session: Its own copy of the pipeline, for previews.
        served_at: The hub's seconds of forwards when it was last part of one.
        seconds: Seconds of the device it received.
        places: Bucket of each forward its calls went through and the row they began at, in order.
        forced: Places that its calls must take instead, to re-make what was made so.
        made, fault: How it ended.
    """

    def __init__(
        self, run: Callable[[], Any], *, name: str, engine: str, forced: Sequence[Seat] = ()
    ) -> None:
        super().__init__(self._live)
        self._run = run
        self.name, self.engine = name, engine
        self.waits_for: Forward | Aside | None = None
        self.session: Any = None
        self.adapters: tuple[AdapterSpec, ...] = ()
        self.served_at = self.seconds = 0.0
        self.places: list[Seat] = []
        self.forced = list(forced)
        self.is_begun = self.is_over = False
        self.made: Any = None
        self.fault: BaseException | None = None

    def _live(self, _first: None = None) -> None:
        try:
            self.made = self._run()
        except BaseException as fault:  # noqa: BLE001  # handed to whoever asked for the job
            self.fault = fault
        self.is_over = True

    def ask(self, wish: Forward | Aside) -> Any:
        """Sleep until the hub has the answer; raises what the hub throws."""
        self.waits_for = wish
        return self.parent.switch()


def member() -> Member | None:
    """Return the job that runs just now; None outside a hub."""
    current = getcurrent()
    return current if isinstance(current, Member) else None


def gated(pipeline: Any) -> Any:
    """Put gates into a pipeline and return it; its parts stay what they are, only their `forward` is led through.

    Denoisers wait for each other, encoders of words remember what they answered, and the picture decoder works aside.
    Offload hooks and compiled blocks have to be in place before.
    """
    for name, part in pipeline.components.items():
        for module in getattr(part, "nets", [part]):  # a MultiControlNetModel holds several
            if name in DENOISERS:
                _lead_through(module, "forward", _at_gate)
            elif name in ENCODERS:
                _lead_through(module, "forward", _from_memory)
            elif name in DECODERS:
                _lead_through(module, "encode", _aside)
                _lead_through(module, "decode", _aside)
    pipeline.is_gated = True
    return pipeline


def steps_here(backend: Any) -> bool:
    """Tell whether a loaded engine holds a gated pipeline, so that its jobs can share a hub."""
    return any(getattr(value, "is_gated", False) is True for value in vars(backend).values())


def session(pipeline: Any, *, adapters: Sequence[AdapterSpec] = ()) -> Any:
    """Return a copy of a gated pipeline for one job: the same weights, a solver of its own, no shared state."""
    own = copy.copy(pipeline)
    if getattr(pipeline, "scheduler", None) is not None:
        own.scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
    own._all_hooks = []  # the end of one job must not take the offload hooks, and with them the gates, from others
    read_adapters(own, adapters)
    current = member()
    if current is not None:
        current.session, current.adapters = own, tuple(adapters)
    else:
        for part in own.components.values():
            wear(part, worn_of(adapters))
    return own


def aside(
    work: Callable[..., Made],
    *args: Any,
    place: Place = "errands",
    is_charged: bool = False,
    **kwargs: Any,
) -> Made:
    """Do work in a thread of the hub while other jobs step on, and return its result; outside a hub do it here."""
    current = member()
    if current is None:
        return work(*args, **kwargs)
    made: Made = current.ask(Aside(partial(work, *args, **kwargs), place, is_charged))
    return made


def beside(work: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Decorate what writes a file or otherwise needs no device: within a hub it is done aside."""

    @wraps(work)
    def led(*args: Asked.args, **kwargs: Asked.kwargs) -> Made:
        return aside(partial(work, *args, **kwargs), place="files")

    return led


# ---------------------------------------------------------------- what is led through
def _lead_through(module: Any, name: str, way: Callable[..., Any]) -> None:
    """Replace a method of this one object; its class, and so every check of it, stays as it was."""
    straight = getattr(module, name, None)
    if straight is None or hasattr(straight, "is_way"):
        return
    led = update_wrapper(partial(way, module, straight), straight)
    led.is_way = True  # type: ignore[attr-defined]
    setattr(module, name, led)


def _at_gate(module: Any, straight: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    current = member()
    if current is None:
        return straight(*args, **kwargs)
    return current.ask(Forward(module, straight, read_call(straight, args, kwargs), current.adapters))


def _aside(module: Any, straight: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if hasattr(module, "_hf_hook"):  # moved on and off the device by hooks: only ever one thread may touch it
        return straight(*args, **kwargs)
    if member() is None:
        return _one_at_a_time(module, straight, *args, **kwargs)
    return aside(_one_at_a_time, module, straight, *args, place="decode", is_charged=True, **kwargs)


def _one_at_a_time(module: Any, straight: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Some decoders of film keep notes on themselves while they work."""
    with module.__dict__.setdefault("_dailies_lock", threading.RLock()):
        return straight(*args, **kwargs)


def _from_memory(module: Any, straight: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    current = member()
    if current is None:
        return straight(*args, **kwargs)
    memory = module.__dict__.setdefault("_dailies_memory", Remembered())
    worn = worn_of(current.adapters)
    wear(module, worn)
    return memory.of(partial(straight, *args, **kwargs), args, kwargs, worn=worn)
