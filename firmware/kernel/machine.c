#include "machine.h"

#include "setpoint_check.h"

/* Every output to zero at once; nothing else changes. */
/*@ requires \valid(machine) && has_parts(machine);
  assigns machine->stage.lines, machine->stage.out[0 .. KNEAD_ACTUATORS - 1];
  ensures parts: has_parts(machine);
  ensures idle: idle(&machine->stage);
  ensures kept: \old(whole(machine)) ==> kept(machine); */
static void cut(struct machine *machine) {
    stage_cut(&machine->stage);
    /*@ assert same: same_stage{Pre, Here}(machine); */
    /*@ assert none: same_limits{Pre, Here}(machine); */
    /*@ assert there: \at(whole(machine), Pre) ==> there(machine); */
    /*@ assert limits: \at(whole(machine), Pre) ==> valid_limits(&machine->limits, machine->self); */
    /*@ assert whole: \at(whole(machine), Pre) ==> whole(machine); */
}

/* Outputs go down from where they are; nothing else changes. */
/*@ requires \valid(machine) && has_parts(machine);
  assigns machine->stage.lines;
  ensures parts: has_parts(machine);
  ensures ramps: machine->stage.lines.ramp != RAMP_NONE;
  ensures kept: \old(kept(machine)) ==> kept(machine); */
static void go_down(struct machine *machine) {
    stage_ramp_down(&machine->stage);
    /*@ assert stage: same_stage{Pre, Here}(machine); */
    /*@ assert limits: same_limits{Pre, Here}(machine); */
    /*@ assert same: same_but_lines{Pre, Here}(machine); */
    /*@ assert there: \at(kept(machine), Pre) ==> there(machine); */
}

/* A session is over, or was never begun: its limits are forgotten, and where it ran out a rest begins. */
/*@ requires \valid(machine) && has_parts(machine);
  assigns machine->limits, machine->ran_out, machine->rest_left_ms;
  ensures same: same_stage{Pre, Here}(machine);
  ensures none: no_limits(machine);
  ensures parts: has_parts(machine); */
static void end_session(struct machine *machine) {
    limits_clear(&machine->limits);
    /*@ assert same: same_stage{Pre, Here}(machine); */
    if (machine->ran_out) {
        machine->ran_out = false;
        machine->rest_left_ms = 1000UL * identity_u16(machine->self, IDENTITY_REST_S);
    }
}

/* What may not move is cut. */
/*@ requires \valid(machine) && has_parts(machine) && state < STATES;
  assigns machine->state, machine->reason, machine->changed, machine->ran_out, machine->rest_left_ms, machine->limits,
    machine->stage.lines, machine->stage.out[0 .. KNEAD_ACTUATORS - 1];
  ensures parts: has_parts(machine);
  ensures quiet: may_move(state) || idle(&machine->stage);
  ensures entered: machine->state == state;
  ensures ramps: may_move(state) ==> machine->stage.lines.ramp == \old(machine->stage.lines.ramp);
  ensures kept: \old(kept(machine)) ==> kept(machine); */
static void enter(struct machine *machine, enum device_state state, enum reason reason) {
    machine->state = state;
    machine->reason = reason;
    machine->changed = true;
    /*@ assert entered: same_but_lines{Pre, Here}(machine); */
    if (state == DISARMED) {
        end_session(machine);
    }
    /*@ assert has_parts(machine) && machine->state == state; */
    /*@ assert same: same_stage{Pre, Here}(machine); */
    /*@ assert goes_on: may_move(state) ==> same_but_lines{Pre, Here}(machine); */
    /*@ assert none: same_limits{Pre, Here}(machine) || no_limits(machine); */
    /*@ assert there: \at(kept(machine), Pre) ==> there(machine); */
    /*@ assert limits: \at(kept(machine), Pre) ==> valid_limits(&machine->limits, machine->self); */
    /*@ assert whole: \at(kept(machine), Pre) ==> whole(machine); */
    /*@ assert moves: \at(kept(machine), Pre) && may_move(state) ==> kept(machine); */
    if (!machine_permits(machine)) {
        cut(machine);
    }
}

/* What may happen */

