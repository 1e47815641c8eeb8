from django.urls import path

from ethics import views
from ethics.views import admitting, deciding, declaring, packaging, process

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
    path(
        "assessments/<uuid:uuid>/segments/<slug:plane>/<int:index>/decide/",
        deciding.segment_decide,
        name="segment_decide",
    ),
    path("assessments/<uuid:uuid>/appeal/", deciding.assessment_appeal, name="assessment_appeal"),
    path("assessments/<uuid:uuid>/moved/", admitting.moved_panel, name="moved_panel"),
    path("cuts/<uuid:uuid>/admissions/", admitting.admission_list, name="admission_list"),
    path("admissions/<uuid:uuid>/withdraw/", admitting.admission_withdraw, name="admission_withdraw"),
    path("appeals/", deciding.appeal_list, name="appeal_list"),
    path("appeals/<uuid:uuid>/", deciding.appeal_detail, name="appeal_detail"),
    path("appeals/<uuid:uuid>/withdraw/", deciding.appeal_withdraw, name="appeal_withdraw"),
    path("measure-news/", deciding.news_panel, name="news_panel"),
    path("cuts/<uuid:uuid>/declaration/", declaring.cut_declaration, name="cut_declaration"),
    path("cuts/<uuid:uuid>/declared/", declaring.declared_panel, name="declared_panel"),
    path("works/<uuid:uuid>/measures/", declaring.work_history, name="work_history"),
    path("works/<uuid:uuid>/script/", process.work_script, name="work_script"),
    path("works/<uuid:uuid>/decision-log/", process.decision_log, name="decision_log"),
    path("works/<uuid:uuid>/rating/", process.work_rate, name="work_rate"),
    path("submissions/<uuid:uuid>/packages/", packaging.packages_panel, name="packages_panel"),
    path("submissions/<uuid:uuid>/pack/", packaging.package_create, name="package_create"),
    path("packages/<uuid:uuid>/", packaging.package_row, name="package_row"),
    path("packages/<uuid:uuid>/film-package.zip", packaging.package_file, name="package_file"),
]
