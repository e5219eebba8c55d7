// The softphone: the one interface through which the desk speaks, whoever the carrier is.
//
//   register(token)    the first time makes the phone reachable; again renews its token
//   connect(params)    calls the hotline, which knows from the token who calls and puts us into the caller's room
//   hangUp()  mute(on)  press(key)  close()
//
// Events: registered; accepted (we are through); disconnected; error, whose detail is { code, message, isDown }: when
// the phone is down, its call is too. After an error the desk registers again with a fresh token, and each driver then
// says “registered” or “error” once more.

import { SimulatorSoftphone } from "./softphone_simulator.js";

const DRIVERS = {
  simulator: async (url) => new SimulatorSoftphone(url),
  twilio: async () => new (await import("./softphone_twilio.js")).TwilioSoftphone(),
};

export function openSoftphone({ driver, url }) {
  return DRIVERS[driver](url);
}
