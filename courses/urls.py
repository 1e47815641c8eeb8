from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("courses/", views.course_list, name="course_list"),
    path("courses/<uuid:uuid>/", views.course_detail, name="course_detail"),
    path("courses/<uuid:uuid>/modules/<int:number>/publish/", views.module_publish, name="module_publish"),
    path("courses/<uuid:uuid>/crews/", views.crew_list, name="crew_list"),
    path("courses/<uuid:uuid>/people/", views.people, name="people"),
    path("lessons/<uuid:uuid>/", views.lesson_detail, name="lesson_detail"),
    path("lessons/<uuid:uuid>/finish/", views.lesson_finish, name="lesson_finish"),
]
