/* The device's own look at setpoints: it trusts no host. docs/wire.md, "Setpoints". */
#ifndef KNEAD_SETPOINT_CHECK_H
#define KNEAD_SETPOINT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "messages.h"
#include "queue.h"

enum { KNEADING_MAX_CPM = 60 }; /* cycles a minute, whatever the table says; source article, rule 64 */

/* The setpoints in a payload; what its mask does not name is off. False where it is malformed. */
/*@ requires valid_self(self) && \valid_read(payload + (0 .. size - 1)) && \valid(into);
  requires \separated(into, self) && \separated(into, payload + (0 .. size - 1));
  assigns *into; */
bool setpoints_unpack(const struct device_self *self, const uint8_t *payload, uint8_t size, struct setpoints *into);

/* The limit that well-formed setpoints break, under the ceilings of the session; REASON_NONE where they keep all. */
/*@ requires valid_self(self) && \valid_read(setpoints);
  requires \valid_read(ceilings + (0 .. identity_at(self, IDENTITY_ACTUATORS) - 1));
  assigns \nothing;
  ensures kept: \result == REASON_NONE ==> \forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==>
    setpoints->drives[i] <= ceilings[i] &&
    (setpoints->drives[i] == 0 || actuator_at(self, i, ACTUATOR_EXCLUDED) == 0); */
enum reason setpoints_inspect(const struct device_self *self, const uint8_t *ceilings,
                              const struct setpoints *setpoints);

#endif
