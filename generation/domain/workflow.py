"""A ComfyUI workflow as a tool: a file in its API format, and names for those of its inputs that a request fills.

A name leads to `node.input`, as in `prompt → 6.text`; one name may fill several. The names are the slugs of a tool's
inputs (prompt, negative, seed, steps, …), `width`, `height`, and for files `source` and the uses of media (mask, …).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from footage.problems import Problem, gettext_noop

MOST_BYTES = 256 * 1024
NOT_JSON = gettext_noop(
    "The workflow is no JSON. Save it in ComfyUI with “Export (API)” and choose that file."
)
NOT_API = gettext_noop(
    "This is a workflow as ComfyUI’s editor keeps it. Save it with “Export (API)”, which keeps the nodes only, and choose "
    "that file."
)
NO_NODES = gettext_noop("The workflow holds no nodes. Save it in ComfyUI with “Export (API)”.")
NO_SUCH_INPUT = gettext_noop(
    "“%(name)s” leads to %(place)s, and the workflow has no such input. Write the node’s number, a dot and the input’s name, as in 6.text."
)
WIRED = gettext_noop(
    "“%(name)s” leads to %(place)s, which gets its value from another node. Name that node’s input instead."
)
NO_PROMPT = gettext_noop("Say at least where the words go: prompt = node.input.")
BAD_LINE = gettext_noop("Line %(line)d is “%(text)s”; write name = node.input.")
Workflow = Mapping[str, Mapping[str, Any]]


def read_workflow(text: str) -> dict[str, dict[str, Any]]:
    """Return the nodes of a workflow file by their numbers.

    Raises:
        Problem: It is no workflow in API format, or larger than MOST_BYTES.
    """
    if len(text.encode()) > MOST_BYTES:
        raise Problem(
            gettext_noop("The workflow is larger than %(limit)d kB. Take pictures out of it."),
            limit=MOST_BYTES // 1024,
        )
    try:
        nodes = json.loads(text)
    except ValueError as fault:
        raise Problem(NOT_JSON) from fault
    check_nodes(nodes)
    return nodes  # type: ignore[no-any-return]


def check_nodes(nodes: Any) -> None:
    """Refuse what is no workflow in API format.

    Raises:
        Problem: says how to save one.
    """
    if isinstance(nodes, dict) and isinstance(nodes.get("nodes"), list):
        raise Problem(NOT_API)
    if not isinstance(nodes, dict) or not nodes or not all(_is_node(node) for node in nodes.values()):
        raise Problem(NO_NODES)


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and "class_type" in node and isinstance(node.get("inputs"), dict)


def read_names(text: str) -> dict[str, list[str]]:
    """Read lines `name = node.input`; a name may have several.

    Raises:
        Problem: A line is written otherwise.
    """
    names: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, is_there, place = (part.strip() for part in line.partition("="))
        if not name or not is_there or "." not in place:
            raise Problem(BAD_LINE, line=number, text=line.strip()[:60])
        names.setdefault(name, []).append(place)
    return names


def write_names(names: Mapping[str, Iterable[str]]) -> str:
    """Return the names as read_names reads them."""
    return "\n".join(f"{name} = {place}" for name, places in names.items() for place in places)


def check_names(nodes: Workflow, names: Mapping[str, Iterable[str]]) -> None:
    """Refuse names that lead nowhere.

    Raises:
        Problem: names the first one.
    """
    if "prompt" not in names and "source" not in names:
        raise Problem(NO_PROMPT)
    for name, places in names.items():
        for place in places:
            node, _, slot = place.partition(".")
            if slot not in nodes.get(node, {}).get("inputs", {}):
                raise Problem(NO_SUCH_INPUT, name=name, place=place)
            if isinstance(nodes[node]["inputs"][slot], list):
                raise Problem(WIRED, name=name, place=place)


def filled(
    nodes: Workflow, names: Mapping[str, Iterable[str]], values: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the workflow with the values at the places of their names; what has no name stays out, the rest as it is."""
    made = {number: dict(deepcopy(node)) for number, node in nodes.items()}
    for name, places in names.items():
        if name not in values:
            continue
        for place in places:
            node, _, slot = place.partition(".")
            made[node]["inputs"][slot] = values[name]
    return made


def workflow_sha256(nodes: Workflow, names: Mapping[str, Iterable[str]]) -> str:
    """Return SHA-256 over nodes and names in one spelling, as 64 hex digits: the revision of such an engine."""
    spelled = json.dumps([nodes, names], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
