"""Equal requests have equal recipes, whatever the order they were written in."""

from __future__ import annotations

from generation.domain.recipe import make_recipe, recipe_hash


def recipe(**changes):
    parts = {
        "tool": "text-to-image", "request": {"seed": 1, "prompt": "fog"}, "engine": {"slug": "a", "revision": "ff"},
        "source_sha256": None, "machine": {"device": "cpu", "versions": {"torch": "2.13.0"}},
    }  # fmt: skip
    return make_recipe(**{**parts, **changes})


def test_the_hash_is_that_of_the_canonical_form():
    assert recipe_hash(recipe()) == recipe_hash(recipe(request={"prompt": "fog", "seed": 1}))
    assert len(recipe_hash(recipe())) == 64


def test_each_part_changes_the_hash():
    others = [
        recipe(tool="voice"),
        recipe(request={"seed": 2, "prompt": "fog"}),
        recipe(engine={"slug": "a", "revision": "fe"}),
        recipe(source_sha256="00" * 32),
        recipe(machine={"device": "cuda", "versions": {"torch": "2.13.0"}}),
    ]
    assert len({recipe_hash(each) for each in [recipe(), *others]}) == 6
