"""Addresses of tools, jobs and engines."""

from __future__ import annotations

from django.urls import path

from generation.views import (
    candidates,
    engines,
    events,
    fleet,
    held,
    history,
    jobs,
    lab,
    paintings,
    queue,
    quoting,
    tools,
)

app_name = "generation"
urlpatterns = [
    path("works/<uuid:uuid>/tools/", tools.tools_panel, name="tools_panel"),
    path("works/<uuid:uuid>/tools/<slug:slug>/", tools.tool, name="tool"),
    path("works/<uuid:uuid>/tools/<slug:slug>/quote/", quoting.tool_quote, name="tool_quote"),
    path("works/<uuid:uuid>/tools/<slug:slug>/paintings/", paintings.painting_keep, name="painting_keep"),
    path("works/<uuid:uuid>/compare/", candidates.compare, name="compare"),
    path("works/<uuid:uuid>/choose/", candidates.candidate_choose, name="candidate_choose"),
    path("courses/<uuid:uuid>/lab/", lab.lab, name="lab"),
    path("jobs/", history.job_list, name="job_list"),
    path("jobs/<uuid:uuid>/", jobs.job_detail, name="job_detail"),
    path("jobs/<uuid:uuid>/panel/", jobs.job_panel, name="job_panel"),
    path("jobs/<uuid:uuid>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:uuid>/events/", events.job_events, name="job_events"),
    path("jobs/<uuid:uuid>/preview/", jobs.job_preview, name="job_preview"),
    path("jobs/<uuid:uuid>/candidates/", candidates.candidates_panel, name="candidates_panel"),
    path("jobs/<uuid:uuid>/next/", history.job_next, name="job_next"),
    path("jobs/<uuid:uuid>/again/", history.job_again, name="job_again"),
    path("jobs/<uuid:uuid>/viewed/", candidates.output_viewed, name="output_viewed"),
    path("jobs/<uuid:uuid>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<uuid:uuid>/retry/", jobs.job_retry, name="job_retry"),
    path("held/", held.held_list, name="held_list"),
    path("held/panel/", held.held_panel, name="held_panel"),
    path("held/<uuid:uuid>/file/", held.held_file, name="held_file"),
    path("held/<uuid:uuid>/decide/", held.held_decide, name="held_decide"),
    path("releases/<uuid:uuid>/jobs/", held.release_panel, name="release_panel"),
    path("queue/", queue.queue, name="queue"),
    path("fleet/", fleet.fleet, name="fleet"),
    path("fleet/<str:name>/wish/", fleet.worker_wish, name="worker_wish"),
    path("engines/", engines.engine_list, name="engine_list"),
    path("engines/add/", engines.engine_add, name="engine_add"),
    path("engines/<slug:slug>/edit/", engines.engine_edit, name="engine_edit"),
    path("engines/<slug:slug>/check/", engines.engine_check, name="engine_check"),
    path("engines/<slug:slug>/switch/", engines.engine_switch, name="engine_switch"),
]
