"""Content credentials (C2PA 2.2): a school's certificate, signing files, reading what files claim.

Reading keeps apart what one badge would blur: whether the content is unchanged (integrity), whether the
signature fits the claim, whether the signer is on a list we trust, and whether a trusted clock stamped
it. Genuine files of large vendors come out expired or untrusted every day; that says nothing about their
content. Nothing here uses the network.
"""

from __future__ import annotations

from footage.credentials.authority import SchoolCa, make_school_ca
from footage.credentials.reading import ActionClaim, Credentials, IngredientClaim, Manifest, read_credentials
from footage.credentials.signing import Action, Ingredient, sign_file

__all__ = [
    "Action",
    "ActionClaim",
    "Credentials",
    "Ingredient",
    "IngredientClaim",
    "Manifest",
    "SchoolCa",
    "make_school_ca",
    "read_credentials",
    "sign_file",
]
