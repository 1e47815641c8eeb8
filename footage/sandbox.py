"""Run a function on strangers' files in a process of its own, with limits on time, memory and disk.

A decoder that crashes, hangs or swells takes only that process with it, and the caller gets a `Problem`
with a sentence. The child leaves the network where the kernel lets it, starts without Django, and its
answer is unpickled through an allow-list, so that a child taken over by a file can't run code in the caller.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import math
import os
import pickle
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop

ROOT = Path(__file__).resolve().parent.parent
LARGEST_FILE_BYTES = 16 * 2**30
MEGABYTE = 2**20

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
_BOOT = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from footage.sandbox import _serve; _serve()"
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_SAFE_FUNCTIONS = {
    ("footage.sandbox", "_problem"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}
_SAFE_CLASSES = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("fractions", "Fraction"),
    ("decimal", "Decimal"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "range"),
    ("builtins", "slice"),
    ("builtins", "complex"),
    ("builtins", "bytearray"),
    ("pathlib", "PosixPath"),
}


def run_limited(call: str, *args: Any, seconds: float, memory_mb: int, **keywords: Any) -> Any:
    """Call "module:function" with these arguments in a fresh process and return its answer.

    Args:
        call: Importable function, such as "footage.probe:probe".
        args: Picklable positional arguments; `keywords` likewise.
        seconds: Longest wall-clock time, and of processor time, too.
        memory_mb: Most address space in MiB; PyAV alone needs about 300.

    Raises:
        Problem: the function's own, or one saying that it took too long, too much memory, or crashed.
    """
    request = pickle.dumps((call, args, keywords, seconds, memory_mb))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _BOOT],
            input=request,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, **_ENVIRONMENT},
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise _too_long(args, seconds) from fault
    return _answer(done, args, seconds, memory_mb)


def _answer(
    done: subprocess.CompletedProcess[bytes], args: tuple[Any, ...], seconds: float, memory_mb: int
) -> Any:
    if done.returncode == -signal.SIGXCPU:
        raise _too_long(args, seconds)
    try:
        kind, value = _SafeUnpickler(io.BytesIO(done.stdout)).load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError) as fault:
        raise _crashed(args, done) from fault
    if kind == "problem":
        template, params = value
        raise Problem(template, **params)
    if kind == "memory":
        raise Problem(
            gettext_noop(
                "%(name)s needs more than %(limit)d MB of memory to open; export a smaller version."
            ),
            name=_name_in(args),
            limit=memory_mb,
        )
    if kind == "fault":
        raise _crashed(args, done) from RuntimeError(value)
    return value


def _too_long(args: tuple[Any, ...], seconds: float) -> Problem:
    return Problem(
        gettext_noop(
            "%(name)s could not be read within %(seconds)d seconds; it may be damaged. Export it again."
        ),
        name=_name_in(args),
        seconds=math.ceil(seconds),
    )


def _crashed(args: tuple[Any, ...], done: subprocess.CompletedProcess[bytes]) -> Problem:
    problem = Problem(
        gettext_noop(
            "%(name)s can't be read: it is damaged in a way that stops the reader. Export it again."
        ),
        name=_name_in(args),
    )
    problem.add_note(f"exit status {done.returncode}: {done.stderr[-2000:].decode(errors='replace')}")
    return problem


def _name_in(args: tuple[Any, ...]) -> str:
    """What to call the material: the name of the first path among the arguments."""
    return next((Path(value).name for value in args if isinstance(value, str | os.PathLike)), "?")


class _SafeUnpickler(pickle.Unpickler):
    """Loads plain values, arrays and the dataclasses of this package, nothing that acts."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _SAFE_FUNCTIONS | _SAFE_CLASSES:
            return super().find_class(module, name)
        if module.startswith("footage.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} may not come out of the sandbox")


def unpickled(data: bytes) -> Any:
    """Load plain values, arrays and the dataclasses of this package from bytes that somebody may have tampered with.

    Raises:
        pickle.UnpicklingError: there is something else in them.
    """
    return _SafeUnpickler(io.BytesIO(data)).load()


def _serve() -> None:
    """Child side: read one request from standard input, answer on standard output, and end."""
    call, args, keywords, seconds, memory_mb = pickle.load(sys.stdin.buffer)  # noqa: S301 - the caller is ours
    answer = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not mix into the answer.
    os.dup2(2, 1)
    _limit(seconds=seconds, memory_mb=memory_mb)
    _leave_the_network()
    with answer:
        answer.write(_outcome(call, args, keywords))
    # Destructors of half-read media may crash after the work is done.
    sys.stderr.flush()
    os._exit(0)


def _outcome(call: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> bytes:
    module, _, function = call.partition(":")
    try:
        value = getattr(importlib.import_module(module), function)(*args, **keywords)
        return _pickled(("value", value))
    except Problem as problem:
        return pickle.dumps(("problem", (problem.template, _plain(problem.params))))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception as fault:  # noqa: BLE001 - the process ends here; the caller says it as a sentence
        return pickle.dumps(("fault", f"{type(fault).__name__}: {fault}"))


class _Pickler(pickle.Pickler):
    """Takes problems apart: an exception is rebuilt from its text, where a stray % would be a place."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, Problem):
            return _problem, (value.template, _plain(value.params))
        return NotImplemented


def _pickled(value: object) -> bytes:
    file = io.BytesIO()
    _Pickler(file).dump(value)
    return file.getvalue()


def _problem(template: str, params: dict[str, object]) -> Problem:
    return Problem(template, **params)


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {key: value if isinstance(value, int | float) else str(value) for key, value in params.items()}


def _limit(*, seconds: float, memory_mb: int) -> None:
    processor = math.ceil(seconds)
    for which, most in (
        (resource.RLIMIT_AS, memory_mb * MEGABYTE),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (ceiling, ceiling + 1 if which == resource.RLIMIT_CPU else ceiling))


def _leave_the_network() -> None:
    """Enter an empty network namespace; where the kernel refuses, the readers' own protocol lists remain."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # As root a new user namespace would take away the right to read other people's files.
    libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)
