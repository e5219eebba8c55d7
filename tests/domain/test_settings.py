"""A missing or malformed setting stops the start, with its name and an example."""

import pytest

from config.settings import Unset, read_demo_settings, read_settings

GOOD = {
    "HOTLINE_REDIS_URL": "redis://127.0.0.1:6379/0",
    "HOTLINE_PUBLIC_URL": "https://hotline.example.gov.cn/",
    "HOTLINE_SECRET_KEY": "k" * 32,
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "TWILIO_API_KEY": "SK" + "0" * 32,
    "TWILIO_API_SECRET": "s" * 32,
    "TWILIO_TWIML_APP_SID": "AP" + "0" * 32,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_good_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.hotline_public_url == "https://hotline.example.gov.cn"
    assert settings.hotline_hotlines == ("nanning", "bozhou")


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_named_with_an_example(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(Unset, match=rf"{name} is not set. Example: {name}=\S"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOTLINE_REDIS_URL", "http://127.0.0.1"),
        ("HOTLINE_REDIS_URL", "redis://127.0.0.1:port"),
        ("HOTLINE_PUBLIC_URL", "hotline.example.gov.cn"),
        ("HOTLINE_SECRET_KEY", "short"),
        ("HOTLINE_HOTLINES", "nanning"),
        ("HOTLINE_HOTLINES", '["Nan Ning"]'),
        ("HOTLINE_HOTLINES", '["../nanning"]'),
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_API_URL", "api"),
    ],
)
def test_a_malformed_setting_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(Unset, match=f"{name} is wrong"):
        read_settings()


@pytest.mark.parametrize(("name", "value"), [("DEMO_PORT", "eighty"), ("HOTLINE_REDIS_URL", "foo")])
def test_the_demonstration_names_its_own(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(Unset, match=f"{name} is wrong"):
        read_demo_settings()
