"""The clouds of the API. They differ by settings only: where the API is, where to sign in, what tokens are for.

| cloud | API host | sign-in | exports | price sheets and rates |
| global | api.partnercenter.microsoft.com | login.microsoftonline.com | yes | yes |
| US Government | the same | login.microsoftonline.us | no | only where a sign-in for them is set |
| Germany (closed) | the same | login.microsoftonline.de | no | only where a sign-in for them is set |
| China (21Vianet) | partner.partnercenterapi.microsoftonline.cn | login.partner.microsoftonline.cn | no | as above |
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

GLOBAL_HOST = "api.partnercenter.microsoft.com"
CHINA_HOST = "partner.partnercenterapi.microsoftonline.cn"
# Tokens for it were given until 2025 and are answered 401 since.
RETIRED_AUDIENCE = "https://graph.windows.net"


@dataclass(frozen=True)
class Cloud:
    """One cloud.

    Shape:   `authorities` are sign-in hosts, the usual one first; tokens are for `https://` and the API host.
             Exports are Microsoft Graph's; price sheets sign in at the global cloud, whatever cloud asks for them.
    """

    name: str
    api_host: str
    authorities: tuple[str, ...]
    has_exports: bool = False
    has_own_price_sign_in: bool = False

    @property
    def audience(self) -> str:
        """What tokens for its Partner Center API are for."""
        return f"https://{self.api_host}"


GLOBAL = Cloud(
    "global",
    GLOBAL_HOST,
    ("login.microsoftonline.com", "login.microsoft.com", "login.windows.net"),
    has_exports=True,
    has_own_price_sign_in=True,
)
US_GOVERNMENT = Cloud("US Government", GLOBAL_HOST, ("login.microsoftonline.us",))
GERMANY = Cloud("Germany", GLOBAL_HOST, ("login.microsoftonline.de",))
CHINA = Cloud("China", CHINA_HOST, ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"))
CLOUDS = (GLOBAL, US_GOVERNMENT, GERMANY, CHINA)


def cloud_of(base_url: str, authority_url: str) -> Cloud:
    """The cloud that these addresses are of; a sandbox, or a proxy of ours, behaves like the global one."""
    host, authority = _host(base_url), _host(authority_url)
    for cloud in CLOUDS:
        if authority in cloud.authorities:
            return cloud
    return CHINA if host == CHINA_HOST else GLOBAL


def why_it_cannot_work(base_url: str, authority_url: str, audience: str) -> str | None:
    """What is certainly wrong with a combination: a token of one cloud, or for another API, is useless.

    Only hosts that are known are judged.
    """
    host, authority = _host(base_url), _host(authority_url)
    known_hosts = {cloud.api_host for cloud in CLOUDS}
    if host not in known_hosts:
        return None
    signs_in = next((cloud for cloud in CLOUDS if authority in cloud.authorities), None)
    if signs_in is not None and signs_in.api_host != host:
        right = next(cloud for cloud in CLOUDS if cloud.api_host == host)
        return (
            f"{base_url} does not take tokens of {authority_url} (the cloud {signs_in.name}); sign in at "
            f"https://{right.authorities[0]}, or ask {signs_in.audience}"
        )
    others = {f"https://{known}" for known in known_hosts - {host}}
    if audience.rstrip("/").lower() in {*others, RETIRED_AUDIENCE}:
        return f"{base_url} does not take tokens for {audience}; leave the audience out, or set https://{host}"
    return None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
