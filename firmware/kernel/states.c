#include "states.h"

#include <stdint.h>

#include "sizes.h"

struct row {
    uint8_t after[CAUSES];   /* the state that follows, and 1; 0: nothing changes */
    uint8_t due[CAUSES_DUE]; /* 1 for what falls due */
};

#define TO(state) ((uint8_t)((state) + 1))

static const struct row states[STATES] KNEAD_FLASH = {
    [DISARMED] =
        {
            .after = {[CAUSE_ARM] = TO(ARMED), [CAUSE_TRIP] = TO(TRIPPED)},
            .due = {0},
        },
    [ARMED] =
        {
            .after = {[CAUSE_ARM] = TO(ARMED),
                      [CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = {[CAUSE_LINK_LOST] = 1, [CAUSE_SESSION_OVER] = 1},
        },
    [PLAYING] =
        {
            .after = {[CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_STARVED] = TO(HOLDING),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = {[CAUSE_LINK_LOST] = 1, [CAUSE_SESSION_OVER] = 1, [CAUSE_STARVED] = 1},
        },
    [HOLDING] =
        {
            .after = {[CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = {[CAUSE_LINK_LOST] = 1, [CAUSE_SESSION_OVER] = 1},
        },
    [STOPPING] =
        {
            .after = {[CAUSE_RAMPED] = TO(DISARMED), [CAUSE_TRIP] = TO(TRIPPED)},
            .due = {[CAUSE_RAMPED] = 1},
        },
    [TRIPPED] =
        {
            .after = {[CAUSE_RESET] = TO(DISARMED)},
            .due = {0},
        },
};

enum device_state state_after(enum device_state state, enum cause cause) {
    const uint8_t after = KNEAD_READ_U8(&states[state].after[cause]);
    return after == 0 ? STATES : (enum device_state)(after - 1);
}

bool state_awaits(enum device_state state, enum cause cause) {
    return KNEAD_READ_U8(&states[state].due[cause]) != 0;
}

bool state_listens(enum device_state state) { return state_after(state, CAUSE_SETPOINTS) != STATES; }
