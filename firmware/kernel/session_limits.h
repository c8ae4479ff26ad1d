/* What a session may do on this device: never more than its own table allows. docs/wire.md, "The limits of a session". */
#ifndef KNEAD_SESSION_LIMITS_H
#define KNEAD_SESSION_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "sizes.h"
#include "states.h"

/* Of the session to come; all 0 until a host has told them. */
struct session_limits {
    uint16_t seconds;
    uint8_t ceilings[KNEAD_ACTUATORS];
};

/*@ predicate valid_limits(struct session_limits *limits, struct device_self *self) =
    limits->seconds <= SESSION_MAX_S &&
    (\forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==> limits->ceilings[i] <= own_ceiling(self, i)); */

/* Forget them: each session brings its own. */
/*@ requires \valid(limits);
  assigns *limits;
  ensures limits->seconds == 0;
  ensures \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> limits->ceilings[i] == 0; */
void limits_clear(struct session_limits *limits);

/* Keep what a payload of LIMITS tells, where it is lower than the device's own; false where it names no actuator. */
/*@ requires \valid(limits) && valid_self(self) && valid_limits(limits, self) && \separated(limits, self);
  requires size > LIMITS_HEAD && \valid_read(payload + (0 .. size - 1));
  requires \separated(limits, payload + (0 .. size - 1));
  assigns *limits;
  ensures valid_limits(limits, self); */
bool limits_take(struct session_limits *limits, const struct device_self *self, const uint8_t *payload, uint8_t size);

/* What ARM has to echo. */
/*@ requires \valid_read(limits) && valid_self(self);
  assigns \nothing; */
uint32_t limits_session_hash(const struct session_limits *limits, const struct device_self *self);

#endif
