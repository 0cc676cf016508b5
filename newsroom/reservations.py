"""What an outlet reserves for text and data mining in a file of its site, and what that means for one of its pages. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from newsroom.records import Outlet, PressArticle, Reserves

TDMREP_PATH, AI_TXT_PATH = "/.well-known/tdmrep.json", "/ai.txt"
FREE_SECTION = "science"  # whose pages tdmrep.json leaves free, where paths begin with their section


def files(outlet: Outlet) -> Mapping[str, bytes]:
    """The files by path; the same at each of its hosts."""
    match outlet.reserves:
        case Reserves.TDMREP:
            rules = [
                {"location": f"/{FREE_SECTION}/", "tdm-reservation": 0},
                {"location": "/", "tdm-reservation": 1, "tdm-policy": f"{outlet.origin()}/licence.json"},
            ]
            return {TDMREP_PATH: json.dumps(rules).encode()}
        case Reserves.AI_TXT:
            return {AI_TXT_PATH: b"# Our texts are not for training\nUser-Agent: *\nDisallow: /\n"}
        case _:
            return {}


def is_reserved(outlet: Outlet, article: PressArticle) -> bool | None:
    """What its file says of an article's page; None: it has none."""
    if outlet.reserves is None:
        return None
    return not (outlet.reserves is Reserves.TDMREP and article.section.slug == FREE_SECTION)
