"""Every key in Valkey: its name, its type, how long it lives, and who writes it.

All keys of one hotline begin `{name}:`, so that its atomic moves stay in one slot of a cluster. The queue's
own keys are spelled again in `acd/*.lua`, because a function that *chooses* a call or an operator must spell
their keys; a test compares the two lists.
"""

from typing import Literal, NamedTuple

Lifetime = Literal["for ever", "while live", "until purged", "bounded", "expires"]


class Key(NamedTuple):
    """A family of keys. `name` has its variable parts in angle brackets."""

    name: str
    type: Literal["hash", "zset", "set", "list", "stream", "string"]
    lifetime: Lifetime
    meaning: str


KEYS = (
    # the queue (written by its Lua library only)
    Key(
        "call:<sid>",
        "hash",
        "until purged",
        "one call: its state while it lives, its record and timeline for ever",
    ),
    Key("operator:<id>", "hash", "for ever", "an operator's presence, intent and line"),
    Key("waiting:<queue>", "zset", "while live", "callers waiting, by priority and then by time of arrival"),
    Key(
        "idle:<queue>",
        "zset",
        "while live",
        "operators who could take a call now, by time since they are free",
    ),
    Key("operators", "set", "for ever", "every operator who ever signed in"),
    Key("on_shift:<queue>", "set", "while live", "operators who are present, whatever they do"),
    Key("last:<caller>", "string", "expires", "the operator a caller talked with, for a while"),
    Key(
        "shares",
        "hash",
        "for ever",
        "how much of the operators' time each queue has had, over its share of it",
    ),
    Key(
        "place:<caller>",
        "string",
        "expires",
        "the place of a caller whose call was lost in the line, for a while",
    ),
    Key(
        "pace:<queue>",
        "hash",
        "for ever",
        "how long calls keep an operator, and how long the answered waited",
    ),
    Key("asked:<caller>", "string", "expires", "that a caller was asked how it was, for some days"),
    Key("live", "zset", "while live", "calls that are not over, by arrival"),
    Key("messages", "zset", "while live", "calls whose message nobody has worked off yet, by arrival"),
    Key("backs", "zset", "while live", "call-backs that are not over, by the moment they were asked for"),
    Key("back:<number>", "string", "while live", "the open call-back to that number"),
    Key("doors", "string", "for ever", "open or closed, as the workers last saw the calendar"),
    Key("missed", "zset", "while live", "callers whom nobody served, with the line, by their last call"),
    Key("misses", "hash", "while live", "of each of those: how often, since when, and the last call"),
    Key(
        "settled",
        "zset",
        "until purged",
        "call-backs, messages and missed calls that are done with, by the moment",
    ),
    Key("due", "zset", "while live", "deadlines: the moment at which somebody must act, and on what"),
    Key(
        "events", "stream", "bounded", "every move, in order: what the desk, the wallboard and the audit read"
    ),
    Key("errands", "stream", "while live", "what the phone company must be asked to do, until somebody did"),
    Key("calls", "zset", "until purged", "every call, by arrival"),
    Key("calls:line:<number>", "zset", "until purged", "the calls to one published number"),
    Key("calls:caller:<number>", "zset", "until purged", "the calls of one caller"),
    Key("calls:operator:<id>", "zset", "until purged", "the calls an operator talked in"),
    Key("calls:outcome:<word>", "zset", "until purged", "the calls that ended so"),
    Key("language:<caller>", "string", "expires", "the language that a caller chose, for a year"),
    Key(
        "classes",
        "hash",
        "for ever",
        "callers and the class that an admin put them in, since when, by whom and why",
    ),
    Key("blocks", "hash", "while live", "callers whom a supervisor asked to pause: until when, who, why"),
    Key("unstaffed", "hash", "for ever", "since when nobody is present for a queue"),
    Key(
        "tally:<hour>", "hash", "until purged", "counts of one hour since 1970, by line, operator and outcome"
    ),
    Key(
        "exports", "zset", "while live", "exports that are to be made, by when their worker counts as silent"
    ),
    Key("export:<id>", "hash", "expires", "an export: who asked for what, and how far it is"),
    Key(
        "notice:<id>", "hash", "while live", "what a supervisor tells a desk or all, and who acknowledged it"
    ),
    Key("notices", "zset", "while live", "the notices that desks show, by the moment they were posted"),
    Key(
        "alarm:<name>",
        "hash",
        "while live",
        "an alarm that stands: its words, since when, who has taken it on",
    ),
    Key("alarms", "zset", "while live", "the alarms that stand, by the moment they were raised"),
    Key("past_alarms", "stream", "bounded", "the alarms that are over"),
    Key("rules", "hash", "for ever", "seconds and limits of the queue, out of the profile"),
    Key(
        "promise:<sid>", "hash", "until purged", "the promise that was made in a call, and what became of it"
    ),
    Key("ring_back:<sid>", "hash", "until purged", "the last ringing back on the promise of a call"),
    Key("promises", "zset", "while live", "promises that are not kept and no case yet, by when they are due"),
    Key("promises_left", "zset", "while live", "promises that became a case and are not kept"),
    Key("promises:line:<number>", "zset", "until purged", "every promise of a post, by when it was made"),
    Key(
        "promise_counts",
        "hash",
        "for ever",
        "how many promises each post made, kept, kept late, did not keep",
    ),
    Key("promised:<line>:<caller>", "set", "while live", "promises of a post to a caller that are not kept"),
    Key("case:<number>", "hash", "until purged", "a case: what it is about, its state and its history"),
    Key("cases:<state>", "zset", "until purged", "the cases in this state, by since when"),
    Key("cases_of:<day>", "string", "expires", "how many cases were opened on a day"),
    Key("probe:<number>", "hash", "for ever", "the dial test of a published number, under way or the last"),
    Key("probes:<number>", "stream", "bounded", "the dial tests of this number, as they were judged"),
    Key("probes_asked", "zset", "while live", "published numbers that wait for their dial test"),
    Key("probes_out", "zset", "while live", "published numbers whose dial test is under way"),
    Key(
        "probes_failed",
        "hash",
        "for ever",
        "published numbers whose last dial test failed, and what it found",
    ),
    Key("probe_run", "hash", "for ever", "the dial tests that were asked for together, and how far they are"),
    Key(
        "absent:<line>",
        "hash",
        "for ever",
        "what the holder of a post is at, and until when nobody rings them",
    ),
    Key(
        "code:<line>",
        "hash",
        "for ever",
        "the code by which a post is switched by telephone, by its digest, and wrong ones typed for it",
    ),
    Key("code_tries:<caller>", "hash", "expires", "how many wrong codes were typed at a telephone of late"),
    Key(
        "codes_locked", "zset", "while live", "posts whose code was guessed at, by when it may be tried again"
    ),
    Key("texts_failing", "hash", "for ever", "how many texts in a row did not arrive, and why"),
    Key("phones:<line>", "hash", "for ever", "how often in a row the own phone of a post could not be rung"),
    Key("phones_failing", "hash", "for ever", "posts whose own phone cannot be rung, and why"),
    Key(
        "text:<sid>", "hash", "until purged", "the text that a call's caller was sent, and what became of it"
    ),
    Key("texted:<number>", "zset", "expires", "the texts to a number in the last day"),
    Key("texts_of:<day>", "string", "expires", "how many texts were written on a day"),
    Key(
        "hooks", "zset", "for ever", "subscriptions of other systems to what happens, by when they were made"
    ),
    Key("hook:<id>", "hash", "for ever", "a subscription: where to, for which events, whether it is on"),
    Key("hook_line:<id>", "list", "bounded", "deliveries that wait, the oldest first"),
    Key("hook_past:<id>", "list", "bounded", "deliveries that are done with, the newest first"),
    Key("hooks_due", "zset", "while live", "subscriptions whose next delivery is to be tried, by when"),
    Key("hooks_told", "string", "for ever", "the last of the events that was put in line"),
    Key(
        "delivery:<id>", "hash", "expires", "what one subscription is told of one event, and what came of it"
    ),
    # what the hotline knows (written by hotline.py)
    Key("profile", "hash", "for ever", "the hotline's own facts: title, hours, rules"),
    Key("directory", "hash", "for ever", "published number to whose it is"),
    Key("ledger", "hash", "for ever", "what of the published numbers changed, and was told to the public"),
    Key("prompts", "hash", "for ever", "what is said, by language and key"),
    Key("calendar", "hash", "for ever", "official notices and corrections"),
    Key("demo", "string", "for ever", "this store is a demonstration's: `make run` may open its doors"),
    Key("edition", "string", "for ever", "rises with each change of what the hotline knows"),
    Key("editions", "stream", "bounded", "who changed what and when, by edition: what is undone to go back"),
    # what is to be said (written by drafts.py and recordings.py)
    Key("draft:<prompt>", "string", "until purged", "a sentence that is not said yet, and when it will be"),
    Key("sound:<digest>", "string", "for ever", "a recording in place of a sentence, in base64"),
    # what goes wrong (written by alarms.py)
    Key(
        "carrier_failures:<minute>",
        "string",
        "expires",
        "how often the carrier failed in a minute since 1970",
    ),
    Key(
        "store_failures:<minute>",
        "string",
        "expires",
        "how often the store was away or slow in a minute since 1970, as its workers saw it",
    ),
    # people (written by accounts.py and sessions.py)
    Key(
        "staff",
        "set",
        "for ever",
        "every account; one that is older than this list joins it at the next sign-in",
    ),
    Key("staff:<id>", "hash", "for ever", "an account: role, password hash, queues"),
    Key("session:<digest>", "hash", "expires", "a signed-in browser, by the digest of its secret"),
    Key("token:<digest>", "hash", "for ever", "an API token, by the digest of its secret, until revoked"),
    Key("tokens", "set", "for ever", "the digests of all API tokens"),
    Key("sessions_of:<id>", "set", "expires", "the digests of somebody's sessions"),
    Key(
        "oidc:<digest>",
        "string",
        "expires",
        "a browser on its way to the identity provider: nonce and verifier",
    ),
    Key("locked", "zset", "while live", "numbers tried too often, by when they may be tried again"),
    Key("refused:<id>", "string", "expires", "wrong passwords of late, to slow down guessing"),
    Key("exports_of:<id>", "zset", "expires", "the exports somebody asked for within the last day"),
    # what people did (written by audit.py)
    Key("audit", "stream", "for ever", "who looked at what and changed what, each entry chained to the last"),
)


def root(hotline: str) -> str:
    """What every key of this hotline begins with. The braces make it one slot in a cluster."""
    return f"{{{hotline}}}:"
