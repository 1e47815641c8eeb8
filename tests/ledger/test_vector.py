"""`fixtures/vectors/certificate.json`: a certificate of fixed keys and salts, for other implementations to read or write."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import verify_certificate
from ledger import certificate, merkle, notes
from ledger.canonical import canonical_json

VECTOR = Path(__file__).parents[2] / "fixtures/vectors/certificate.json"
LOG = notes.SigningKey("school.example/ledger", bytes(range(32)))
WITNESS = notes.SigningKey("peer.example/ledger/witness", bytes(range(32, 64)), notes.COSIGNATURE)
COSIGNED_AT = 1_700_000_000
SALT = "5a" * 32


def made() -> dict[str, Any]:
    """The vector as this implementation writes it: a log of seven entries, of which 2 and 5 are certified."""
    assessment = canonical_json({"hcid": {"value": [40, 60]}, "planes": {"picture": {"share": [0.25, 0.5]}}})
    film = hashlib.sha256(b"film").hexdigest()
    assessed = {
        "assessment_sha256": hashlib.sha256(assessment).hexdigest(),
        "cut": "1",
        "film_sha256": film,
    }
    payloads = {2: canonical_json({"film_sha256": film}), 5: canonical_json(assessed)}
    bodies = [canonical_json({"n": n}) for n in range(7)]
    for index, kind, subject in [(2, "cut.handed_in", "cut:1"), (5, "cut.assessed", "assessment:1")]:
        digest = hashlib.sha256(bytes.fromhex(SALT) + payloads[index]).hexdigest()
        facts = {"actor": "0", "at": "2026-01-02T03:04:05+00:00", "kind": kind, "subject": subject}
        bodies[index] = canonical_json({**facts, "payload": digest})
    leaves = [merkle.leaf_hash(body) for body in bodies]
    note = notes.sign_note(notes.Checkpoint(LOG.name, 7, merkle.tree_root(leaves)).text, keys=[LOG])
    line = notes.cosign_note(note, key=WITNESS, at=COSIGNED_AT)
    checkpoint = note.encode() + f"{line}\n".encode()
    policy = f"log {LOG.verifier}\nwitness peer {WITNESS.verifier}\nquorum peer\n".encode()
    evidence = [
        certificate.Evidence(
            index,
            bodies[index],
            payloads[index],
            SALT,
            merkle.inclusion_proof(leaves, index=index),
            checkpoint,
        )
        for index in (2, 5)
    ]
    package = certificate.build(
        film_name="film.mp4",
        film_sha256=film,
        assessment=assessment,
        evidence=evidence,
        policy=policy,
        signer=LOG,
    )
    return {
        "format": certificate.FORMAT,
        "log_seed": LOG.seed.hex(),
        "witness_seed": WITNESS.seed.hex(),
        "witness_verifier": str(WITNESS.verifier),
        "cosigned_at": COSIGNED_AT,
        "leaf_bodies": [body.decode() for body in bodies],
        "checkpoint": checkpoint.decode(),
        "policy": policy.decode(),
        "film_sha256": film,
        "proof_of_entry_2": certificate.write_proof(
            index=2, path=evidence[0].path, checkpoint=checkpoint
        ).decode(),
        "package_sha256": hashlib.sha256(package).hexdigest(),
        "package_base64": base64.b64encode(package).decode(),
    }


def test_the_published_vector_is_what_is_written_here() -> None:
    assert json.loads(VECTOR.read_text()) == made()


def test_the_program_proves_the_published_vector() -> None:
    vector = json.loads(VECTOR.read_text())
    package = base64.b64decode(vector["package_base64"])
    report = verify_certificate.verify(
        package, film_sha256=vector["film_sha256"], policy=vector["policy"].encode()
    )
    assert report.code == 0
