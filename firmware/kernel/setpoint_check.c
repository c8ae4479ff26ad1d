#include "setpoint_check.h"

static bool names(const uint8_t *mask, uint8_t index) { return (mask[index >> 3] & (uint8_t)(1U << (index & 7U))) != 0; }

bool setpoints_unpack(const struct device_self *self, const uint8_t *payload, uint8_t size, struct setpoints *into) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    const uint8_t mask_bytes = (uint8_t)((count + 7U) / 8U);
    uint8_t on = 0;
    uint8_t paced = 0;
    if (size < mask_bytes || ((count & 7U) != 0 && (payload[mask_bytes - 1] >> (count & 7U)) != 0)) {
        return false;
    }
    for (uint8_t i = 0; i < count; i++) {
        if (names(payload, i)) {
            on++;
            paced = (uint8_t)(paced + (actuator_is_rated(self, i) ? 1 : 0));
        }
    }
    if (size != mask_bytes + on + paced) {
        return false;
    }
    const uint8_t *drive = payload + mask_bytes;
    const uint8_t *rate = drive + on;
    uint8_t rated = 0;
    for (uint8_t i = 0; i < count; i++) {
        const bool named = names(payload, i);
        into->drives[i] = named ? *drive++ : 0;
        if (named && into->drives[i] == 0) {
            return false;
        }
        if (actuator_is_rated(self, i)) {
            into->rates[rated++] = named ? *rate++ : 0;
        }
    }
    return true;
}

static bool allows_rate(const struct device_self *self, uint8_t index, uint8_t rate) {
    if (actuator_u8(self, index, ACTUATOR_KIND) == KNEADING && rate > KNEADING_MAX_CPM) {
        return false;
    }
    return rate >= actuator_u8(self, index, ACTUATOR_RATE_MIN) && rate <= actuator_u8(self, index, ACTUATOR_RATE_MAX);
}

enum reason setpoints_inspect(const struct device_self *self, const uint8_t *ceilings,
                              const struct setpoints *setpoints) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    bool too_high = false;
    bool bad_rate = false;
    uint16_t sum = 0;
    uint8_t rated = 0;
    for (uint8_t i = 0; i < count; i++) {
        const uint8_t drive = setpoints->drives[i];
        if (drive != 0 && actuator_u8(self, i, ACTUATOR_EXCLUDED)) {
            return REASON_EXCLUDED;
        }
        if (drive > ceilings[i]) {
            too_high = true;
        }
        sum = (uint16_t)(sum + drive);
        if (actuator_is_rated(self, i)) {
            if (drive != 0 && !allows_rate(self, i, setpoints->rates[rated])) {
                bad_rate = true;
            }
            rated++;
        }
    }
    if (too_high) {
        return REASON_CEILING;
    }
    if (sum > identity_u16(self, IDENTITY_POWER_BUDGET)) {
        return REASON_POWER;
    }
    return bad_rate ? REASON_RATE : REASON_NONE;
}
