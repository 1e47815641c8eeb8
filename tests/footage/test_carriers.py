from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from footage.labels import read_labels
from footage.labels.carriers import MOST_TEXT, carried_texts
from footage.labels.model import LONGEST_TEXT, Carried
from footage.problems import Problem
from footage.sandbox import run_limited
from tests.footage.making import make_film, make_sound

PRODUCER = "001191110108MA01KP2T5U00001"
LABEL = json.dumps(
    {
        "Label": "1",
        "ContentProducer": PRODUCER,
        "ProduceID": "job-1",
        "ReservedCode1": "",
        "ContentPropagator": PRODUCER,
        "PropagateID": "job-1",
        "ReservedCode2": "",
    }
)
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/"><t:AIGC>'
    f"{LABEL}</t:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
).encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(path: Path, *chunks: bytes) -> Path:
    Image.new("RGB", (8, 8)).save(path, format="PNG")
    data = path.read_bytes()
    path.write_bytes(data[:33] + b"".join(chunks) + data[33:])
    return path


def mp4(path: Path, *boxes: bytes, moov: bytes = b"") -> Path:
    """A film whose index holds more bytes at its end, followed by boxes."""
    data = make_film(path).read_bytes()
    at = data.index(b"moov") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    index = struct.pack(">I", size + len(moov)) + data[at + 4 : at + size] + moov
    path.write_bytes(data[:at] + index + data[at + size :] + b"".join(boxes))
    return path


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def gif(path: Path) -> Path:
    Image.new("P", (4, 4)).save(path)
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"\x21\xff\x0bXMP DataXMP" + PACKET + trailer + b";")
    return path


