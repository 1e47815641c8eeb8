"""The log as rows: entries are only ever added, and the database itself refuses anything else."""

from __future__ import annotations

from django.db import models


class Log(models.Model):
    """The single row that is locked while an entry is appended; it keeps the compact range of the tree."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list, help_text="Hex hashes of the perfect subtrees, largest first.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_log")]

    def __str__(self) -> str:
        return f"log of {self.size}"


class Entry(models.Model):
    """One leaf. `leaf` is SHA-256(0x00 ‖ canonical body); the body holds hashes only, no names, no prompts."""

    index = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, help_text="What it is about, as `kind:id`; no foreign key.")
    body = models.JSONField(
        help_text="What is hashed: kind, subject, actor pseudonym, time, salted payload hash."
    )
    leaf = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject"], name="ledger_entry_subject")]

    def __str__(self) -> str:
        return f"{self.index} {self.kind} {self.subject}"


class Opening(models.Model):
    """Payload and salt of an entry: deleting it erases what the hash stood for and leaves the tree whole."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="opening", primary_key=True)
    salt = models.CharField(max_length=64)
    payload = models.JSONField()

    def __str__(self) -> str:
        return f"opening of {self.entry_id}"


class TreeHead(models.Model):
    """A signed root (C2SP checkpoint) at a size."""

    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField(help_text="The signed note as published.")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tree head at {self.size}"
