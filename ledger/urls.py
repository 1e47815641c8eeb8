from django.urls import path

from ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.log, name="log"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("entries/<int:index>/", views.entry, name="entry"),
]
