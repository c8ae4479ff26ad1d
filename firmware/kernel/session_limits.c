#include "session_limits.h"

#include "framing.h"

void limits_clear(struct session_limits *limits) {
    limits->seconds = 0;
    /*@ loop invariant 0 <= i <= KNEAD_ACTUATORS;
      loop invariant \forall integer j; 0 <= j < i ==> limits->ceilings[j] == 0;
      loop assigns i, limits->ceilings[0 .. KNEAD_ACTUATORS - 1];
      loop variant KNEAD_ACTUATORS - i; */
    for (uint8_t i = 0; i < KNEAD_ACTUATORS; i++) {
        limits->ceilings[i] = 0;
    }
}

bool limits_take(struct session_limits *limits, const struct device_self *self, const uint8_t *payload, uint8_t size) {
    const uint8_t told = (uint8_t)(size - LIMITS_HEAD);
    const uint8_t first = payload[LIMITS_FIRST];
    const uint16_t seconds = read_u16(payload + LIMITS_SECONDS);
    if ((uint16_t)first + told > identity_u8(self, IDENTITY_ACTUATORS)) {
        return false;
    }
    /*@ loop invariant 0 <= k <= told && valid_limits(limits, self);
      loop assigns k, limits->ceilings[0 .. KNEAD_ACTUATORS - 1];
      loop variant told - k; */
    for (uint8_t k = 0; k < told; k++) {
        const uint8_t i = (uint8_t)(first + k);
        const uint8_t own = actuator_own_ceiling(self, i);
        const uint8_t ceiling = payload[LIMITS_HEAD + k];
        limits->ceilings[i] = ceiling < own ? ceiling : own;
    }
    limits->seconds = seconds < SESSION_MAX_S ? seconds : SESSION_MAX_S;
    return true;
}

uint32_t limits_session_hash(const struct session_limits *limits, const struct device_self *self) {
    uint32_t crc = crc_add_u32(CRC_BEGIN, identity_u32(self, IDENTITY_LIMITS_HASH));
    crc = crc_add_u16(crc, limits->seconds);
    /*@ loop invariant 0 <= i <= identity_at(self, IDENTITY_ACTUATORS);
      loop assigns i, crc;
      loop variant identity_at(self, IDENTITY_ACTUATORS) - i; */
    for (uint8_t i = 0; i < identity_u8(self, IDENTITY_ACTUATORS); i++) {
        crc = crc_add(crc, limits->ceilings[i]);
    }
    return crc ^ 0xFFFFFFFFUL;
}
