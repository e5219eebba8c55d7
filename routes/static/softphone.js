// The softphone: the one interface through which the desk speaks, whoever the carrier is.
//
//   register(token)    the first time makes the phone reachable; again renews its token
//   connect(params)    calls the hotline, which knows from the token who calls and puts us into the caller's room
//   use(devices)       speaks and hears with { microphone, speaker }, "" being the system's own, from now on
//   hangUp()  mute(on)  press(key)  close()
//
// Events: registered; accepted (we are through); disconnected; error, whose detail is { code, message, isDown }: when
// the phone is down, its call is too. After an error the desk registers again with a fresh token, and each driver then
// says “registered” or “error” once more. expiring: the token will not live long. silent, true or false: whether the
// phone works without a microphone.
//
// In a call: reconnecting and reconnected; volume, { input, output } from 0 to 1, several times a second; quality,
// { rtt, jitter, loss, warnings }, milliseconds, milliseconds, a share, and the carrier's words for what is amiss.

import { SimulatorSoftphone } from "./softphone_simulator.js";

const DRIVERS = {
  simulator: async (url) => new SimulatorSoftphone(url),
  twilio: async () => new (await import("./softphone_twilio.js")).TwilioSoftphone(),
};

export function openSoftphone({ driver, url }) {
  return DRIVERS[driver](url);
}
