"""Which addresses outgoing connections may reach: the public internet, and what the operator names.

Judged is the address a socket is about to connect to, after every name was resolved: texts like
`0x7f.1` or a name that resolves to two addresses in turn are no way around it.

Source: IANA special-purpose address registries for IPv4 and IPv6, RFC 6890. Python's `is_global`
differs from version to version and takes addresses for public that carry a private one inside.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
ANYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))

_PUBLIC_V6 = ip_network("2000::/3")
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
            "2001::/23",  # Teredo, ORCHID and other protocol assignments
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",
        ),
    )
)
# Services of cloud providers that hand out credentials; no operator means to open these.
_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
        ),
    )
)


def networks(text: str) -> tuple[Network, ...]:
    """Read networks in CIDR notation, separated by commas.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_public(address: str) -> bool:
    """Say whether this numeric address is one of the public internet, with no other inside."""
    target = _read(address)
    if target.version == 6 and target not in _PUBLIC_V6:  # noqa: PLR2004  IPv6
        return False
    return target not in _METADATA and not any(target in network for network in _SPECIAL)


def is_opened(address: str, allowed: Sequence[Network]) -> bool:
    """Say whether the operator opened this numeric address; nobody opens a metadata service."""
    target = _read(address)
    plain = getattr(target, "ipv4_mapped", None) or target
    return plain not in _METADATA and any(target in network for network in allowed)


def _read(address: str) -> IPv4Address | IPv6Address:
    return ip_address(address.partition("%")[0])  # an IPv6 scope may follow
