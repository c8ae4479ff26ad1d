#include "identity.h"

#include "framing.h"
#include "messages.h"
#include "sizes.h"

/*@ requires \valid_read(bytes + (0 .. 1));
  assigns \nothing;
  ensures \result == in_flash(bytes) + 256 * in_flash(bytes + 1); */
static uint16_t flash_u16(const uint8_t *bytes) {
    const uint8_t copy[2] = {KNEAD_READ_U8(bytes), KNEAD_READ_U8(bytes + 1)};
    return read_u16(copy);
}

/*@ requires \valid_read(self);
  assigns \result \from self->table, index;
  ensures \result == self->table + index * ACTUATOR_SIZE; */
static const uint8_t *row(const struct device_self *self, uint8_t index) {
    return self->table + (uint16_t)index * (uint16_t)ACTUATOR_SIZE;
}

uint8_t identity_u8(const struct device_self *self, uint8_t field) {
    return KNEAD_READ_U8(self->identity + field);
}

uint16_t identity_u16(const struct device_self *self, uint8_t field) {
    return flash_u16(self->identity + field);
}

uint32_t identity_u32(const struct device_self *self, uint8_t field) {
    return flash_u16(self->identity + field) | ((uint32_t)flash_u16(self->identity + field + 2) << 16);
}

uint8_t actuator_u8(const struct device_self *self, uint8_t index, uint8_t field) {
    return KNEAD_READ_U8(row(self, index) + field);
}

uint16_t actuator_u16(const struct device_self *self, uint8_t index, uint8_t field) {
    return flash_u16(row(self, index) + field);
}

int16_t actuator_i16(const struct device_self *self, uint8_t index, uint8_t field) {
    const uint16_t raw = actuator_u16(self, index, field);
    return raw < 0x8000U ? (int16_t)raw : (int16_t)((int32_t)raw - 0x10000L);
}

bool actuator_is_rated(const struct device_self *self, uint8_t index) {
    return actuator_u8(self, index, ACTUATOR_RATE_MIN) != 0 || actuator_u8(self, index, ACTUATOR_RATE_MAX) != 0;
}

uint8_t actuator_own_ceiling(const struct device_self *self, uint8_t index) {
    return actuator_u8(self, index, ACTUATOR_EXCLUDED) ? 0 : actuator_u8(self, index, ACTUATOR_CEILING);
}

/*@ requires has_identity(self) && identity_at(self, IDENTITY_ACTUATORS) <= KNEAD_ACTUATORS;
  requires has_rows(self, identity_at(self, IDENTITY_ACTUATORS));
  assigns \nothing; */
static uint32_t limits_hash(const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    uint32_t crc = crc_add(CRC_BEGIN, PROTOCOL_VERSION);
    crc = crc_add_u16(crc, identity_u16(self, IDENTITY_POWER_BUDGET));
    crc = crc_add_u16(crc, identity_u16(self, IDENTITY_REST_S));
    crc = crc_add(crc, count);
    /*@ loop invariant 0 <= i <= count;
      loop assigns i, crc;
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        /*@ loop invariant 0 <= k <= ACTUATOR_SIZE;
          loop assigns k, crc;
          loop variant ACTUATOR_SIZE - k; */
        for (uint8_t k = 0; k < ACTUATOR_SIZE; k++) {
            crc = crc_add(crc, actuator_u8(self, i, k));
        }
    }
    return crc ^ 0xFFFFFFFFUL;
}

bool identity_is_sound(const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    const uint16_t slots = identity_u8(self, IDENTITY_SLOTS);
    if (count < 1 || count > KNEAD_ACTUATORS || slots < SLOTS_MIN || slots > KNEAD_SLOTS) {
        return false;
    }
    uint8_t rated = 0;
    /*@ loop invariant 0 <= i <= count && rated == rated_before(self->table, i) <= i;
      loop invariant \forall integer n; 0 <= n <= i ==> 0 <= rated_before(self->table, n) <= rated;
      loop invariant \forall integer j; 0 <= j < i ==> release_at(self, j) >= RELEASE_MIN;
      loop assigns i, rated;
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        rated = (uint8_t)(rated + (actuator_is_rated(self, i) ? 1 : 0));
        const uint16_t release = actuator_u16(self, i, ACTUATOR_RELEASE);
        if (actuator_u8(self, i, ACTUATOR_INDEX) != i || release < RELEASE_MIN || release > SLEW_MAX ||
            actuator_u16(self, i, ACTUATOR_ATTACK) > SLEW_MAX) {
            return false;
        }
    }
    return rated <= KNEAD_RATED && identity_u8(self, IDENTITY_PROTOCOL) == PROTOCOL_VERSION &&
           identity_u32(self, IDENTITY_LIMITS_HASH) == limits_hash(self);
}
