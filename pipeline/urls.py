"""URLs as identities: their normal form, their hashes, and which of them are forms of one address.

Parsing is WHATWG's (ada-url), as in browsers. Public suffixes come from the list that tldextract ships; nothing is fetched.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote

import ada_url
import tldextract

from pipeline.errors import UnsafeUrlError
from pipeline.redaction import redact
from pipeline.tracking import is_tracking

MAX_URL_CHARS = 8192  # DESIGN 9
_MAX_HOST_CHARS = 253  # RFC 1035 2.3.4
_SHOWN = 200  # characters of a bad URL that an error shows

_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_ABSOLUTE = re.compile(r"\s*https?://", re.IGNORECASE)
# Private suffixes count (blogspot.com, github.io): two blogs of one host are not one publisher.
_SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)

# -- normal form ---------------------------------------------------------------------------


def normalise(url: str, base: str | None = None) -> str:
    """The normal form of an http(s) URL, absolute (resolved against `base`); normal forms are their own normal form.

    WHATWG parse (lower-case ASCII host, no default port, no dot segments), no fragment, no trailing dot of the host, percent escapes in
    upper case (RFC 3986 6.2.2.1), tracking parameters dropped (pipeline/tracking.py). Raises UnsafeUrlError for what is not http(s),
    holds credentials, can't be parsed, or is longer than 8,192 characters before or after.
    """
    if len(url) > MAX_URL_CHARS:
        raise UnsafeUrlError(f"{len(url)} characters: {_shown(url)}…")
    parsed = _parse(url, base)
    path = _ESCAPE.sub(_upper, parsed.pathname)
    normal = f"{parsed.protocol}//{parsed.host}{path}{_search_without_tracking(parsed.search)}"
    if len(normal) > MAX_URL_CHARS:
        raise UnsafeUrlError(f"{len(normal)} characters: {_shown(normal)}…")
    return normal


def _parse(url: str, base: str | None = None) -> ada_url.URL:
    try:
        parsed = ada_url.URL(url, base=base)
        if parsed.protocol not in ("http:", "https:"):
            raise UnsafeUrlError(f"{_shown(url)} is not http or https")
        hostname = parsed.hostname
        if hostname.endswith("."):
            parsed.hostname = hostname.rstrip(".")
            hostname = parsed.hostname
    except ValueError:  # UnicodeEncodeError is one: lone surrogates
        raise UnsafeUrlError(f"{_shown(url)} can't be parsed") from None
    if "@" in url + (base or "") and (parsed.username or parsed.password):
        raise UnsafeUrlError("it holds credentials")  # which are not repeated here
    if not hostname.strip(".") or len(hostname) > _MAX_HOST_CHARS:
        raise UnsafeUrlError(f"{_shown(url)} has no usable host name")
    return parsed


def _shown(url: str) -> str:
    """A bad URL as an error shows it."""
    return repr(redact(url[:_SHOWN]))


def _upper(escape: re.Match[str]) -> str:
    return escape.group().upper()


def _search_without_tracking(search: str) -> str:
    if not search:
        return ""
    pieces = search[1:].split("&")
    kept = [piece for piece in pieces if not is_tracking(*_name_and_value(piece))]
    query = "&".join(kept)
    return "?" + _ESCAPE.sub(_upper, query) if query.strip("&") else ""


def _name_and_value(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return unquote(name), value


# -- identity --------------------------------------------------------------------------------


def url_sha256(normalised: str) -> bytes:
    """The 32 bytes by which a normalised URL is found."""
    return sha256(normalised.encode()).digest()


def article_key(canonical: str) -> int:
    """The first 63 bits of the canonical URL's sha256, as a number that fits a signed bigint (DESIGN 9, Identity)."""
    return int.from_bytes(url_sha256(canonical)[:8], "big") >> 1


# -- hosts -------------------------------------------------------------------------------------


def origin(url: str) -> str:
    """Scheme, host and port (RFC 6454): "https://example.org", "http://127.0.0.1:8001". Raises UnsafeUrlError as `normalise` does."""
    parsed = _parse(url)
    return f"{parsed.protocol}//{parsed.host}"


def pace_key(url: str) -> str:
    """What requests are paced by: the host name, without scheme and port; of a loopback address the address with its port.

    A loopback address serves many servers, one a port (DESIGN 9, Pace). Raises UnsafeUrlError as `normalise` does.
    """
    parsed = _parse(url)
    if not _is_loopback(parsed.hostname):
        return parsed.hostname
    return f"{parsed.hostname}:{parsed.port or ('443' if parsed.protocol == 'https:' else '80')}"


def registrable_domain(host: str) -> str:
    """The name that its owner registered: "bbc.co.uk" for "www.bbc.co.uk:443". Addresses and localhost are themselves, with their port."""
    return _registrable_domain(host.lower())


@lru_cache(maxsize=10_000)
def _registrable_domain(host: str) -> str:
    name = host if host.endswith("]") else re.sub(r":\d*$", "", host)
    if _address(name) is not None or name == "localhost":
        return host
    parts = _SUFFIXES.extract_str(name)
    if not parts.suffix:  # a top-level domain that the list doesn't know: the list's own rule for it is "*"
        return ".".join(name.split(".")[-2:])
    return f"{parts.domain}.{parts.suffix}" if parts.domain else name


def same_site(one: str, other: str) -> bool:
    """Whether two normalised URLs are on the same registrable domain."""
    return registrable_domain(one.split("/", 3)[2]) == registrable_domain(other.split("/", 3)[2])


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return address is not None and address.is_loopback


# -- forms of one address ----------------------------------------------------------------------

