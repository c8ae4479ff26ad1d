/* Which actuators work the same point, and the span of that work: docs/wire.md, "Points and their span". */
#ifndef KNEAD_POINTS_H
#define KNEAD_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "sizes.h"

enum {
    DWELL_MS = 10000,                    /* longest span of work at one point; source article, rule 55 */
    DWELL_RELEASE_MS = DWELL_MS - 300,   /* after it the release begins, so that it is over before DWELL_MS */
    REST_MS = 2000                       /* without a break, this ends a span; project's choice */
};

struct points {
    uint8_t count;
    uint8_t of[KNEAD_ACTUATORS]; /* the point of each actuator */
    struct {
        uint16_t span_ms; /* how long it has been worked, gaps included */
        uint16_t rest_ms; /* how long it has been without work, at most REST_MS */
        bool must_rest;
    } at[KNEAD_POINTS];
};

/* The points of a device that has just started: each owes its rest. False where there are too many of them. */
bool points_find(struct points *points, const struct device_self *self);

/* Count one tick in which `drives` were put out, one for each of `count` actuators. */
void points_count(struct points *points, const uint8_t *drives, uint8_t count);

/* Whether the actuator is kept off to rest. */
bool points_rest(const struct points *points, uint8_t index);

#endif
