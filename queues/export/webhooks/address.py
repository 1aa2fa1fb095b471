"""Where a webhook may lead: https to the open internet, or to an origin that the operator has named.

A name is resolved when it is saved and again each time something is sent; every address that it has must be
public, and the connection goes to one of the very addresses that were looked at.
"""

import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

LONGEST = 2000
PORTS = frozenset({443, 8443})  # others belong to mail, databases and shells
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)*{_LABEL}")
_NUMBER = re.compile(r"([0-9]+|0x[0-9a-f]*)\Z")  # what some resolvers take for an address: 2130706433, 0x7f.1
_GLOBAL_V6 = IPv6Network("2000::/3")  # so no mapped, translated (NAT64), local or multicast one
# Public by their range, and a way to somewhere else: 6to4 and its relays, Teredo, documentation.
_LED_ELSEWHERE = tuple(map(ip_network, ("192.88.99.0/24", "2002::/16", "2001::/32", "3fff::/20")))


class Refused(Exception):
    """Nothing is sent there; code: why (`sentence_of`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts. path: with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_internal(self) -> bool:
        """Whether the operator has named it: then it may be http, on any port, at any address."""
        return self.origin in settings.WEBHOOK_INTERNAL


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a name, as the system wants it for a connection."""

    family: int
    address: tuple[Any, ...]


def sentence_of(code: str) -> str:
    """Why an address was refused, and what to do."""
    return {
        "url.shape": _("Give one address of at most 2,000 visible ASCII characters, without #."),
        "url.scheme": _("Give an address that begins with https://."),
        "url.credentials": _("Leave out the name and password: what is sent is signed instead."),
        "url.host": _("Give a host name, or an address in its usual form."),
        "url.port": _("Use port 443 or 8443."),
        "url.unresolved": _("This name leads nowhere. Look for a slip in it, and try again."),
        "url.address": _("This leads to an address that is not public. Who runs the server can allow it."),
    }[code]


def target_of(url: str) -> Target:
    """The address in its parts; Refused when nothing may be sent there, whatever its name means."""
    if len(url) > LONGEST or not _VISIBLE.fullmatch(url) or "#" in url or "\\" in url:
        raise Refused("url.shape")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("url.shape") from None
    if parts.scheme not in ("https", "http"):
        raise Refused("url.scheme")
    if "@" in parts.netloc:
        raise Refused("url.credentials")
    host = _host_of(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)
    if not target.is_internal:
        _check_outside(target)
    return target


def _host_of(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return _written(IPv6Address, host)
    if not _NAME.fullmatch(host):
        raise Refused("url.host")
    if _NUMBER.search(host.rpartition(".")[2]):
        return _written(IPv4Address, host)
    return host


def _written(kind: type[IPv4Address | IPv6Address], host: str) -> str:
    """An IP address in its usual form, without the name of one of our own interfaces."""
    try:
        if "%" not in host:
            return str(kind(host))
    except ValueError:
        pass
    raise Refused("url.host")


def _check_outside(target: Target) -> None:
    if target.scheme != "https":
        raise Refused("url.scheme")
    if target.port not in PORTS:
        raise Refused("url.port")


def resolve(target: Target, *, seconds: float) -> Sequence[Place]:
    """The addresses that the name has now, in the order to try them; Refused when one is not public."""
    found = _look_up(target.host, target.port, seconds)
    if not found:
        raise Refused("url.unresolved")
    if not target.is_internal and not all(is_public(place.address[0]) for place in found):
        raise Refused("url.address")
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, and not a way to somewhere else."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_V6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _LED_ELSEWHERE)


def _look_up(host: str, port: int, seconds: float) -> list[Place]:
    """The system's resolver knows no time limit of ours, so it is asked beside and left alone after it."""
    found: list[Place] = []

    def look() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(Place(int(family), address) for family, _kind, _protocol, _name, address in infos)

    asking = threading.Thread(target=look, name="webhook-name", daemon=True)
    asking.start()
    asking.join(seconds)
    return list(found) if not asking.is_alive() else []
