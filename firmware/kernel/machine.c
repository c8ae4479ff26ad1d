#include "machine.h"

#include "setpoint_check.h"

bool machine_begin(struct machine *machine, const struct device_self *self, uint16_t now, bool cuts) {
    const bool fits = stage_begin(&machine->stage, self, machine->limits.ceilings);
    /*@ assert identity: has_identity(self); */
    /*@ ghost Begun: ; */
    machine->self = self;
    machine->now = now;
    machine->cuts = cuts;
    /*@ assert same: same_points{Begun, Here}(&machine->stage) && same_spans{Begun, Here}(&machine->stage); */
    /*@ assert parts: has_parts(machine); */
    /*@ assert still: still(&machine->stage) && machine->state == DISARMED; */
    /*@ assert rests: at_rest(&machine->stage.lines, machine->stage.count); */
    /*@ assert ceilings: machine->stage.ceilings == &machine->limits.ceilings[0]; */
    /*@ assert points: fits ==> valid_points(&machine->stage.points, machine->stage.count); */
    /*@ assert releases: fits ==> \forall integer i; 0 <= i < machine->stage.count ==>
      machine->stage.release[i] >= RELEASE_MIN_Q8; */
    return fits;
}

/* What may not move is cut. */
/*@ requires \valid(machine) && has_parts(machine) && state < STATES;
  assigns machine->state, machine->reason, machine->changed, machine->ran_out, machine->rest_left_ms, machine->limits,
    machine->stage.lines, machine->stage.out[0 .. KNEAD_ACTUATORS - 1];
  ensures parts: has_parts(machine);
  ensures quiet: may_move(state) || idle(&machine->stage);
  ensures entered: machine->state == state;
  ensures ramps: may_move(state) ==> machine->stage.lines.ramp == \old(machine->stage.lines.ramp); */
static void enter(struct machine *machine, enum device_state state, enum reason reason) {
    machine->state = state;
    machine->reason = reason;
    machine->changed = true;
    if (state == DISARMED) {
        limits_clear(&machine->limits);
        if (machine->ran_out) {
            machine->ran_out = false;
            machine->rest_left_ms = 1000UL * identity_u16(machine->self, IDENTITY_REST_S);
        }
    }
    /*@ assert has_parts(machine) && machine->state == state; */
    if (!machine_permits(machine)) {
        stage_cut(&machine->stage);
    }
}

/* What may happen */

void machine_hear(struct machine *machine, bool live) {
    machine->watchdog.valid_ms = 0;
    if (live) {
        machine->watchdog.live_ms = 0;
    }
}

enum reason machine_refuses_limits(const struct machine *machine) {
    if (machine->state == TRIPPED) {
        return REASON_TRIPPED;
    }
    return machine->state == DISARMED ? REASON_NONE : REASON_BUSY;
}

enum reason machine_take_limits(struct machine *machine, const uint8_t *payload, uint8_t size) {
    const enum reason refused = machine_refuses_limits(machine);
    if (refused != REASON_NONE) {
        return refused;
    }
    return limits_take(&machine->limits, machine->self, payload, size) ? REASON_NONE : REASON_NO_SUCH_ACTUATOR;
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
  ensures trips: cause == CAUSE_TRIP || \old(in_session(machine->state)) ==> machine->state == TRIPPED; */
static void trip_by(struct machine *machine, enum reason reason, enum cause cause) {
    const enum device_state following = state_after(machine->state, cause);
    if (following != STATES) {
        machine->looked_after = false;
        machine->watchdog.valid_ms = 0; /* nobody has looked before it tripped */
        enter(machine, following, reason);
    }
}

void machine_trip(struct machine *machine, enum reason reason) { trip_by(machine, reason, CAUSE_TRIP); }

void machine_press_button(struct machine *machine) {
    if (machine->state == TRIPPED) {
        machine->looked_after = true;
    }
    machine_trip(machine, REASON_BUTTON);
}

void machine_stop(struct machine *machine, enum reason reason) {
    const enum cause cause = stage_is_still(&machine->stage) ? CAUSE_STOP_AT_REST : CAUSE_STOP;
    const enum device_state following = state_after(machine->state, cause);
    if (following != STATES) {
        stage_ramp_down(&machine->stage);
        machine->stop_ms = 0;
        enter(machine, following, reason);
    }
}

/* Play them: they are due in `ahead` ms. */
/*@ requires \valid(machine) && has_parts(machine) && in_session(machine->state) && 0 < ahead <= AHEAD_MAX_MS;
  requires machine->stage.lines.queue.count < machine->stage.lines.queue.slots;
  requires \valid_read(keyframe) && \separated(machine, keyframe);
  assigns *machine;
  ensures parts: has_parts(machine);
  ensures plays: machine->state == PLAYING; */
static void accept(struct machine *machine, const struct keyframe *keyframe, int16_t ahead) {
    const enum device_state following = state_after(machine->state, CAUSE_SETPOINTS);
    stage_push(&machine->stage, keyframe);
    machine->newest_ms = (int16_t)-ahead;
    /*@ assert parts: has_parts(machine); */
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
        return REASON_NONE;
    }
    accept(machine, keyframe, ahead);
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
  ensures tapers: tapers(&machine->stage); */
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

void machine_tick(struct machine *machine) {
    stage_tick(&machine->stage, (uint16_t)(machine->now + 1U));
    /*@ assert quiet: quiet(machine); */
    /*@ assert silent: !may_move(machine->state) ==>
      \forall integer i; 0 <= i < machine->stage.count ==> machine->stage.drives[i] == 0; */
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
  ensures goes: machine->stage.lines.ramp != RAMP_NONE || idle(&machine->stage); */
static void go_to_zero(struct machine *machine) {
    if (machine->cuts) {
        stage_cut(&machine->stage);
    } else {
        stage_ramp_down(&machine->stage);
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