def office(path: Path, custom: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("docProps/custom.xml", custom)
    return path


def escaped(text: str) -> bytes:
    return text.replace('"', "&quot;").encode()


def carriers(folder: Path) -> Iterable[tuple[Path, str]]:
    """A labelled file for each place of the practice guides, with the name of that place."""
    packed = zlib.compress(LABEL.encode())
    yield png(folder / "a.png", chunk(b"tEXt", b"AIGC\0" + LABEL.encode())), "PNG text AIGC"
    yield png(folder / "b.png", chunk(b"zTXt", b"AIGC\0\0" + packed)), "PNG text AIGC"
    yield png(folder / "c.png", chunk(b"iTXt", b"AIGC\0\1\0\0\0" + packed)), "PNG text AIGC"
    yield png(folder / "d.png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET)), "XMP AIGC"
    yield gif(folder / "e.gif"), "XMP AIGC"
    yield mp4(folder / "f.mp4", moov=box(b"udta", box(b"AIGC", LABEL.encode()))), "MP4 box AIGC"
    uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    yield mp4(folder / "g.mp4", box(b"uuid", uuid + PACKET)), "XMP AIGC"
    yield make_film(folder / "h.mp4", tags={"AIGC": LABEL}), "MP4 metadata AIGC"
    yield make_film(folder / "i.mkv", tags={"AIGC": LABEL}), "MKV metadata AIGC"
    yield flash(folder / "j.flv"), "FLV metadata AIGC"
    (folder / "k.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</AIGC (" + LABEL.encode() + b")>>endobj\n%%EOF")
    yield folder / "k.pdf", "PDF info AIGC"
    wide = (b"\xfe\xff" + LABEL.encode("utf-16-be")).hex().encode()
    (folder / "l.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</AIGC <" + wide + b">>>endobj\n%%EOF")
    yield folder / "l.pdf", "PDF info AIGC"
    custom = b'<Properties><property fmtid="{D5}" pid="2" name="AIGC"><vt:lpwstr>%b</vt:lpwstr></property>'
    yield office(folder / "m.docx", custom % escaped(LABEL)), "Office property AIGC"
    (folder / "n.md").write_text(f"---\nAIGC: {LABEL}\n---\nA story.")
    yield folder / "n.md", "front matter AIGC"
    lines = "".join(f'  {key}: "{value}"\n' for key, value in json.loads(LABEL).items())
    (folder / "o.md").write_text(f"---\ntitle: A story\nAIGC:\n{lines}---\nOnce.")
    yield folder / "o.md", "front matter AIGC"
    sound = make_sound(folder / "p.wav", codec="pcm_s16le", seconds=0.05)
    with sound.open("ab") as file:
        file.write(b"AIGC" + struct.pack("<I", len(LABEL)) + LABEL.encode())
    yield sound, "RIFF chunk AIGC"


def flash(path: Path) -> Path:
    with av.open(str(path), "w") as target:
        target.metadata["AIGC"] = LABEL
        stream = target.add_stream("flv", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        target.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        target.mux(stream.encode(None))
    return path


def test_a_label_is_found_wherever_the_guides_or_the_wild_put_it(tmp_path: Path) -> None:
    for path, place in carriers(tmp_path):
        found = read_labels(path)
        assert (found.verdict, found.aigc and found.aigc.carrier) == ("compliant", place), path.name
        assert found.aigc is not None
        assert found.aigc.producer == PRODUCER


def inflated(length: int) -> bytes:
    """So many blanks, deflated without ever holding them."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    return b"".join(packer.compress(block) for _ in range(length // 2**20)) + packer.flush()


def test_texts_that_swell_are_cut_and_make_the_verdict_inconclusive(tmp_path: Path) -> None:
    bomb = inflated(256 * 2**20)
    for kind, body in (
        (b"zTXt", b"AIGC\0\0" + bomb),
        (b"iTXt", b"AIGC\0\1\0\0\0" + bomb),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
    ):
        path = png(tmp_path / "bomb.png", chunk(kind, body))
        (text,) = run_limited("footage.labels.carriers:carried_texts", path, seconds=10, memory_mb=400)
        assert (len(text.text), text.is_cut) == (LONGEST_TEXT, True)
        assert read_labels(path).verdict == "inconclusive"


def test_a_thousand_long_texts_are_read_up_to_a_limit(tmp_path: Path) -> None:
    texts = [chunk(b"zTXt", b"k%d\0\0" % number + inflated(3 * 2**20)) for number in range(40)]
    found = carried_texts(png(tmp_path / "many.png", *texts))
    assert sum(len(text.text) for text in found) <= MOST_TEXT
    assert found[-1].is_cut


def test_empty_chunks_without_end_are_left(tmp_path: Path) -> None:
    path = png(tmp_path / "empty.png", chunk(b"tEXt", b"") * 150_000)
    assert len(carried_texts(path)) == 2000


def test_a_packet_of_entities_is_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x:xmpmeta>AIGC &b;</x:xmpmeta>'
    path = png(tmp_path / "laughs.png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + bomb))
    assert read_labels(path).verdict == "inconclusive"


def test_a_packet_of_countless_elements_is_not_built(tmp_path: Path) -> None:
    many = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>AIGC" + b"<a/>" * 300_000 + b"</x:xmpmeta>"
    path = png(tmp_path / "many.png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + many))
    assert read_labels(path).verdict == "inconclusive"


def test_an_office_bomb_and_an_endless_list_are_left(tmp_path: Path) -> None:
    bomb = office(tmp_path / "bomb.docx", b" " * 64 * 2**20)
    assert carried_texts(bomb) == ()
    data = bytearray(bomb.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 2**31)
    bomb.write_bytes(data)
    with pytest.raises(Problem, match="is an archive"):
        carried_texts(bomb)


def test_front_matter_that_doubles_itself_is_not_written_out(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    text = "---\n" + "\n".join(lines) + '\nAIGC: {Label: "1", bomb: *a59}\n---\n'
    (tmp_path / "a.md").write_text(text)
    assert [found.text for found in carried_texts(tmp_path / "a.md")] == ['{"Label": "1"}']


@pytest.mark.parametrize("name", ["a.md", "b.txt", "c.fountain"])
def test_a_text_without_front_matter_carries_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("FADE IN:")
    assert carried_texts(tmp_path / name) == ()


def test_a_picture_named_like_a_text_hides_nothing(tmp_path: Path) -> None:
    path = png(tmp_path / "a.md", chunk(b"tEXt", b"AIGC\0" + LABEL.encode()))
    assert read_labels(path).verdict == "compliant"


def test_a_streams_signature_and_its_encoder_are_found(tmp_path: Path) -> None:
    signature = bytes.fromhex("91ca60614aee386486142d5f73f4ae2e") + b"kling-ai"
    path = mp4(tmp_path / "a.mp4", box(b"mdat", b"\0\0\0\1\6\5\x18" + signature))
    notes = {(text.key, text.text) for text in carried_texts(path) if text.carrier == "H.264 user data"}
    assert ("", "kling-ai") in notes
    assert any(key == "encoder" and text.startswith("x264") for key, text in notes)


def test_what_is_no_carrier_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(LABEL)
    with pytest.raises(Problem, match=r"a\.json is a text file"):
        carried_texts(tmp_path / "a.json")
    assert read_labels(tmp_path / "a.json").verdict == "not_found"


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF\xff\0\0\0WEBP", b"II*\0\x08\0\0\0", b"GIF89a",
                     b"%PDF-", b"PK\x03\x04", b"---\nAIGC: ", b"RIFF\xff\0\0\0WAVE"]),
    st.lists(
        st.binary(max_size=40)
        | st.sampled_from([chunk(b"zTXt", b"AIGC\0\0x"), b"Exif\0\0MM\0*\0\0\0\x08", b"XMP ", b"EXIF", b"\xff\xe1",
                           PACKET, b"/AIGC (", b"\x21\xff\x0bXMP DataXMP", b"PK\x05\x06", b"\n---\n"]),
        max_size=8,
    ),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_bytes_after_any_beginning_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, parts: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(head + b"".join(parts))
    try:
        found = carried_texts(path)
    except Problem as problem:
        assert problem.params["name"] == "any.md"  # noqa: PT017
    else:
        assert all(isinstance(text, Carried) for text in found)
