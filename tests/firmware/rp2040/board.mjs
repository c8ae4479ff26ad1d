// A Raspberry Pi Pico in rp2040js, told by lines of JSON: node board.mjs FOLDER IMAGE.uf2 PERMIT BUTTON
//
// FOLDER has rp2040js in its node_modules; the others are GPIOs. A line on standard input is a list of commands, [name, of it]; the line that answers
// it on standard output holds what each gave, or {"error": ...}. The emulator has no boot ROM: Board.boot does what that does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { UsbHost } from './usb_host.mjs';

const [folder, image] = process.argv.slice(2);
const [PERMIT, BUTTON] = process.argv.slice(4).map(Number);
const { RP2040, USBCDC, ConsoleLogger, LogLevel, GPIOPinState } = await import(
  pathToFileURL(join(folder, 'node_modules', 'rp2040js', 'dist', 'esm', 'index.js'))
);
const FLASH = 0x10000000, BOOT2_AT = 0x20041f00, BOOT2_SIZE = 256, RAM = 0x20000000;
const SLICES = 8, CYCLE_NS = 8, MOST_MS = 100, BATCH = 32;

function unpackUf2(data) {
  const flash = new Map();
  for (let at = 0; at < data.length; at += 512) {
    const word = (k) => data.readUInt32LE(at + 4 * k);
    const sound = word(0) === 0x0a324655 && word(1) === 0x9e5d5157 && data.readUInt32LE(at + 508) === 0x0ab16f30;
    if (!sound || word(2) !== 0x2000 || word(7) !== 0xe48bff56) throw new Error(`block ${at / 512} is no UF2 of an RP2040`);
    if (word(5) !== at / 512 || word(6) !== data.length / 512) throw new Error('blocks are missing');
    flash.set(word(3) - FLASH, data.subarray(at + 32, at + 32 + word(4)));
  }
  return flash;
}

