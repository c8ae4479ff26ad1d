/* What a device says of itself: its identity and the table of its actuators, as the bytes that it sends.
 *
 * So the table that the firmware enforces is the table that it tells, byte for byte, and its hash is that of the
 * description that both were made from. docs/wire.md, "Messages from the device".
 */
#ifndef KNEAD_IDENTITY_H
#define KNEAD_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"
#include "sizes.h"

enum {
    SLOTS_MIN = 8,     /* setpoints that a queue holds at least */
    SLEW_MAX = 4000,   /* drive units a second */
    RELEASE_MIN = 1020 /* drive units a second: full to zero in 250 ms */
};

/* Constants of the port, perhaps in flash: read through the functions below alone. */
struct device_self {
    const uint8_t *identity; /* IDENTITY_SIZE bytes */
    const uint8_t *table;    /* ACTUATOR_SIZE bytes for each actuator, in wire order */
};

/* Of constants a value is that of its address, whatever is written elsewhere. */
/*@ logic uint8_t identity_at(struct device_self *self, integer field) = in_flash(self->identity + field);
  logic uint8_t actuator_at(struct device_self *self, integer index, integer field) =
    in_flash(self->table + index * ACTUATOR_SIZE + field);
  logic uint8_t own_ceiling(struct device_self *self, integer index) =
    actuator_at(self, index, ACTUATOR_EXCLUDED) != 0 ? (uint8_t)0 : actuator_at(self, index, ACTUATOR_CEILING);

  logic integer release_at(struct device_self *self, integer index) =
    actuator_at(self, index, ACTUATOR_RELEASE) + 256 * actuator_at(self, index, ACTUATOR_RELEASE + 1);
  logic integer rates(uint8_t *table, integer index) = in_flash(table + index * ACTUATOR_SIZE + ACTUATOR_RATE_MIN) +
    in_flash(table + index * ACTUATOR_SIZE + ACTUATOR_RATE_MAX);
  logic integer rated_before(uint8_t *table, integer n) =
    n <= 0 ? 0 : rated_before(table, n - 1) + (rates(table, n - 1) != 0 ? 1 : 0);

  predicate has_identity(struct device_self *self) =
    \valid_read(self) && \valid_read(self->identity + (0 .. IDENTITY_SIZE - 1));
  predicate has_rows(struct device_self *self, integer count) =
    \valid_read(self->table + (0 .. count * ACTUATOR_SIZE - 1));
  predicate valid_self(struct device_self *self) =
    has_identity(self) && 0 < identity_at(self, IDENTITY_ACTUATORS) <= KNEAD_ACTUATORS &&
    0 < identity_at(self, IDENTITY_SLOTS) <= KNEAD_SLOTS && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)) &&
    (\forall integer n; 0 <= n <= identity_at(self, IDENTITY_ACTUATORS) ==>
      0 <= rated_before(self->table, n) <= KNEAD_RATED) &&
    (\forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==> release_at(self, i) >= RELEASE_MIN); */

/* `field` is one of IDENTITY_... or ACTUATOR_... */
/*@ requires has_identity(self) && field < IDENTITY_SIZE;
  assigns \nothing;
  ensures \result == identity_at(self, field); */
uint8_t identity_u8(const struct device_self *self, uint8_t field);

/*@ requires has_identity(self) && field < IDENTITY_SIZE - 1;
  assigns \nothing; */
uint16_t identity_u16(const struct device_self *self, uint8_t field);

/*@ requires has_identity(self) && field < IDENTITY_SIZE - 3;
  assigns \nothing; */
uint32_t identity_u32(const struct device_self *self, uint8_t field);

/*@ requires \valid_read(self) && has_rows(self, index + 1) && index < KNEAD_ACTUATORS && field < ACTUATOR_SIZE;
  assigns \nothing;
  ensures \result == actuator_at(self, index, field); */
uint8_t actuator_u8(const struct device_self *self, uint8_t index, uint8_t field);

/*@ requires \valid_read(self) && has_rows(self, index + 1) && index < KNEAD_ACTUATORS && field < ACTUATOR_SIZE - 1;
  assigns \nothing;
  ensures \result == actuator_at(self, index, field) + 256 * actuator_at(self, index, field + 1); */
uint16_t actuator_u16(const struct device_self *self, uint8_t index, uint8_t field);

/*@ requires \valid_read(self) && has_rows(self, index + 1) && index < KNEAD_ACTUATORS && field < ACTUATOR_SIZE - 1;
  assigns \nothing; */
int16_t actuator_i16(const struct device_self *self, uint8_t index, uint8_t field);

/* Whether the actuator's rate can be set: 0 and 0 mean that it cannot. */
/*@ requires \valid_read(self) && has_rows(self, index + 1) && index < KNEAD_ACTUATORS;
  assigns \nothing;
  ensures \result <==> rates(self->table, index) != 0; */
bool actuator_is_rated(const struct device_self *self, uint8_t index);

/* What the device itself allows of an actuator: 0 where it is excluded. */
/*@ requires \valid_read(self) && has_rows(self, index + 1) && index < KNEAD_ACTUATORS;
  assigns \nothing;
  ensures \result == own_ceiling(self, index); */
uint8_t actuator_own_ceiling(const struct device_self *self, uint8_t index);

/* Whether it agrees with itself (protocol, order, slews, hash) and fits the sizes that the port was built with. */
/*@ requires has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS));
  assigns \nothing;
  ensures \result ==> valid_self(self); */
bool identity_is_sound(const struct device_self *self);

#endif
