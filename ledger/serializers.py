"""The log as the API shows it."""

from __future__ import annotations

from rest_framework import serializers

from ledger.models import Entry, TreeHead


class EntrySerializer(serializers.ModelSerializer[Entry]):
    class Meta:
        model = Entry
        fields = ["index", "kind", "subject", "body", "leaf", "created_at"]
        read_only_fields = fields


class TreeHeadSerializer(serializers.ModelSerializer[TreeHead]):
    """The note carries the log's signature alone; `/ledger/checkpoint` adds those of the witnesses."""

    class Meta:
        model = TreeHead
        fields = ["size", "root", "note", "signed_at"]
        read_only_fields = fields


class ProofSerializer(serializers.Serializer[object]):
    """An inclusion proof; hashes are hex, in the order of RFC 6962 §2.1.1."""

    index = serializers.IntegerField()
    size = serializers.IntegerField()
    leaf = serializers.CharField()
    root = serializers.CharField()  # type: ignore[assignment]  # a serializer's parent is also named root
    hashes = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField()


class ConsistencySerializer(serializers.Serializer[object]):
    """A consistency proof; hashes are hex, in the order of RFC 6962 §2.1.2."""

    old_size = serializers.IntegerField()
    old_root = serializers.CharField()
    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]  # a serializer's parent is also named root
    hashes = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField()
