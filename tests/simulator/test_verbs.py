"""The verbs, each with Twilio's rule above the case that proves it."""

from starlette.responses import Response

from .world import World, silence


async def test_the_first_key_stops_the_voice_and_the_finishing_key_is_not_part_of_the_answer(
    world: World,
) -> None:
    # A key interrupts what is being said inside Gather. The finishOnKey (#) ends the input and is left out.
    app = world.application
    app.says("/answer", f'<Gather action="/pressed" timeout="60"><Say>{"长" * 2000}</Say></Gather>')
    await world.publish(app.address + "/answer")
    app.says("/pressed", "<Hangup/>")

    line = await world.dial()
    await line.press("123#")
    await line.over()

    assert app.requests("/pressed")[0]["Digits"] == "123"


async def test_so_many_digits_are_enough(world: World) -> None:
    # With numDigits, the action is requested as soon as that many are pressed. An empty finishOnKey makes the
    # # an ordinary key.
    app = world.application
    app.says("/answer", '<Gather action="/pressed" numDigits="2" finishOnKey="" timeout="60"/>')
    await world.publish(app.address + "/answer")

    line = await world.dial()
    await line.press("#4")
    assert (await app.receives("/pressed"))[0]["Digits"] == "#4"


async def test_nothing_pressed_is_no_answer_and_the_next_verb_follows(world: World) -> None:
    # When the time runs out, or only the finishing key is pressed, the next verb is played.
    app = world.application
    await world.publish(
        app.says("/answer", '<Gather timeout="5"><Say>请按</Say></Gather><Say>没有按键</Say>')
    )

    silent, only_hash = await world.dial(), await world.dial({"when": "请按", "press": "#"})
    await silent.over()
    await only_hash.over()

    for line in (silent, only_hash):
        assert ("say", "没有按键") in await line.heard()
    assert len(app.asked) == 2


async def test_nothing_pressed_goes_to_the_action_if_the_document_wants_it(world: World) -> None:
    # actionOnEmptyResult requests the action without Digits.
    app = world.application
    app.says("/answer", '<Gather timeout="1" action="/pressed" actionOnEmptyResult="true"/>')
    await world.publish(app.address + "/answer")
    await world.dial()
    assert "Digits" not in (await app.receives("/pressed"))[0].form


async def test_a_gather_without_an_action_asks_the_current_document_again(world: World) -> None:
    # The action is the current document unless given.
    app = world.application
    await world.publish(app.says("/answer", '<Gather numDigits="1" timeout="60"/>', "<Hangup/>"))
    line = await world.dial()
    await line.press("7")
    await line.over()
    assert [asked.form.get("Digits") for asked in app.requests("/answer")] == [None, "7"]


async def test_a_sound_is_fetched_without_the_fields_of_the_call_and_lasts_as_long_as_it_is(
    world: World,
) -> None:
    # Play requests the file with GET and none of the standard fields.
    app = world.application
    app.says("/tone.wav", Response(silence(seconds=1), media_type="audio/wav"))
    await world.publish(app.says("/answer", "<Play>/tone.wav</Play>"))

    line = await world.dial()
    ended = await line.over()

    assert (app.requests("/tone.wav")[0].method, app.requests("/tone.wav")[0].form) == ("GET", {})
    lasted = float(str(ended["ended_at"])) - float(str(ended["answered_at"]))
    assert 1 / 20 <= lasted < 8 / 20


async def test_a_sound_that_cannot_be_fetched_is_passed_over_with_a_warning(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Play>/gone.mp3</Play><Say>继续</Say>"))
    app.says("/gone.mp3", Response(status_code=404))
    line = await world.dial()
    await line.over()
    assert [kind for kind, _ in await line.heard()] == ["ring", "say", "hangup"]
    assert await world.warnings() == [11200]


async def test_a_message_ends_with_silence_or_a_key_and_only_silence_is_none(world: World) -> None:
    # Record posts the recording to its action when silence or a key ends it; a silent one goes to the next verb.
    app = world.application
    app.says("/answer", '<Record timeout="2" action="/left"/><Say>没有留言</Say>')
    await world.publish(app.address + "/answer")

    speaker = await world.dial({"when": "beep", "say": 4})
    presser = await world.dial({"when": "beep", "say": 20}, {"seconds": 1, "press": "#"})
    silent = await world.dial()
    for line in (speaker, presser, silent):
        await line.over()

    left = {asked["CallSid"]: asked for asked in app.requests("/left")}
    assert (left[speaker.sid]["RecordingDuration"], "Digits" in left[speaker.sid].form) == ("4", False)
    assert left[presser.sid]["Digits"] == "#"
    assert silent.sid not in left
    assert ("say", "没有留言") in await silent.heard()


async def test_words_that_twiml_does_not_know_are_only_noted(world: World) -> None:
    # An unknown verb or attribute, or a wrong case, is warning 12200; the call goes on.
    app = world.application
    await world.publish(app.says("/answer", '<say>x</say><Say mood="kind">您好</Say>'))
    line = await world.dial()
    await line.over()
    assert ("say", "您好") in await line.heard()
    assert await world.warnings() == [12200, 12200]
