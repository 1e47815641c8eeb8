from __future__ import annotations

import shutil
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from footage.credentials import Action, Ingredient, SchoolCa, make_school_ca, sign_file
from footage.credentials.reading import ActionClaim, Credentials, IngredientClaim, Manifest
from footage.evidence import Finding, read_evidence
from footage.evidence.rules import together
from footage.evidence.signals import says_of_history, signals_of
from footage.sandbox import run_limited
from tests.footage.making import make_film

NOW = datetime.now(UTC)
GENERATED = Action("c2pa.created", source_type="trainedAlgorithmicMedia")
CAPTURED = Action("c2pa.created", source_type="digitalCapture")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> SchoolCa:
    return make_school_ca(tmp_path_factory.mktemp("keys") / "school", school="Film school", now=NOW)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> SchoolCa:
    return make_school_ca(tmp_path_factory.mktemp("keys") / "stranger", school="Stranger", now=NOW)


def still(path: Path) -> Path:
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def signed(path: Path, by: SchoolCa, *actions: Action, parts: tuple[Ingredient, ...] = ()) -> Path:
    made = make_film(path) if path.suffix == ".mp4" else still(path)
    sign_file(made, made, folder=by.folder, actions=list(actions), ingredients=list(parts))
    return made


def credentials(path: Path, trusted: SchoolCa) -> Finding:
    (finding,) = read_evidence(path, anchors=trusted.anchor.encode()).of("c2pa")
    return finding


def verdict(path: Path, trusted: SchoolCa) -> tuple[int, str, str | None]:
    finding = credentials(path, trusted)
    return finding.grade, finding.says, finding.source_type


def test_a_trusted_signer_proves_what_the_content_is_bound_to(school: SchoolCa, tmp_path: Path) -> None:
    lake = signed(tmp_path / "lake.png", school, GENERATED)
    rush = signed(tmp_path / "rush.mp4", school, CAPTURED)
    assert verdict(lake, school) == (3, "ai", "trainedAlgorithmicMedia")
    assert verdict(rush, school) == (3, "human", "digitalCapture")
    assert credentials(rush, school).details["is_proven_capture"] is True


def test_a_strangers_word_counts_against_the_file_only(
    school: SchoolCa, stranger: SchoolCa, tmp_path: Path
) -> None:
    lake = signed(tmp_path / "lake.png", stranger, GENERATED)
    forged = signed(tmp_path / "forged.png", stranger, CAPTURED)
    assert verdict(lake, school) == (1, "ai", "trainedAlgorithmicMedia")
    assert verdict(forged, school) == (0, "human", "digitalCapture")
    assert credentials(forged, school).note == (
        "Content credentials of Stranger say that it was captured or made without AI. "
        "The signer is on no list that this school trusts."
    )


def test_a_drawing_by_a_trusted_program_is_no_proof_of_a_hand(school: SchoolCa, tmp_path: Path) -> None:
    drawing = signed(tmp_path / "a.png", school, Action("c2pa.created", source_type="digitalCreation"))
    assert verdict(drawing, school) == (1, "human", "digitalCreation")


def test_after_a_change_only_an_admission_remains(school: SchoolCa, tmp_path: Path) -> None:
    for name, action, says in (("lake.png", GENERATED, "ai"), ("rush.png", CAPTURED, "unknown")):
        path = signed(tmp_path / name, school, action)
        data = bytearray(path.read_bytes())
        data[-40] ^= 1
        path.write_bytes(data)
        finding = credentials(path, school)
        assert (finding.grade, finding.says, finding.details["integrity"]) == (0, says, "changed")
        assert "The file was changed after it was signed." in finding.note


def test_a_film_says_what_its_parts_say(school: SchoolCa, tmp_path: Path) -> None:
    lake = signed(tmp_path / "lake.png", school, GENERATED)
    rush = signed(tmp_path / "rush.mp4", school, CAPTURED)
    plain = still(tmp_path / "plain.png")
    composed = Action("c2pa.created", source_type="composite")
    placed = tuple(Action("c2pa.placed", ingredients=(name,)) for name in ("a", "b"))

    def film(name: str, *parts: Path) -> Path:
        ingredients = tuple(Ingredient(part, "ab"[number], part.name) for number, part in enumerate(parts))
        return signed(tmp_path / f"{name}.mp4", school, composed, *placed[: len(parts)], parts=ingredients)

    assert verdict(film("both", lake, rush), school)[:2] == (3, "mixed")
    assert verdict(film("generated", lake), school)[:2] == (3, "ai")
    assert verdict(film("unproven", rush, plain), school)[:2] == (1, "unknown")
    assert verdict(film("doubtful", lake, plain), school)[:2] == (3, "mixed")
    details = credentials(film("shot", rush), school).details
    assert (details["claims"], details["manifest_count"]) == ("human", 2)


