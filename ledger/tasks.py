"""Periodic work of the ledger."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from ledger import cosigning

logger = logging.getLogger(__name__)


@shared_task(name="ledger.ask_witnesses")
def ask_witnesses() -> None:
    """Have the witnesses of the policy cosign the latest head; a failing one is asked again next time."""
    for asked in cosigning.ask_witnesses(now=timezone.now()):
        if not asked.is_cosigned:
            logger.warning("witness %s: %s", asked.name, asked.said)
