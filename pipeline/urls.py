"""URLs: one normal form, and the identities made of it. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
from functools import lru_cache

import tldextract
from ada_url import URL

from pipeline.errors import UnsafeUrlError

MAX_LENGTH = 8192  # DESIGN 9, Polling
_KEY_BITS = 63

# Parameters that say how a reader came, never which page is shown. Compared case-insensitively; a trailing * is a prefix.
TRACKING_PARAMETERS = (
    "utm_*", "at_medium", "at_campaign", "at_custom*", "at_link*", "at_format", "at_ptr_name", "at_bbc_team",  # campaign tags; at_*: AT Internet
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid", "igshid", "igsh", "mc_cid", "mc_eid",  # click ids
    "ocid", "cmpid", "cmp", "icid", "ito", "ncid", "xtor", "wt_mc", "wt_zmc", "pk_campaign", "pk_kwd", "mtm_*", "matomo_*", "piwik_*", "_ga", "_gl",
    "smid", "smtyp", "partner", "ref_src", "ref_url", "traffic_source", "spm", "share_*", "rss", "feed_id", "feedtype", "feedname", "maca", "mkt_tok",
)  # fmt: skip
_EXACT = frozenset(name for name in TRACKING_PARAMETERS if not name.endswith("*"))
_PREFIXES = tuple(name[:-1] for name in TRACKING_PARAMETERS if name.endswith("*"))
_DEVICE_LABELS = ("www.", "m.", "mobile.", "amp.")
_AMP_QUERIES = frozenset({"?amp", "?amp=1", "?amp=true", "?outputtype=amp"})

# The list of public suffixes that the package ships; it is never fetched.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def normalise(url: str, base: str | None = None) -> str:
    """The one form of a URL: parsed as browsers do (WHATWG), without fragment, default port, trailing dot and tracking parameters.

    `base` resolves a relative one. Idempotent. Raises UnsafeUrlError, naming why, for what is no fetchable http(s) URL.
    """
    if len(url) > MAX_LENGTH:
        raise UnsafeUrlError(f"longer than {MAX_LENGTH} characters: {url[:80]}…")
    parsed = _parse(url, base)
    if parsed.protocol not in ("http:", "https:"):
        raise UnsafeUrlError(f"neither http nor https: {url[:80]}")
    if parsed.username or parsed.password:
        raise UnsafeUrlError("carries a user name or password")
    if not parsed.hostname.strip("."):
        raise UnsafeUrlError(f"has no host: {url[:80]}")
    parsed.hash = ""
    parsed.hostname = parsed.hostname.rstrip(".")
    parsed.search = _without_tracking(parsed.search)
    if len(parsed.href) > MAX_LENGTH:
        raise UnsafeUrlError(f"longer than {MAX_LENGTH} characters: {parsed.href[:80]}…")
    return parsed.href


def _parse(url: str, base: str | None) -> URL:
    try:
        return URL(url.strip(), base=base) if base is not None else URL(url.strip())
    except (ValueError, UnicodeError):
        raise UnsafeUrlError(f"can't be parsed: {url[:80]!r}") from None


def _without_tracking(search: str) -> str:
    """The query without tracking parameters; the others stay as they were, in order and to the letter."""
    kept = [part for part in search[1:].split("&") if part and not _is_tracking(part.partition("=")[0].lower())]
    return "&".join(kept)


def _is_tracking(name: str) -> bool:
    return name in _EXACT or name.startswith(_PREFIXES)


# -- identities of a normalised URL --------------------------------------------------------------------------


def url_sha256(url: str) -> bytes:
    """The identity of a normalised URL: 32 bytes."""
    return hashlib.sha256(url.encode()).digest()


def article_key(canonical_url: str) -> int:
    """The key of an article: the first 63 bits of its canonical URL's sha256, so that it fits a bigint and stays positive (DESIGN 9)."""
    return int.from_bytes(url_sha256(canonical_url)[:8], "big") >> (64 - _KEY_BITS)


@lru_cache(maxsize=65_536)
def pace_key(url: str) -> str:
    """What a pace is kept for: the host name without scheme and port; address:port for loopback addresses, where a port is a server of its own."""
    parsed = URL(url)
    return parsed.host if _is_loopback(parsed.hostname) else parsed.hostname


def _is_loopback(hostname: str) -> bool:
    try:
        return ipaddress.ip_address(hostname.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(url: str) -> str:
    """scheme://host[:port] of a URL."""
    return URL(url).origin


@lru_cache(maxsize=65_536)
def registrable_domain(hostname: str) -> str:
    """The domain that somebody registered (bbc.co.uk for www.bbc.co.uk); an address, or a name without a public suffix, stays itself."""
    return _SUFFIXES(hostname).top_domain_under_public_suffix or _test_domain(hostname)


def _test_domain(hostname: str) -> str:
    """Names under a suffix that is on no list (.test, .local): the last two labels; addresses stay whole."""
    labels = hostname.split(".")
    return hostname if len(labels) < 2 or labels[-1].isdigit() or hostname.startswith("[") else ".".join(labels[-2:])


def same_site(url: str, other: str) -> bool:
    """Whether two URLs lie under one registrable domain (loopback addresses: on one address)."""
    return registrable_domain(URL(url).hostname) == registrable_domain(URL(other).hostname)


# -- what a page says of its own address -----------------------------------------------------------------------


def acceptable_canonical(page_url: str, claimed: str | None) -> str | None:
    """The URL that a page names as canonical, normalised, where it may be believed at all (COURTESY C1).

    Absolute http(s), on the page's registrable domain, and no home page unless the page is one; else None.
    """
    if not claimed or not claimed.strip().lower().startswith(("http://", "https://")):
        return None
    try:
        url = normalise(claimed)
    except UnsafeUrlError:
        return None
    if not same_site(page_url, url) or (is_home(url) and not is_home(page_url)):
        return None
    return url


def is_home(url: str) -> bool:
    """Whether a URL is a site's front page."""
    parsed = URL(url)
    return parsed.pathname.lower() in ("/", "/index.html", "/index.htm", "/index.php", "/home") and not parsed.search


def same_page_form(url: str, other: str) -> bool:
    """Whether two URLs differ only in what never changes the page: scheme, www/m/amp host labels, AMP marks, a trailing slash."""
    return _bare_form(url) == _bare_form(other)


def _bare_form(url: str) -> tuple[str, str, str]:
    parsed = URL(url)
    host, path, search = parsed.host, parsed.pathname, parsed.search
    for label in _DEVICE_LABELS:
        host = host.removeprefix(label)
    path = path.rstrip("/").removesuffix("/amp").removesuffix(".amp").removeprefix("/amp").rstrip("/")
    return host, path, "" if search.lower() in _AMP_QUERIES else search
