"""The log over HTTP: entries, proofs, signed tree heads."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from ledger import queries
from ledger.models import Entry, TreeHead
from ledger.serializers import EntrySerializer, ProofSerializer, TreeHeadSerializer


class EntryViewSet(ReadOnlyModelViewSet[Entry]):
    """Entries of the log by index: hashes and pseudonyms, no names and no prompts."""

    permission_classes = [IsAuthenticated]
    serializer_class = EntrySerializer
    queryset = queries.entries()
    lookup_value_regex = r"\d+"

    @extend_schema(responses=ProofSerializer)
    @action(detail=True)
    def proof(self, request: Request, pk: str) -> Response:
        """The inclusion proof against the latest tree head; 404 until one covers the entry."""
        proof = queries.proof_for(self.get_object().index)
        if proof is None:
            raise Http404
        return Response(ProofSerializer(proof).data)


class TreeHeadViewSet(ReadOnlyModelViewSet[TreeHead]):
    """Signed roots, each with its note as published (C2SP checkpoint)."""

    permission_classes = [IsAuthenticated]
    serializer_class = TreeHeadSerializer
    queryset = queries.heads()
    lookup_field = "size"
    lookup_value_regex = r"\d+"


def register(router: BaseRouter) -> None:
    router.register("ledger/entries", EntryViewSet, basename="ledger-entry")
    router.register("ledger/tree-heads", TreeHeadViewSet, basename="ledger-tree-head")
