"""The name of what decides an extraction's result: equal names give equal results (DESIGN 9, Archive). Reads this package's own files."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

NAME = "dateline-1"
_LIBRARIES = ("trafilatura", "selectolax", "lxml", "charset-normalizer")
# what moves bytes and never decides a result
_NOT_RULES = frozenset({"sandbox.py", "child.py", "wire.py", "version.py", "explain.py", "explained.py", "ftr.py"})


@cache
def extractor_name(settings: str) -> str:
    """`name==library versions + hash of the rules + hash of the settings`; `settings` is any text that spells them out."""
    folder = Path(__file__).parent
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".toml"} and path.name not in _NOT_RULES]
    files += [folder.parent / name for name in ("blocks.py", "text.py", "urls.py")]
    rules = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    libraries = "+".join(f"{name}-{version(name)}" for name in _LIBRARIES)
    return f"{NAME}=={libraries}+rules-{rules[:12]}+settings-{hashlib.sha256(settings.encode()).hexdigest()[:8]}"
