#include "identity.h"

#include "framing.h"
#include "messages.h"
#include "sizes.h"

static uint16_t flash_u16(const uint8_t *bytes) {
    const uint8_t copy[2] = {KNEAD_READ_U8(bytes), KNEAD_READ_U8(bytes + 1)};
    return read_u16(copy);
}

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

static uint32_t limits_hash(const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    uint32_t crc = crc_add(CRC_BEGIN, PROTOCOL_VERSION);
    crc = crc_add_u16(crc, identity_u16(self, IDENTITY_POWER_BUDGET));
    crc = crc_add_u16(crc, identity_u16(self, IDENTITY_REST_S));
    crc = crc_add(crc, count);
    for (uint8_t i = 0; i < count; i++) {
        for (uint8_t k = 0; k < ACTUATOR_SIZE; k++) {
            crc = crc_add(crc, actuator_u8(self, i, k));
        }
    }
    return crc ^ 0xFFFFFFFFUL;
}

bool identity_is_sound(const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    const uint16_t slots = identity_u8(self, IDENTITY_SLOTS);
    if (count < 1 || count > KNEAD_ACTUATORS || slots < 1 || slots > KNEAD_SLOTS) {
        return false;
    }
    uint8_t rated = 0;
    for (uint8_t i = 0; i < count; i++) {
        rated = (uint8_t)(rated + (actuator_is_rated(self, i) ? 1 : 0));
        if (actuator_u8(self, i, ACTUATOR_INDEX) != i) {
            return false;
        }
    }
    return rated <= KNEAD_RATED && identity_u8(self, IDENTITY_PROTOCOL) == PROTOCOL_VERSION &&
           identity_u32(self, IDENTITY_LIMITS_HASH) == limits_hash(self);
}
