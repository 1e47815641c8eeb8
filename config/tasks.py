"""Periodic work that belongs to no single room."""

from celery import shared_task
from django.utils import timezone

from ledger import services as ledger


@shared_task(name="config.sign_tree_head")
def sign_tree_head() -> None:
    ledger.sign_tree_head(now=timezone.now())
