from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest
from cryptography import x509
from PIL import Image

from footage.credentials import (
    Action,
    Credentials,
    Ingredient,
    SchoolCa,
    make_school_ca,
    read_credentials,
    sign_file,
)
from footage.credentials.reading import credentials_of
from footage.labels import label_generated, read_labels
from footage.problems import Problem
from tests.footage.making import make_film, make_sound

CREATED = Action("c2pa.created", source_type="trainedAlgorithmicMedia", agent="small engine")
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> SchoolCa:
    return make_school_ca(tmp_path_factory.mktemp("keys") / "school", school="上海电影学院", now=NOW)


def make_media(path: Path) -> Path:
    if path.suffix in {".mp4", ".mov"}:
        return make_film(path, sound=True)
    if path.suffix in {".wav", ".m4a", ".mp3"}:
        codec = {".wav": "pcm_s16le", ".m4a": "aac", ".mp3": "libmp3lame"}[path.suffix]
        return make_sound(path, codec=codec)
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def read(path: Path, *, anchors: str | None) -> Credentials:
    found = read_credentials(path, anchors=anchors)
    assert found is not None
    return found


def findings(found: Credentials) -> tuple[str, str, str, str]:
    return found.integrity, found.signature, found.trust, found.time


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "mp4", "mov", "wav", "m4a", "mp3"])
def test_a_signed_file_is_intact_valid_and_trusted_by_those_who_know_the_school(
    school: SchoolCa, tmp_path: Path, suffix: str
) -> None:
    plain, signed = make_media(tmp_path / f"out.{suffix}"), tmp_path / f"signed.{suffix}"
    label_generated(plain, producer="001", produce_id="job-1")
    sign_file(plain, signed, folder=school.folder, actions=[CREATED], title="A lake")
    found = read(signed, anchors=school.anchor)
    assert findings(found) == ("intact", "valid", "trusted", "none")
    assert found.digital_source_types == ("trainedAlgorithmicMedia",)
    assert (found.manifests[0].signer, found.manifests[0].title) == ("上海电影学院", "A lake")
    assert findings(read(signed, anchors=None)) == ("intact", "valid", "untrusted", "none")
    assert read_labels(signed).verdict == "compliant"
    assert signed.stat().st_size - plain.stat().st_size < 20_000


@pytest.mark.parametrize("suffix", ["png", "jpg", "mp4", "wav"])
def test_one_changed_byte_is_told_apart_from_a_bad_signature(
    school: SchoolCa, tmp_path: Path, suffix: str
) -> None:
    path = make_media(tmp_path / f"out.{suffix}")
    sign_file(path, path, folder=school.folder, actions=[CREATED])
    data = bytearray(path.read_bytes())
    # Inside the coded picture or sound: MP4's after `mdat`, the others' near the end.
    at = data.index(b"mdat") + 40 if suffix == "mp4" else len(data) - 40 if suffix != "wav" else 200
    data[at] ^= 1
    path.write_bytes(data)
    assert findings(read(path, anchors=school.anchor))[:3] == ("changed", "valid", "trusted")


def test_a_remux_takes_the_credentials_away(school: SchoolCa, tmp_path: Path) -> None:
    path = make_media(tmp_path / "out.mp4")
    sign_file(path, path, folder=school.folder, actions=[CREATED])
    with av.open(str(path)) as source, av.open(str(tmp_path / "copy.mp4"), "w") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    assert read_credentials(tmp_path / "copy.mp4", anchors=school.anchor) is None


def test_a_film_carries_the_history_of_what_went_in(school: SchoolCa, tmp_path: Path) -> None:
    picture, rush, film = (make_media(tmp_path / name) for name in ("lake.png", "rush.mov", "film.mp4"))
    sign_file(picture, picture, folder=school.folder, actions=[CREATED])
    sign_file(
        film,
        tmp_path / "signed.mp4",
        folder=school.folder,
        actions=[
            Action("c2pa.created", source_type="composite"),
            Action("c2pa.placed", ingredients=("lake",), start=Fraction(0), end=Fraction(26, 5)),
            Action("c2pa.placed", ingredients=("rush",), start=Fraction(26, 5), end=Fraction(8)),
        ],
        ingredients=[Ingredient(picture, "lake", "lake.png"), Ingredient(rush, "rush", "rush.mov")],
        assertions={"org.dailies.assessment": {"share": ["0.1", "0.4"]}},
    )
    found = read(tmp_path / "signed.mp4", anchors=school.anchor)
    assert findings(found) == ("intact", "valid", "trusted", "none")
    assert [(part.title, part.relationship, part.manifest is None) for part in found.ingredients] == [
        ("lake.png", "componentOf", False),
        ("rush.mov", "componentOf", True),
    ]
    assert found.digital_source_types == ("composite", "trainedAlgorithmicMedia")
    assert [manifest.actions for manifest in found.manifests] == [
        ("c2pa.created", "c2pa.placed", "c2pa.placed"),
        ("c2pa.created",),
    ]
    assert {manifest.integrity for manifest in found.manifests} == {"intact"}


def test_an_untrusted_ingredient_does_not_spoil_the_film(school: SchoolCa, tmp_path: Path) -> None:
    stranger = make_school_ca(tmp_path / "stranger", school="Elsewhere", now=NOW)
    picture, film = make_media(tmp_path / "lake.png"), make_media(tmp_path / "film.mp4")
    sign_file(picture, picture, folder=stranger.folder, actions=[CREATED])
    sign_file(
        film,
        film,
        folder=school.folder,
        actions=[
            Action("c2pa.created", source_type="composite"),
            Action("c2pa.placed", ingredients=("lake",)),
        ],
        ingredients=[Ingredient(picture, "lake", "lake.png")],
    )
    found = read(film, anchors=school.anchor)
    assert findings(found) == ("intact", "valid", "trusted", "none")
    assert (found.manifests[1].integrity, found.manifests[1].trust) == ("intact", "untrusted")


