"""`make run`: the whole hotline on one machine, with a pretend phone company, for somebody who wants to try it.

It starts Valkey, the application and the simulator as processes of their own, as in production, looks after them,
and stops them in the right order. Every secret in here says that it is one of a demonstration.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path

import aiohttp
import typer
from redis.exceptions import RedisError

from config.settings import DemoSettings, Settings
from ivr import absence_texts, accounts, changes, embedded
from ivr.carrier.twilio import Twilio
from ivr.demo_phones import give_phones
from ivr.errors import Refused
from ivr.hotline import open_hotline
from ivr.keys import root
from ivr.roles import Role
from ivr.store import Store, Unfit, connect, examine, load_library

ACCOUNT = "AC" + "0de30" * 6 + "00"
API_KEY = "SK" + "0de30" * 6 + "00"
APPLICATION = "AP" + "0de30" * 6 + "00"
AUTH_TOKEN = "demo-auth-token-not-a-secret"  # noqa: S105
API_SECRET = "demo-api-secret-not-a-secret-0123456789"  # noqa: S105
SECRET_KEY = "demo-secret-key-not-a-secret-0123456789"  # noqa: S105
REPORT_SECRET = "demo-report-secret-not-a-secret"  # noqa: S105
API_TOKEN = "demo-admin-token-not-a-secret-0123456789abc"  # noqa: S105
STAFF = {
    "nanning": {
        "9001": Role.OPERATOR,
        "9002": Role.OPERATOR,
        "9003": Role.OPERATOR,
        "9010": Role.SUPERVISOR,
        "9020": Role.HANDLER,
        "9030": Role.OFFICE,
        "9000": Role.ADMIN,
    },
    "bozhou": {
        "8001": Role.OPERATOR,
        "8002": Role.OPERATOR,
        "8003": Role.OPERATOR,
        "8010": Role.SUPERVISOR,
        "8020": Role.HANDLER,
        "8030": Role.OFFICE,
        "8000": Role.ADMIN,
    },
}
OFFICES = {"9030": "+8677100000002", "8030": "+8655800000002"}  # the mayors'
DESK_PHONES = {"9003": "+8677100000903", "8003": "+8655800000903"}  # picked up by hand, in the booth
START_SECONDS = 20.0
STOP_SECONDS = 10.0
LOOK_SECONDS = 0.5
MOST_BACKOFF_SECONDS = 5


@dataclass(slots=True)
class Part:
    """One process of the demonstration, and how to start it again."""

    name: str
    start: "Callable[[], subprocess.Popen[bytes]]"
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def up(self) -> None:
        self.process = self.start()
        self.starts += 1

    def is_down(self) -> bool:
        return self.process is None or self.process.poll() is not None


@dataclass(slots=True)
class Demo:
    """`port` is the application's, `simulator_port` the phone company's; both on this machine only."""

    port: int
    simulator_port: int
    folder: Path
    redis_url: str | None
    speed: float = 1.0
    workers: int = 1
    parts: list[Part] = field(default_factory=list)
    start_seconds: float = 0.0  # that the application took to come up

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def store_url(self) -> str:
        return self.redis_url or embedded.url_in(self.folder)

    def environment(self) -> dict[str, str]:
        """What an installation would have in its environment; here it is all made up."""
        return {
            "HOTLINE_REDIS_URL": self.store_url,
            "HOTLINE_PUBLIC_URL": self.url,
            "HOTLINE_SECRET_KEY": SECRET_KEY,
            "HOTLINE_DATA_DIR": str(self.folder),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_KEY": API_KEY,
            "TWILIO_API_SECRET": API_SECRET,
            "TWILIO_TWIML_APP_SID": APPLICATION,
            "TWILIO_API_URL": self.simulator_url,
            "ALIYUN_SMS_REPORT_SECRET": REPORT_SECRET,
            "SIMULATOR_PORT": str(self.simulator_port),
            "SIMULATOR_SPEED": str(self.speed),
            "SIMULATOR_APPLICATIONS": dumps({APPLICATION: f"{self.url}/voice/nanning/operator/join"}),
            "SIMULATOR_SWITCHES": dumps(
                [
                    self._switch(name, label, field)
                    for name in STAFF
                    for label, field in (("全天开放", "always_open"), ("暂停服务", "always_closed"))
                ]
            ),
        }

    def _switch(self, name: str, label: str, field: str) -> dict[str, str]:
        city = {"nanning": "南宁", "bozhou": "亳州"}[name]
        return {
            "label": f"{city}：{label}",
            "url": f"{self.url}/api/{name}/opening",
            "token": f"ztc_{name}_{API_TOKEN}",
            "field": field,
        }

    def settings(self) -> Settings:
        return Settings.model_validate({name.lower(): value for name, value in self.environment().items()})


def run(settings: DemoSettings) -> int:
    """Everything up, until Ctrl-C. Says what is in the way if it cannot."""
    demo = Demo(
        port=settings.demo_port,
        simulator_port=settings.demo_simulator_port,
        folder=settings.hotline_data_dir,
        redis_url=settings.hotline_redis_url,
        speed=settings.simulator_speed,
        workers=settings.demo_workers,
    )
    taken = [port for port in (demo.port, demo.simulator_port) if _is_taken(port)]
    if taken:
        typer.echo(
            f"Port {taken[0]} is in use. Stop what listens there, or set DEMO_PORT / DEMO_SIMULATOR_PORT."
        )
        return 1
    return asyncio.run(_run(demo))


async def _run(demo: Demo) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await open_up(demo)
        _say_where_to_click(demo)
        while not stop.is_set():
            await revive(demo)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
    except (CannotStart, Refused, Unfit, embedded.InUse) as reason:
        typer.secho(str(reason), fg="red")
        return 1
    finally:
        await close_down(demo)
    return 0


class CannotStart(Exception):
    """A part did not come up; the text says which, and where its log is."""


async def open_up(demo: Demo) -> None:
    """Valkey, then what the hotlines know, then the phone company and its numbers, then the application."""
    demo.folder.mkdir(parents=True, exist_ok=True)
    if demo.redis_url is None:
        _start(demo, "valkey", lambda: embedded.start(demo.folder))
    async with _knowledge(demo) as (store, carrier):
        where = f"its log is {demo.folder / 'valkey.log'}" if demo.redis_url is None else demo.redis_url
        await _until(lambda: _answers(store), "Valkey", where)
        for warning in await examine(store.redis):
            typer.echo(f"warning: {warning}", err=True)
        if demo.redis_url is not None:
            await _must_be_ours(store)
        await load_library(store.redis)
        for name in STAFF:
            await _prepare(name, store, carrier, demo.settings())
    _start(demo, "simulator", _starter(demo, "simulator", "-m", "ivr.simulator", "serve"))
    serve = ("-m", "ivr", "serve", "--port", str(demo.port), "--workers", str(demo.workers))
    _start(demo, "app", _starter(demo, "app", *serve))
    await asyncio.gather(publish(demo), _is_ready(demo))


async def _is_ready(demo: Demo) -> None:
    began = asyncio.get_running_loop().time()
    await _until(
        lambda: _opens(demo.url + "/readyz"), "The application", f"its log is {demo.folder / 'app.log'}"
    )
    demo.start_seconds = asyncio.get_running_loop().time() - began


@asynccontextmanager
async def _knowledge(demo: Demo) -> AsyncIterator[tuple[Store, Twilio]]:
    """A connection to the store and one to the carrier, for as long as they are needed."""
    store, carrier = connect(demo.store_url), Twilio(demo.settings())
    try:
        yield store, carrier
    finally:
        await carrier.close()
        await store.close()


async def _must_be_ours(store: Store) -> None:
    """A demonstration has known passwords and open doors: never on a store where a real hotline lives."""
    for name in STAFF:
        if await store.ask("EXISTS", root(name) + "edition") and not await store.ask(
            "EXISTS", root(name) + "demo"
        ):
            raise CannotStart(
                "HOTLINE_REDIS_URL holds a hotline that is no demonstration, and this would open it to everybody. "
                "Use another store, or none."
            )
        await store.ask("SET", root(name) + "demo", "yes")


async def _prepare(name: str, store: Store, carrier: Twilio, settings: Settings) -> None:
    """What the hotline knows, its staff, and doors that stay open at any hour so that a newcomer gets through."""
    hotline = await open_hotline(name, store, carrier, settings)
    await changes.override(hotline, "open")
    for id_, role in STAFF[name].items():
        if not await store.ask("EXISTS", hotline.key("staff", id_)):
            await accounts.appoint(
                store,
                name,
                id_,
                role=role,
                password=f"demo-{id_}",
                lines=OFFICES.get(id_, ""),
                phone=DESK_PHONES.get(id_, ""),
            )
    await accounts.issue_token(settings, store, name, role=Role.ADMIN, id=_admin_of(name), secret=API_TOKEN)


async def publish(demo: Demo) -> None:
    """Every number of the directories is one of the phone company's, with our webhooks."""
    await _until(
        lambda: _opens(demo.simulator_url + "/simulator/numbers"),
        "The simulator",
        f"its log is {demo.folder / 'simulator.log'}",
    )
    async with _knowledge(demo) as (store, carrier):
        for name in STAFF:
            hotline = await open_hotline(name, store, carrier, demo.settings())
            for line in hotline.handbook.directory.lines:
                await carrier.point_number(
                    line.number,
                    name=f"{hotline.handbook.profile.city} {line.display_name}",
                    voice_url=hotline.url("answer"),
                    ended_url=hotline.url("ended"),
                    texts_url=absence_texts.texts_url(hotline, line),
                )
            if dialled_in := hotline.handbook.profile.dial_in.number:
                await carrier.point_number(
                    dialled_in,
                    name=f"{hotline.handbook.profile.city} 登记电话（开会、外出、休息）",
                    voice_url=hotline.url("dial_in"),
                    ended_url="",
                )
            await give_phones(demo.simulator_url, hotline)


