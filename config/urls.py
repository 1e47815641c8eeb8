"""Every address of the platform."""

from django.contrib import admin
from django.urls import include, path

from accounts.access import administrators_only
from config.api import docs, router_urls, schema
from grading.views.home import home

# The school's own log-in page leads to the admin pages, too.
admin.site.login = administrators_only(admin.site.login)  # type: ignore[method-assign, assignment]

urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("", include("courses.urls")),
    path("", include("assignments.urls")),
    path("", include("generation.urls")),
    path("", include("ethics.urls")),
    path("", include("grading.urls")),
    path("ledger/", include("ledger.urls")),
    path("ui/", include("ui.urls")),
    path("api/schema/", schema, name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
    path("api/", include((router_urls(), "api"))),
    path("admin/", admin.site.urls),
]
