"""Marks by which containers tell an XMP packet (XMP specification, part 3)."""

from __future__ import annotations

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
PNG_KEYWORD, JPEG_MARK = b"XML:com.adobe.xmp\0", b"http://ns.adobe.com/xap/1.0/\0"
