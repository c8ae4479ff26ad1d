#include "states.h"

#include <stdint.h>

#include "sizes.h"

#define AT(cause) (1U << (cause))

struct row {
    uint8_t after[CAUSES]; /* the state that follows, and 1; 0: nothing changes */
    uint8_t due;           /* what falls due, a bit for each cause */
};

#define TO(state) ((uint8_t)((state) + 1))

static const struct row states[STATES] KNEAD_FLASH = {
    [DISARMED] =
        {
            .after = {[CAUSE_ARM] = TO(ARMED), [CAUSE_TRIP] = TO(TRIPPED)},
        },
    [ARMED] =
        {
            .after = {[CAUSE_ARM] = TO(ARMED),
                      [CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = AT(CAUSE_LINK_LOST) | AT(CAUSE_SESSION_OVER),
        },
    [PLAYING] =
        {
            .after = {[CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_STARVED] = TO(HOLDING),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = AT(CAUSE_LINK_LOST) | AT(CAUSE_SESSION_OVER) | AT(CAUSE_STARVED),
        },
    [HOLDING] =
        {
            .after = {[CAUSE_SETPOINTS] = TO(PLAYING),
                      [CAUSE_STOP] = TO(STOPPING),
                      [CAUSE_STOP_AT_REST] = TO(DISARMED),
                      [CAUSE_LINK_LOST] = TO(TRIPPED),
                      [CAUSE_TRIP] = TO(TRIPPED)},
            .due = AT(CAUSE_LINK_LOST) | AT(CAUSE_SESSION_OVER),
        },
    [STOPPING] =
        {
            .after = {[CAUSE_RAMPED] = TO(DISARMED), [CAUSE_TRIP] = TO(TRIPPED)},
            .due = AT(CAUSE_RAMPED),
        },
    [TRIPPED] =
        {
            .after = {[CAUSE_RESET] = TO(DISARMED)},
        },
};

enum device_state state_after(enum device_state state, enum cause cause) {
    const uint8_t after = KNEAD_READ_U8(&states[state].after[cause]);
    return after == 0 ? STATES : (enum device_state)(after - 1);
}

bool state_awaits(enum device_state state, enum cause cause) {
    return (KNEAD_READ_U8(&states[state].due) & AT(cause)) != 0;
}

bool state_listens(enum device_state state) { return state_after(state, CAUSE_SETPOINTS) != STATES; }
