"""Static files that come with an installed package instead of with the project."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PLOTLY = "ui/vendor/plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Serve the plotly.min.js of the installed plotly package as `ui/vendor/plotly.min.js`.

    The script always fits the Python side, and 4.8 MB stay out of the repository.
    """

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("plotly")
        locations = list(spec.submodule_search_locations or []) if spec else []
        self.folder = Path(locations[0]) / "package_data" if locations else None
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [] if path != PLOTLY or self.folder is None else [str(self.folder / "plotly.min.js")]
        if find_all:
            return found
        return found[0] if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        if self.folder is None:
            return []
        storage = FileSystemStorage(location=self.folder)
        storage.prefix = "ui/vendor"  # type: ignore[attr-defined]  # where collectstatic puts it
        return [("plotly.min.js", storage)]
