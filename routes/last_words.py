"""What a caller hears when not even the hotline they rang can be known: no store, no handbook."""

from xml.sax.saxutils import escape

_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'

LAST_WORDS = f"{_SAY}您好，您拨打的电话暂时无法接通，请稍后再拨。</Say><Hangup /></Response>".encode()


def one_moment(then: str) -> bytes:
    """The store is on its way back: ask again in a moment."""
    return (
        f"{_SAY}您好，系统正在恢复，请稍候，不要挂机。</Say>"
        f'<Pause length="3" /><Redirect>{escape(then)}</Redirect></Response>'
    ).encode()
