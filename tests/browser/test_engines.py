"""The administrator's way from the list of engines to a workflow at a ComfyUI of the school, and back out of it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NODES = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ""}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
}


def test_an_administrator_adds_a_workflow_and_is_told_what_is_wrong_with_it(enter):
    page = enter("admin", width=390, height=844)
    page.goto("/engines/")
    page.get_by_role("link", name="Add a remote engine").click()

    expect(page.get_by_label("Model", exact=False)).to_be_visible()
    page.get_by_label("Kind").select_option("comfyui")
    expect(page.get_by_label("Model", exact=False)).to_be_hidden()
    expect(page.get_by_label("Text draft")).to_be_hidden()
    page.get_by_label("Short name").fill("browser-comfy")
    page.get_by_label("Name in English").fill("Our ComfyUI")
    page.get_by_label("Name in Chinese").fill("我们的 ComfyUI")
    page.get_by_label("Address").fill("http://127.0.0.1:9")
    page.locator("[name=secret]").fill("a key of the proxy")
    page.get_by_label("Upscale", exact=True).check()
    page.get_by_label("Licence or terms").fill("Our own workflow")
    workflow = {"name": "api.json", "mimeType": "application/json", "buffer": json.dumps(NODES).encode()}
    page.locator("[name=workflow]").set_input_files(workflow)
    page.get_by_label("Named inputs").fill("prompt = 60.text")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("the workflow has no such input").first.wait_for()

    page.locator("[name=workflow]").set_input_files(workflow)
    page.get_by_label("Named inputs").fill("prompt = 6.text")
    page.locator("[name=secret]").fill("a key of the proxy")
    page.get_by_role("button", name="Add", exact=True).click()
    card = page.locator(".engine", has_text="Our ComfyUI")
    card.get_by_text("key sealed").wait_for()
    card.get_by_role("button", name="Ask whether it is there").click()
    page.get_by_text("Our ComfyUI doesn’t answer").wait_for()

    page.locator(".engine", has_text="Our ComfyUI").get_by_role("link", name="Edit").click()
    expect(page.locator("[name=secret]")).to_have_value("")
    page.get_by_text("A workflow of 2 nodes is kept").wait_for()
    page.goto("/engines/")
    page.locator(".engine", has_text="Our ComfyUI").get_by_role("button", name="Switch off").click()
    page.locator(".engine", has_text="Our ComfyUI").get_by_text("switched off").wait_for()
    assert [problem for problem in page.problems if "422" not in problem] == []