void machine_hear(struct machine *machine, bool live) {
    machine->watchdog.valid_ms = 0;
    if (live) {
        machine->watchdog.live_ms = 0;
    }
}

enum reason machine_arm(struct machine *machine, uint32_t session_hash) {
    const enum device_state following = state_after(machine->state, CAUSE_ARM);
    if (machine->state == TRIPPED) {
        return REASON_TRIPPED;
    }
    if (following == STATES) {
        return REASON_BUSY;
    }
    if (machine->limits.seconds == 0 || session_hash != limits_session_hash(&machine->limits, machine->self)) {
        return REASON_WRONG_LIMITS;
    }
    if (following != machine->state) {
        if (machine->rest_left_ms > 0) {
            return REASON_RESTING;
        }
        machine->session_left_ms = 1000UL * machine->limits.seconds;
        watchdog_restart(&machine->watchdog);
        /*@ assert same: same_but_lines{Pre, Here}(machine); */
        /*@ assert parts: has_parts(machine); */
        /*@ assert there: \at(kept(machine), Pre) ==> there(machine); */
        /*@ assert kept: \at(kept(machine), Pre) ==> kept(machine); */
        enter(machine, following, REASON_NONE);
    }
    return REASON_NONE;
}

enum reason machine_reset(struct machine *machine) {
    const enum device_state following = state_after(machine->state, CAUSE_RESET);
    if (following == STATES) {
        return REASON_NONE;
    }
    if (machine->reason != REASON_LINK_LOST && !machine->looked_after) {
        return REASON_TRIPPED;
    }
    enter(machine, following, REASON_NONE);
    return REASON_NONE;
}

/*@ requires \valid(machine) && quiet(machine) && (cause == CAUSE_TRIP || cause == CAUSE_LINK_LOST);
  assigns *machine;
  ensures quiet: quiet(machine);
  ensures trips: cause == CAUSE_TRIP || \old(in_session(machine->state)) ==> machine->state == TRIPPED;
  ensures safe: \old(safe(machine)) ==> safe(machine); */
static void trip_by(struct machine *machine, enum reason reason, enum cause cause) {
    const enum device_state following = state_after(machine->state, cause);
    if (following != STATES) {
        machine->looked_after = false;
        machine->watchdog.valid_ms = 0; /* nobody has looked before it tripped */
        /*@ assert kept: \at(kept(machine), Pre) ==> kept(machine); */
        enter(machine, following, reason);
    }
}

void machine_trip(struct machine *machine, enum reason reason) { trip_by(machine, reason, CAUSE_TRIP); }

void machine_press_button(struct machine *machine) {
    if (machine->state == TRIPPED) {
        machine->looked_after = true;
    }
    /*@ assert safe: \at(safe(machine), Pre) ==> safe(machine); */
    machine_trip(machine, REASON_BUTTON);
}

void machine_stop(struct machine *machine, enum reason reason) {
    const enum cause cause = stage_is_still(&machine->stage) ? CAUSE_STOP_AT_REST : CAUSE_STOP;
    const enum device_state following = state_after(machine->state, cause);
    if (following != STATES) {
        go_down(machine);
        /*@ ghost Down: ; */
        machine->stop_ms = 0;
        /*@ assert same: same_but_lines{Down, Here}(machine); */
        /*@ assert lines: same_lines{Down, Here}(machine); */
        /*@ assert parts: has_parts(machine); */
        /*@ assert there: \at(kept(machine), Pre) ==> there(machine); */
        /*@ assert kept: \at(kept(machine), Pre) ==> kept(machine); */
        enter(machine, following, reason);
    }
}

/* Play them: they are due in `ahead` ms. */
/*@ requires \valid(machine) && has_parts(machine) && in_session(machine->state) && 0 < ahead <= AHEAD_MAX_MS;
  requires machine->stage.lines.queue.count < machine->stage.lines.queue.slots;
  requires \valid_read(keyframe) && \separated(machine, keyframe);
  assigns *machine;
  ensures parts: has_parts(machine);
  ensures plays: machine->state == PLAYING;
  ensures kept: \old(kept(machine)) ==> kept(machine); */
