"""The document that leads into a conversation: the same words for every call, and a room that is only this one's."""

from xml.etree import ElementTree

from ivr.call_flow import thank
from ivr.prompts import Spoken
from ivr.twiml import join_room, render

WORDS = Spoken("接线员 <9001> & 您的来电", "cmn-CN", "Google.cmn-CN-Standard-A", "")


def document(room: str, news: str, call: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        render(join_room(WORDS, room=room, news=news, music="../../audio/a.wav", then=thank, call=call))
    )


def test_each_call_is_led_into_its_own_room_with_the_same_words() -> None:
    first = document("a1", 'https://h/voice/n/room?call=CA1&x="<1>"', call="CA1")
    second = document("b2", "https://h/voice/n/room?call=CA2", call="CA2")
    for found, name, news, then in (
        (first, "a1", 'https://h/voice/n/room?call=CA1&x="<1>"', "thank?room=a1&call=CA1"),
        (second, "b2", "https://h/voice/n/room?call=CA2", "thank?room=b2&call=CA2"),
    ):
        room, dial = found.find("Dial/Conference"), found.find("Dial")
        assert room is not None and dial is not None
        assert (room.text, room.get("statusCallback"), dial.get("action")) == (name, news, then)
        assert found.findtext("Say") == WORDS.text
