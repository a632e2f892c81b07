"""Where links and webhooks may lead, and how what is sent is signed."""

import pytest

from caseline.feedback import coefficient, forms, hook_rules, presets, reviews
from caseline.feedback.hook_rules import HookUnfit
from caseline.feedback.reviews import Reward, Target, TargetUnfit

HOSTS = {"yandex.ru": Reward.CLICK, "google.com": Reward.ANSWER, "xn--e1afmkfd.xn--p1ai": Reward.CLICK}


def target(address: str, reward: Reward = Reward.ANSWER) -> Target:
    return Target(code="maps", name="Карты", address=address, reward=reward)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://yandex.ru/maps/1", "https://yandex.ru/maps/1"),
        (" https://Maps.Yandex.RU:443/1?x=1#y ", "https://maps.yandex.ru/1?x=1#y"),
        ("https://пример.рф/отзыв", "https://xn--e1afmkfd.xn--p1ai/отзыв"),
    ],
)
def test_an_address_of_a_known_site_is_kept_with_its_host_in_ascii(address: str, kept: str) -> None:
    assert reviews.checked(target(address), HOSTS).address == kept


@pytest.mark.parametrize(
    "address",
    [
        "http://yandex.ru/1",
        "javascript:alert(1)",
        "//yandex.ru/1",
        "https://yandex.ru.evil.example/1",
        "https://evilyandex.ru/1",
        "https://yandex.ru@evil.example/1",
        "https://user:word@yandex.ru/1",
        "https://yandex.ru:8443/1",
        "https://yandex.ru\\@evil.example/1",
        "https://yandex.ru/ 1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://уаndex.ru/1",  # the first two letters are Cyrillic
        "https:///1",
        "https://yandex.ru/" + "1" * 1000,
        "",
    ],
)
def test_nothing_else_may_be_linked_to(address: str) -> None:
    with pytest.raises(TargetUnfit, match="address"):
        reviews.checked(target(address), HOSTS)


def test_a_site_that_forbids_rewards_for_reviews_gets_none_for_a_click() -> None:
    with pytest.raises(TargetUnfit, match="reward"):
        reviews.checked(target("https://www.google.com/maps/1", Reward.CLICK), HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "http://accounts.example.org/",
        "ftp://accounts.example.org/",
        "https://user:word@accounts.example.org/",
        "https://accounts.example.org/ x",
        "https://accounts.example.org:port/",
        "https://",
        "https://accounts.example.org/#part",
    ],
)
def test_a_webhook_needs_an_address_that_nobody_else_reads(url: str) -> None:
    with pytest.raises(HookUnfit, match="url"):
        hook_rules.checked("accounting", url)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        *((one, True) for one in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "fd00::1")),
        *((one, True) for one in ("::ffff:192.168.0.1", "0.0.0.0", "224.0.0.1", "100.64.0.1")),  # noqa: S104
        *((one, False) for one in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")),
    ],
)
def test_private_addresses_are_known(address: str, near: bool) -> None:
    assert hook_rules.near(address) is near


def test_a_signature_is_that_of_everybody_else() -> None:
    # By `printf '1700000000.{}' | openssl dgst -sha256 -hmac key`.
    assert hook_rules.signature(b"key", "1700000000", b"{}") == SIGNED


SIGNED = "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"


def test_it_is_tried_for_two_weeks_with_growing_pauses() -> None:
    pauses = [hook_rules.pause(attempts) for attempts in range(1, hook_rules.MOST_ATTEMPTS + 1)]

    assert pauses[-1] is None
    told = [one for one in pauses if one is not None]
    assert told == sorted(told)
    assert 13 < sum(one.total_seconds() for one in told) / 86_400 < 16


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("NPS %Number%: %Value%", "NPS %Value%: +100"),
        ("%значение% — %номер%", "+100 — %Value%"),
        ("100% %Other%", "100% %Other%"),
    ],
)
def test_a_name_is_filled_in_once(template: str, made: str) -> None:
    assert coefficient.name(template, "%Value%", coefficient.said(100, None, "ru")) == made


@pytest.mark.parametrize(("given", "value"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100), (None, None)])
def test_who_recommends_counts_a_hundred_and_who_warns_as_much_below_zero(given: int | None, value: int | None) -> None:
    form = forms.read(presets.forms()["nps"])
    assert coefficient.coefficient(form, {"recommend": given, "quality": 5}) == value
