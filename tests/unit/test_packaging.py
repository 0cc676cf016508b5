"""requirements.lock: covers what pyproject.toml asks for on every platform, with hashes, from nowhere in particular."""

from __future__ import annotations

import importlib.metadata
import itertools
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

_PROJECT = Path(__file__).resolve().parents[2]
_LOCK = (_PROJECT / "requirements.lock").read_text(encoding="utf-8")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
_PLATFORMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"), ("darwin", "Darwin", "x86_64"))
_PYTHONS = ("3.11.0", "3.11.9", "3.12.1", "3.13.1")


def _pins() -> dict[NormalizedName, Version]:
    return {canonicalize_name(name): Version(version) for name, version, _ in _PIN.findall(_LOCK)}


def _environments() -> list[dict[str, str]]:
    return [
        {
            "extra": "",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": short,
            "platform_system": system,
            "platform_machine": machine,
            "python_full_version": python,
            "python_version": python.rpartition(".")[0],
        }
        for (short, system, machine), python in itertools.product(_PLATFORMS, _PYTHONS)
    ]


def _asked_for() -> list[Requirement]:
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    return [
        Requirement(line) for line in (*project["project"]["dependencies"], *itertools.chain(*extras), *project["build-system"]["requires"])
    ]


@pytest.mark.parametrize("asked", _asked_for(), ids=lambda asked: asked.name)
def test_lock_has_what_the_project_asks_for(asked: Requirement) -> None:
    pinned = _pins().get(canonicalize_name(asked.name))
    assert pinned is not None, f"{asked.name} is not in requirements.lock: run `make lock`"
    assert asked.specifier.contains(pinned), f"requirements.lock has {asked.name} {pinned}: run `make lock`"


def test_every_pin_has_hashes_and_nothing_else_is_there() -> None:
    rest = _PIN.sub("", _LOCK)
    assert [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith("#")] == []


def test_lock_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", _LOCK)


def test_lock_is_complete_on_every_platform() -> None:
    """Installed with --no-deps, it must hold what any of its packages asks for on any of our platforms."""
    pins = _pins()
    missing = {
        f"{name} asks for {line}"
        for name in pins
        for line in importlib.metadata.requires(name) or ()
        if (asked := Requirement(line)) and canonicalize_name(asked.name) not in pins
        if asked.marker is None or any(asked.marker.evaluate(environment) for environment in _environments())
    }
    assert not missing
