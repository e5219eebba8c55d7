"""What a caller hears when not even the hotline they rang can be known: no store, no handbook, one sentence."""

LAST_WORDS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Response><Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'
    "您好，您拨打的电话暂时无法接通，请稍后再拨。"
    "</Say><Hangup /></Response>"
).encode()