static void accept(struct machine *machine, const struct keyframe *keyframe, int16_t ahead) {
    const enum device_state following = state_after(machine->state, CAUSE_SETPOINTS);
    stage_push(&machine->stage, keyframe);
    machine->newest_ms = (int16_t)-ahead;
    /*@ assert parts: has_parts(machine); */
    /*@ assert same: same_but_lines{Pre, Here}(machine); */
    /*@ assert there: \at(kept(machine), Pre) ==> there(machine); */
    /*@ assert kept: \at(kept(machine), Pre) ==> kept(machine); */
    if (machine->state != PLAYING) {
        enter(machine, following, REASON_NONE);
    }
}

enum reason machine_take_setpoints(struct machine *machine, const struct keyframe *keyframe, bool well_formed) {
    const struct queue *queue = &machine->stage.lines.queue;
    const uint16_t until = (uint16_t)(keyframe->t - machine->now);
    const int16_t ahead = until < 0x8000U ? (int16_t)until : (int16_t)((int32_t)until - 0x10000L);
    enum reason broken = REASON_NONE;
    if (!state_listens(machine->state)) {
        return machine->state == DISARMED ? REASON_NOT_ARMED : REASON_NONE;
    }
    if (ahead > AHEAD_MAX_MS) {
        broken = REASON_TOO_FAR_AHEAD;
    } else if (!well_formed) {
        broken = REASON_MALFORMED;
    } else {
        broken = setpoints_inspect(machine->self, machine->limits.ceilings, &keyframe->setpoints);
    }
    if (broken != REASON_NONE) {
        machine_trip(machine, broken);
        return REASON_NONE;
    }
    if (ahead <= 0 || (queue->count > 0 && ahead <= -machine->newest_ms) || queue_free_slots(queue) == 0) {
        machine->late++;
        /*@ assert quiet: quiet(machine); */
        /*@ assert safe: \at(safe(machine), Pre) ==> safe(machine); */
        return REASON_NONE;
    }
    accept(machine, keyframe, ahead);
    /*@ assert plays: quiet(machine); */
    return REASON_NONE;
}

bool machine_permits(const struct machine *machine) {
    return machine->state == PLAYING || machine->state == HOLDING || machine->state == STOPPING;
}

/* What falls due */

/* Time passes; nothing of the stage changes. */
/*@ requires \valid(machine) && quiet(machine) && held(machine);
  assigns machine->now, machine->watchdog.valid_ms, machine->watchdog.live_ms, machine->stop_ms, machine->newest_ms,
    machine->session_left_ms, machine->rest_left_ms, machine->looked_after;
  ensures lines: valid_lines(&machine->stage.lines, machine->stage.count);
  ensures idle: \old(idle(&machine->stage)) ==> idle(&machine->stage);
  ensures spans: \forall integer i; 0 <= i < machine->stage.count ==>
    span_of(&machine->stage, i) == \old(span_of(&machine->stage, i));
  ensures valid: valid_stage(&machine->stage);
  ensures within: within(&machine->stage);
  ensures tapers: tapers(&machine->stage);
  ensures ruled: \old(ruled(machine)) ==> ruled(machine);
  ensures owned: \old(owned(machine)) ==> owned(machine); */
static void pass_ms(struct machine *machine) {
    machine->now++;
    watchdog_tick(&machine->watchdog);
    machine->stop_ms = one_more(machine->stop_ms);
    if (machine->newest_ms < INT16_MAX) {
        machine->newest_ms++;
    }
    if (machine->session_left_ms > 0) {
        machine->session_left_ms--;
    }
    if (machine->rest_left_ms > 0) {
        machine->rest_left_ms--;
    }
    if (machine->state == TRIPPED && machine->watchdog.valid_ms >= UNHEARD_MS) {
        machine->looked_after = true;
    }
}

