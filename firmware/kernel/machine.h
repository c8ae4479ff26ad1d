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

/* `quiet`: nothing moves where nothing may. `held`: what is put out keeps the ceilings of the session, and the spans.
 * `owned`: no ceiling of the session, and no drive of the last tick, is above the device's own. `safe`: all of these, which
 * is what holds between any two calls, whatever they were. */
/*@ predicate has_parts(struct machine *machine) =
    has_identity(machine->self) && \separated(machine, machine->self) &&
    valid_lines(&machine->stage.lines, machine->stage.count);
  predicate quiet(struct machine *machine) =
    has_parts(machine) && machine->state < STATES && (may_move(machine->state) || idle(&machine->stage));

  predicate held(struct machine *machine) = valid_stage(&machine->stage) && within(&machine->stage) &&
    tapers(&machine->stage);
  predicate ruled(struct machine *machine) = valid_self(machine->self) &&
    machine->stage.count == identity_at(machine->self, IDENTITY_ACTUATORS) &&
    machine->stage.ceilings == &machine->limits.ceilings[0] && valid_limits(&machine->limits, machine->self);
  predicate owned(struct machine *machine) = \forall integer i; 0 <= i < machine->stage.count ==>
    machine->stage.drives[i] <= own_ceiling(machine->self, i) &&
    (machine->stage.drives[i] != 0 ==> span_of(&machine->stage, i) < DWELL_MS);
  predicate whole(struct machine *machine) = has_parts(machine) && valid_stage(&machine->stage) && ruled(machine) &&
    owned(machine);
  predicate kept(struct machine *machine) = whole(machine) && within(&machine->stage) && tapers(&machine->stage);
  predicate safe(struct machine *machine) = quiet(machine) && kept(machine);

  predicate no_limits(struct machine *machine) = machine->limits.seconds == 0 &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> machine->limits.ceilings[i] == 0;
  predicate same_stage{K, L}(struct machine *machine) =
    same_points{K, L}(\at(&machine->stage, L)) && same_spans{K, L}(\at(&machine->stage, L)) &&
    \at(machine->self, K) == \at(machine->self, L) && \at(machine->self->table, K) == \at(machine->self->table, L) &&
    \at(machine->self->identity, K) == \at(machine->self->identity, L) &&
    \at(machine->stage.ceilings, K) == \at(machine->stage.ceilings, L) &&
    \at(machine->stage.count, K) == \at(machine->stage.count, L) &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==>
      \at(machine->stage.release[i], K) == \at(machine->stage.release[i], L) &&
      \at(machine->stage.drives[i], K) == \at(machine->stage.drives[i], L);
  predicate same_limits{K, L}(struct machine *machine) =
    \at(machine->limits.seconds, K) == \at(machine->limits.seconds, L) &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==>
      \at(machine->limits.ceilings[i], K) == \at(machine->limits.ceilings[i], L);
  predicate same_but_lines{K, L}(struct machine *machine) =
    same_stage{K, L}(machine) && same_limits{K, L}(machine) &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> \at(machine->stage.out[i], K) == \at(machine->stage.out[i], L);
  predicate same_lines{K, L}(struct machine *machine) = \at(machine->state, K) == \at(machine->state, L) &&
    \at(machine->stage.lines.left, K) == \at(machine->stage.lines.left, L) &&
    \at(machine->stage.lines.ramp, K) == \at(machine->stage.lines.ramp, L) &&
    \at(machine->stage.lines.rated_count, K) == \at(machine->stage.lines.rated_count, L) &&
    \at(machine->stage.lines.queue.slots, K) == \at(machine->stage.lines.queue.slots, L) &&
    \at(machine->stage.lines.queue.count, K) == \at(machine->stage.lines.queue.count, L) &&
    \at(machine->stage.lines.queue.first, K) == \at(machine->stage.lines.queue.first, L) &&
    (\forall integer i; 0 <= i < KNEAD_RATED ==>
      \at(machine->stage.lines.rated[i], K) == \at(machine->stage.lines.rated[i], L)) &&
    (\forall integer i; 0 <= i < KNEAD_ACTUATORS ==>
      \at(machine->stage.lines.of[i].target, K) == \at(machine->stage.lines.of[i].target, L));

  predicate there(struct machine *machine) =
    \valid_read(machine) && \separated(machine, machine->self) && valid_self(machine->self);
  predicate same_self{K, L}(struct device_self *self) =
    \at(self->table, K) == \at(self->table, L) && \at(self->identity, K) == \at(self->identity, L);
  lemma size_stays{K, L}: \forall struct device_self *self;
    \at(valid_self(self), K) && same_self{K, L}(self) &&
    \at(has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)), L) ==>
    \at(0 < identity_at(self, IDENTITY_ACTUATORS) <= KNEAD_ACTUATORS && 0 < identity_at(self, IDENTITY_SLOTS) <= KNEAD_SLOTS, L);
  lemma rates_stay{K, L}: \forall struct device_self *self;
    \at(valid_self(self), K) && same_self{K, L}(self) &&
    \at(has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)), L) ==>
    \at(\forall integer n; 0 <= n <= identity_at(self, IDENTITY_ACTUATORS) ==> 0 <= rated_before(self->table, n) <= KNEAD_RATED, L);
  lemma releases_stay{K, L}: \forall struct device_self *self;
    \at(valid_self(self), K) && same_self{K, L}(self) &&
    \at(has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)), L) ==>
    \at(\forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==> release_at(self, i) >= RELEASE_MIN, L);
  lemma self_stays{K, L}: \forall struct device_self *self;
    \at(valid_self(self), K) && same_self{K, L}(self) &&
    \at(has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)), L) ==> \at(valid_self(self), L);
  lemma none_hold{L}: \forall struct machine *machine;
    no_limits(machine) && identity_at(machine->self, IDENTITY_ACTUATORS) <= KNEAD_ACTUATORS ==>
    valid_limits(&machine->limits, machine->self);
  lemma limits_stay{K, L}: \forall struct machine *machine;
    \at(valid_limits(&machine->limits, machine->self), K) && same_limits{K, L}(machine) &&
    \at(machine->self, K) == \at(machine->self, L) && \at(machine->self->table, K) == \at(machine->self->table, L) &&
    \at(machine->self->identity, K) == \at(machine->self->identity, L) &&
    \at(identity_at(machine->self, IDENTITY_ACTUATORS), L) <= KNEAD_ACTUATORS ==>
    \at(valid_limits(&machine->limits, machine->self), L);
  lemma whole_stays{K, L}: \forall struct machine *machine;
    \at(whole(machine), K) && same_stage{K, L}(machine) && \at(there(machine), L) &&
    \at(valid_lines(&machine->stage.lines, machine->stage.count), L) &&
    \at(valid_limits(&machine->limits, machine->self), L) ==> \at(whole(machine), L);
  lemma kept_stays{K, L}: \forall struct machine *machine;
    \at(kept(machine), K) && same_but_lines{K, L}(machine) && \at(there(machine), L) &&
    \at(valid_lines(&machine->stage.lines, machine->stage.count), L) ==> \at(kept(machine), L);
  lemma safe_stays{K, L}: \forall struct machine *machine;
    \at(safe(machine), K) && same_but_lines{K, L}(machine) && same_lines{K, L}(machine) && \at(there(machine), L) ==>
    \at(safe(machine), L);

  predicate fresh(struct machine *machine) = machine->state == DISARMED && fresh_lines(&machine->stage.lines) &&
    (\forall integer i; 0 <= i < KNEAD_ACTUATORS ==> machine->stage.out[i] == 0) &&
    (\forall integer i; 0 <= i < KNEAD_ACTUATORS ==> machine->stage.drives[i] == 0) && no_limits(machine);

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
  ensures tapers: tapers(&machine->stage);
  ensures disarmed: machine->state == DISARMED;
  ensures safe: \result ==> safe(machine); */
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
    \forall integer i; 0 <= i < machine->stage.count ==> machine->stage.drives[i] == 0;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
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
    machine->state == DISARMED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
