"""Whose trouble it is when exchanges get no answer."""

from __future__ import annotations

from pipeline.steps.weather import Weather


def exchange(weather: Weather, host: str, *, answered: bool) -> None:
    weather.note(host, answered=answered, began=weather.begin())


def test_three_hosts_without_an_answer_and_none_with_one_are_our_trouble() -> None:
    weather = Weather()
    for host in ("a.test", "b.test", "b.test"):
        exchange(weather, host, answered=False)
    assert not weather.is_ours()
    exchange(weather, "c.test", answered=False)
    assert weather.is_ours()
    assert weather.silent_hosts() == ("a.test", "b.test", "c.test")
    assert all(weather.excuses(host) for host in weather.silent_hosts())
    exchange(weather, "d.test", answered=True)
    assert not weather.is_ours()


def test_the_first_failures_of_an_outage_are_excused_before_it_is_known() -> None:
    weather = Weather()
    with weather.visiting("a.test"), weather.visiting("b.test"):
        exchange(weather, "a.test", answered=False)
        assert weather.excuses("a.test") and not weather.is_ours()
        exchange(weather, "b.test", answered=False)
        assert weather.excuses("b.test")
        exchange(weather, "a.test", answered=False)
        assert not weather.excuses("a.test"), "once, until it answers"
        exchange(weather, "a.test", answered=True)
        exchange(weather, "a.test", answered=False)
        assert weather.excuses("a.test")


def test_a_host_that_fails_alone_or_while_others_answer_is_not_excused() -> None:
    weather = Weather()
    with weather.visiting("down.test"):
        exchange(weather, "down.test", answered=False)
        assert not weather.excuses("down.test")
    weather = Weather()
    with weather.visiting("down.test"), weather.visiting("up.test"):
        began = weather.begin()
        exchange(weather, "up.test", answered=True)
        weather.note("down.test", answered=False, began=began)
        assert not weather.excuses("down.test")
