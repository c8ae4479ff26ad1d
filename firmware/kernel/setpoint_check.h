/* The device's own look at setpoints: it trusts no host. docs/wire.md, "Setpoints". */
#ifndef KNEAD_SETPOINT_CHECK_H
#define KNEAD_SETPOINT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "messages.h"
#include "queue.h"

enum {
    AHEAD_MAX_MS = 500,
    KNEADING_MAX_CPM = 60 /* cycles a minute, whatever the table says; source article, rule 64 */
};

/* The setpoints in a payload; what its mask does not name is off. False where it is malformed. */
bool setpoints_unpack(const struct device_self *self, const uint8_t *payload, uint8_t size, struct setpoints *into);

/* The limit that well-formed setpoints break, under the ceilings of the session; REASON_NONE where they keep all. */
enum reason setpoints_inspect(const struct device_self *self, const uint8_t *ceilings,
                              const struct setpoints *setpoints);

#endif