void machine_do_due(struct machine *machine, enum cause cause);

/* A valid frame of the host came; a live one, where it speaks of a status that went out lately. */
/*@ requires \valid(machine);
  assigns machine->watchdog;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
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
  ensures limits: valid_limits(&machine->limits, machine->self);
  ensures safe: \old(safe(machine)) ==> safe(machine); */
enum reason machine_take_limits(struct machine *machine, const uint8_t *payload, uint8_t size);
/*@ requires \valid(machine) && quiet(machine) && valid_self(machine->self);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures arms: machine->state == \old(machine->state) ||
    \old(machine->state) == DISARMED && machine->state == ARMED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
enum reason machine_arm(struct machine *machine, uint32_t session_hash);
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures machine->state == \old(machine->state) || \old(machine->state) == TRIPPED && machine->state == DISARMED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
enum reason machine_reset(struct machine *machine);

/* Power off; latched until a reset. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures trips: machine->state == TRIPPED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
void machine_trip(struct machine *machine, enum reason reason);

/* Somebody is there: trip; after a trip it means that they have looked. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures trips: machine->state == TRIPPED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
void machine_press_button(struct machine *machine);

/* Ramp down and disarm. */
/*@ requires \valid(machine) && quiet(machine);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures stops: \old(in_session(machine->state)) ==> machine->state == DISARMED ||
    machine->state == STOPPING && machine->stop_ms == 0 && machine->stage.lines.ramp != RAMP_NONE;
  ensures else: !\old(in_session(machine->state)) ==> machine->state == \old(machine->state);
  ensures safe: \old(safe(machine)) ==> safe(machine); */
void machine_stop(struct machine *machine, enum reason reason);

/* Setpoints came: play them, or trip on them; `well_formed` says whether they could be read at all, `keyframe` holds
 * the time that their frame names. Gives the answer that the host is owed, REASON_NONE where it is none. */
/*@ requires \valid(machine) && quiet(machine) && valid_self(machine->self);
  requires \valid_read(keyframe) && \separated(machine, keyframe) && \separated(keyframe, machine->self);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures deaf: !\old(in_session(machine->state)) ==> machine->state == \old(machine->state);
  ensures heeds: \old(in_session(machine->state)) ==>
    machine->state == \old(machine->state) || machine->state == PLAYING || machine->state == TRIPPED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
enum reason machine_take_setpoints(struct machine *machine, const struct keyframe *keyframe, bool well_formed);

/* Whether anything may move: what the power switch of the actuators is on for. */
/*@ requires \valid_read(machine);
  assigns \nothing;
  ensures \result <==> may_move(machine->state); */
bool machine_permits(const struct machine *machine);

#endif
