/* The device's half of the wire: it trusts no host. docs/wire.md is the law here.
 *
 * Bytes in, bytes out; time is handed in as whole milliseconds. What a port has to do:
 *
 *   knead_start       once; false: this firmware contradicts itself, and nothing may be driven
 *   knead_advance     once a millisecond; then put out `knead_drives`, `knead_rates` and `knead_permits`
 *   knead_receive     what came from the line, after the tick in which it came; then put out `knead_permits`
 *   knead_transmit    what goes to the line
 *   knead_line_break, knead_line_dropped, knead_press_button    when that happens, as knead_receive
 *
 * The power switch of the actuators is off before knead_start and whenever `knead_permits` says false. A port
 * calls all of this from one thread; an interrupt only keeps bytes. A hardware watchdog is fed after a tick that
 * finished, and nowhere else.
 *
 *   states            what it may be doing, one table
 *   machine           its state, what falls due, what is put out
 *   setpoint_check    every limit, frame by frame
 *   output_stage      drives at 1 kHz, by lines to what waits in the queue, 10 s at any of its points
 *   watchdog          when the host counts as lost
 *   session_limits    what this person may have
 *   requests          what the host asks
 *   outbox            what it is told
 *   framing, messages, identity    bytes, what they mean, what the device says of itself
 */
#ifndef KNEAD_DEVICE_H
#define KNEAD_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "framing.h"
#include "machine.h"
#include "outbox.h"

struct knead_device {
    bool sound; /* a device that contradicts itself neither hears nor moves */
    uint32_t now_ms;
    struct frame_decoder decoder;
    struct machine machine;
    struct outbox outbox;
};

/* The device starts at `now_ms`, which may be anything: time is what passes from there on. `self` stays where it is.
 * One that `cuts` is zero 250 ms after its host fell silent, and not by a ramp after 500: what it drives holds its
 * last level by itself. */
bool knead_start(struct knead_device *device, const struct device_self *self, uint8_t epoch, uint32_t now_ms,
                 bool cuts);

/* Let time pass up to `now_ms`, a tick a millisecond; an earlier time does nothing. */
void knead_advance(struct knead_device *device, uint32_t now_ms);

void knead_receive(struct knead_device *device, const uint8_t *data, uint16_t size);
uint16_t knead_transmit(struct knead_device *device, uint8_t *into, uint16_t most);

void knead_line_break(struct knead_device *device);
void knead_line_dropped(struct knead_device *device);
void knead_press_button(struct knead_device *device);

/* What is put out in this tick: a byte for each actuator. */
const uint8_t *knead_drives(const struct knead_device *device);
const uint8_t *knead_rates(const struct knead_device *device);

/* Whether the actuators may have power. */
bool knead_permits(const struct knead_device *device);

/* An epoch out of `noise`, anything at all: 1 to 255, and never the one before, of which a port keeps a byte where no
 * loss of power reaches it. */
uint8_t knead_epoch(uint8_t kept, uint8_t noise);

#endif
