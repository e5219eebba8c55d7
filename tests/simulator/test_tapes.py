"""Recordings of calls over REST: begun, paused, stopped, told of when they are over."""

import pytest
from twilio.base.exceptions import TwilioRestException

from .world import World


async def test_a_call_is_recorded_from_the_request_to_its_end_and_the_callback_tells(world: World) -> None:
    app = world.application
    await world.publish(app.says("/long", '<Gather timeout="9000"/>'))
    line = await world.dial()
    await line.answered()
    recordings = world.twilio.calls(line.sid).recordings

    made = await world.rest(
        recordings.create,
        recording_status_callback=f"{app.address}/tape",
        recording_status_callback_event=["completed"],
    )
    assert (str(made.status), made.duration, made.call_sid) == ("in-progress", None, line.sid)
    paused = await world.rest(recordings("Twilio.CURRENT").update, status="paused", pause_behavior="skip")
    assert str(paused.status) == "paused"
    resumed = await world.rest(recordings(str(made.sid)).update, status="in-progress")
    assert str(resumed.status) == "in-progress"
    await line.hang_up()

    told = (await app.receives("/tape", 1))[0]
    assert (told["RecordingSid"], told["RecordingStatus"]) == (made.sid, "completed")
    assert (told["RecordingSource"], told["CallSid"]) == ("StartCallRecordingAPI", line.sid)
    assert str((await world.rest(recordings(str(made.sid)).fetch)).status) == "completed"
    assert [one.sid for one in await world.rest(recordings.list)] == [made.sid]


async def test_a_call_that_is_over_is_not_recorded_nor_its_recording_changed(world: World) -> None:
    await world.publish(world.application.says("/short", '<Gather timeout="9000"/>'))
    line = await world.dial()
    await line.answered()
    recordings = world.twilio.calls(line.sid).recordings
    made = await world.rest(recordings.create)
    await world.rest(recordings(str(made.sid)).update, status="stopped")
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(recordings(str(made.sid)).update, status="paused")
    assert refused.value.code == 21220
    await line.hang_up()
    await line.over()
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(recordings.create)
    assert refused.value.code == 21220
