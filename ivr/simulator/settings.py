"""What the phone company is told when it starts, all of it from the environment.

The account, its token and its API key carry the names that the application knows them by, so that one set of
variables serves both processes.
"""

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Switch(BaseModel):
    """A yes-or-no somewhere else, which the booth shows and switches."""

    model_config = ConfigDict(frozen=True)

    label: str
    url: str
    token: str
    field: str


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    twilio_account_sid: str = Field(pattern="^AC[0-9a-f]{32}$")
    """The one account that this phone company has, e.g. AC followed by 32 hexadecimal digits."""
    twilio_auth_token: str = Field(min_length=1)
    """Signs every webhook, and opens the REST API."""
    twilio_api_key: str = Field(pattern="^SK[0-9a-f]{32}$")
    """The key that issues softphone tokens, e.g.
    SK followed by 32 hexadecimal digits; opens the REST API too.
    """
    twilio_api_secret: str = Field(min_length=1)
    """The secret of that key."""
    simulator_port: int = 8001
    """Where the simulator listens, on 127.0.0.1 only."""
    simulator_speed: float = Field(default=1.0, gt=0)
    """How many times faster than life people speak, wait and ring. HTTP limits stay as they are."""
    simulator_calls_per_second: float = Field(default=0.0, ge=0)
    """How many calls and participants created over REST are dialled in a real second; 0 is no limit."""
    simulator_concurrent_requests: int = Field(default=0, ge=0)
    """How many REST requests may be in hand at once, before 20429; 0 is no limit."""
    simulator_applications: dict[str, str] = Field(default_factory=dict)
    """TwiML applications as JSON: {"AP...": "voice url"}."""
    simulator_switches: tuple[Switch, ...] = ()
    """Switches for the booth as JSON: [{"label", "url", "token", "field"}]."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"
