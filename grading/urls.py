from django.urls import path

from grading.views import audit, certificates, classes, reports, submissions

app_name = "grading"
urlpatterns = [
    path("submissions/<uuid:uuid>/grade/", submissions.submission_grade, name="submission_grade"),
    path("submissions/<uuid:uuid>/result/", submissions.submission_result, name="submission_result"),
    path("submissions/<uuid:uuid>/reports/", reports.report_create, name="report_create"),
    path("submissions/<uuid:uuid>/certificate.zip", certificates.certificate, name="certificate"),
    path("reports/<uuid:uuid>/", reports.report_row, name="report_row"),
    path("reports/<uuid:uuid>/report.pdf", reports.report_file, name="report_file"),
    path("briefs/<uuid:uuid>/rubric/", submissions.rubric_panel, name="rubric_panel"),
    path("courses/<uuid:uuid>/dashboard/", classes.dashboard, name="dashboard"),
    path("courses/<uuid:uuid>/gradebook/", classes.gradebook_light, name="gradebook_light"),
    path("audit/", audit.audit, name="audit"),
    path("audit/briefs/<uuid:uuid>/", audit.audit_films, name="audit_films"),
    path("audit/audit.csv", audit.audit_csv, name="audit_csv"),
]
