from django.urls import path, re_path

from ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.log, name="log"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    re_path(r"^tile/(?P<level>entries|\d+)/(?P<number>[\dxp./]+)$", views.tile, name="tile"),
    path("policy", views.policy, name="policy"),
    path("verify_certificate.py", views.verifier, name="verifier"),
    path("consistency/", views.consistency, name="consistency"),
    path("entries/<int:index>/", views.entry, name="entry"),
    path("witness/add-checkpoint", views.witness_add_checkpoint, name="witness_add_checkpoint"),
    path("witness/<str:origin_sha256>/checkpoint", views.witness_checkpoint, name="witness_checkpoint"),
]
