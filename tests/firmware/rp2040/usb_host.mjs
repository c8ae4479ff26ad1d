// The host's end of the bus, for a device in rp2040js: enumerates it as computers do, and is a serial port to it.
// What the emulator's own host passes over is looked at here: data toggles, and that a buffer stands before it is handed over.

const AVAILABLE = 1 << 10, STALL = 1 << 11, DATA1 = 1 << 13, LENGTH = 0x3ff;
const EP0_IN = 0x80, EP0_OUT = 0x84, DATA = 2;
const DEVICE = 1, CONFIGURATION = 2, STRING = 3, QUALIFIER = 6;
const PACKET = 64;

export const setup = (type, request, value, index, length) =>
  Uint8Array.of(type, request, value & 255, value >> 8, index & 255, index >> 8, length & 255, length >> 8);

export class UsbHost {
  constructor(usb, onFault) {
    this.usb = usb;
    this.fault = onFault;
    this.descriptors = {};
    this.received = [];
    this.outgoing = [];
    this.ready = false;
    this.request = null; // what is being asked on endpoint 0
    this.armed = new Set(); // endpoints that wait for a packet of ours
    this.written = new Map(); // what stands in a buffer control
    this.toggles = new Map();
    this.over = usb.rp2040.clock.createAlarm(() => {
      const { then, answer } = this.request;
      this.request = null;
      then(answer);
    });
    usb.onUSBEnabled = () => usb.resetDevice();
    usb.onResetReceived = () => this.#enumerate();
    usb.onEndpointWrite = (endpoint, bytes) => this.#fromDevice(endpoint, bytes);
    usb.onEndpointRead = (endpoint) => {
      this.armed.add(endpoint);
      this.#feed(endpoint);
    };
    const updated = usb.DPRAMUpdated.bind(usb);
    usb.DPRAMUpdated = (offset, value) => {
      if (offset >= EP0_IN && offset < 0x100) this.#look(offset, value);
      updated(offset, value);
    };
  }

  get idle() {
    const waits = (alarm) => alarm.buffers.length > 0;
    const sends = this.outgoing.length > 0 && this.armed.has(DATA);
    return !this.request && !sends && ![...this.usb.endpointReadAlarms, ...this.usb.endpointWriteAlarms].some(waits);
  }

  // A request of the host; `then` gets what it was answered: bytes, or null where it was refused.
  control(packet, then = () => {}, data = null) {
    if (this.request) throw new Error('one request at a time');
    const toHost = (packet[0] & 0x80) !== 0;
    this.request = { toHost, asked: packet[6] | (packet[7] << 8), bytes: [], data, then, status: false };
    this.toggles.set(EP0_IN, DATA1).set(EP0_OUT, DATA1);
    this.armed.delete(0);
    this.usb.sendSetupPacket(packet);
  }

  setLine(dtr) {
    this.control(setup(0x21, 0x22, dtr ? 3 : 0, 0, 0));
  }

  sendBreak() {
    this.control(setup(0x21, 0x23, 100, 0, 0));
  }

  send(bytes) {
    for (let at = 0; at < bytes.length; at += PACKET) this.outgoing.push(bytes.slice(at, at + PACKET));
    if (this.armed.has(DATA)) this.#feed(DATA);
  }

  take() {
    return Uint8Array.from(this.received.splice(0));
  }

  #enumerate() {
    const get = (type, index, length, then) =>
      this.control(setup(0x80, 6, (type << 8) | index, type === STRING && index ? 0x409 : 0, length), then);
    const keep = (name, next) => (bytes) => {
      this.descriptors[name] = bytes && Array.from(bytes);
      next();
    };
    const steps = [
      (next) => get(DEVICE, 0, 64, keep('first', next)),
      (next) => this.control(setup(0x00, 5, 9, 0, 0), next),
      (next) => get(DEVICE, 0, 18, keep('device', next)),
      (next) => get(QUALIFIER, 0, 10, keep('qualifier', next)),
      (next) => get(CONFIGURATION, 0, 9, keep('head', next)),
      (next) => get(CONFIGURATION, 0, 255, keep('configuration', next)),
      (next) => get(STRING, 0, 255, keep('languages', next)),
      (next) => get(STRING, 1, 255, keep('maker', next)),
      (next) => get(STRING, 2, 255, keep('product', next)),
      (next) => get(STRING, 3, 255, keep('serial', next)),
      (next) => this.control(setup(0x00, 9, 1, 0, 0), next),
      (next) => this.control(setup(0xa1, 0x21, 0, 0, 7), keep('coding', next)),
      (next) => this.control(setup(0x21, 0x20, 0, 0, 7), next, Uint8Array.of(0, 0x96, 0, 0, 0, 0, 8)),
      (next) => this.control(setup(0xa1, 0x21, 0, 0, 7), keep('coding_kept', next)),
      (next) => this.control(setup(0x21, 0x22, 3, 0, 0), next),
    ];
    const run = (k) => (k < steps.length ? steps[k](() => run(k + 1)) : this.#finish());
    this.ready = false;
    run(0);
  }

  #finish() {
    if (this.usb.addrEndp !== 9) this.fault(`address ${this.usb.addrEndp}`);
    this.ready = true;
  }

  // The request is over once its last packet has gone over the bus.
  #end(bytes) {
    this.request.answer = bytes;
    this.over.schedule(20_000);
  }

  #fromDevice(endpoint, bytes) {
    if (endpoint === DATA) {
      if (bytes.length >= PACKET) this.fault('a full packet, which an empty one would have to follow');
      this.received.push(...bytes);
    } else if (endpoint === 0 && this.request?.toHost) {
      this.request.bytes.push(...bytes);
      this.request.status = bytes.length < PACKET || this.request.bytes.length >= this.request.asked;
      this.#feed(0);
    } else if (endpoint === 0 && this.request) {
      if (bytes.length > 0) this.fault('bytes where nothing was asked for');
      this.#end(Uint8Array.of());
    }
  }

  // Give the device a packet where it waits for one and there is one.
  #feed(endpoint) {
    if (!this.armed.has(endpoint)) return;
    if (endpoint === DATA && this.outgoing.length > 0) {
      this.armed.delete(DATA);
      this.usb.endpointReadDone(DATA, this.outgoing.shift());
    } else if (endpoint === 0 && this.request?.status) {
      this.armed.delete(0);
      this.usb.endpointReadDone(0, Uint8Array.of());
      this.#end(Uint8Array.from(this.request.bytes));
    } else if (endpoint === 0 && this.request?.data) {
      this.armed.delete(0);
      this.usb.endpointReadDone(0, this.request.data);
      this.request.data = null;
    }
  }

  #look(offset, value) {
    if (value & STALL) {
      if (offset === EP0_IN && this.request) {
        if ((this.usb.epStallArm & 3) !== 3) this.fault('a refusal that is not armed');
        this.#end(null);
      }
      return;
    }
    if (value & AVAILABLE) {
      const expected = this.toggles.get(offset) ?? 0;
      if ((value & DATA1) !== expected) this.fault(`toggle of buffer ${offset.toString(16)}`);
      if (this.written.get(offset) !== (value & ~AVAILABLE)) this.fault(`buffer ${offset.toString(16)} in one go`);
      if ((value & LENGTH) > PACKET) this.fault('a packet that is too long');
      this.toggles.set(offset, expected ^ DATA1);
    } else if (value === 0 && offset > EP0_OUT) {
      this.toggles.set(offset, 0); // it counts anew
    }
    this.written.set(offset, value);
  }
}
