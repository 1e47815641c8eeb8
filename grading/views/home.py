"""Each role's first page."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import PersonRequest, signed_in


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    return render(request, "grading/home.html")
