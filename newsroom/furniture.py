"""What surrounds an article on its page: the outlet's words, its inline styles and scripts."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from types import MappingProxyType

_CSS_PROPERTIES = (
    "margin",
    "padding",
    "font-size",
    "line-height",
    "max-width",
    "border-radius",
    "gap",
    "letter-spacing",
    "top",
    "min-height",
)
_CSS_PARTS = ("header", "nav", "promo", "teaser", "rail", "grid", "card", "btn", "icon", "media", "player", "footer", "modal", "list")
_CSS_STATES = ("", ":hover", ":focus-visible", "::before", "--large", "--active", ">a", ">li+li", " svg", "[hidden]")
_LOADER = "(function(w,d){w.q=w.q||[];var s=d.createElement('script');s.async=1;w.q.push(s)})(window,document);"
_VENDORS = ("consent", "analytics", "adslot", "player", "recs", "push", "perf", "abtest", "comments", "video")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The furniture phrases of one language and set."""

    phrases: Mapping[str, str]
    date_form: str  # of str.format with day, month, year, time
    months: tuple[str, ...]
    ago_form: str

    def date(self, local: datetime) -> str:
        """A printed date with minutes, in the zone of `local`."""
        return self.date_form.format(day=local.day, month=self.months[local.month - 1], year=local.year, time=f"{local:%H:%M}")

    def ago(self, minutes: int) -> str:
        """'x minutes ago'."""
        return self.ago_form.format(n=minutes)


@cache
def load_words(language: str, *, judging: bool) -> Words:
    """The words of `language`; the judging set replaces most phrases that readers of the default set could learn by heart."""
    source = resources.files("newsroom").joinpath("furniture", f"{language}.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    phrases = data["main"] | (data["judging"] if judging else {})
    return Words(phrases=MappingProxyType(phrases), date_form=data["date"], months=tuple(data["months"]), ago_form=data["ago"])


@cache
def inline_style(slug: str) -> str:
    """8–25 KB of CSS as a build tool would inline it, the same on every page of an outlet."""
    rng = random.Random(f"style:{slug}")
    prefix = "".join(rng.choices("abcdefghjkmnpqrstuvwxyz", k=3))
    return "".join(_css_rule(rng, prefix) for _ in range(rng.randint(90, 270)))


def _css_rule(rng: random.Random, prefix: str) -> str:
    selector = f".{prefix}-{rng.choice(_CSS_PARTS)}__{rng.choice(_CSS_PARTS)}{rng.choice(_CSS_STATES)}"
    body = ";".join(f"{name}:{rng.randint(0, 96)}px" for name in rng.sample(_CSS_PROPERTIES, 3))
    return f"{selector}{{{body};color:#{rng.randrange(16**6):06x}}}"


@cache
def inline_script(slug: str) -> str:
    """4–20 KB of script: a settings object and the loaders of third parties, the same on every page of an outlet."""
    rng = random.Random(f"script:{slug}")
    state = {f"{rng.choice(_VENDORS)}_{number}": _setting(rng) for number in range(rng.randint(25, 130))}
    return f"window.__cfg={json.dumps(state)};{_LOADER}"


def _setting(rng: random.Random) -> dict[str, object]:
    return {
        "id": f"{rng.randrange(16**12):012x}",
        "enabled": rng.random() < 0.5,
        "sizes": [[rng.choice((300, 320, 728, 970)), rng.choice((50, 90, 250, 600))] for _ in range(2)],
        "ttl": rng.randint(60, 86400),
    }
