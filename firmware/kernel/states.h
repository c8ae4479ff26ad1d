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

/*@ logic integer leads_to(enum cause cause) =
    cause == CAUSE_ARM ? ARMED : cause == CAUSE_SETPOINTS ? PLAYING : cause == CAUSE_STARVED ? HOLDING :
    cause == CAUSE_STOP ? STOPPING : cause == CAUSE_TRIP || cause == CAUSE_LINK_LOST ? TRIPPED : DISARMED;

  predicate may_move(integer state) = state == PLAYING || state == HOLDING || state == STOPPING;
  predicate in_session(integer state) = state == ARMED || state == PLAYING || state == HOLDING;
  logic integer after_in_session(integer state, integer following) =
    state == ARMED || state == PLAYING || state == HOLDING ? following : STATES; */

/* The state that follows; STATES where the cause changes nothing. */
/*@ requires 0 <= state < STATES && 0 <= cause < CAUSES;
  assigns \nothing;
  ensures \result == STATES || \result == leads_to(cause);
  ensures trips: cause == CAUSE_TRIP && state != TRIPPED ==> \result == TRIPPED;
  ensures lost: cause == CAUSE_LINK_LOST && in_session(state) ==> \result == TRIPPED;
  ensures stops: (cause == CAUSE_STOP ==> \result == after_in_session(state, STOPPING)) &&
    (cause == CAUSE_STOP_AT_REST ==> \result == after_in_session(state, DISARMED));
  ensures ramped: cause == CAUSE_RAMPED && state == STOPPING ==> \result == DISARMED;
  ensures starves: cause == CAUSE_STARVED && state == PLAYING ==> \result == HOLDING;
  ensures plays: cause == CAUSE_SETPOINTS ==> \result == after_in_session(state, PLAYING);
  ensures arms: cause == CAUSE_ARM && \result != STATES ==> state == DISARMED || state == ARMED;
  ensures resets: cause == CAUSE_RESET && \result != STATES ==> state == TRIPPED;
  ensures latched: state == TRIPPED && cause != CAUSE_RESET ==> \result == STATES;
  ensures only_arm: state == DISARMED && cause != CAUSE_ARM && cause != CAUSE_TRIP ==> \result == STATES; */
enum device_state state_after(enum device_state state, enum cause cause);

/* Whether the cause, one of those before CAUSES_DUE, is looked for in the state. */
/*@ requires 0 <= state < STATES && 0 <= cause < CAUSES_DUE;
  assigns \nothing;
  ensures lost: cause == CAUSE_LINK_LOST || cause == CAUSE_SESSION_OVER ==> (\result <==> in_session(state));
  ensures starved: cause == CAUSE_STARVED ==> (\result <==> state == PLAYING);
  ensures ramped: cause == CAUSE_RAMPED ==> (\result <==> state == STOPPING); */
bool state_awaits(enum device_state state, enum cause cause);

/* Whether setpoints are heard in the state. */
/*@ requires 0 <= state < STATES;
  assigns \nothing;
  ensures \result <==> in_session(state); */
bool state_listens(enum device_state state);

#endif
