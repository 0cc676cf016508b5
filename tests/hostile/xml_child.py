"""Reads XML attacks in a process of its own: `python xml_child.py SECRET-FILE PORT` prints, for each, what came of it as JSON.

Each document wants to read the file or to reach the port; time is processor time, growth that of the peak memory, in bytes.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.discover.document import read_document  # the project is on the path only now
from pipeline.errors import FeedUnreadableError
from pipeline.extract.child import peak_bytes
from pipeline.records import EndpointKind

ITEM = "<item><title>t</title><link>https://www.example.org/a</link></item>"


def rss(inside: str, doctype: str = "") -> str:
    """A feed around it."""
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{inside}</channel></rss>'


def sitemap(inside: str, doctype: str = "") -> str:
    """A sitemap around it."""
    return f'{doctype}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</urlset>'


def attacks(secret: str, port: int) -> dict[str, bytes]:
    """Twenty documents by name."""
    file, web = f"file://{secret}", f"http://127.0.0.1:{port}/x"
    titled = ITEM.replace(">t<", ">&x;<")
    ten = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    loop = '<!DOCTYPE r [<!ENTITY x "&y;"><!ENTITY y "&x;">]>'
    many = "".join(f'<!ENTITY e{n} "{n}">' for n in range(50_000))
    attributes = " ".join(f'a{n}="1"' for n in range(200_000))
    spaces = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(50_000))
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{}"/>'
    texts = {
        "billion laughs": rss(ITEM.replace(">t<", ">&l9;<"), f'<!DOCTYPE r [<!ENTITY l0 "lol">{ten}]>'),
        "quadratic blowup": rss(f"<title>{'&x;' * 20_000}</title>", f'<!DOCTYPE r [<!ENTITY x "{"x" * 50_000}">]>'),
        "entities in a circle": rss(titled, loop),
        "fifty thousand entities": rss(titled, f'<!DOCTYPE r [{many}<!ENTITY x "&e1;">]>'),
        "a file": rss(titled, f'<!DOCTYPE r [<!ENTITY x SYSTEM "{file}">]>'),
        "a file, public": rss(titled, f'<!DOCTYPE r [<!ENTITY x PUBLIC "-//x" "{file}">]>'),
        "a file in a sitemap": sitemap("<url><loc>https://e.org/&x;</loc></url>", f'<!DOCTYPE r [<!ENTITY x SYSTEM "{file}">]>'),
        "the web": rss(titled, f'<!DOCTYPE r [<!ENTITY x SYSTEM "{web}">]>'),
        "a parameter entity": rss(titled, f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{web}.dtd"> %p;]>'),
        "a parameter entity that sends a file": rss(
            titled, f'<!DOCTYPE r [<!ENTITY % f SYSTEM "{file}"><!ENTITY % p SYSTEM "{web}"> %p; %f;]>'
        ),
        "an outer DTD": rss(titled, f'<!DOCTYPE rss SYSTEM "{web}.dtd">'),
        "an outer DTD from a file": rss(titled, f'<!DOCTYPE rss SYSTEM "{file}">'),
        "an attribute's default": rss(ITEM, f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}"><!ATTLIST item a CDATA "&x;">]>'),
        "XInclude of a file": rss(ITEM.replace("t</title>", f"t{include.format(file)}</title>")),
        "XInclude of the web": rss(ITEM.replace("t</title>", f"t{include.format(web)}</title>")),
        "a style sheet": f'<?xml-stylesheet type="text/xsl" href="{web}.xsl"?>' + rss(ITEM),
        "two hundred thousand attributes": rss(f"<item {attributes}>{ITEM[6:]}"),
        "fifty thousand namespaces": rss(f"<item {spaces}>{ITEM[6:]}"),
        "a hundred thousand deep": rss("<item><a>" * 50_000),
        "a hundred thousand deep, a sitemap": sitemap("<url>" * 100_000),
    }
    return {name: text.encode() for name, text in texts.items()}


def main(secret: str, port: int) -> None:
    """Read each, and a plain feed first, so that only an attack's own memory is counted."""
    for name, body in {"plain": rss(ITEM * 1000).encode(), **attacks(secret, port)}.items():
        kind = EndpointKind.SITEMAP if "sitemap" in name else EndpointKind.RSS
        before, started = peak_bytes(), time.process_time()
        try:
            said = repr(
                read_document(kind, body, url="https://www.example.org/f", content_type=None, now=datetime(2026, 11, 15, tzinfo=UTC))
            )
        except FeedUnreadableError as error:
            said = str(error)
        took, growth = time.process_time() - started, peak_bytes() - before
        sys.stdout.write(json.dumps({"name": name, "seconds": took, "growth": growth, "said": said[:2000]}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
