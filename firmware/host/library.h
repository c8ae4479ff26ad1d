/* The kernel as a shared library: one device a handle, played tick by tick, for Python's ctypes. */
#ifndef KNEAD_LIBRARY_H
#define KNEAD_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

enum { HOST_INTERFACE = 1 }; /* of these functions: another number whenever one of them means something else */

/* What the library was built with, fact by fact; UINT32_MAX past the last one. */
uint32_t host_fact(uint32_t which);

struct host_device;

/* A device of its own copy of `identity` (43 bytes) and `table` (30 for each of its actuators, `table_bytes` in all);
 * NULL where they do not agree with each other, or there is no memory. */
struct host_device *host_new(const uint8_t *identity, const uint8_t *table, uint32_t table_bytes, uint8_t epoch,
                             uint32_t now_ms, bool cuts);
void host_free(struct host_device *host);

/* Play up to `until_ms`, or up to the first tick that leaves something for the host, changes the state, or makes
 * points rest that were at work. For each tick a row: drives and rates of every actuator, and state, reason and permit
 * as they are at the end of it; `states` may be NULL. Gives how many rows there are. */
uint32_t host_play(struct host_device *host, uint32_t until_ms, uint8_t *drives, uint8_t *rates, uint8_t *states);

/* Whether the last tick of host_play left something for the host, or changed the state. */
bool host_has_news(const struct host_device *host);

/* Take bytes, up to the first that changes the state or brings setpoints that are accepted; gives how many. */
uint32_t host_receive(struct host_device *host, const uint8_t *data, uint32_t size);
uint32_t host_transmit(struct host_device *host, uint8_t *into, uint32_t most);
void host_line_break(struct host_device *host);
void host_line_dropped(struct host_device *host);
void host_press_button(struct host_device *host);

/* As they are now: state, reason, permit. */
void host_now(const struct host_device *host, uint8_t *states);

/* All drives put out at this moment, added up. */
uint32_t host_output_sum(const struct host_device *host);

/* Of the setpoints that the last byte of host_receive brought: how many ms from now they are due, and their drives; 0
 * where it brought none. */
uint32_t host_accepted(const struct host_device *host, uint8_t *drives);

/* A byte for each actuator: 1 where the last tick of host_play found it at work, and its point has to rest. */
void host_forced(const struct host_device *host, uint8_t *forced);

/* The parts of the kernel that have vectors of their own. Counts of frames, bytes dropped and stops in `data`, and the
 * frames themselves, each packed anew, one after the other, into `wire`; gives how many bytes those are. */
uint32_t host_decode(const uint8_t *data, uint32_t size, uint8_t *wire, uint32_t *counts);

uint8_t host_epoch(uint8_t kept, uint8_t noise);

#endif
