"""HTML to paper by WeasyPrint: tagged, the same bytes for the same input, nothing fetched from anywhere."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

logging.getLogger("weasyprint").setLevel(
    logging.ERROR
)  # it warns of each rule of the tokens meant for screens


def write_pdf(html: str, *, sheets: Sequence[Path]) -> bytes:
    """Set a page with these style sheets, in their order, and return PDF/UA-1 (ISO 14289-1).

    Pictures come as `data:` addresses; any other address is refused. The file's identifier is made from its
    content, so that equal pages are equal files.
    """
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    styles = [sheet.read_text(encoding="utf-8") for sheet in sheets]
    identifier = hashlib.sha256("\0".join([html, *styles]).encode()).digest()[:16]
    document = HTML(string=html, url_fetcher=fetcher)
    return bytes(
        document.write_pdf(
            stylesheets=[CSS(string=style, url_fetcher=fetcher) for style in styles],
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier,
        )
    )
