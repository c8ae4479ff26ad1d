/* What a device may be doing, what moves it from one state to the next, and what falls due in each.
 *
 * docs/wire.md, "States", is the law here.
 */
#ifndef KNEAD_STATES_H
#define KNEAD_STATES_H

#include <stdbool.h>

#include "messages.h"

enum {
    SOFT_LOSS_MS = 250,   /* without a valid frame for so long: ramp to zero, recover when frames return */
    HARD_LOSS_MS = 1000,  /* without a live frame for so long: latched, power off */
    SESSION_MAX_S = 1200, /* from ARM on, pauses included, whatever a host allows; source article, rule 84 */
    UNHEARD_MS = 2000     /* so long without a host, and somebody has looked */
};

/* What moves a device from state to state; of those that fall due in one tick, the first counts first. */
enum cause {
    CAUSE_LINK_LOST,    /* no live frame */
    CAUSE_SESSION_OVER, /* the session's time is over: a stop, by one of the two below */
    CAUSE_STARVED,      /* no valid frame, or nothing left to play */
    CAUSE_RAMPED,       /* the ramp of a stop is over */
    CAUSE_ARM,
    CAUSE_SETPOINTS,
    CAUSE_STOP,
    CAUSE_STOP_AT_REST, /* a stop while nothing moves */
    CAUSE_TRIP,
    CAUSE_RESET,
    CAUSES
};

enum { CAUSES_DUE = CAUSE_ARM }; /* those before it happen by the passing of time alone */

/* The state that follows; STATES where the cause changes nothing. */
enum device_state state_after(enum device_state state, enum cause cause);

/* Whether the cause, one of those before CAUSES_DUE, is looked for in the state. */
bool state_awaits(enum device_state state, enum cause cause);

/* Whether setpoints are heard in the state. */
bool state_listens(enum device_state state);

#endif
