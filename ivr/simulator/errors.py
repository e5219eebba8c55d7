"""What can be refused, with Twilio's number and our own sentence for it.

    TwimlRefused   a document that cannot be fetched or played; the call goes to its fallback URL, or ends
    NoReply        a webhook that got no answer at all
    RestRefused    a REST request answered with an error body
    PersonRefused  a request of the people API that cannot be done

Source of the numbers: Twilio's error dictionary.
"""

SENTENCES = {
    11100: "The URL is not absolute, or is not http(s).",
    11200: "The document could not be retrieved.",
    11205: "No connection to the application's server.",
    11215: "The application's server redirected too many times.",
    11750: "The response is larger than 64 kB.",
    12100: "The document is not well-formed XML.",
    12102: "The root element is not <Response>.",
    12200: "The document holds something that TwiML does not know.",
    12300: "The Content-Type of the response is missing or cannot be played.",
    13201: "A document for a phone that is called may only Say, Play, Pause, Gather and Hangup.",
    13214: "<Dial> shows a callerId that is neither of this call nor a number of this account.",
    13223: "<Dial> holds what is not a phone number.",
    13224: "<Dial> cannot reach this kind of address.",
    13238: "A document that is only heard in a conference may Say, Play, Pause and Redirect.",
    13320: "<Gather> may only hold <Say>, <Play> and <Pause>.",
    13521: "<Say> holds more than 4096 characters.",
    14101: "<Message> is to what is no phone number that can read it.",
    14103: "<Message> has nothing to say.",
    15003: "A status callback was not answered with success.",
    15004: "Inline TwiML needs an absolute action URL.",
    16020: "The conference is full.",
    16022: "The conference has ended.",
    16025: "The participant label is already in use in this conference.",
    16027: "The call to coach is not in this conference.",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21211: "The number or address to call is not valid.",
    21220: "Call is not in-progress. Cannot redirect.",
    21602: "A text message needs a Body.",
    21603: "A text message needs a From or a MessagingServiceSid.",
    21604: "A text message needs a To.",
    21614: "The number is not a mobile number.",
    21617: "The text is longer than 1600 characters.",
    30005: "Unknown destination handset",
    32018: "Inline TwiML is longer than 4000 characters.",
}


class TwimlRefused(Exception):
    """A document, or a verb in it, which Twilio would not play."""

    def __init__(self, code: int, url: str, detail: str = "") -> None:
        self.code, self.url = code, url
        self.sentence = SENTENCES[code] + (f" {detail}" if detail else "")
        super().__init__(f"{code}: {self.sentence}")


class NoReply(Exception):
    """A webhook that was not answered: no connection, too slow, or too many redirects."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code}: {reason}")


class RestRefused(Exception):
    """A REST request that Twilio would answer with an error body."""

    def __init__(self, status: int, code: int, message: str = "") -> None:
        self.status, self.code = status, code
        self.message = message or SENTENCES[code]
        super().__init__(f"{code}: {self.message}")


class PersonRefused(Exception):
    """A request of the people API that cannot be done; the sentence says what to do instead."""

    def __init__(self, status: int, sentence: str, code: int | None = None) -> None:
        self.status, self.sentence, self.code = status, sentence, code
        super().__init__(sentence)
