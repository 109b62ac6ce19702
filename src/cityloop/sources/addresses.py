"""Which addresses an HTTP source may reach: public ones, and those inside that the city's settings list.

A host is resolved once, every address it has is judged, and the connection goes to a judged address, so that a name
server cannot answer differently between the check and the call. Redirects are judged like first calls.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cityloop.sources.errors import AddressRefused, SourceDown

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host and port."""


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return what the system's name service says.

    Raises:
        SourceDown: the name cannot be resolved now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SourceDown(what=host) from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Judges hosts.

    Args:
        allowed: comma-separated host names, addresses and networks inside that may be called.
        resolve: asks the name service.
    """

    allowed: str
    resolve: Resolver = system_resolver

    def address_of(self, host: str, port: int) -> str:
        """Return the address to connect to.

        Raises:
            AddressRefused: an address of the host is not public and not listed.
            SourceDown: the name cannot be resolved.
        """
        names = {each.strip().lower() for each in self.allowed.split(",") if each.strip()}
        addresses = self.resolve(host, port)
        if not addresses:
            raise SourceDown(what=host)
        if host.lower() in names:
            return addresses[0]
        networks = [network for each in names if (network := _network(each)) is not None]
        for each in addresses:
            address = _plain(ipaddress.ip_address(each.partition("%")[0]))
            if not _is_public(address) and not any(
                address.version == network.version and address in network for network in networks
            ):
                raise AddressRefused(host=host, address=str(address), act="call", object=host)
        return addresses[0]


def _network(words: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(words, strict=False)
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 one that carries it."""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour, (address.teredo or (None, None))[1]):
            if inner is not None:
                return inner
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
