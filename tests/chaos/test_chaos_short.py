"""The short form of `make chaos`: ten kills and three zombies over some 110 URLs, and the controls that must fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chaos_crew import Plan, torment
from chaos_site import HALF, Site
from chaos_tables import differences

_FEW = slice(0, 3)  # sources


@pytest.mark.timeout(300)
def test_kills_and_zombies_leave_the_tables_of_an_undisturbed_run(
    small_press: Path, undisturbed: Site, open_site: Callable[..., Site]
) -> None:
    site = open_site(small_press, lease_seconds=6.0, sources=HALF)
    with site.crew("polls", size=2) as crew:
        polls = torment(crew, Plan(seed=1, blows={"worker": 1, "postgres": 1}, mean_seconds=1.0), site.postgres, progress=site.polls_done)
    with site.crew("pages", size=3) as crew_of_pages:
        plan = Plan(seed=2, blows={"worker": 4, "child": 2, "postgres": 2, "zombie": 3}, mean_seconds=1.0)
        pages = torment(crew_of_pages, plan, site.postgres, progress=site.pages_done)
    assert crew.broken == crew_of_pages.broken == []
    assert (polls + pages).total() >= 10, "enough blows hit before the work was done"
    assert site.wrongs() == undisturbed.wrongs() == {}
    assert differences(undisturbed.contents(), site.contents()) == {}
    assert site.read_archive() > 75


def _meet_a_zombie(site: Site, *control: str, mode: str = "stop:1") -> int:
    """Let a worker stop just before its first load (or request), another take over and end everything, and the first wake up then.

    Returns how many requests the zombie sent after it woke.
    """
    with site.crew("polls", size=1) as pollers:
        pollers.finish()
    # One host at a time, so that no other thread of the zombie stops in mid-transaction, where its locks would last for a minute.
    with site.crew(mode, size=1, name="Zombie", control=control, lanes=1, batch_hosts=1) as zombie:
        while not zombie.stopped:
            assert not zombie.has_ended
        with site.crew("pages", size=1) as others:
            others.finish()
        assert site.pages_done() == 1
        asked = len(site.requests("Zombie"))
        zombie.finish()
    assert control or zombie.broken == others.broken == []
    return len(site.requests("Zombie")) - asked


@pytest.mark.timeout(120)
def test_a_zombie_that_wakes_before_its_load_writes_nothing_and_asks_for_nothing(small_press: Path, open_site: Callable[..., Site]) -> None:
    site = open_site(small_press, lease_seconds=4.0, sources=_FEW)
    assert _meet_a_zombie(site) == 0
    assert site.wrongs() == {}


@pytest.mark.timeout(120)
def test_control_without_the_fence_the_zombie_writes_late(small_press: Path, open_site: Callable[..., Site]) -> None:
    """Else the test above proves little."""
    site = open_site(small_press, lease_seconds=4.0, sources=_FEW)
    _meet_a_zombie(site, "unfenced")
    wrongs = site.wrongs()
    assert wrongs["ended twice"]
    assert wrongs["late writes"]
    assert wrongs["unbalanced"]


@pytest.mark.chaos
@pytest.mark.timeout(120)
def test_a_worker_held_up_before_a_request_until_its_lease_is_over_does_not_send_it(
    small_press: Path, open_site: Callable[..., Site]
) -> None:
    """By the press's log: it is the lease that keeps two holders of a host apart, not only the pace of each."""
    site = open_site(small_press, lease_seconds=4.0, sources=_FEW)
    assert _meet_a_zombie(site, mode="hold:2") == 0
    assert site.wrongs() == {}


@pytest.mark.chaos
@pytest.mark.timeout(120)
def test_control_without_the_look_at_the_lease_it_sends_its_request(small_press: Path, open_site: Callable[..., Site]) -> None:
    """Else the test above proves little."""
    site = open_site(small_press, lease_seconds=4.0, sources=_FEW)
    assert _meet_a_zombie(site, "unleased", mode="hold:2") > 0
