"""A remote language model over a real socket: what it writes, how it fails, how it is ended."""

from __future__ import annotations

import json

import pytest

from footage.problems import Problem
from generation.backends import keyring
from generation.backends.base import Breakdown, Cancelled, EngineSpec, Request
from generation.backends.remote_chat import ChatEndpoint
from tests.generation.remote_servers import KEY, ChatServer, served

INPUTS = {"task": "scene", "premise": "渡口的灯 a lamp at the ferry", "length": 40, "seed": 7}
FAST = {"model": "m-1", "pause_seconds": 0.01, "silence_seconds": 5}


def spec(url, *, key=KEY, **options):
    return EngineSpec("far-writer", "openai-chat", None, "m-1", FAST | options, url, keyring.seal(key))


def write(url, folder, *, cancelled=lambda: False, progress=lambda *_: None, **options):
    request = Request("text-draft", INPUTS)
    return ChatEndpoint(spec(url, **options)).run(
        request, folder=folder, progress=progress, cancelled=cancelled
    )


def test_a_draft_arrives_in_pieces_with_what_the_endpoint_says_of_itself(tmp_path):
    with served(ChatServer(), at="/v1") as server:
        made = write(server.url, tmp_path)
    assert made.path.read_text() == "INT. FERRY – NIGHT\n雾里有一盏灯。\n"
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert made.machine == {
        "device": "remote", "endpoint": host, "pipeline": "openai-chat", "model": "m-1-2026", "versions": {},
        "system_fingerprint": "fp_44", "tokens": 21, "ending": "stop",
    }  # fmt: skip
    assert (made.kind, made.source_type) == ("text", "trainedAlgorithmicMedia")
    asked = server.asked[0]
    assert (asked["method"], asked["path"]) == ("POST", "/v1/chat/completions")
    assert asked["headers"]["authorization"] == f"Bearer {KEY}"
    body = json.loads(asked["body"])
    assert (body["model"], body["max_tokens"], body["seed"], body["stream"]) == ("m-1", 40, 7, True)
    assert body["messages"][-1]["content"] == INPUTS["premise"]


def test_an_endpoint_that_does_not_stream_serves_as_well(tmp_path):
    with served(ChatServer("whole")) as server:
        assert write(server.url, tmp_path).path.read_text() == "INT. FERRY – NIGHT\n雾里有一盏灯。\n"


def test_a_key_may_be_missing_inside_the_school(tmp_path):
    with served(ChatServer()) as server:
        write(server.url, tmp_path, key="")
    assert "authorization" not in server.asked[0]["headers"]


def test_a_cancel_ends_the_call_in_the_middle_of_a_silence(tmp_path):
    with served(ChatServer("drips")) as server:
        with pytest.raises(Cancelled):
            write(server.url, tmp_path, cancelled=lambda: bool(server.asked))
        assert server.is_left.wait(5), "the endpoint goes on writing, and the school pays"


def test_progress_is_told_in_tokens(tmp_path):
    steps = []
    with served(ChatServer("drips")) as server, pytest.raises(Cancelled):
        write(
            server.url, tmp_path, progress=lambda *step: steps.append(step),
            cancelled=lambda: bool(steps) and steps[-1] == (2, 40),
        )  # fmt: skip
    assert steps[-1] == (2, 40)


@pytest.mark.parametrize(
    ("mood", "tries", "said"),
    [
        ("500", 1, "answered 500"),
        ("429", 3, "answered 429"),
        ("no-json", 1, "no JSON"),
        ("a-page", 1, "the line to .* broke"),
        ("cut", 1, "broke"),
        ("breaks-off", 1, "broke off"),
        ("falls-silent", 1, "cut in the middle"),
    ],
)
def test_what_may_pass_is_a_breakdown_and_repeated_only_where_nothing_was_begun(tmp_path, mood, tries, said):
    with served(ChatServer(mood)) as server, pytest.raises(Breakdown, match=said) as fault:
        write(server.url, tmp_path)
    assert len(server.asked) == tries
    assert KEY not in str(fault.value)


def test_after_too_many_requests_the_second_try_succeeds(tmp_path):
    with served(ChatServer("429", "well")) as server:
        assert write(server.url, tmp_path).path.read_text().startswith("INT. FERRY")
    assert len(server.asked) == 2


def test_an_endpoint_that_says_nothing_is_given_up(tmp_path):
    with served(ChatServer("silent")) as server, pytest.raises(Breakdown, match="in time"):
        write(server.url, tmp_path, silence_seconds=0.2)


def test_a_job_there_has_an_end_even_while_words_drip(tmp_path):
    with served(ChatServer("drips")) as server, pytest.raises(Breakdown, match=r"wasn’t ready after 0\.3 s"):
        write(server.url, tmp_path, most_seconds=0.3)


def test_a_dead_endpoint_is_a_breakdown(tmp_path):
    with served(ChatServer()) as server:
        pass
    with pytest.raises(Breakdown, match="can’t be reached"):
        write(server.url, tmp_path)


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("401", "doesn’t accept the school’s key"),
        ("402", "account at .* is empty"),
        ("404", "knows no such address or model"),
        ("302", "leads elsewhere"),
        ("refuses", "didn’t take the request: size is not supported for …"),
        ("filter", "stopped the text"),
        ("huge", "larger than 64 MB"),
    ],
)
def test_what_would_happen_again_is_told_at_once_and_never_with_the_key(tmp_path, mood, said):
    with served(ChatServer(mood)) as server, pytest.raises(Problem, match=said) as problem:
        write(server.url, tmp_path)
    assert len(server.asked) == 1
    assert KEY not in str(problem.value)
    assert list(tmp_path.iterdir()) == []


def test_a_spec_that_is_printed_tells_no_key():
    said = repr(spec("https://models.example"))
    assert "sealed" not in said
    assert KEY not in said
