"""Shot lists and polished dialogue: by the rules, and by a language model."""

from __future__ import annotations

import pytest

from assignments.backends import store
from footage.problems import Problem
from generation import workers
from generation.backends import scripts
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.loading import loaded_engine
from generation.backends.text import chat_of, written
from generation.choices import JobState
from generation.domain.breakdown.table import read_table
from generation.domain.tools import TOOLS, validate
from generation.services import request_job
from tests.factories import NOW, make_brief, make_work
from tests.generation.domain.test_screenplay import CHINESE, ENGLISH
from tests.generation.test_workers import Clock


def request_of(tool, given):
    inputs, problems = validate(TOOLS[tool], {"seed": 1, **given}, has_source=False)
    assert problems == ()
    return Request(tool, inputs)


def make(tmp_path, tool, given, *, pipeline="script-reader", folder=None, cancelled=lambda: False):
    spec = EngineSpec(pipeline, pipeline, folder or tmp_path / "none", "1", {})
    return loaded_engine(spec).run(
        request_of(tool, given), folder=tmp_path, progress=lambda *_: None, cancelled=cancelled
    )


def problem_of(tool, given):
    _request, [problem] = validate(TOOLS[tool], given, has_source=False)
    return problem.slug, problem.sentence


# ---------------------------------------------------------------- by the rules
@pytest.mark.parametrize(("script", "head"), [(ENGLISH, "| Shot | Scene |"), (CHINESE, "| 镜号 | 场次 |")])
def test_a_script_becomes_a_table_in_its_language(tmp_path, script, head):
    produced = make(tmp_path, "shot-list", {"script": script})
    words = produced.path.read_text(encoding="utf-8")
    assert (produced.path.name, produced.kind, produced.source_type) == (
        "shot-list.md",
        "text",
        "algorithmicMedia",
    )
    assert words.startswith(head)
    assert len(read_table(words)) == produced.machine["shots"] > 3


def test_a_spreadsheet_is_written_on_request(tmp_path):
    produced = make(tmp_path, "shot-list", {"script": ENGLISH, "form": "csv"})
    words = produced.path.read_text(encoding="utf-8")
    assert (produced.path.name, words.splitlines()[0]) == (
        "shot-list.csv",
        "Shot,Scene,Size,Camera,Action,Sound,Seconds",
    )
    assert sum(shot.seconds for shot in read_table(words)) == produced.machine["seconds"]


def test_dialogue_takes_the_words_of_a_place_and_of_the_person(tmp_path):
    given = {"script": "MARY: I do not know this river.", "dialect": "scots", "lexicon": "river=watter"}
    produced = make(tmp_path, "dialogue-polish", given)
    assert "MARY: I ⟦do not→dinnae⟧ ⟦know→ken⟧ this ⟦river→watter⟧." in produced.path.read_text(
        encoding="utf-8"
    )
    assert produced.machine["changes"] == 3


def test_written_words_are_left_on_request(tmp_path):
    produced = make(tmp_path, "dialogue-polish", {"script": "MARY: I am late.", "spoken": "keep"})
    assert produced.machine["changes"] == 0


def test_what_cannot_be_worked_on_is_told_at_its_field():
    assert problem_of("shot-list", {"script": "INT. ROOM - DAY"})[1].startswith(
        "There is nothing to be filmed"
    )
    assert problem_of("dialogue-polish", {"script": "Hello.", "dialect": "sichuan"}) == (
        "dialect",
        "This dialect is of Chinese, and the text is in another language. Choose one of its own.",
    )
    assert problem_of("dialogue-polish", {"script": "你好", "dialect": "scots"})[1].startswith(
        "This dialect is of English"
    )
    assert problem_of("dialogue-polish", {"script": "Hello.", "lexicon": "gif"})[0] == "lexicon"
    assert problem_of("shot-list", {"script": "x" * 20_001})[1].startswith("This is 20001 characters long")


def test_a_cancel_is_seen_before_reading(tmp_path):
    with pytest.raises(Cancelled):
        make(tmp_path, "shot-list", {"script": ENGLISH}, cancelled=lambda: True)


# ---------------------------------------------------------------- by a language model
def test_a_language_model_is_asked_for_the_columns_in_the_scripts_language():
    system, user = chat_of(request_of("shot-list", {"script": CHINESE}))
    assert "镜号, 场次, 景别" in system["content"]
    assert user["content"] == CHINESE.strip()


def test_a_language_model_is_given_the_word_lists():
    given = {"script": "A: Yes.", "dialect": "scots", "lexicon": "yes=aye aye", "spoken": "keep"}
    system, _user = chat_of(request_of("dialogue-polish", given))
    assert "yes = aye aye; yes = aye; no = naw" in system["content"]


def test_its_table_is_brought_into_our_form(tmp_path):
    answer = "Here:\n\n| No | Size | Description |\n|--|--|--|\n| 7 | CU | A hand |\n"
    path, facts = written(request_of("shot-list", {"script": ENGLISH}), answer, tmp_path, engine="qwen")
    assert (facts, path.read_text(encoding="utf-8").splitlines()[-1]) == (
        {"shots": 1, "seconds": 0},
        "| 1 |  | CU |  | A hand |  |  |",
    )


def test_an_answer_without_a_table_is_no_shot_list(tmp_path):
    with pytest.raises(Problem, match="qwen answered without a shot list"):
        written(request_of("shot-list", {"script": ENGLISH}), "I would rather not.", tmp_path, engine="qwen")


def test_its_changes_to_a_dialogue_are_marked_and_its_fence_taken_off(tmp_path):
    request = request_of("dialogue-polish", {"script": "A: I do not know."})
    path, facts = written(request, "```\nA: No idea.\n```", tmp_path, engine="qwen")
    assert facts == {"changes": 1, "rows": 1}
    assert "row 1: I do not know → No idea  (qwen)" in path.read_text(encoding="utf-8")


@pytest.mark.engine
def test_a_real_language_model_polishes_through_the_same_tool(tmp_path, engines_folder):
    given = {"script": "A: I do not know.\nB: 我不知道。", "length": 60}
    produced = make(
        tmp_path, "dialogue-polish", given, pipeline="causal-lm", folder=engines_folder / "practice-text"
    )
    assert (produced.source_type, produced.machine["pipeline"]) == (
        "trainedAlgorithmicMedia",
        "LlamaForCausalLM",
    )
    assert produced.machine["changes"] > 0


# ---------------------------------------------------------------- as jobs
@pytest.mark.django_db
@pytest.mark.servers
def test_a_shot_list_is_labelled_and_can_be_read_back_from_the_work(scene, engines):
    work = make_work(make_brief(scene.brief.module, tools=[scripts.SHOT_LIST]), owner=scene.alice)
    inputs = {"script": ENGLISH, "form": "csv"}
    job = request_job(work=work, tool=scripts.SHOT_LIST, inputs=inputs, source=None, by=scene.alice, now=NOW)
    workers.run_jobs(worker="w", now=Clock())
    job.refresh_from_db()
    assert (job.state, job.engine.slug) == (JobState.DONE, "script-reader"), job.problem
    stored = store.path(job.output.media.sha256).read_text(encoding="utf-8")
    assert (job.output.media.name.endswith(".csv"), stored.startswith("[AI-generated")) == (True, True)
    assert len(read_table(stored)) == job.output.recipe["machine"]["shots"]
