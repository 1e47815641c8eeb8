"""The log as rows: entries are only ever added, and the database itself refuses anything else."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger import merkle, notes


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


class Cosignature(models.Model):
    """A witness's signature on a tree head: it has seen every earlier head of ours inside this one."""

    head = models.ForeignKey(TreeHead, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200, help_text="Name of the witness's key.")
    key_id = models.CharField(max_length=8)
    line = models.TextField(help_text="The signature line as it stands in the note.")
    cosigned_at = models.DateTimeField(help_text="Time inside the signature.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "witness", "key_id"], name="ledger_one_cosignature_each")
        ]

    def __str__(self) -> str:
        return f"cosignature of {self.witness} on {self.head_id}"


class KnownLog(models.Model):
    """A log of another school that we witness, with the largest state of it that we cosigned."""

    origin = models.CharField(_("origin"), max_length=200, unique=True)
    verifier = models.TextField(_("verifier key"), help_text=_("As the school publishes it: name+id+key."))
    size = models.PositiveBigIntegerField(_("entries cosigned"), default=0)
    root = models.CharField(_("root"), max_length=64, default=merkle.EMPTY_ROOT.hex())
    note = models.TextField(_("cosigned checkpoint"), blank=True)
    cosigned_at = models.DateTimeField(_("cosigned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("known log")
        verbose_name_plural = _("known logs")

    def __str__(self) -> str:
        return self.origin

    def clean(self) -> None:
        """Refuse a key that is damaged, a witness's, or another log's."""
        try:
            key = notes.parse_verifier(self.verifier)
        except notes.NoteFault as fault:
            raise ValidationError(
                {"verifier": _("This is no verifier key: copy the entire line.")}
            ) from fault
        if key.algorithm != notes.ED25519 or key.name != self.origin:
            raise ValidationError({"verifier": _("The key's name must be the origin of the log.")})