function bootCrc(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let k = 0; k < 8; k++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

class Board {
  constructor() {
    this.flash = unpackUf2(readFileSync(image));
    this.scratch = new Uint32Array(8);
    this.pressed = false;
    this.resets = []; // when the watchdog fired, in us of the life that it ended
    this.slowest = 0;
  }

  // Power on, or what follows a reset by the watchdog, which leaves its scratch registers. `stock`: the emulator's own host is at
  // the other end. PWM moves no pin before `waves`, as that takes time; its registers tell what it would do.
  // `live`: what comes in one tick may take longer than it.
  boot({ noise = 1, stock = false, live = false, keep = true } = {}) {
    this.noise = noise;
    this.settings = { noise, stock, live };
    this.chip = new RP2040();
    this.clock = this.chip.clock;
    this.chip.logger = new ConsoleLogger(LogLevel.Error, false);
    this.permits = [];
    this.again = false;
    const { chip } = this;
    if (!keep) this.scratch.fill(0);
    chip.peripherals[0x40058].scratchData.set(this.scratch);
    chip.peripherals[0x40058].onWatchdogTrigger = () => {
      chip.peripherals[0x40058].timer.enable = false; // or it would fire again at once, without end
      this.again = true;
    };
    let bit = 8;
    chip.peripherals[0x40060] = {
      readUint32: () => (this.noise >> (bit = bit ? bit - 1 : 7)) & 1, // the ring oscillator's random bit
      writeUint32Atomic() {},
    };
    chip.gpio[PERMIT].addListener((state) => this.permits.push([this.clock.micros, state === GPIOPinState.High ? 1 : 0]));
    chip.gpio[BUTTON].setInputValue(this.pressed); // a press opens the contact, and the pin is pulled up
    for (const slice of chip.pwm.channels) slice.updateEnable = () => (slice.timer.enable = false);
    this.#heedMask(chip.core);
    this.host = stock ? this.#stockHost() : new UsbHost(chip.usbCtrl, (what) => this.#fail(what));
    for (const [at, page] of this.flash) chip.flash.set(page, at);
    const boot2 = chip.flash.slice(0, BOOT2_SIZE);
    if (bootCrc(boot2.subarray(0, BOOT2_SIZE - 4)) !== chip.flashView.getUint32(BOOT2_SIZE - 4, true)) {
      throw new Error('the boot block fails its check');
    }
    chip.sram.set(boot2, BOOT2_AT - RAM);
    chip.core.SP = BOOT2_AT;
    chip.core.PC = BOOT2_AT;
    chip.core.LR = 0;
  }

  // With PRIMASK set an interrupt ends a sleep, but is not entered (ARMv6-M B1.5.19); the emulator enters it.
  #heedMask(core) {
    const check = core.checkForInterrupts.bind(core);
    core.checkForInterrupts = () => {
      if (!core.PM) return check();
      core.interruptsUpdated = false;
      return core.waiting && (core.pendingInterrupts & core.enabledInterrupts) !== 0;
    };
  }

  #stockHost() {
    const cdc = new USBCDC(this.chip.usbCtrl);
    const host = { idle: true, ready: false, received: [], descriptors: {} };
    cdc.onDeviceConnected = () => (host.ready = true);
    cdc.onSerialData = (bytes) => host.received.push(...bytes);
    host.send = (bytes) => bytes.forEach((byte) => cdc.sendSerialByte(byte));
    host.take = () => Uint8Array.from(host.received.splice(0));
    return host;
  }

  #fail(what) {
    throw new Error(`${what}, at ${Math.round(this.clock.micros)} us`);
  }

  // Run until `done`, which is asked after a few instructions; false where that did not come within `most` us. A reset by
  // the watchdog ends it as well.
  #until(done, most = MOST_MS * 1000) {
    const { chip, clock } = this;
    const { core } = chip;
    const end = clock.nanos + most * 1000;
    while (!done()) {
      if (this.again) return this.#reset();
      if (clock.nanos >= end) return false;
      for (let k = 0; k < BATCH && !core.waiting; k++) clock.tick(core.executeInstruction() * CYCLE_NS);
      if (core.waiting) {
        if (core.checkForInterrupts()) core.waiting = false;
        else if (!done()) clock.tick(Math.min(clock.nanosToNextAlarm, end - clock.nanos));
      }
    }
    return true;
  }

  #reset() {
    this.scratch.set(this.chip.peripherals[0x40058].scratchData);
    this.resets.push(this.clock.micros);
    this.boot(this.settings);
    this.drives = this.outputs.slice(0, 2 * SLICES);
    return false;
  }

  get #alarm() {
    return this.chip.peripherals[0x40054].alarms[0];
  }

  get #rests() {
    return this.chip.core.waiting && !(this.chip.core.pendingInterrupts & this.chip.core.enabledInterrupts) && this.host.idle;
  }

  #settle() {
    const due = this.#alarm.targetMicros;
    this.#until(() => this.#rests || this.again);
    const missed = this.again ? 0 : Math.round((this.#alarm.targetMicros - due) / 1000);
    if (missed > 0 && !this.settings.live) this.#fail('what came in one tick took longer than it');
    this.ticks += missed;
  }

  get outputs() {
    const drives = this.chip.pwm.channels.slice(0, SLICES).flatMap(({ cc }) => [cc & 0xffff, cc >>> 16]);
    return [...drives, this.chip.gpio[PERMIT].value === GPIOPinState.High ? 1 : 0];
  }

  // Up to tick `until`; a reset by the watchdog ends it as well.
  tick(until) {
    const resets = this.resets.length;
    while (this.ticks < until && this.resets.length === resets) {
      this.#note();
      const due = this.#alarm.targetMicros;
      if (!this.#until(() => this.#alarm.targetMicros !== due)) break;
      this.ticks++;
      const begun = this.clock.nanos;
      const { ready } = this.host;
      this.#settle();
      if (ready) this.slowest = Math.max(this.slowest, (this.clock.nanos - begun) / 1000);
      this.drives = this.outputs.slice(0, 2 * SLICES);
    }
    return this.ticks;
  }

  // A tick is told at its end: what it put out, and whether that was permitted after all that came in it.
  #note() {
    const row = [...this.drives, this.outputs.at(-1)];
    if (String(row) !== this.last) this.rows.push([this.ticks, ...row]);
    this.last = String(row);
  }

  // [tick, 16 of PWM, permit] for each tick, since they were asked for, in which these differ from the tick before.
  record() {
    this.#note();
    return this.rows.splice(0);
  }

  // Power on, up to the first sleep, where the clock of the ticks runs: tick 0 of its life, which is counted as `tick`.
  start({ tick = 0, ...settings }) {
    const drives = this.drives;
    if (tick > 0) this.sent.push(...this.host.take());
    else [this.rows, this.sent, this.last] = [[], [], ''];
    this.boot(settings);
    return this.rise({ tick, drives });
  }

  // What comes after `boot`, or after a reset by the watchdog.
  rise({ tick = 0, drives } = {}) {
    if (!this.#until(() => this.chip.core.waiting)) this.#fail('it does not come to rest');
    this.ticks = tick;
    this.drives = (tick > 0 && drives) || this.outputs.slice(0, 2 * SLICES);
    return { us: this.clock.micros, outputs: this.outputs };
  }

  send(hex) {
    this.host.send(Uint8Array.from(Buffer.from(hex, 'hex')));
    if (!this.settings.stock) this.#settle();
  }

  line(dtr) {
    this.host.setLine(dtr);
    this.#settle();
  }

  break() {
    this.host.sendBreak();
    this.#settle();
  }

  // The bus falls silent, as when the cable is cut.
  suspend() {
    const { usbCtrl } = this.chip;
    usbCtrl.sieStatus |= 1 << 4;
    usbCtrl.sieStatusUpdated();
    this.#until(() => false, 20); // the emulator has no such state, and would not end it
    usbCtrl.sieStatus &= ~(1 << 4);
    usbCtrl.sieStatusUpdated();
    this.#settle();
  }

  button(pressed) {
    this.pressed = pressed;
    this.chip.gpio[BUTTON].setInputValue(pressed);
  }

  take() {
    this.sent.push(...this.host.take());
    return Buffer.from(this.sent.splice(0)).toString('hex');
  }

  count_resets() {
    return this.resets.length;
  }

  // Change half words of RAM: [address, value]. So a fault of the program is made that cannot be had otherwise.
  poke(words) {
    for (const [address, value] of words) this.chip.sramView.setUint16(address - RAM, value, true);
  }

  // Let PWM move the pins from now on.
  waves() {
    for (const slice of this.chip.pwm.channels) {
      delete slice.updateEnable;
      slice.updateEnable();
    }
  }

  // The share of the next `us` for which each of these pins is high, and how often it changed.
  high({ pins, us }) {
    const { gpio } = this.chip;
    const begun = this.clock.nanos;
    const sums = pins.map((pin) => ({ pin, since: begun, on: gpio[pin].value === GPIOPinState.High, sum: 0, edges: 0 }));
    const removes = sums.map((sum) =>
      gpio[sum.pin].addListener((state) => {
        if (sum.on) sum.sum += this.clock.nanos - sum.since;
        [sum.on, sum.since] = [state === GPIOPinState.High, this.clock.nanos];
        sum.edges++;
      }),
    );
    this.#until(() => this.clock.nanos >= begun + us * 1000, 2 * us);
    removes.forEach((remove) => remove());
    const passed = this.clock.nanos - begun;
    return sums.map((s) => [(s.sum + (s.on ? this.clock.nanos - s.since : 0)) / passed, s.edges]);
  }

  state() {
    const { resets, permits, ticks } = this;
    const { ready, descriptors } = this.host;
    return { resets, permits, ticks, ready, descriptors, us: this.clock.micros, slowest_us: this.slowest };
  }
}

const board = new Board();
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = JSON.parse(line).map(([name, ofIt]) => board[name](ofIt) ?? null);
  } catch (error) {
    answer = { error: error.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
