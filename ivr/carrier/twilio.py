"""Twilio, through its official client: the requests, their time limits, and what its error codes mean to us."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import aiohttp
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance

from config.settings import Settings
from ivr.carrier import Asked, CarrierBusy, CarrierFailed, CarrierRefused, Invitation
from ivr.carrier.connections import Connections

TIMEOUT_SECONDS = 2.0
TRIES = 2
SOUND_SECONDS = 20.0  # for a whole message
PAUSE_SECONDS = 0.3  # before the second try; doubled before each further one

# https://www.twilio.com/docs/api/errors
CALL_NOT_IN_PROGRESS = 21220
NOT_FOUND = 20404
UP = ("queued", "ringing", "in-progress")
LAST_CALLS = 20  # between two numbers: whichever of them is not over is among these
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

T = TypeVar("T")
Request = Callable[[], Awaitable[T]]


class Twilio:
    """The carrier of an installation. A base URL other than Twilio's is any server that speaks its REST dialect."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        account, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
        self._http = Connections(account, token)
        self._client = Client(account, token, http_client=self._http)
        self._client.api.base_url = settings.twilio_api_url

    async def redirect(self, sid: str, url: str) -> Asked:
        return await self._ask_about(lambda: self._change_call(sid, Url=url, Method="POST"), tries=1)

    async def ring(
        self,
        number: str,
        *,
        caller_id: str,
        url: str,
        news: str,
        seconds: int,
        byoc: str = "",
        told_of_ringing: bool = False,
    ) -> str:
        trunk = {"byoc": byoc} if byoc else {}
        try:
            call = await self._try(
                lambda: self._client.calls.create_async(
                    to=number,
                    from_=caller_id,
                    url=url,
                    method="POST",
                    timeout=seconds,
                    status_callback=news,
                    status_callback_event=["initiated", "completed"] if told_of_ringing else ["completed"],
                    **trunk,
                ),
                tries=1,
            )
        except TwilioRestException as refused:
            failure = CarrierFailed if _may_be_repeated(refused.status) else CarrierRefused
            raise failure(str(refused.msg)) from refused
        return str(call.sid)

    async def made_to(self, number: str, *, caller_id: str) -> str | None:
        try:
            last = await self._try(
                lambda: self._client.calls.list_async(to=number, from_=caller_id, limit=LAST_CALLS)
            )
        except TwilioRestException as refused:
            raise CarrierFailed(str(refused)) from refused
        ours = (one for one in last if str(one.direction) == "outbound-api")
        return next((str(one.sid) for one in ours if str(one.status) not in OVER), None)

    async def status_of(self, sid: str) -> str:
        try:
            call = await self._try(lambda: self._client.calls(sid).fetch_async())
        except TwilioRestException as refused:
            if refused.code == NOT_FOUND:
                return ""
            raise CarrierFailed(str(refused)) from refused
        return str(call.status)

    async def leads_to(self, number: str) -> str | None:
        found = await self._try(
            lambda: self._client.incoming_phone_numbers.list_async(phone_number=number, limit=1)
        )
        return str(found[0].voice_url or "") if found else None

    async def hang_up(self, sid: str) -> Asked:
        return await self._ask_about(lambda: self._change_call(sid, Status="completed"))

    async def who_is_in(self, room: str) -> set[str]:
        conferences = self._client.conferences
        found = await self._conference(room)
        if not found:
            return set()
        try:
            inside = await self._try(lambda: conferences(found).participants.list_async())
        except TwilioRestException as refused:
            raise CarrierFailed(str(refused)) from refused
        return {str(one.call_sid) for one in inside}

    async def room_is_over(self, room: str) -> bool:
        return await self._room(room, "completed") is not None

    async def room_was(self, room: str) -> bool:
        return await self._room(room) is not None

    async def hold(self, room: str, leg: str, music: str | None) -> Asked:
        held = {"hold": True, "hold_url": music, "hold_method": "POST"} if music else {"hold": False}
        return await self._change(room, leg, held)

    async def end_with(self, room: str, leg: str, ends: bool) -> Asked:
        return await self._change(room, leg, {"end_conference_on_exit": ends})

    async def call_in(self, room: str, to: str, invitation: Invitation) -> str:
        try:
            made = await self._try(
                lambda: self._client.conferences(room).participants.create_async(
                    from_=invitation.caller,
                    to=to,
                    label=invitation.label,
                    timeout=invitation.seconds,
                    beep="false",
                    end_conference_on_exit=False,
                    status_callback=invitation.news,
                    status_callback_event=["completed"],
                ),
                tries=1,
            )
        except TwilioRestException as refused:
            raise CarrierRefused(str(refused)) from refused
        return str(made.call_sid)

    async def record(self, sid: str, news: str) -> str | None:
        try:
            made = await self._try(
                lambda: self._client.calls(sid).recordings.create_async(
                    recording_status_callback=news, recording_status_callback_event=["completed"]
                ),
                tries=1,
            )
        except TwilioRestException as refused:
            if refused.code in (CALL_NOT_IN_PROGRESS, NOT_FOUND):
                return None
            raise CarrierFailed(str(refused)) from refused
        return str(made.sid)

    async def pause_recording(self, sid: str, recording: str, paused: bool) -> Asked:
        change: dict[str, Any] = {"status": "in-progress"}
        if paused:
            change = {"status": "paused", "pause_behavior": "silence"}
        return await self._ask_about(
            lambda: self._client.calls(sid).recordings(recording).update_async(**change)
        )

    async def stop_recording(self, sid: str, recording: str) -> Asked:
        change: dict[str, Any] = {"status": "stopped"}
        recordings = self._client.calls(sid).recordings
        return await self._ask_about(lambda: recordings(recording).update_async(**change))

    async def sound_of(self, recording: str) -> bytes:
        account = self._settings.twilio_account_sid
        url = f"{self._settings.twilio_api_url}/2010-04-01/Accounts/{account}/Recordings/{recording}.wav"
        token = self._settings.twilio_auth_token.get_secret_value()
        headers = {"Authorization": aiohttp.encode_basic_auth(account, token)}
        limit = aiohttp.ClientTimeout(total=SOUND_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=limit) as http, http.get(url, headers=headers) as answer:
                if answer.status != 200:
                    raise CarrierFailed(f"the carrier answered {answer.status} for recording {recording}")
                return await answer.read()
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise CarrierFailed(f"no recording from {self._settings.twilio_api_url}: {broken!r}") from broken

    async def over(self, sids: Sequence[str]) -> list[str]:
        """A few lists first, so that the cost is pages and not calls; who is missing there is asked for by name."""
        up = {call.sid for status in UP for call in await self._listed(status)}
        return [sid for sid in sids if sid not in up and await self._is_over(sid)]

    async def point_number(
        self, number: str, *, name: str, voice_url: str, ended_url: str, texts_url: str = ""
    ) -> None:
        """Let a number of the account lead to us; take it into the account if it is not there."""
        where = {
            "friendly_name": name,
            "voice_url": voice_url,
            "voice_method": "POST",
            "status_callback": ended_url,
            "status_callback_method": "POST",
            "sms_url": texts_url,
            "sms_method": "POST",
        }
        numbers = self._client.incoming_phone_numbers
        ours = await self._try(lambda: numbers.list_async(phone_number=number, limit=1))
        if ours:
            await self._try(lambda: numbers(str(ours[0].sid)).update_async(**where))
        else:
            await self._try(lambda: numbers.create_async(phone_number=number, **where))

    async def text(self, to: str, body: str, *, sender: str, news: str, about: str) -> str:
        send = partial(
            self._client.messages.create_async, to=to, from_=sender, body=body, status_callback=news
        )
        try:
            return str((await self._try(send, tries=1)).sid)
        except TwilioRestException as refused:
            if refused.status == 429:
                raise CarrierBusy(str(refused.msg)) from refused
            kind = CarrierFailed if _may_be_repeated(refused.status) else CarrierRefused
            raise kind(f"{refused.code}: {refused.msg}") from refused

    def softphone_token(self, identity: str, seconds: int) -> str:
        token = AccessToken(
            self._settings.twilio_account_sid,
            self._settings.twilio_api_key,
            self._settings.twilio_api_secret.get_secret_value(),
            identity=identity,
            ttl=seconds,
        )
        token.add_grant(
            VoiceGrant(outgoing_application_sid=self._settings.twilio_twiml_app_sid, incoming_allow=True)
        )
        return str(token.to_jwt())

    async def close(self) -> None:
        await self._http.close()

    async def tune(self, room: str, leg: str, *, muted: bool, coach: str) -> Asked:
        whom = {"call_sid_to_coach": coach} if coach else {}
        return await self._change(room, leg, {"muted": muted, "coaching": bool(coach), **whom})

    async def _conference(self, room: str) -> str | None:
        """The carrier's own name of the conference that is going on under ours."""
        return await self._room(room, "in-progress")

    async def _room(self, room: str, status: str | object = values.unset) -> str | None:
        conferences = self._client.conferences
        try:
            found = await self._try(
                lambda: conferences.list_async(friendly_name=room, status=status, limit=1)
            )
        except TwilioRestException as refused:
            raise CarrierFailed(str(refused)) from refused
        return str(found[0].sid) if found else None

    async def _change_call(self, sid: str, **change: str) -> object:
        """As its client's `calls(sid).update_async` does; but what the carrier then tells of the call is not made into
        moments and numbers that nobody reads. It is asked twice in each call."""
        call = f"/Accounts/{self._settings.twilio_account_sid}/Calls/{sid}.json"
        return await self._client.api.v2010.update_async("POST", call, data={**change})

    async def _change(self, room: str, leg: str, change: dict[str, Any]) -> Asked:
        conference = await self._conference(room)
        if conference is None:
            return Asked.GONE
        participants = self._client.conferences(conference).participants
        return await self._ask_about(lambda: participants(leg).update_async(**change))

    async def _listed(self, status: str) -> list[CallInstance]:
        try:
            return await self._try(lambda: self._client.calls.list_async(status=status, page_size=1000))
        except TwilioRestException as refused:
            raise CarrierFailed(str(refused)) from refused

    async def _is_over(self, sid: str) -> bool:
        return (await self.status_of(sid) or "completed") in OVER

    async def _ask_about(self, request: Request[object], *, tries: int = TRIES) -> Asked:
        try:
            await self._try(request, tries=tries)
        except TwilioRestException as refused:
            if refused.code in (CALL_NOT_IN_PROGRESS, NOT_FOUND):
                return Asked.GONE
            raise CarrierFailed(str(refused)) from refused
        return Asked.OK

    async def _try(self, request: Request[T], *, tries: int = TRIES) -> T:
        """429 was not carried out and 5xx or silence may not have been: both are safe to repeat here."""
        pause = PAUSE_SECONDS
        for left in (*range(tries - 1, 0, -1), 0):
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):  # its client forgets the one that it is given
                    return await request()
            except TwilioRestException as refused:
                if not left or not _may_be_repeated(refused.status):
                    raise
            except TwilioException as page:  # a list's: it holds the answer instead of being one
                status = int(getattr(page.args[-1], "status_code", 0))
                if not left or not _may_be_repeated(status):
                    raise CarrierFailed(f"the carrier answered {status} for a list") from page
            except (aiohttp.ClientError, TimeoutError) as silence:
                if not left:
                    raise CarrierFailed(
                        f"no answer from {self._settings.twilio_api_url}: {silence!r}"
                    ) from silence
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError("unreachable: the last try returns or raises")


def _may_be_repeated(status: int) -> bool:
    return status == 429 or status >= 500
