"""What production is built from: the example settings, the image, the compose file, the pins, the fallback."""

import json
import re
import subprocess
import sys
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config.settings import EXAMPLES, DemoSettings, Settings, Unset, read_settings
from ivr.simulator import twiml
from routes.last_words import LAST_WORDS
from tests.upkeep.project import ROOT, text

NAMED = re.compile(r"^(?P<comment># )?(?P<name>[A-Z_]+)=(?P<value>.*)$", re.MULTILINE)


def test_the_example_names_every_setting_once() -> None:
    named = [found["name"] for found in NAMED.finditer(text(".env.example"))]
    settings = {name.upper() for model in (Settings, DemoSettings) for name in model.model_fields}
    assert sorted(named) == sorted(settings)


def test_the_example_is_a_whole_and_valid_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in NAMED.finditer(text(".env.example")):
        if not found["comment"]:
            monkeypatch.setenv(found["name"], found["value"].strip("'"))
    settings = Settings()
    assert set(settings.hotline_hotlines) == {"nanning", "bozhou"}


def test_what_the_example_leaves_out_may_be_taken_in_by_a_shell(tmp_path: Path) -> None:
    """`set -a; . ./.env` is how docs/operations.md reads it."""
    (tmp_path / ".env").write_text(NAMED.sub(r"\g<name>=\g<value>", text(".env.example")))
    read = "import json; from config.settings import Settings; print(*Settings().hotline_hook_networks)"
    said = subprocess.run(
        ["sh", "-c", f"set -a; . {tmp_path}/.env; exec {sys.executable} -c '{read}'"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "10.20.0.0/16"


def test_secrets_of_the_example_say_that_they_are_none() -> None:
    values = {found["name"]: found["value"] for found in NAMED.finditer(text(".env.example"))}
    secrets = [name for name in values if re.search(r"SECRET|TOKEN", name)]
    assert len(secrets) == 6
    assert all("demo" in values[name] for name in secrets)


def test_a_start_without_settings_names_each_that_is_required_with_an_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    required = [name.upper() for name, field in Settings.model_fields.items() if field.is_required()]
    with pytest.raises(Unset) as unset:
        read_settings()
    assert str(unset.value).splitlines() == [
        f"{name} is not set. Example: {name}={EXAMPLES[name]}" for name in required
    ]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load(text("docker-compose.yml"))
    return found


def test_the_application_waits_for_a_store_that_answers(compose: dict[str, Any]) -> None:
    app, valkey = compose["services"]["app"], compose["services"]["valkey"]
    assert app["depends_on"] == {"valkey": {"condition": "service_healthy"}}
    assert "ping" in valkey["healthcheck"]["test"][1]
    assert app["environment"]["HOTLINE_REDIS_URL"] == "redis://valkey:6379/0"
    assert set(app["networks"]) & set(valkey["networks"]) == {"store"}
    assert compose["networks"]["store"]["internal"] is True


def test_the_store_keeps_its_file_on_a_volume_and_both_come_back_by_themselves(
    compose: dict[str, Any],
) -> None:
    valkey = compose["services"]["valkey"]
    assert ("--dir", "/data") in pairwise(valkey["command"])
    assert "valkey:/data" in valkey["volumes"]
    assert "./config/valkey.conf:/etc/valkey/valkey.conf:ro" in valkey["volumes"]
    assert valkey["command"][1] == "/etc/valkey/valkey.conf"
    assert {service["restart"] for service in compose["services"].values()} == {"unless-stopped"}


def test_only_this_machine_reaches_the_published_port(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"]


def test_the_proxy_on_this_machine_is_believed_and_nobody_else_is(compose: dict[str, Any]) -> None:
    (inside,) = compose["networks"]["outside"]["ipam"]["config"]
    assert json.loads(compose["services"]["app"]["environment"]["HOTLINE_PROXIES"]) == [inside["gateway"]]
    assert ip_address(inside["gateway"]) in ip_network(inside["subnet"])


def test_a_proxy_is_an_address_or_a_network_and_anything_else_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for found in NAMED.finditer(text(".env.example")):
        if not found["comment"]:
            monkeypatch.setenv(found["name"], found["value"].strip("'"))
    monkeypatch.setenv("HOTLINE_PROXIES", '["10.1.2.3/24", "::1"]')
    assert [str(one) for one in read_settings().hotline_proxies] == ["10.1.2.0/24", "::1/128"]
    monkeypatch.setenv("HOTLINE_PROXIES", '["proxy"]')
    with pytest.raises(
        Unset, match=r"HOTLINE_PROXIES is wrong: .*“proxy” is neither an IP address nor a network"
    ):
        read_settings()


def test_the_image_copies_only_what_the_builder_is_given() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", text("Dockerfile"), re.MULTILINE)
    given = re.findall(r"^!(\S+)$", text(".dockerignore"), re.MULTILINE)
    assert sorted(copied) == sorted(given)
    assert all((ROOT / path).exists() for path in copied)


def test_the_image_runs_as_nobody_in_particular_and_looks_after_its_health() -> None:
    last_stage = text("Dockerfile").rpartition("FROM ")[2]
    assert last_stage.index("USER hotline") < last_stage.index("CMD [")
    assert "/healthz" in last_stage
    assert "--require-hashes --only-binary=:all:" in text("Dockerfile")


@pytest.mark.parametrize("pins", ["requirements.txt", "requirements-aliyun.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_a_hash(pins: str) -> None:
    entries = re.split(r"\n(?=\S)", text(pins).replace("\\\n", ""))
    packages = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
    assert len(packages) > 20
    assert not [
        entry.split(" ")[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry
    ]


@pytest.mark.parametrize(
    "document", [text("docs/fallback.xml").encode(), LAST_WORDS], ids=["fallback.xml", "last words"]
)
def test_the_very_last_words_are_twiml_that_speaks_chinese_and_hangs_up(document: bytes) -> None:
    read = twiml.read(document, "fallback")
    assert not read.notes
    assert [verb.name for verb in read.verbs] == ["Say", "Hangup"]
    assert re.search("[\u4e00-\u9fff]{4}", read.verbs[0].text)


def test_the_script_of_ci_is_bash_that_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert script.read_text().rstrip().endswith("make test")