def _admin_of(name: str) -> str:
    return next(id_ for id_, role in STAFF[name].items() if role is Role.ADMIN)


def _start(demo: Demo, name: str, start: "Callable[[], subprocess.Popen[bytes]]") -> None:
    demo.parts.append(Part(name, start))
    demo.parts[-1].up()


def _starter(demo: Demo, name: str, *arguments: str) -> "Callable[[], subprocess.Popen[bytes]]":
    def start() -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **demo.environment()}  # noqa: TID251 - the children inherit PATH and HOME
        with (demo.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    return start


async def revive(demo: Demo) -> None:
    """A part that died is started again: its work is in the store, and calls go on."""
    for part in demo.parts:
        if not part.is_down():
            continue
        typer.echo(f"{part.name} went down and is started again; see {demo.folder / (part.name + '.log')}")
        await asyncio.sleep(min(part.starts - 1, MOST_BACKOFF_SECONDS))  # one that keeps dying is not spun
        part.up()
        if part.name == "simulator":  # it forgets its numbers; a real phone company would not
            await publish(demo)


async def change_speed(demo: Demo, speed: float) -> None:
    """The phone company is started anew, for how fast its time passes is settled as it opens. Nobody may be calling."""
    demo.speed = speed
    simulator = next(part for part in demo.parts if part.name == "simulator")
    await _stop(simulator)
    simulator.up()
    await publish(demo)


async def close_down(demo: Demo) -> None:
    """The last started first, so that nothing writes to a store that is gone."""
    for part in reversed(demo.parts):
        await _stop(part)


async def _stop(part: Part) -> None:
    if part.process is None or part.is_down():
        return
    part.process.terminate()
    try:
        await asyncio.to_thread(part.process.wait, STOP_SECONDS)
    except subprocess.TimeoutExpired:
        part.process.kill()
        part.process.wait()


async def _until(holds: "Callable[[], Awaitable[bool]]", what: str, where: str) -> None:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise CannotStart(f"{what} did not come up within {START_SECONDS:.0f} s: {where}")
        await asyncio.sleep(0.05)


async def _answers(store: Store) -> bool:
    try:
        return bool(await store.ask("PING"))
    except (OSError, RedisError):
        return False


async def _opens(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _say_where_to_click(demo: Demo) -> None:
    """Plain lines: an address or a token that a narrow terminal cuts off is no use to anybody."""
    typer.echo(f"""
直通车已启动（演示：不会拨出真实号码）。按 Ctrl-C 结束。

  1 坐席  {demo.url}/
          热线选“南宁”，工号 9001，密码 demo-9001；登录后点“签入”，再点“示闲”
  2 电话  {demo.simulator_url}/
          点“南宁市市长”，拨号；回到坐席页接听
  3 记录  {demo.url}/calls
          挂机之后，看这通电话的记录
  4 接口  {demo.url}/docs
          Authorization: Bearer ztc_nanning_{API_TOKEN}

其他账号：南宁 9002 9003（可用话机签入）9010（班长）9020（承办单位）9030（市长办公室）9000（管理员），
亳州 8001 8002 8003（可用话机签入）8010（班长）8020（承办单位）8030（市长办公室）8000（管理员）。密码都是 demo-工号。
终端拨号：make call。数据和日志在 {demo.folder}/。
""")
