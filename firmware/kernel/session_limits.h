/* What a session may do on this device: never more than its own table allows. docs/wire.md, "The limits of a session". */
#ifndef KNEAD_SESSION_LIMITS_H
#define KNEAD_SESSION_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "sizes.h"

/* Of the session to come; all 0 until a host has told them. */
struct session_limits {
    uint16_t seconds;
    uint8_t ceilings[KNEAD_ACTUATORS];
};

/* Forget them: each session brings its own. */
void limits_clear(struct session_limits *limits);

/* Keep what a payload of LIMITS tells, where it is lower than the device's own; false where it names no actuator. */
bool limits_take(struct session_limits *limits, const struct device_self *self, const uint8_t *payload, uint8_t size);

/* What ARM has to echo. */
uint32_t limits_session_hash(const struct session_limits *limits, const struct device_self *self);

#endif