def test_a_trusted_program_does_not_make_a_strangers_capture_proven(
    school: SchoolCa, stranger: SchoolCa, tmp_path: Path
) -> None:
    forged = signed(tmp_path / "forged.png", stranger, CAPTURED)
    film = signed(
        tmp_path / "film.mp4",
        school,
        Action("c2pa.created", source_type="composite"),
        Action("c2pa.placed", ingredients=("a",)),
        parts=(Ingredient(forged, "a", "forged.png"),),
    )
    finding = credentials(film, school)
    assert (finding.grade, finding.says, finding.details["is_proven_capture"]) == (1, "human", False)


def test_a_copied_manifest_does_not_prove_other_pixels(school: SchoolCa, tmp_path: Path) -> None:
    """A capture's manifest glued onto a generated picture: PNG keeps it in one chunk."""
    rush = signed(tmp_path / "rush.png", school, CAPTURED).read_bytes()
    at = rush.index(b"caBX") - 4
    chunk = rush[at : at + 12 + int.from_bytes(rush[at : at + 4], "big")]
    Image.effect_noise((64, 64), 90).convert("RGB").save(tmp_path / "glued.png")
    plain = (tmp_path / "glued.png").read_bytes()
    (tmp_path / "glued.png").write_bytes(plain[:33] + chunk + plain[33:])
    finding = credentials(tmp_path / "glued.png", school)
    assert (finding.grade, finding.says, finding.details["integrity"]) == (0, "unknown", "changed")
    assert finding.details["claims"] == "human"


def manifest(label: str, *steps: ActionClaim, parts: tuple[IngredientClaim, ...] = ()) -> Manifest:
    return Manifest(
        label, None, "signer", None, None, "intact", "valid", "trusted", "none", (), (),
        steps=steps, is_complete=True, ingredients=parts,
    )  # fmt: skip


def history(*manifests: Manifest) -> Credentials:
    return Credentials("intact", "valid", "trusted", "none", manifests=manifests)


def created(code: str) -> ActionClaim:
    return ActionClaim("c2pa.created", code)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("digitalCapture", "human"),
        ("computationalCapture", "human"),
        ("compositeCapture", "human"),
        ("digitalCreation", "human"),
        ("trainedAlgorithmicMedia", "ai"),
        ("compositeWithTrainedAlgorithmicMedia", "mixed"),
        ("compositeSynthetic", "mixed"),
        ("composite", "unknown"),
        ("screenCapture", "unknown"),
        ("algorithmicMedia", "unknown"),
        ("somethingNew", "unknown"),
        ("empty", "neutral"),
    ],
)
def test_each_source_type_says_its_own(code: str, says: str) -> None:
    assert says_of_history(history(manifest("a", created(code)))) == says


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([created("digitalCapture"), ActionClaim("c2pa.cropped")], "human"),
        ([created("digitalCapture"), ActionClaim("c2pa.edited", "trainedAlgorithmicMedia")], "mixed"),
        ([created("digitalCapture"), ActionClaim("c2pa.enhanced", "trainedAlgorithmicMedia")], "human"),
        ([created("digitalCapture"), ActionClaim("c2pa.edited", "digitalArt")], "unknown"),
        ([created("digitalCapture"), ActionClaim("c2pa.unknown")], "unknown"),
        ([created("digitalCapture"), ActionClaim("com.vendor.magic")], "unknown"),
        ([created("trainedAlgorithmicMedia"), ActionClaim("c2pa.edited", "trainedAlgorithmicMedia")], "ai"),
        ([created("empty"), ActionClaim("c2pa.drawing")], "human"),
        ([created("empty"), ActionClaim("c2pa.edited", "trainedAlgorithmicMedia")], "ai"),
        ([], "unknown"),
    ],
)
def test_what_was_done_after_the_beginning_counts(steps: list[ActionClaim], says: str) -> None:
    assert says_of_history(history(manifest("a", *steps))) == says


