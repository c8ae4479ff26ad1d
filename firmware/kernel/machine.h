/* What a device does: its state, its output stage, and what falls due as time passes. Nothing here knows bytes. */
#ifndef KNEAD_MACHINE_H
#define KNEAD_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "output_stage.h"
#include "session_limits.h"
#include "states.h"
#include "watchdog.h"

/* Times are counted, in ms, and never compared with a clock: nothing here ends when a clock begins anew. */
struct machine {
    const struct device_self *self;
    enum device_state state;
    enum reason reason;
    bool changed;             /* whether the state has changed since somebody told of it and cleared this */
    bool cuts;                /* where the host falls silent, outputs are cut at once instead of ramped down */
    bool looked_after;        /* whether somebody has looked since it tripped */
    bool ran_out;             /* whether its session did, and it has not begun to rest after that */
    uint16_t now;             /* device time, modulo 65536 */
    uint16_t late;            /* setpoints that came too late or found no room, modulo 65536 */
    uint16_t stop_ms;         /* since the last stop began */
    int16_t newest_ms;        /* since the newest keyframe was due; negative before that */
    uint32_t session_left_ms; /* until the session is over */
    uint32_t rest_left_ms;    /* until it may be armed again after a session that ran out */
    struct watchdog watchdog;
    struct session_limits limits;
    struct output_stage stage;
};

/* `quiet`: nothing moves where nothing may. `held`: what is put out keeps the ceilings of the session, and the spans. */
/*@ predicate has_parts(struct machine *machine) =
    has_identity(machine->self) && \separated(machine, machine->self) &&
    valid_lines(&machine->stage.lines, machine->stage.count);
  predicate quiet(struct machine *machine) =
    has_parts(machine) && machine->state < STATES && (may_move(machine->state) || idle(&machine->stage));

  predicate held(struct machine *machine) = valid_stage(&machine->stage) && within(&machine->stage) &&
    tapers(&machine->stage);
  predicate fresh(struct machine *machine) = machine->state == DISARMED && fresh_lines(&machine->stage.lines) &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> machine->stage.out[i] == 0;

  predicate due(struct machine *machine, integer cause) =
    cause == CAUSE_SESSION_OVER ? machine->session_left_ms == 0 :
    cause == CAUSE_STARVED ? machine->watchdog.valid_ms >= SOFT_LOSS_MS || machine->newest_ms >= SOFT_LOSS_MS :
    cause == CAUSE_RAMPED ? machine->stop_ms >= RAMP_MS : machine->watchdog.live_ms >= HARD_LOSS_MS;
  predicate awaits(integer state, integer cause) =
    cause == CAUSE_STARVED ? state == PLAYING : cause == CAUSE_RAMPED ? state == STOPPING : in_session(state); */

/* A zeroed machine for a device that is sound, at device time `now`. False: it has too many points. */
/*@ requires \valid(machine) && fresh(machine) && valid_self(self) && \separated(machine, self);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures limits: machine->stage.ceilings == &machine->limits.ceilings[0];
  ensures valid: \result ==> valid_stage(&machine->stage);
  ensures within: within(&machine->stage);
  ensures tapers: tapers(&machine->stage); */
bool machine_begin(struct machine *machine, const struct device_self *self, uint16_t now, bool cuts);

/* Put out the next tick, and let time pass. */
/*@ requires \valid(machine) && quiet(machine) && held(machine);
  assigns *machine;
  ensures same: machine->state == \old(machine->state) && machine->stage.ceilings == \old(machine->stage.ceilings);
  ensures quiet: quiet(machine);
  ensures held: held(machine);
  ensures ceilings: \forall integer i; 0 <= i < machine->stage.count ==>
    machine->stage.drives[i] <= machine->stage.ceilings[i];
  ensures ends: \forall integer i; 0 <= i < machine->stage.count && machine->stage.drives[i] != 0 ==>
    span_of(&machine->stage, i) < DWELL_MS;
  ensures silent: !may_move(machine->state) ==>
    \forall integer i; 0 <= i < machine->stage.count ==> machine->stage.drives[i] == 0; */
