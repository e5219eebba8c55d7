// A stand-in for the Voice SDK: what is documented of Twilio.Device and Twilio.Call in 2.18, and no more.
//
// It refuses what the SDK refuses. Its calls go to the pretended phone company at COMPANY, so that a desk with this
// softphone takes real calls. `window.stand.devices` and `.asked` show a test what was asked of it.

(() => {
  const stand = (window.stand = { devices: [], calls: [], asked: [] });
  const note = (what, ...values) => stand.asked.push([what, ...values]);

  class Emitter {
    #hearers = new Map();

    on(name, hear) {
      this.#hearers.set(name, [...(this.#hearers.get(name) ?? []), hear]);
      return this;
    }

    emit(name, ...values) {
      for (const hear of this.#hearers.get(name) ?? []) hear(...values);
    }
  }

  const plugged = (kind, ids) => new Map(ids.map((deviceId) => [deviceId, { deviceId, kind, label: deviceId }]));

  class OutputDeviceCollection {
    constructor(name, available) {
      this.name = name;
      this.available = available;
    }

    async set(id) {
      if (!this.available.has(id)) throw new Error(`Devices not found: ${id}`);
      note(this.name, id);
    }
  }

  class AudioHelper extends Emitter {
    isOutputSelectionSupported = true;
    availableInputDevices = plugged("audioinput", ["default", "headset"]);
    availableOutputDevices = plugged("audiooutput", ["default", "headset"]);
    speakerDevices = new OutputDeviceCollection("speakerDevices.set", this.availableOutputDevices);
    ringtoneDevices = new OutputDeviceCollection("ringtoneDevices.set", this.availableOutputDevices);
    inputDevice = null;

    async setInputDevice(id) {
      if (!this.availableInputDevices.has(id)) throw new Error(`Device not found: ${id}`);
      this.inputDevice = this.availableInputDevices.get(id);
      note("setInputDevice", id);
    }

    outgoing = (on) => on;
    disconnect = (on) => on;
  }

  class Call extends Emitter {
    #sid;

    constructor(sid) {
      super();
      this.#sid = sid;
    }

    mute(on = true) {
      note("mute", on);
      this.emit("mute", on, this);
    }

    sendDigits(digits) {
      if (!/^[0-9*#w]+$/.test(digits)) throw new Error("Illegal character passed into sendDigits");
      note("sendDigits", digits);
    }

    reject() {
      note("reject");
      this.emit("reject");
    }

    async disconnect() {
      note("disconnect");
      const address = `${COMPANY}/simulator/calls/${this.#sid}`;
      const { ended_at: isOver } = await (await fetch(address)).json();
      if (!isOver) await fetch(address, { method: "DELETE" });
      this.emit("disconnect", this);
    }
  }

  class Device extends Emitter {
    state = "unregistered";
    audio = new AudioHelper();
    #token;

    constructor(token, options = {}) {
      super();
      this.#take(token);
      note("Device", Object.keys(options.sounds ?? {}).length);
      stand.devices.push(this);
    }

    get identity() {
      return JSON.parse(atob(this.#token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).grants.identity;
    }

    async register() {
      if (this.state !== "unregistered") throw new Error(`Attempt to register when device is in state "${this.state}"`);
      note("register");
      this.#become("registering");
      await ask("/simulator/softphones", { token: this.#token });
      this.#become("registered");
    }

    updateToken(token) {
      this.#take(token);
      note("updateToken");
    }

    async connect({ params = {} } = {}) {
      note("connect", params);
      const { sid } = await ask(`/simulator/softphones/${this.identity}/calls`, { params });
      const call = new Call(sid);
      stand.calls.push(call);
      setTimeout(() => call.emit("accept", call));
      return call;
    }

    destroy() {
      note("destroy");
      this.#become("destroyed");
    }

    /** For tests: the connection to Twilio comes and goes. */
    become(state) {
      this.#become(state);
    }

    #become(state) {
      this.state = state;
      this.emit(state);
    }

    #take(token) {
      if (typeof token !== "string") throw new Error('Parameter "token" must be of type "string".');
      this.#token = token;
    }
  }

  async function ask(path, body) {
    const answer = await fetch(COMPANY + path, { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  }

  window.Twilio = { Device, Call };
})();
