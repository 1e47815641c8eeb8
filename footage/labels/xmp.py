"""XMP packets (ISO 16684-1) with the AIGC label and IPTC's digital source type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree import ElementTree

from footage.labels.aigc import Damaged

SOURCE_TYPE_URI = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IPTC_EXT = f"{{{_IPTC_EXT}}}"
AIGC_NAME, SOURCE_NAME = f"{{{_TC260}}}AIGC", f"{IPTC_EXT}DigitalSourceType"
MOST_ELEMENTS, MOST_VALUES = 200_000, 100


for _prefix, _uri in (("TC260", _TC260), ("Iptc4xmpExt", _IPTC_EXT), ("rdf", _RDF), ("x", "adobe:ns:meta/")):
    ElementTree.register_namespace(_prefix, _uri)


def source_type_code(value: str) -> str | None:
    """Code of a digital source type given as URI (http or https, trailing slash or not) or as QCode."""
    match = re.search(r"(?:digitalsourcetype/|digsrctype:|^)([A-Za-z]+)/?$", value.strip())
    return match.group(1) if match else None


@lru_cache(maxsize=4)
def xmp_values(packet: str) -> Mapping[str, tuple[str, ...]]:
    """Texts of an XMP packet's properties by "{namespace}name", each as element or attribute (ISO 16684-1 §7).

    Raises:
        Damaged: the packet names the AIGC label and can't be read.
    """
    from defusedxml import ElementTree as SafeTree
    from defusedxml.common import DefusedXmlException

    try:
        if packet.count("<") > MOST_ELEMENTS:
            raise ValueError("more elements than any editor writes")
        root = SafeTree.fromstring(_bare_packet(packet))
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as fault:
        if "AIGC" in packet:
            raise Damaged from fault
        return {}
    values: dict[str, list[str]] = {}
    for name, text in _properties(root):
        values.setdefault(name, []).append(text)
    return {name: tuple(texts[:MOST_VALUES]) for name, texts in values.items()}


def _properties(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        yield from ((name, text) for name, text in element.attrib.items() if text)
        if element.tag.startswith(f"{{{_RDF}}}"):
            continue
        text = (element.text or "").strip() or element.attrib.get(f"{{{_RDF}}}resource", "")
        if text:
            yield element.tag, text
        for item in (item for group in element for item in group if item.tag == f"{{{_RDF}}}li"):
            if item.text and item.text.strip():
                yield element.tag, item.text.strip()


def _bare_packet(packet: str) -> str:
    """The XML between the packet's wrapper, whose processing instructions may be damaged or padded."""
    start = re.search(r"<x:xmpmeta|<rdf:RDF|<!DOCTYPE", packet)
    body = packet[start.start() if start else 0 : packet.rfind(">") + 1]
    return re.sub(r"<\?xpacket[^>]*\?>", "", body).strip()


def xmp_packet(aigc: str | None, source_type_uri: str, *, existing: str | None = None) -> bytes:
    """An XMP packet with the source type and, where XMP is its carrier, the AIGC label (ISO 16684-1).

    What else an existing packet says is kept. A file bears one AIGC label only (GB 45438-2025, 6.1 c).
    """
    root = _existing_tree(existing)
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    for element in list(rdf.iter()):
        for tag in (AIGC_NAME, SOURCE_NAME):
            element.attrib.pop(tag, None)
            for child in element.findall(tag):
                element.remove(child)
    about = f"{{{_RDF}}}about"
    for empty in [item for item in rdf if len(item) == 0 and item.attrib.keys() <= {about}]:
        rdf.remove(empty)
    description = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description", {about: ""})
    if aigc:
        ElementTree.SubElement(description, AIGC_NAME).text = aigc
    ElementTree.SubElement(description, SOURCE_NAME).text = source_type_uri
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'.encode()


def _existing_tree(existing: str | None) -> ElementTree.Element:
    from defusedxml import ElementTree as SafeTree
    from defusedxml.common import DefusedXmlException

    if existing:
        try:
            tree: ElementTree.Element = SafeTree.fromstring(_bare_packet(existing))
        except (ElementTree.ParseError, DefusedXmlException, ValueError):
            # A packet that nobody can read is lost already.
            return ElementTree.Element("{adobe:ns:meta/}xmpmeta")
        return tree
    return ElementTree.Element("{adobe:ns:meta/}xmpmeta")
