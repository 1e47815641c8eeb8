from django.urls import path

from ethics import views

app_name = "ethics"
urlpatterns = [
    path("assessments/<uuid:uuid>/", views.assessment_detail, name="assessment_detail"),
    path("assessments/<uuid:uuid>/state/", views.assessment_state, name="assessment_state"),
    path("assessments/<uuid:uuid>/assessment.json", views.assessment_json, name="assessment_json"),
    path(
        "assessments/<uuid:uuid>/segments/<slug:plane>/<int:index>/",
        views.segment_panel,
        name="segment_panel",
    ),
    path("cuts/<uuid:uuid>/strip/", views.strip_panel, name="strip_panel"),
    path("cuts/<uuid:uuid>/share/", views.share_panel, name="share_panel"),
    path("cuts/<uuid:uuid>/measure/", views.measure_again, name="measure_again"),
]
