"""Addresses of briefs, works, media, cuts and submissions."""

from __future__ import annotations

from django.urls import path

from assignments.views import briefs, cuts, media, releases, set_logs, submissions, works

app_name = "assignments"
urlpatterns = [
    path("briefs/<uuid:uuid>/", briefs.brief_detail, name="brief_detail"),
    path("briefs/<uuid:uuid>/budgets/", briefs.brief_budgets, name="brief_budgets"),
    path("briefs/<uuid:uuid>/start/", works.work_start, name="work_start"),
    path("briefs/<uuid:uuid>/works/", works.work_list, name="work_list"),
    path("works/<uuid:uuid>/", works.work_detail, name="work_detail"),
    path("works/<uuid:uuid>/media/<slug:role>/", media.media_upload, name="media_upload"),
    path("works/<uuid:uuid>/cuts/", cuts.cut_create, name="cut_create"),
    path("cuts/<uuid:uuid>/", cuts.cut_detail, name="cut_detail"),
    path("cuts/<uuid:uuid>/hand-in/", cuts.cut_hand_in, name="cut_hand_in"),
    path("media/<uuid:uuid>/", media.media_detail, name="media_detail"),
    path("media/<uuid:uuid>/retry/", media.media_retry, name="media_retry"),
    path("media/<uuid:uuid>/<slug:what>", media.media_file, name="media_file"),
    path("works/<uuid:uuid>/releases/", releases.release_list, name="release_list"),
    path("releases/waiting/", releases.releases_waiting_panel, name="releases_waiting_panel"),
    path("releases/<uuid:uuid>/", releases.release_detail, name="release_detail"),
    path("releases/<uuid:uuid>/sheet/", releases.release_sheet, name="release_sheet"),
    path("releases/<uuid:uuid>/approve/", releases.release_approve, name="release_approve"),
    path("releases/<uuid:uuid>/revoke/", releases.release_revoke, name="release_revoke"),
    path("works/<uuid:uuid>/set-log/", set_logs.set_log_list, name="set_log_list"),
    path("set-log/waiting/", set_logs.set_logs_waiting_panel, name="set_logs_waiting_panel"),
    path("set-log/<uuid:uuid>/", set_logs.set_log_detail, name="set_log_detail"),
    path("set-log/<uuid:uuid>/sign/", set_logs.set_log_sign, name="set_log_sign"),
    path("set-log/<uuid:uuid>/countersign/", set_logs.set_log_countersign, name="set_log_countersign"),
    path("submissions/<uuid:uuid>/", submissions.submission_detail, name="submission_detail"),
]
