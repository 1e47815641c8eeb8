"""Views that do one thing each, for the middleware and the scripts to meet."""

import json

from django.http import HttpResponse, JsonResponse
from django.template import engines

from ui.errors import Refused


def refuse(request):
    raise Refused("The queue is closed until Monday.")


def upload(request):
    name = request.FILES["file"].name
    if name == "bad.mov":
        return JsonResponse({"ok": False, "error": "bad.mov breaks off."}, status=422)
    return JsonResponse({"ok": True, "url": "/upload/"})


def stream(request):
    half = {"value": 0.5, "note": "half"}
    whole = {"value": 1, "note": "whole", "state": "done", "done": True}
    return HttpResponse(
        "".join(f"data: {json.dumps(line)}\n\n" for line in (half, whole)), content_type="text/event-stream"
    )


PAGE = """{% extends "ui/page.html" %}{% load ui %}{% block heading %}Progress{% endblock %}
{% block content %}
<div id="live" hx-get="/again/" hx-trigger="dailies:done" hx-swap="beforeend">
{% progress 0 label="Tracing" sse="/stream/" refresh="#live" %}</div>
{% dropzone "/upload/" label="Drop" %}
<button hx-post="/refuse/" id="refuse">Go</button>{% endblock %}"""


def again(request):
    return HttpResponse("<p>drawn again</p>")


def progress(request):
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))
