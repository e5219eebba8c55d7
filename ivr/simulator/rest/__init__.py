"""The REST API, as Twilio's own client speaks it."""