_EDITION_LABELS = ("www.", "m.", "mobile.", "amp.")
_AMP_PATH = re.compile(r"^/amp(?=/)|/amp/?$|\.amp(?=\.html?$|$)|/amp(?=\.html?$)")
_AMP_QUERY = re.compile(r"(?<=[?&])(?:amp(?:=1|=true)?|outputType=amp|output=amp)(?:&|$)", re.IGNORECASE)
_PRINT_PATH = re.compile(r"(?<=[^/])/print/?$")
_PRINT_QUERY = re.compile(r"(?<=[?&])(?:print(?:=1|=true|able(?:=1|=true)?)?|view=print|output=print)(?:&|$)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"https://(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:[acv]|wp)/(s/)?(.+)", re.DOTALL)
_AMP_VIEWER = re.compile(r"https://(?:www\.)?google\.[a-z.]{2,6}/amp/(s/)?(.+)", re.DOTALL)


def unwrap_amp(url: str) -> str:
    """The publisher's own address of a page in an AMP cache or viewer; other URLs as they are. In and out normalised."""
    wrapped = _AMP_CACHE.fullmatch(url) or _AMP_VIEWER.fullmatch(url)
    if wrapped is None:
        return url
    secure, rest = wrapped.groups()
    try:
        return normalise(f"{'https' if secure else 'http'}://{rest}")
    except UnsafeUrlError:
        return url


def is_amp(url: str) -> bool:
    """Whether the URL's shape says that it is the AMP form of a page."""
    parsed = _parse(url)
    return parsed.hostname.startswith("amp.") or bool(_AMP_PATH.search(parsed.pathname) or _AMP_QUERY.search(parsed.search))


def same_page_form(one: str, other: str) -> bool:
    """Whether two URLs differ only in form: scheme, port, www. m. mobile. amp., AMP or print marks of path or query, trailing slash."""
    return _form(one) == _form(other)


def other_forms(url: str) -> tuple[str, ...]:
    """The addresses of which `url`, normalised, is another form as of `same_page_form`, without marks of AMP and print; itself among them.

    Ports other than the schemes' own stay. These are the forms under which a page is known as a rule, not all that there may be.
    """
    parsed = _parse(url)
    bare = _without_labels(parsed.host)
    path = _plain_path(parsed.pathname)
    search = _plain_search(parsed.search)
    hosts = [label + bare for label in ("", *_EDITION_LABELS)] if "." in bare and _address(parsed.hostname) is None else [bare]
    paths = (path, path + "/") if path else ("/",)
    others = (f"{scheme}://{host}{form}{search}" for scheme in ("https", "http") for host in hosts for form in paths)
    return tuple(dict.fromkeys((url, *others)))


_MARK_WORDS = 3
_MARK_DIGITS = 6
_DATE_DIGITS = re.compile(
    r"(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,4}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)?\d\d)"
)
_LONGEST_MARK = 300
_LANGUAGE_FOLDER = re.compile(r"[a-z]{2}(?:-[a-z]{2,4})?", re.IGNORECASE)


def story_mark(url: str) -> str | None:
    """What stays of a URL when its article moves to another section; None where the URL has no such mark.

    Site and last folder of a path that holds three words and a number: "/politics/2026/11/mayor-opens-bridge-9480213" and
    "/local/mayor-opens-bridge-9480213.html" are the same. Folders that look like languages stay: those are translations.
    """
    parsed = _parse(url)
    *folders, last = _plain_path(parsed.pathname).removesuffix(".html").removesuffix(".htm").split("/")
    if parsed.search or len(last) > _LONGEST_MARK or not _has_words_and_number(last):
        return None
    languages = [folder.lower() for folder in folders if _LANGUAGE_FOLDER.fullmatch(folder)]
    return "/".join((_without_labels(parsed.host), *languages, last))


def _has_words_and_number(last: str) -> bool:
    pieces = re.split(r"[-_.,]", last)
    return sum(piece.isalpha() and len(piece) > 1 for piece in pieces) >= _MARK_WORDS and any(map(_is_number_of_article, pieces))


def _is_number_of_article(piece: str) -> bool:
    """Six digits and more that are no date: a daily column has the same words and another day at another place."""
    digits = piece[1:] if piece[:1].isalpha() else piece
    return len(digits) >= _MARK_DIGITS and digits.isdecimal() and not _DATE_DIGITS.fullmatch(digits)


def _form(url: str) -> tuple[str, str, str]:
    parsed = _parse(url)
    return _without_labels(pace_key(url)), _plain_path(parsed.pathname), _plain_search(parsed.search)


def _without_labels(host: str) -> str:
    while (label := next((mark for mark in _EDITION_LABELS if host.startswith(mark)), None)) and host.count(".") > 1:
        host = host.removeprefix(label)
    return host


def _plain_path(path: str) -> str:
    return _PRINT_PATH.sub("", _AMP_PATH.sub("", path)).rstrip("/")


def _plain_search(search: str) -> str:
    return _PRINT_QUERY.sub("", _AMP_QUERY.sub("", search)).rstrip("?&")


def acceptable_canonical(page_url: str, claimed: str) -> str | None:
    """The normalised URL that a page names as its canonical one, or None where that is not to be believed.

    It has to be absolute http(s), on the page's registrable domain, and no home page unless the page itself is one (COURTESY C1).
    """
    if not _ABSOLUTE.match(claimed):
        return None
    try:
        target = unwrap_amp(normalise(claimed))
    except UnsafeUrlError:
        return None
    if not same_site(page_url, target) or (is_home_page(target) and not is_home_page(page_url)):
        return None
    return target


def is_home_page(url: str) -> bool:
    """Whether the URL is its host's front page."""
    parsed = _parse(url)
    return not parsed.search and re.fullmatch(r"/(?:(?:index|home|default)\.[a-z]{3,5})?", parsed.pathname) is not None
