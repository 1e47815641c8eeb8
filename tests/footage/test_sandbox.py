from __future__ import annotations

import socket
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from footage.probe import CameraFacts
from footage.problems import Problem
from footage.sandbox import run_limited

FILE = Path("/nowhere/take 1.mp4")


def run(function: str, *args: Any, seconds: float = 20, memory_mb: int = 1024, **keywords: Any) -> Any:
    call = f"tests.footage.misbehaving:{function}"
    return run_limited(call, *(args or (FILE,)), seconds=seconds, memory_mb=memory_mb, **keywords)


def refusal(function: str, **limits: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        run(function, **limits)
    return caught.value


def test_the_answer_comes_back_whole() -> None:
    assert run("answer", times=2) == ("take 1.mp4take 1.mp4", Fraction(1, 3), CameraFacts(make="SONY"))


def test_a_problem_comes_back_translatable() -> None:
    problem = refusal("refuse")
    assert problem.template == "%(name)s has %(count)d faults, 100 %% sure."
    assert problem.params == {"name": "take 1.mp4", "count": 3}


def test_problems_inside_an_answer_come_back_whole() -> None:
    [problem] = run("note")
    assert (str(problem), problem.template) == ("100% final (2).edl is noted.", "%(name)s is noted.")


def test_a_busy_loop_is_stopped() -> None:
    assert "could not be read within 1 seconds" in str(refusal("hang", seconds=0.5))


def test_waiting_for_ever_is_stopped() -> None:
    assert str(refusal("sleep", seconds=0.5)).startswith("take 1.mp4 could not be read within 1 seconds")


def test_too_much_memory_is_refused_with_the_limit() -> None:
    assert "take 1.mp4 needs more than 256 MB of memory" in str(refusal("swell", memory_mb=256))


@pytest.mark.parametrize("function", ["crash", "stumble"])
def test_a_crash_becomes_a_sentence(function: str) -> None:
    assert "take 1.mp4 can't be read: it is damaged in a way that stops the reader" in str(refusal(function))


def test_what_the_function_prints_does_not_mix_into_the_answer() -> None:
    assert run("chatter") == "done"


def test_nothing_there_reaches_the_network_where_the_kernel_knows_namespaces() -> None:
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel makes no network namespaces for us")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert run("reach_out", server.getsockname()[1]) == "no network"


def test_an_answer_that_would_run_code_here_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert "can't be read" in str(refusal("smuggle"))
    assert "taken over" not in capfd.readouterr().out
