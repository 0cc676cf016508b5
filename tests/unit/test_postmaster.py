"""How much memory the embedded Postgres is given."""

from __future__ import annotations

import pytest

from pipeline.store.postmaster import memory_bytes, shared_buffers

_GB = 2**30


@pytest.mark.parametrize(
    ("memory", "megabytes"), [(0, 128), (_GB // 2, 128), (2 * _GB, 256), (6 * _GB, 768), (8 * _GB, 1024), (512 * _GB, 1024)]
)
def test_postgres_takes_an_eighth_of_the_memory_within_bounds(memory: int, megabytes: int) -> None:
    assert shared_buffers(memory) == megabytes


def test_the_memory_of_this_machine_is_told() -> None:
    assert memory_bytes() > 2**27
