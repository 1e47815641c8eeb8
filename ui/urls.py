from django.urls import path

from ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("room/", views.gallery_room, name="gallery_room"),
    path("upload/", views.gallery_upload, name="gallery_upload"),
]