void machine_tick(struct machine *machine);

/* Let `cause`, one of those before CAUSES_DUE, happen if it is due now. */
/*@ requires \valid(machine) && quiet(machine) && 0 <= cause < CAUSES_DUE;
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures done: !(awaits(machine->state, cause) && due(machine, cause));
  ensures early: !\old(awaits(machine->state, cause) && due(machine, cause)) ==>
    machine->state == \old(machine->state);
  ensures lost: cause == CAUSE_LINK_LOST && \old(awaits(machine->state, cause) && due(machine, cause)) ==>
    machine->state == TRIPPED;
  ensures ramped: cause == CAUSE_RAMPED && \old(awaits(machine->state, cause) && due(machine, cause)) ==>
    machine->state == DISARMED; */
void machine_do_due(struct machine *machine, enum cause cause);

/* A valid frame of the host came; a live one, where it speaks of a status that went out lately. */
/*@ requires \valid(machine);
  assigns machine->watchdog; */
void machine_hear(struct machine *machine, bool live);

/* Each gives REASON_NONE where it is done, else why not. */
/*@ requires \valid_read(machine);
  assigns \nothing;
  ensures \result == REASON_NONE <==> machine->state == DISARMED; */
enum reason machine_refuses_limits(const struct machine *machine);
/*@ requires \valid(machine) && quiet(machine) && valid_self(machine->self);
  requires valid_limits(&machine->limits, machine->self);
  requires size > LIMITS_HEAD && \valid_read(payload + (0 .. size - 1));
  requires \separated(machine, payload + (0 .. size - 1));
  assigns machine->limits;
  ensures quiet: quiet(machine);
  ensures limits: valid_limits(&machine->limits, machine->self); */
enum reason machine_take_limits(struct machine *machine, const uint8_t *payload, uint8_t size);
/*@ requires \valid(machine) && quiet(machine) && valid_self(machine->self);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures arms: machine->state == \old(machine->state) ||
    \old(machine->state) == DISARMED && machine->state == ARMED; */
enum reason machine_arm(struct machine *machine, uint32_t session_hash);
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures machine->state == \old(machine->state) || \old(machine->state) == TRIPPED && machine->state == DISARMED; */
enum reason machine_reset(struct machine *machine);

/* Power off; latched until a reset. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures trips: machine->state == TRIPPED; */
void machine_trip(struct machine *machine, enum reason reason);

/* Somebody is there: trip; after a trip it means that they have looked. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures trips: machine->state == TRIPPED; */
void machine_press_button(struct machine *machine);

/* Ramp down and disarm. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures stops: \old(in_session(machine->state)) ==> machine->state == DISARMED ||
    machine->state == STOPPING && machine->stop_ms == 0 && machine->stage.lines.ramp != RAMP_NONE;
  ensures else: !\old(in_session(machine->state)) ==> machine->state == \old(machine->state); */
void machine_stop(struct machine *machine, enum reason reason);

/* Setpoints came: play them, or trip on them; `well_formed` says whether they could be read at all, `keyframe` holds
 * the time that their frame names. Gives the answer that the host is owed, REASON_NONE where it is none. */
/*@ requires \valid(machine) && quiet(machine) && valid_self(machine->self);
  requires \valid_read(keyframe) && \separated(machine, keyframe) && \separated(keyframe, machine->self);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures deaf: !\old(in_session(machine->state)) ==> machine->state == \old(machine->state);
  ensures heeds: \old(in_session(machine->state)) ==>
    machine->state == \old(machine->state) || machine->state == PLAYING || machine->state == TRIPPED; */
enum reason machine_take_setpoints(struct machine *machine, const struct keyframe *keyframe, bool well_formed);

/* Whether anything may move: what the power switch of the actuators is on for. */
/*@ requires \valid_read(machine);
  assigns \nothing;
  ensures \result <==> may_move(machine->state); */
bool machine_permits(const struct machine *machine);

#endif
