"""TwiML's words: which attributes each verb and noun knows, and what may stand inside it.

A word that is Twilio's but that this exchange does not play yet is listed in NOT_PLAYED, so that a document
which needs it is refused loudly instead of being skipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

RECORDING = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent"
MACHINES = (
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold"
    " machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"
)
LEG = "url method statusCallbackEvent statusCallback statusCallbackMethod"

ATTRIBUTES = {
    "Response": "",
    "Say": "voice loop language",
    "Play": "loop digits",
    "Pause": "length",
    "Gather": "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits"
    " partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult"
    " speechModel enhanced",
    "Redirect": "method",
    "Hangup": "",
    "Reject": "reason",
    "Record": f"action method timeout finishOnKey maxLength playBeep trim {RECORDING} transcribe"
    " transcribeCallback recordingConfigurationId",
    "Dial": f"action method timeout hangupOnStar timeLimit callerId record trim {RECORDING}"
    " recordingConfigurationId answerOnBridge ringTone recordingTrack sequential referUrl referMethod events"
    " callReason passports",
    "Client": LEG,
    "Identity": "",
    "Parameter": "name value",
    "Number": f"{LEG} {MACHINES} sendDigits byoc",
    "Sip": f"{LEG} {MACHINES} username password",
    "Conference": "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants"
    " record recordingConfigurationId region coach trim statusCallbackEvent statusCallback statusCallbackMethod"
    f" {RECORDING} eventCallbackUrl jitterBufferSize participantLabel",
}

INSIDE = {
    "Response": "Say Play Pause Gather Redirect Hangup Reject Record Dial",
    "Gather": "Say Play Pause",
    "Dial": "Client Conference Number Sip",
    "Client": "Identity Parameter",
    "Reject": "Parameter",
    "Hangup": "Parameter",
}

NOT_PLAYED = frozenset(
    [
        "Enqueue",
        "Leave",
        "Queue",
        "Sms",
        "Refer",
        "Connect",
        "Start",
        "Stop",
        "Stream",
        "Pay",
        "Prompt",
        "Application",
        "Sim",
    ]
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of one kind of document."""

    attributes: Mapping[str, str]
    inside: Mapping[str, str]

    def attributes_of(self, tag: str) -> frozenset[str]:
        return frozenset(self.attributes.get(tag, "").split())

    def allowed_inside(self, tag: str) -> frozenset[str]:
        return frozenset(self.inside.get(tag, "").split())


VOICE = Grammar(ATTRIBUTES, INSIDE)
MESSAGING = Grammar(
    {"Message": "to from action method statusCallback", "Body": "", "Media": "", "Redirect": "method"},
    {"Response": "Message Redirect", "Message": "Body Media"},
)
"""What a text is answered with. Pictures are read and not sent."""
