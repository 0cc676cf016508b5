"""Who works the queue, and what that came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Run:
    """One flow run or command that works the queue."""

    run_id: UUID
    flow: str
    code_version: str
    parameters: dict[str, Any] = field(default_factory=dict)  # as given, for people


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a run has done so far; adds up."""

    polled: int = 0
    discovered: int = 0
    fetched: int = 0
    loaded: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    postponed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})
