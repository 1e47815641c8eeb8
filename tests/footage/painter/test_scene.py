from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from footage.painter.captions import caption
from footage.painter.scene import (
    KINDS,
    PEOPLE,
    Carried,
    Place,
    Scene,
    Shot,
    Subject,
    parse_scene,
    random_scene,
)
from footage.painter.words import VOCABULARY
from footage.problems import Problem

EVERY_VALUE = [(name, value) for name, kind in KINDS.items() for value in kind]


def scene_with(name: str, value: str) -> Scene:
    scene = Scene(subject=Subject.FIGURE, carried=Carried.UMBRELLA)
    return replace(scene, **{name: value}) if name != "subject" or value in PEOPLE else Scene(subject=value)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "value"), EVERY_VALUE)
def test_a_caption_that_leaves_nothing_out_reads_back_as_its_scene(name, value, language):
    scene = scene_with(name, value)
    for seed in range(25):
        words = caption(scene, rng=np.random.default_rng(seed), language=language, drop=0.0)
        assert (words, parse_scene(words)) == (words, scene)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_synonym_is_understood(language):
    for name, values in VOCABULARY[language].items():
        for value, words in values.items():
            for word in words:
                prefix = {"en": "a figure with a ", "zh": "一个人拿着"}[language] if name == "carried" else ""
                assert (word, getattr(parse_scene(prefix + word), name)) == (word, value)


def test_captions_vary_in_words_and_order():
    scene = Scene(subject=Subject.BOAT, place=Place.SEA)
    said = {caption(scene, rng=np.random.default_rng(seed), language="en") for seed in range(40)}
    assert len(said) > 30


def test_what_a_caption_leaves_unsaid_stays_neutral():
    assert parse_scene("a train") == Scene(subject=Subject.TRAIN)
    assert parse_scene("") == Scene()


def test_a_word_inside_another_word_is_not_heard():
    assert parse_scene("雪山上的飞鸟") == Scene(place=Place.MOUNTAINS, subject=Subject.BIRD)
    assert parse_scene("a brain, a mushroom") == Scene()


def test_a_lantern_is_carried_when_somebody_is_there():
    assert parse_scene("a girl, a lantern").carried is Carried.LANTERN
    assert parse_scene("a paper lantern").subject is Subject.LANTERN
    assert parse_scene("灯笼").subject is Subject.LANTERN


def test_an_umbrella_without_a_bearer_brings_one():
    assert parse_scene("a red umbrella").subject is Subject.FIGURE


def test_random_scenes_are_decided_by_the_generator():
    one, same = (random_scene(np.random.default_rng(7)) for _ in range(2))
    assert one == same
    assert len({random_scene(np.random.default_rng(seed)) for seed in range(60)}) > 55


def test_fixed_words_are_kept():
    rng = np.random.default_rng(1)
    scenes = [random_scene(rng, place="room", shot="close") for _ in range(40)]
    assert {(scene.place, scene.shot) for scene in scenes} == {(Place.ROOM, Shot.CLOSE)}
    assert random_scene(rng, place="room", subject="boat").subject is Subject.BOAT
    assert random_scene(rng, carried="balloon").subject in PEOPLE


def test_only_people_carry_things():
    rng = np.random.default_rng(2)
    scenes = [random_scene(rng) for _ in range(200)]
    assert all(scene.carried is Carried.NONE for scene in scenes if scene.subject not in PEOPLE)


@pytest.mark.parametrize("fixed", [{"place": "moon"}, {"mood": "sad"}])
def test_an_unknown_word_is_refused_with_the_known_ones(fixed):
    with pytest.raises(Problem, match="Known words"):
        random_scene(np.random.default_rng(1), **fixed)
