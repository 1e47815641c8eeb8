"""Addresses of remote engines: which an administrator may name, and which an answer may point to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from footage.problems import Problem, gettext_noop

Address = IPv4Address | IPv6Address
INSIDE = (".local", ".lan", ".internal", ".home.arpa", "localhost")
"""Endings of names that lead into the school's own network."""


def check_endpoint(url: str, *, has_key: bool) -> str:
    """Return the address without a slash at its end.

    Raises:
        Problem: It is no http(s) address, carries a key or a query, is a link-local address (where clouds keep their
            own secrets), or would send a key in plain through the internet.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Problem(
            gettext_noop("“%(url)s” is no address. It begins with https://, or http:// inside the school."),
            url=_without_login(url)[:120],
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Problem(gettext_noop("The address holds more than a place. Type the key into its own field."))
    literal = _literal(parts.hostname)
    if literal and literal.is_link_local:
        raise Problem(
            gettext_noop("%(host)s is a link-local address; engines can’t be there."), host=parts.hostname
        )
    if has_key and parts.scheme == "http" and not is_inside(parts.hostname):
        raise Problem(
            gettext_noop("%(host)s would get the key unencrypted. Use its https:// address."),
            host=parts.hostname,
        )
    return url.strip().rstrip("/")


def is_inside(host: str) -> bool:
    """Whether a host's name or address can only be meant within the school's network."""
    literal = _literal(host)
    if literal is not None:
        return not literal.is_global
    return "." not in host or host.lower().endswith(INSIDE)


def host_of(url: str) -> str:
    """Return host and port as typed, for recipes and sentences: never a path, a query or a login."""
    parts = urlsplit(url)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")


def origin_of(url: str) -> tuple[str, str, int]:
    """Return (scheme, host, port) of an address, the port of its scheme when it names none."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)


def is_public(address: str) -> bool:
    """Whether an answer may send us to this IP address: a global one, no multicast."""
    found = ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_global and not (mapped or found).is_multicast


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _without_login(url: str) -> str:
    return url.rsplit("@", 1)[-1]
