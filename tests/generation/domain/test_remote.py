from __future__ import annotations

import pytest

from footage.problems import Problem
from generation.domain.remote import check_endpoint, host_of, is_inside, is_public, origin_of


@pytest.mark.parametrize(
    "url",
    [
        "https://api.deepseek.com/v1/",
        "http://192.168.4.2:8188",
        "http://render-1:8000/v1",
        "http://[::1]:8188",
    ],
)
def test_an_address_is_taken_without_its_last_slash(url):
    assert check_endpoint(url, has_key=True) == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://models.example", "is no address"),
        ("models.example", "is no address"),
        ("https://", "is no address"),
        ("https://anna:sesame@models.example", "its own field"),
        ("https://models.example/?api_key=sesame", "its own field"),
        ("http://169.254.169.254/latest", "link-local"),
        ("http://[fe80::1]/v1", "link-local"),
        ("http://models.example/v1", "would get the key unencrypted"),
        ("http://8.8.8.8/v1", "would get the key unencrypted"),
    ],
)
def test_an_address_that_is_none_or_would_give_the_key_away_is_refused(url, said):
    with pytest.raises(Problem, match=said) as problem:
        check_endpoint(url, has_key=True)
    assert "sesame" not in str(problem.value)


def test_without_a_key_plain_http_may_lead_outside():
    assert check_endpoint("http://models.example/v1", has_key=False) == "http://models.example/v1"


@pytest.mark.parametrize(
    ("host", "is_in"),
    [
        ("10.1.2.3", True),
        ("render-1", True),
        ("comfy.local", True),
        ("1.1.1.1", False),
        ("models.example", False),
    ],
)
def test_names_of_the_schools_own_network_are_known(host, is_in):
    assert is_inside(host) is is_in


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("1.1.1.1", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("127.0.0.1", False),
        ("169.254.169.254", False), ("::1", False), ("::ffff:10.0.0.1", False), ("100.64.0.1", False),
        ("224.0.0.1", False), ("fd00::1", False),
    ],
)  # fmt: skip
def test_answers_may_only_point_to_addresses_open_to_everyone(address, is_open):
    assert is_public(address) is is_open


def test_the_host_that_is_told_has_no_path_and_no_login():
    assert host_of("https://anna:sesame@models.example:8443/v1?key=1") == "models.example:8443"


def test_two_addresses_of_one_place_have_one_origin():
    assert origin_of("https://models.example/a") == origin_of("https://models.example:443/b")
    assert origin_of("https://models.example") != origin_of("http://models.example")