def store(active: str, *recorded: str) -> dict[str, object]:
    """A signed file whose signer recorded findings, as if by an importer, about its own manifest."""
    url = f"self#jumbf=/c2pa/{active}/c2pa.signature"
    part = {"relationship": "parentOf", "validation_results": {"activeManifest": {
        "success": [{"code": code, "url": url} for code in recorded], "failure": []}}}  # fmt: skip
    return {"active_manifest": active, "manifests": {active: {"ingredients": [part]}}}


def test_a_signers_word_about_itself_proves_nothing() -> None:
    forged = store(
        "urn:c2pa:1", "signingCredential.trusted", "claimSignature.validated", "assertion.dataHash.match"
    )
    assert findings(credentials_of(forged)) == ("unknown", "unknown", "unknown", "none")


def test_a_store_without_its_active_manifest_is_malformed() -> None:
    assert findings(credentials_of(store("a") | {"active_manifest": "b"})) == (
        "malformed",
        "unknown",
        "unknown",
        "none",
    )


def test_the_authority_is_made_once_and_its_keys_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = make_school_ca(folder, school="School", now=NOW)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert make_school_ca(folder, school="Another name", now=NOW) == first
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600} == {
        "ca.key",
        "signer.key",
    }
    assert list(tmp_path.iterdir()) == [folder]


def test_the_signing_certificate_is_renewed_before_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    old = make_school_ca(folder, school="School", now=NOW - timedelta(days=365 * 5 - 30))
    anchor, chain = old.anchor, old.chain
    new = make_school_ca(folder, school="School", now=NOW)
    assert (new.anchor == anchor, new.chain == chain) == (True, False)
    path = make_media(tmp_path / "a.png")
    sign_file(path, path, folder=folder, actions=[CREATED])
    assert read(path, anchors=anchor).trust == "trusted"


@pytest.mark.parametrize("name", ["S", "上海戏剧学院电影电视学院数字媒体艺术系虚拟制作工作室", "x" * 300])
def test_any_school_name_makes_a_certificate(tmp_path: Path, name: str) -> None:
    ca = make_school_ca(tmp_path / "keys", school=name, now=NOW)
    subject = x509.load_pem_x509_certificate(ca.anchor.encode()).subject
    organisation = str(subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value)
    assert name.startswith(organisation)
    assert 1 <= len(organisation.encode()) <= 64


def test_a_manifest_must_begin_with_a_beginning(school: SchoolCa, tmp_path: Path) -> None:
    path = make_media(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"c2pa\.created or c2pa\.opened"):
        sign_file(path, path, folder=school.folder, actions=[Action("c2pa.edited")])


def test_a_kind_without_a_place_for_credentials_is_refused(school: SchoolCa, tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv")
    with pytest.raises(Problem, match=r"a\.mkv can't carry content credentials: video/x-matroska"):
        sign_file(path, tmp_path / "b.mkv", folder=school.folder, actions=[CREATED])
    assert list(tmp_path.iterdir()) == [path]


def test_files_without_credentials_have_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    assert read_credentials(make_media(tmp_path / "a.png"), anchors=None) is None
    assert read_credentials(make_film(tmp_path / "a.mkv"), anchors=None) is None
    assert read_credentials(tmp_path / "a.txt", anchors=None) is None


def test_vendors_files_are_read_with_each_finding_apart(corpus: Path) -> None:
    anchors = next((corpus / "c2pa").rglob("C2PA-TRUST-LIST.pem")).read_text()
    files = [
        path for path in sorted((corpus / "c2pa").rglob("*")) if path.is_file() and path.suffix != ".pem"
    ]
    found = {path.name: read_credentials(path, anchors=anchors) for path in files}
    seen = {name: findings(credentials)[:3] for name, credentials in found.items() if credentials}
    assert seen | EXPECTED == seen
    assert [name for name, credentials in found.items() if credentials is None] == ["no_manifest.jpg"]
    cloud = found["cloud.jpg"]
    assert cloud is not None
    assert cloud.remote_url is not None
    assert cloud.remote_url.startswith("https://cai-manifests.adobe.com/")
    generated = {
        name for name, c in found.items() if c and "trainedAlgorithmicMedia" in c.digital_source_types
    }
    assert generated == {
        "ai-generated.jpg",
        "trusted.jpg",
        "DALL-E_cloud_surfing_puppy.webp",
        "chatgpt-1.png",
        "firefly-1.png",
        "flux-1.jpg",
    }


EXPECTED = {
    "trusted.jpg": ("intact", "valid", "trusted"),
    "ai-generated.jpg": ("intact", "valid", "untrusted"),
    "C.jpg": ("intact", "valid", "untrusted"),
    "E-sig-CA.jpg": ("intact", "invalid", "untrusted"),
    "XCA.jpg": ("changed", "valid", "untrusted"),
    "cloud.jpg": ("unknown", "unknown", "unknown"),
    "legacy.mp4": ("intact", "valid", "untrusted"),
    "chatgpt-1.png": ("intact", "valid", "expired"),
    "flux-1.jpg": ("intact", "valid", "expired"),
}
