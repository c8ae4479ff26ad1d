#include "setpoint_check.h"

/*@ requires \valid_read(mask + (index / 8));
  assigns \nothing; */
static bool names(const uint8_t *mask, uint8_t index) { return (mask[index / 8U] & (uint8_t)(1U << (index % 8U))) != 0; }

bool setpoints_unpack(const struct device_self *self, const uint8_t *payload, uint8_t size, struct setpoints *into) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    const uint8_t mask_bytes = (uint8_t)((count + 7U) / 8U);
    uint8_t at = mask_bytes;
    uint8_t rated = 0;
    if (size < mask_bytes || (count % 8U != 0 && (payload[mask_bytes - 1] >> (count % 8U)) != 0)) {
        return false;
    }
    /*@ loop invariant 0 <= i <= count && at <= size;
      loop assigns i, at, into->drives[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        into->drives[i] = 0;
        if (names(payload, i)) {
            if (at == size || payload[at] == 0) {
                return false;
            }
            into->drives[i] = payload[at++];
        }
    }
    /*@ loop invariant 0 <= i <= count && at <= size && rated == rated_before(self->table, i);
      loop assigns i, at, rated, into->rates[0 .. KNEAD_RATED - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        if (!actuator_is_rated(self, i)) {
            continue;
        }
        /*@ assert rated_before(self->table, i + 1) == rated + 1; */
        into->rates[rated] = 0;
        if (into->drives[i] != 0) {
            if (at == size) {
                return false;
            }
            into->rates[rated] = payload[at++];
        }
        rated++;
    }
    return at == size;
}

/*@ requires valid_self(self) && index < identity_at(self, IDENTITY_ACTUATORS);
  assigns \nothing; */
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
    /*@ loop invariant 0 <= i <= count && rated == rated_before(self->table, i);
      loop invariant !too_high ==> \forall integer j; 0 <= j < i ==> setpoints->drives[j] <= ceilings[j];
      loop invariant \forall integer j; 0 <= j < i ==> setpoints->drives[j] == 0 || actuator_at(self, j, ACTUATOR_EXCLUDED) == 0;
      loop assigns i, rated, sum, too_high, bad_rate;
      loop variant count - i; */
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
            /*@ assert rated_before(self->table, i + 1) == rated + 1; */
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
