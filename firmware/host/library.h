/* The kernel as a shared library: one device a handle, played tick by tick, for Python's ctypes. */
#ifndef KNEAD_LIBRARY_H
#define KNEAD_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#include "sizes.h"

enum { HOST_INTERFACE = 2 }; /* of these functions: another number whenever one of them means something else */

/* What the library was built with, fact by fact; UINT32_MAX past the last one. */
uint32_t host_fact(uint32_t which);

struct host_device;

/* A device of its own copy of `identity` (43 bytes) and `table` (30 for each of its actuators, `table_bytes` in all);
 * NULL where they do not agree with each other, or there is no memory. */
struct host_device *host_new(const uint8_t *identity, const uint8_t *table, uint32_t table_bytes, uint8_t epoch,
                             uint32_t now_ms, bool cuts);
void host_free(struct host_device *host);

/* What host_run did, and how it left the device. */
struct host_run {
    uint32_t rows;           /* ticks that were played */
    uint32_t taken;          /* bytes that were received */
    uint32_t accepted;       /* setpoints that these brought and that were accepted, */
    uint32_t accepted_early; /* and how many of them before the last of these bytes */
    uint32_t waiting;        /* reports for the host */
    uint32_t before;         /* state and reason, as they were, */
    uint32_t because;
    uint32_t state;          /* and as they are */
    uint32_t reason;
    uint32_t news;           /* 1 where the ticks left something for the host, or changed state or reason */
    uint32_t forced;         /* 1 where the last tick found actuators at work whose points have to rest: */
    uint8_t resting[KNEAD_ACTUATORS]; /* 1 for each of these */
    uint32_t due_ms[KNEAD_SLOTS];     /* from now, of the setpoints that were accepted, */
    uint8_t drives[KNEAD_SLOTS * KNEAD_ACTUATORS]; /* and their drives, one row after the other */
};

/* Play up to `until_ms`, or up to the first tick that changes state or reason, or makes points rest that were at work;
 * for each tick a row of the drives and one of the rates of every actuator. Then, unless it stopped there, take bytes,
 * up to the first that changes state or reason. */
void host_run(struct host_device *host, uint32_t until_ms, const uint8_t *data, uint32_t size, uint8_t *drives,
              uint8_t *rates, struct host_run *run);

/* Play as host_run does, but also stop at the first tick that leaves something for the host; for each tick a row of
 * state, reason and permit, too, as they are at the end of it. Gives how many rows there are. */
uint32_t host_play(struct host_device *host, uint32_t until_ms, uint8_t *drives, uint8_t *rates, uint8_t *states);

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

/* The parts of the kernel that have vectors of their own. Counts of frames, bytes dropped and stops in `data`, and the
 * frames themselves, each packed anew, one after the other, into `wire`; gives how many bytes those are. */
uint32_t host_decode(const uint8_t *data, uint32_t size, uint8_t *wire, uint32_t *counts);

uint8_t host_epoch(uint8_t kept, uint8_t noise);

#endif