def test_signals_are_those_of_the_asset_rubrics() -> None:
    opened = manifest(
        "a",
        ActionClaim("c2pa.opened"),
        ActionClaim("c2pa.transcoded"),
        ActionClaim("c2pa.color_adjustments", is_gathered=True),
        parts=(IngredientClaim("a.jpg", "parentOf", None),),
    )
    signals = signals_of(opened)
    assert signals.inceptions == ("mediaUnknownProvenance",)
    assert signals.transformations == ("nonEditorial", "perceptibleNonGenAI", "ambiguousActions")


def test_what_only_fed_a_model_is_no_part_of_the_picture() -> None:
    prompt = IngredientClaim("sketch.png", "inputTo", "b")
    made = manifest("a", created("trainedAlgorithmicMedia"), parts=(prompt,))
    assert says_of_history(history(made, manifest("b", created("digitalCapture")))) == "ai"


def test_a_history_that_goes_in_circles_ends() -> None:
    round_trip = [
        manifest("a", created("digitalCapture"), parts=(IngredientClaim(None, "parentOf", "b"),)),
        manifest("b", created("digitalCapture"), parts=(IngredientClaim(None, "parentOf", "a"),)),
    ]
    assert says_of_history(history(*round_trip)) == "human"


def test_a_history_too_long_to_follow_is_unknown() -> None:
    chain = [
        manifest(str(n), created("digitalCapture"), parts=(IngredientClaim(None, "parentOf", str(n + 1)),))
        for n in range(600)
    ]
    assert says_of_history(history(*chain)) == "unknown"


def test_a_missing_part_of_the_history_is_unknown() -> None:
    cut_off = manifest("a", created("digitalCapture"), parts=(IngredientClaim(None, "parentOf", "gone"),))
    assert says_of_history(history(cut_off)) == "unknown"


def test_voices_together() -> None:
    assert together(frozenset()) == "unknown"
    assert together(frozenset({"neutral"})) == "neutral"
    assert together(frozenset({"neutral", "human"})) == "human"
    assert together(frozenset({"ai", "unknown"})) == "mixed"
    assert together(frozenset({"human", "unknown"})) == "unknown"


def test_a_copy_of_a_copy_of_a_capture_is_still_one(school: SchoolCa, tmp_path: Path) -> None:
    path = signed(tmp_path / "0.png", school, CAPTURED)
    for number in range(1, 6):
        copy = tmp_path / f"{number}.png"
        shutil.copy(path, copy)
        sign_file(
            copy,
            copy,
            folder=school.folder,
            actions=[Action("c2pa.opened", ingredients=("a",))],
            ingredients=[Ingredient(path, "a", path.name, "parentOf")],
        )
        path = copy
    finding = credentials(path, school)
    assert (finding.grade, finding.says, finding.details["manifest_count"]) == (3, "human", 6)


def nested_boxes(depth: int) -> bytes:
    """JUMBF superboxes one inside the other (ISO/IEC 19566-5), the type of each that of a manifest store."""
    description = bytes.fromhex("6332706100110010800000AA00389B71") + b"\x03c2pa\0"
    head = struct.pack(">I", 8 + len(description)) + b"jumd" + description
    sizes = range(depth * (8 + len(head)), 0, -(8 + len(head)))
    return b"".join(struct.pack(">I", size) + b"jumb" + head for size in sizes)


@pytest.mark.parametrize("depth", [100, 50_000])
def test_boxes_nested_without_end_are_told_to_be_damaged(tmp_path: Path, depth: int) -> None:
    path = still(tmp_path / "nested.png")
    data, body = path.read_bytes(), b"caBX" + nested_boxes(depth)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(data[:33] + chunk + data[33:])
    found = run_limited("footage.evidence:read_evidence", path, seconds=10, memory_mb=1024)
    (finding,) = found.of("c2pa")
    assert (finding.says, finding.details["integrity"]) == ("unknown", "malformed")


def test_credentials_on_another_server_are_named_and_not_fetched(corpus: Path) -> None:
    (finding,) = read_evidence(next(corpus.rglob("cloud.jpg"))).of("c2pa")
    assert finding.details["remote_url"].startswith("https://cai-manifests.adobe.com/")
    assert (finding.grade, finding.says) == (0, "unknown")