/* The tick of the stage; nothing else changes. */
/*@ requires \valid(machine) && held(machine);
  assigns machine->stage.lines, machine->stage.points.at[0 .. KNEAD_POINTS - 1],
    machine->stage.out[0 .. KNEAD_ACTUATORS - 1], machine->stage.drives[0 .. KNEAD_ACTUATORS - 1],
    machine->stage.rates[0 .. KNEAD_ACTUATORS - 1];
  ensures held: held(machine);
  ensures ceilings: \forall integer i; 0 <= i < machine->stage.count ==>
    machine->stage.drives[i] <= machine->stage.ceilings[i];
  ensures ends: \forall integer i; 0 <= i < machine->stage.count && machine->stage.drives[i] != 0 ==>
    span_of(&machine->stage, i) < DWELL_MS;
  ensures put_out: \forall integer i; 0 <= i < machine->stage.count ==>
    drive_of(machine->stage.drives[i], machine->stage.out[i]);
  ensures idle: \old(idle(&machine->stage)) ==> idle(&machine->stage);
  ensures limits: same_limits{Pre, Here}(machine); */
static void play_tick(struct machine *machine) {
    stage_tick(&machine->stage, (uint16_t)(machine->now + 1U));
    /*@ assert same_ceilings: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==>
      machine->limits.ceilings[i] == \at(machine->limits.ceilings[i], Pre); */
}

void machine_tick(struct machine *machine) {
    play_tick(machine);
    /*@ assert quiet: quiet(machine); */
    /*@ assert silent: !may_move(machine->state) ==>
      \forall integer i; 0 <= i < machine->stage.count ==> machine->stage.drives[i] == 0; */
    /*@ assert there: \at(safe(machine), Pre) ==> there(machine); */
    /*@ assert limits: \at(safe(machine), Pre) ==> valid_limits(&machine->limits, machine->self); */
    /*@ assert count: machine->stage.count == \at(machine->stage.count, Pre) && machine->self == \at(machine->self, Pre) &&
      machine->stage.ceilings == \at(machine->stage.ceilings, Pre); */
    /*@ assert own: \at(safe(machine), Pre) ==> machine->stage.ceilings == &machine->limits.ceilings[0] &&
      machine->stage.count == identity_at(machine->self, IDENTITY_ACTUATORS); */
    /*@ assert ruled: \at(safe(machine), Pre) ==> ruled(machine); */
    /*@ assert owned: \at(safe(machine), Pre) ==> owned(machine); */
    pass_ms(machine);
    /*@ assert parts: has_parts(machine); */
}

/*@ requires \valid_read(machine) && 0 <= cause < CAUSES_DUE;
  assigns \nothing;
  ensures \result <==> due(machine, cause); */
static bool is_due(const struct machine *machine, enum cause cause) {
    switch (cause) {
    case CAUSE_SESSION_OVER:
        return machine->session_left_ms == 0;
    case CAUSE_STARVED:
        return machine->watchdog.valid_ms >= SOFT_LOSS_MS || machine->newest_ms >= SOFT_LOSS_MS;
    case CAUSE_RAMPED:
        return machine->stop_ms >= RAMP_MS;
    case CAUSE_LINK_LOST:
    default:
        return machine->watchdog.live_ms >= HARD_LOSS_MS;
    }
}

/* Nothing to play: outputs are cut, or go down. */
/*@ requires \valid(machine) && has_parts(machine);
  assigns machine->stage.lines, machine->stage.out[0 .. KNEAD_ACTUATORS - 1];
  ensures parts: has_parts(machine);
  ensures goes: machine->stage.lines.ramp != RAMP_NONE || idle(&machine->stage);
  ensures kept: \old(kept(machine)) ==> kept(machine); */
static void go_to_zero(struct machine *machine) {
    if (machine->cuts) {
        cut(machine);
    } else {
        go_down(machine);
    }
}

void machine_do_due(struct machine *machine, enum cause cause) {
    const enum device_state following = state_after(machine->state, cause);
    if (!state_awaits(machine->state, cause) || !is_due(machine, cause)) {
        return;
    }
    switch (cause) {
    case CAUSE_LINK_LOST:
        trip_by(machine, REASON_LINK_LOST, cause);
        break;
    case CAUSE_SESSION_OVER:
        machine->ran_out = true;
        /*@ assert safe: \at(safe(machine), Pre) ==> safe(machine); */
        machine_stop(machine, REASON_SESSION_OVER);
        break;
    case CAUSE_STARVED:
        go_to_zero(machine);
        enter(machine, following, REASON_LINK_LOST);
        break;
    default: /* CAUSE_RAMPED */
        enter(machine, following, machine->reason);
        break;
    }
}
