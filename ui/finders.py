"""Serve plotly.js from the installed plotly package instead of keeping a copy of 5 MB in the project."""

from __future__ import annotations

from pathlib import Path

import plotly
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage


class PlotlyFinder(FileSystemFinder):
    """Finds `plotly/plotly.min.js` in the package's data folder."""

    def __init__(self, app_names: object = None, *args: object, **kwargs: object) -> None:
        folder = Path(plotly.__file__).parent / "package_data"
        storage = FileSystemStorage(location=folder)
        storage.prefix = "plotly"  # type: ignore[attr-defined]
        self.locations = [("plotly", str(folder))]
        self.storages = {str(folder): storage}

    def check(self, **kwargs: object) -> list[object]:
        return []
