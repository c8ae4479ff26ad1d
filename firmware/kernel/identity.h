/* What a device says of itself: its identity and the table of its actuators, as the bytes that it sends.
 *
 * So the table that the firmware enforces is the table that it tells, byte for byte, and its hash is that of the
 * description that both were made from. docs/wire.md, "Messages from the device".
 */
#ifndef KNEAD_IDENTITY_H
#define KNEAD_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/* Constants of the port, perhaps in flash: read through the functions below alone. */
struct device_self {
    const uint8_t *identity; /* IDENTITY_SIZE bytes */
    const uint8_t *table;    /* ACTUATOR_SIZE bytes for each actuator, in wire order */
};

/* `field` is one of IDENTITY_... or ACTUATOR_... */
uint8_t identity_u8(const struct device_self *self, uint8_t field);
uint16_t identity_u16(const struct device_self *self, uint8_t field);
uint32_t identity_u32(const struct device_self *self, uint8_t field);
uint8_t actuator_u8(const struct device_self *self, uint8_t index, uint8_t field);
uint16_t actuator_u16(const struct device_self *self, uint8_t index, uint8_t field);
int16_t actuator_i16(const struct device_self *self, uint8_t index, uint8_t field);

/* Whether the actuator's rate can be set: 0 and 0 mean that it cannot. */
bool actuator_is_rated(const struct device_self *self, uint8_t index);

/* What the device itself allows of an actuator: 0 where it is excluded. */
uint8_t actuator_own_ceiling(const struct device_self *self, uint8_t index);

/* Whether it agrees with itself (protocol, order, hash) and fits the sizes that the port was built with. */
bool identity_is_sound(const struct device_self *self);

#endif
