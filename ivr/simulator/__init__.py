"""A phone company on this machine, which speaks Twilio's REST API and sends Twilio's signed webhooks.

It knows nothing of any particular hotline: it plays whatever TwiML the application behind a number returns.
To read it, follow a call: `life` (a call begins), `interpreter` (its documents), `verbs` (what each verb
does), `dial` and `conferences` (meeting others), `progress` (its status, and who is told). What goes wrong on
purpose is in `faults`.
"""
