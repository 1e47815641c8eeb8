from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from footage.problems import Problem
from generation.domain.engine_options import check_options

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = yaml.safe_load((ROOT / "fixtures" / "engines.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", SHIPPED, ids=lambda row: row["slug"])
def test_what_ships_has_options_that_are_read(row):
    check_options(row["options"], tools=row["tools"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"widht": 512}, "perhaps “width” is meant"),
        ({"quantum": 1}, "There is no option “quantum”. Known are"),
        ({"width": 500}, "“width” is 500; it must be a multiple of 8"),
        ({"width": "512"}, "it must be a multiple of 8"),
        ({"compile": "yes"}, "it must be true or false"),
        ({"compile": 1}, "it must be true or false"),
        ({"dtype": "fp8"}, "it must be float32, float16 or bfloat16"),
        ({"offload": "disk"}, "it must be model or group"),
        ({"scheduler": "__import__('os')"}, "the name of a diffusers scheduler class"),
        ({"fps": True}, "a whole number from 1 to 60"),
        ({"seconds": 3}, "There is no option “seconds”"),
    ],
)
def test_an_option_that_nothing_reads_or_can_use_is_named(options, said):
    with pytest.raises(Problem, match=said):
        check_options(options, tools=["text-to-image"])


def test_defaults_for_the_inputs_of_its_tools_are_options_too():
    check_options({"seconds": 3, "strength": 0.4, "dtype": "bfloat16"}, tools=["image-to-video"])
