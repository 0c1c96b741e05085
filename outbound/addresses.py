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
_SPECIAL: dict[Network, str] = {  # network -> why it is not public, the first that holds counts
    ip_network(text): reason
    for reason, texts in {
        "loopback": "127.0.0.0/8 ::1/128",
        "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10",
        "link_local": "169.254.0.0/16 fe80::/10",
        # an IPv4 address inside: mapped, compatible, NAT64, Teredo, 6to4
        "embedded": "::ffff:0:0/96 ::/96 64:ff9b::/32 2001::/32 2002::/16",
        "multicast": "224.0.0.0/4 ff00::/8",
        "reserved": "0.0.0.0/8 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 "
        "198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 2001::/23 2001:db8::/32 3fff::/20",
    }.items()
    for text in texts.split()
}
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
    return why_closed(address) is None


def why_closed(address: str) -> str | None:
    """Name in a word why this numeric address is not public, None when it is; for counters."""
    target = _read(address)
    if target in _METADATA:
        return "metadata"
    reason = next((word for network, word in _SPECIAL.items() if target in network), None)
    if target.version == 6 and target not in _PUBLIC_V6:  # noqa: PLR2004  IPv6
        return reason or "reserved"
    return reason


def is_opened(address: str, allowed: Sequence[Network]) -> bool:
    """Say whether the operator opened this numeric address; nobody opens a metadata service."""
    target = _read(address)
    plain = getattr(target, "ipv4_mapped", None) or target
    return plain not in _METADATA and any(target in network for network in allowed)


def _read(address: str) -> IPv4Address | IPv6Address:
    return ip_address(address.partition("%")[0])  # an IPv6 scope may follow
