from django.urls import include, path

from tests.ui import views

urlpatterns = [
    path("ui/", include("ui.urls")),
    path("refuse/", views.refuse),
    path("upload/", views.upload),
    path("stream/", views.stream),
    path("again/", views.again),
    path("progress/", views.progress),
]
