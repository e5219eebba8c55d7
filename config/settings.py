"""The settings of one installation, from the environment and from nowhere else.

What belongs to a hotline (its hours, prompts, ring seconds) is not here: it is data, under `config/hotlines/`.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

Kind = TypeVar("Kind", bound=BaseSettings)

TWILIO_API = "https://api.twilio.com"
ALIYUN_SMS = "https://dysmsapi.aliyuncs.com"

EXAMPLES = {
    "HOTLINE_REDIS_URL": "redis://valkey:6379/0",
    "HOTLINE_PUBLIC_URL": "https://hotline.example.gov.cn",
    "HOTLINE_SECRET_KEY": "the output of `openssl rand -hex 32`",
    "HOTLINE_DATA_DIR": "/var/lib/hotline",
    "HOTLINE_HOTLINES": '["nanning","bozhou"]',
    "HOTLINE_PROXIES": '["127.0.0.1"]',
    "HOTLINE_HOOK_NETWORKS": '["10.20.0.0/16"]',
    "HOTLINE_OIDC_ISSUER": "https://id.example.gov.cn",
    "TWILIO_ACCOUNT_SID": "AC and 32 hexadecimal digits",
    "TWILIO_AUTH_TOKEN": "32 hexadecimal digits, from Twilio's console",
    "TWILIO_API_KEY": "SK and 32 hexadecimal digits",
    "TWILIO_API_SECRET": "shown once, when the API key is made",
    "TWILIO_TWIML_APP_SID": "AP and 32 hexadecimal digits",
    "TWILIO_API_URL": TWILIO_API,
    "ALIYUN_SMS_ACCESS_KEY_SECRET": "shown once, when the access key is made",
    "ALIYUN_SMS_REPORT_SECRET": "the output of `openssl rand -hex 24`",
    "ALIYUN_SMS_TEMPLATES": '{"SMS_100000001": "您拨打的${post}电话暂时无法接听，会后联系您。"}',
    "ALIYUN_SMS_URL": ALIYUN_SMS,
}


def _an_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def _a_store(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    _ = urlsplit(value).port  # raises ValueError, in words, if it is no port
    return value


def _a_network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError(f"“{value}” is neither an IP address nor a network such as 10.0.0.0/24") from None


StoreAddress = Annotated[str, AfterValidator(_a_store)]
HotlineName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,19}$")]
Address = Annotated[str, AfterValidator(_an_address)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_a_network)]


class Settings(BaseSettings):
    """One sentence a setting; the README's table is checked against this class."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    hotline_redis_url: StoreAddress = Field(
        description="Valkey (7.2 or newer) or Redis (7.0 or newer): the one store.",
    )
    hotline_public_url: Address = Field(
        description="How the carrier reaches us; every webhook's signature is over it."
    )
    hotline_secret_key: SecretStr = Field(
        min_length=32,
        description="Keys the digests of sessions, API tokens and dial-in codes; changing it ends them all.",
    )
    hotline_data_dir: Path = Field(
        default=Path(".data"),
        description="Files of this installation: audio/, put there by hand, and exports/; machines share both.",
    )
    hotline_hotlines: tuple[HotlineName, ...] = Field(
        default=("nanning", "bozhou"),
        min_length=1,
        description="Which folders of config/hotlines/ are served.",
    )
    hotline_proxies: tuple[Network, ...] = Field(
        default=("127.0.0.1", "::1"),
        validate_default=True,
        description="Addresses or networks of the reverse proxies whose X-Forwarded-For is believed.",
    )
    hotline_hook_networks: tuple[Network, ...] = Field(
        default=(),
        description="Networks inside that news may be pushed to, such as the city's own; otherwise only outside.",
    )
    hotline_oidc_issuer: Address | None = Field(
        default=None,
        description="The identity provider that staff may sign in with (OpenID Connect); none without.",
    )
    hotline_oidc_client_id: str = Field(default="", description="What the provider calls us.")
    hotline_oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Our secret with the provider."
    )
    hotline_oidc_claim: str = Field(
        default="employee_number", description="The provider's claim that names somebody's seat number."
    )
    twilio_account_sid: str = Field(pattern=r"^AC[0-9a-f]{32}$", description="The carrier account.")
    twilio_auth_token: SecretStr = Field(
        min_length=8, description="The account's primary token; signs webhooks."
    )
    twilio_api_key: str = Field(
        pattern=r"^SK[0-9a-f]{32}$", description="The key that signs softphone tokens."
    )
    twilio_api_secret: SecretStr = Field(min_length=8, description="The secret of that key.")
    twilio_twiml_app_sid: str = Field(
        pattern=r"^AP[0-9a-f]{32}$",
        description="The TwiML App that operators' softphones call; its VoiceUrl ends in operator/join.",
    )
    twilio_api_url: Address = Field(
        default=TWILIO_API,
        description="The carrier's REST API: Twilio, or any server that speaks its dialect.",
    )
    aliyun_sms_access_key_id: str = Field(
        default="", description="Alibaba Cloud's key for texts; without it texts go through the carrier."
    )
    aliyun_sms_access_key_secret: SecretStr = Field(
        default=SecretStr(""), validate_default=True, description="The secret of that key."
    )
    aliyun_sms_report_secret: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="Ends the address of Alibaba Cloud's reports, /texts/aliyun/<secret>: "
        "16 to 64 letters, digits, - and _.",
    )
    aliyun_sms_templates: dict[str, str] = Field(
        default={},
        validate_default=True,
        description="The templates that Alibaba Cloud has approved, by code, with their variables as ${name}.",
    )
    aliyun_sms_url: Address = Field(
        default=ALIYUN_SMS,
        description="Alibaba Cloud's endpoint for texts, or any server that speaks its dialect.",
    )

    @field_validator("aliyun_sms_access_key_secret", "aliyun_sms_report_secret", "aliyun_sms_templates")
    @classmethod
    def _belongs_to_the_key(cls, value: object, info: ValidationInfo) -> object:
        given = value.get_secret_value() if isinstance(value, SecretStr) else value
        if info.data.get("aliyun_sms_access_key_id") and not given:
            raise ValueError("it is needed with ALIYUN_SMS_ACCESS_KEY_ID")
        return value

    @field_validator("aliyun_sms_report_secret")
    @classmethod
    def _can_stand_in_an_address(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", value.get_secret_value()):
            raise ValueError("it must be 16 to 64 letters, digits, - or _")
        return value


class DemoSettings(BaseSettings):
    """What `make run` can be told; it needs none of it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    hotline_redis_url: StoreAddress | None = Field(
        default=None, description="A server of your own instead of the embedded one."
    )
    hotline_data_dir: Path = Field(default=Path(".data"), description="Data and logs of the demonstration.")
    demo_port: int = Field(default=8000, description="Where the application listens.")
    demo_simulator_port: int = Field(default=8001, description="Where the pretend phone company listens.")
    demo_workers: int = Field(default=1, ge=1, description="How many workers answer.")
    simulator_speed: float = Field(
        default=1.0, gt=0, description="Speech and pauses take this many times less."
    )


class Unset(Exception):
    """The environment lacks a setting or has a malformed one; the text names each, with an example."""


def read_settings() -> Settings:
    """The settings, or `Unset` with one line for each that is missing or wrong."""
    return _read(Settings)


def read_demo_settings() -> DemoSettings:
    """The demonstration's settings, or `Unset`."""
    return _read(DemoSettings)


def _read(kind: type[Kind]) -> Kind:
    try:
        return kind()
    except ValidationError as wrong:
        raise Unset("\n".join(_explain(error) for error in wrong.errors())) from None
    except SettingsError as malformed:  # a list that is not JSON never gets as far as validation
        name = str(malformed).partition('"')[2].partition('"')[0].upper()
        raise Unset(f"{name} is wrong: it is not JSON. Example: {name}={EXAMPLES.get(name, '')}") from None


def _explain(error: object) -> str:
    assert isinstance(error, dict)
    name = str(error["loc"][0]).upper()
    what = "is not set" if error["type"] == "missing" else f"is wrong: {error['msg']}"
    return f"{name} {what}. Example: {name}={EXAMPLES.get(name, '')}"
