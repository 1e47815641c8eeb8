"""The log over HTTP: entries, proofs, signed tree heads."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from ledger import queries
from ledger.models import Entry, TreeHead
from ledger.serializers import ConsistencySerializer, EntrySerializer, ProofSerializer, TreeHeadSerializer


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

    @extend_schema(
        parameters=[
            OpenApiParameter("old", int, required=True, description="size to prove from, at least 1")
        ],
        responses=ConsistencySerializer,
    )
    @action(detail=True)
    def consistency(self, request: Request, size: str) -> Response:
        """The proof that this head's tree opens with its first `old` entries; 404 when `old` is no such size."""
        old_size = request.query_params.get("old", "")
        is_size = old_size.isascii() and old_size.isdigit() and len(old_size) <= 18
        proof = queries.consistency_for(old_size=int(old_size) if is_size else 0, head=self.get_object())
        if proof is None:
            raise Http404
        return Response(ConsistencySerializer(proof).data)


def register(router: BaseRouter) -> None:
    router.register("ledger/entries", EntryViewSet, basename="ledger-entry")
    router.register("ledger/tree-heads", TreeHeadViewSet, basename="ledger-tree-head")
