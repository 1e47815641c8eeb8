from __future__ import annotations

import json

import pytest

from footage.evidence.attached import aigc_findings, iptc_findings
from footage.evidence.findings import Finding
from footage.labels.model import Carried
from footage.labels.reading import labels_in

PRODUCER = "001191110108MA01KP2T5U00001"
LABEL = {
    "Label": "1",
    "ContentProducer": PRODUCER,
    "ProduceID": "job-1",
    "ReservedCode1": "",
    "ContentPropagator": PRODUCER,
    "PropagateID": "job-1",
    "ReservedCode2": "",
}
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/" {attributes}>{elements}</rdf:Description>'
    "</rdf:RDF></x:xmpmeta>"
)


def packet(attributes: str = "", elements: str = "") -> Carried:
    return Carried("XMP", "", PACKET.format(attributes=attributes, elements=elements))


def iptc(*texts: Carried) -> list[Finding]:
    return list(iptc_findings(texts, labels_in(texts)))


def aigc(*texts: Carried) -> Finding:
    (finding,) = aigc_findings(labels_in(texts))
    return finding


def label_text(**changes: object) -> Carried:
    return Carried("MP4 metadata", "AIGC", json.dumps(LABEL | changes))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            packet('e:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"'),
            (0, "human"),
        ),
        (
            packet('e:DigitalSourceType="https://cv.iptc.org/newscodes/digitalsourcetype/composite/"'),
            (0, "unknown"),
        ),
        (packet('e:DigitalSourceType="digsrctype:trainedAlgorithmicMedia"'), (1, "ai")),
        (packet(elements="<e:DigitalSourceType>compositeSynthetic</e:DigitalSourceType>"), (1, "mixed")),
        (
            packet(
                elements='<e:DigitalSourceType rdf:resource="http://cv.iptc.org/newscodes/digitalsourcetype/print"/>'
            ),
            (0, "human"),
        ),
        (Carried("FLAC metadata", "DIGITALSOURCETYPE", "digsrctype:trainedAlgorithmicMedia"), (1, "ai")),
    ],
)
def test_a_source_type_is_read_in_every_spelling(text: Carried, said: tuple[int, str]) -> None:
    assert [(finding.grade, finding.says) for finding in iptc(text)] == [said]


def test_fields_about_an_ai_system_admit_ai_whatever_the_source_type_says() -> None:
    attributes = (
        'e:DigitalSourceType="digsrctype:digitalCapture" e:AISystemUsed="Engine" e:AIPromptInformation="a lake" '
        'e:AIPromptWriterName="Lin"'
    )
    (finding,) = iptc(packet(attributes))
    assert (finding.grade, finding.says, finding.source_type) == (1, "mixed", "digitalCapture")
    assert finding.details == {
        "source_type": "digitalCapture",
        "system": "Engine",
        "prompt": True,
        "prompt_writer": "Lin",
    }
    assert "It names an AI system or a prompt: Engine." in finding.note


def test_a_file_without_either_has_no_finding() -> None:
    assert iptc(packet('e:Event="Festival"')) == []
    assert list(aigc_findings(labels_in([packet()]))) == []


@pytest.mark.parametrize(
    ("level", "grade", "says"), [("1", 1, "ai"), ("2", 0, "ai"), ("3", 0, "unknown"), ("yes", 0, "unknown")]
)
def test_each_level_of_a_label_weighs_its_own(level: str, grade: int, says: str) -> None:
    finding = aigc(label_text(Label=level))
    assert (finding.grade, finding.says, finding.details["labels"][0]["level"]) == (grade, says, level)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(LABEL),
        json.dumps({"AIGC": LABEL}),
        json.dumps({"AIGC": json.dumps(LABEL)}),
        json.dumps(json.dumps(LABEL)),
        "AIGC=" + json.dumps(LABEL),
        json.dumps({"AIGC": LABEL}).replace('"', "&quot;"),
        json.dumps(LABEL).replace('"', "&amp;quot;"),
        json.dumps(LABEL).replace('"', '\\\\"'),
    ],
)
def test_a_label_escaped_or_wrapped_once_more_is_the_same_label(text: str) -> None:
    finding = aigc(Carried("MP4 metadata", "AIGC", text))
    assert (finding.details["verdict"], finding.details["labels"][0]["producer"]) == ("compliant", PRODUCER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Label": "1", "Producer": PRODUCER, "Propagator": PRODUCER},
        {"Label": "1", "ReserveCode1": "", "ContentProducer": PRODUCER},
        {"AIGC": {"ServiceProvider": PRODUCER, "ServiceUser": "u", "Time": "t", "ContentId": "job-1"}},
    ],
)
def test_misspelt_and_foreign_fields_are_understood_but_not_compliant(wrong: dict[str, object]) -> None:
    finding = aigc(Carried("Exif", "ImageDescription", json.dumps(wrong)))
    label = finding.details["labels"][0]
    assert (finding.says, label["producer"], finding.details["verdict"]) == ("ai", PRODUCER, "noncompliant")


def test_missing_fields_are_named() -> None:
    finding = aigc(Carried("Exif", "UserComment", '{"AIGC":{"Label":"1"}}'))
    assert finding.says == "ai"
    assert "The AIGC label has no field ContentProducer." in finding.note


def test_labels_that_differ_break_the_standard() -> None:
    elements = f"<t:AIGC>{json.dumps(LABEL | {'ProduceID': 'job-2', 'PropagateID': 'job-2'})}</t:AIGC>"
    same, differ = aigc(label_text(), label_text()), aigc(label_text(), packet(elements=elements))
    assert same.details["verdict"] == "compliant"
    assert differ.details["verdict"] == "noncompliant"
    assert "several AIGC labels that differ, in MP4 metadata AIGC, XMP AIGC" in differ.note


@pytest.mark.parametrize(
    "text",
    [
        Carried("PNG text", "AIGC", '{"Label":"1","ContentProd'),
        Carried("PNG text", "AIGC", "", is_cut=True),
        Carried("XMP", "", "<x:xmpmeta><t:AIGC>"),
        Carried("XMP", "", PACKET, is_cut=True),
    ],
)
def test_a_label_that_cannot_be_read_to_its_end_is_inconclusive(text: Carried) -> None:
    finding = aigc(text)
    assert (finding.details["verdict"], finding.says, finding.grade) == ("inconclusive", "unknown", 0)


@pytest.mark.parametrize("depth", [100_000])
def test_nesting_without_end_is_refused_quietly(depth: int) -> None:
    assert aigc(Carried("PNG text", "AIGC", '{"a":' * depth)).details["verdict"] == "inconclusive"
    deep = "<a>" * depth + "AIGC" + "</a>" * depth
    assert aigc(Carried("XMP", "", f"<x:xmpmeta>{deep}</x:xmpmeta>")).details["verdict"] == "inconclusive"


def test_a_comment_about_labels_is_no_label() -> None:
    assert (
        list(aigc_findings(labels_in([Carried("MP4 metadata", "comment", '{"Label": "Warp Records"}')])))
        == []
    )
