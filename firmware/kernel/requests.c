#include "requests.h"

#include "setpoint_check.h"

void report_status(struct machine *machine, struct outbox *outbox, uint16_t discarded) {
    const struct output_stage *stage = &machine->stage;
    const uint8_t resting_bytes = (uint8_t)((stage->count + 7U) / 8U);
    uint8_t payload[STATUS_HEAD + (KNEAD_ACTUATORS + 7) / 8] = {0};
    uint8_t *resting = &payload[STATUS_HEAD];
    payload[0] = (uint8_t)machine->state;
    payload[1] = (uint8_t)machine->reason;
    payload[2] = queue_free_slots(&stage->lines.queue);
    payload[3] = stage->lines.executed;
    write_u16(payload + 4, machine->late);
    write_u16(payload + 6, discarded);
    write_u16(payload + 8, stage_output_sum(stage));
    uint8_t bit = 1;
    for (uint8_t i = 0; i < stage->count; i++) {
        if (points_rest(&stage->points, i)) {
            resting[i / 8U] = (uint8_t)(resting[i / 8U] | bit);
        }
        bit = (uint8_t)(bit < 0x80U ? 2U * bit : 1U);
    }
    machine->changed = false;
    outbox_send(outbox, STATUS, payload, (uint8_t)(STATUS_HEAD + resting_bytes));
}

void report_change(struct machine *machine, struct outbox *outbox, uint16_t discarded) {
    if (machine->changed && outbox->greeted) {
        report_status(machine, outbox, discarded);
    }
    machine->changed = false;
}

/* Whether the type is known and the payload has its length; of setpoints, which need the table, this says nothing. */
static bool is_well_formed(const struct frame *frame) {
    switch (frame->type) {
    case HELLO: /* what follows the protocol of another version may have another length */
        return frame->size == 1 || (frame->size > 1 && frame->payload[0] != PROTOCOL_VERSION);
    case DESCRIBE:
        return frame->size == DESCRIBE_SIZE;
    case ARM:
        return frame->size == ARM_SIZE;
    case STOP: /* with any payload */
        return true;
    case HEARTBEAT:
    case RESET:
        return frame->size == 0;
    case LIMITS:
        return frame->size > LIMITS_HEAD;
    default:
        return false;
    }
}

/* A valid frame came. */
static void note_life(struct machine *machine, struct outbox *outbox, const struct frame *frame) {
    machine_hear(machine, outbox_redeem(outbox, frame->echo));
}

static void answer(struct outbox *outbox, const struct frame *frame, enum reason reason) {
    outbox_answer(outbox, frame->type, frame->seq, (uint8_t)reason);
}

static void send_identity(const struct machine *machine, struct outbox *outbox) {
    uint8_t payload[IDENTITY_SIZE];
    for (uint8_t i = 0; i < IDENTITY_SIZE; i++) {
        payload[i] = identity_u8(machine->self, i);
    }
    outbox_send(outbox, IDENTITY, payload, IDENTITY_SIZE);
}

static void describe(const struct machine *machine, struct outbox *outbox, const struct frame *frame) {
    uint8_t payload[ACTUATOR_SIZE];
    const uint8_t index = frame->payload[0];
    if (index >= machine->stage.count) {
        answer(outbox, frame, REASON_NO_SUCH_ACTUATOR);
        return;
    }
    for (uint8_t i = 0; i < ACTUATOR_SIZE; i++) {
        payload[i] = actuator_u8(machine->self, index, i);
    }
    outbox_send(outbox, ACTUATOR, payload, ACTUATOR_SIZE);
}

static void take_limits(struct machine *machine, struct outbox *outbox, const struct frame *frame) {
    const enum reason refused = machine_take_limits(machine, frame->payload, frame->size);
    if (refused != REASON_NONE) {
        answer(outbox, frame, refused);
        return;
    }
    uint8_t payload[LIMITS_HASH_SIZE];
    write_u32(payload, limits_session_hash(&machine->limits, machine->self));
    write_u16(payload + 4, machine->limits.seconds);
    outbox_send(outbox, LIMITS_HASH, payload, LIMITS_HASH_SIZE);
}

static void take_setpoints(struct machine *machine, struct outbox *outbox, const struct frame *frame) {
    struct keyframe keyframe;
    keyframe.t = frame->t_ms;
    keyframe.seq = frame->seq;
    const bool well_formed = setpoints_unpack(machine->self, frame->payload, frame->size, &keyframe.setpoints);
    if (well_formed) {
        note_life(machine, outbox, frame);
    }
    const enum reason owed = machine_take_setpoints(machine, &keyframe, well_formed);
    if (owed != REASON_NONE) {
        answer(outbox, frame, owed);
    }
}

/* A frame that is well formed; what has an answer of its own is answered before a change of state is told. */
static void heed(struct machine *machine, struct outbox *outbox, const struct frame *frame, uint16_t discarded) {
    switch (frame->type) {
    case HELLO:
        outbox->greeted = true;
        send_identity(machine, outbox);
        report_status(machine, outbox, discarded);
        break;
    case DESCRIBE:
        describe(machine, outbox, frame);
        break;
    case ARM:
        answer(outbox, frame, machine_arm(machine, read_u32(frame->payload)));
        break;
    case STOP:
        machine_stop(machine, REASON_STOP_FRAME);
        report_status(machine, outbox, discarded);
        break;
    case RESET:
        answer(outbox, frame, machine_reset(machine));
        break;
    case LIMITS:
        take_limits(machine, outbox, frame);
        break;
    default: /* HEARTBEAT: that it came is all it says */
        break;
    }
}

void requests_take(struct machine *machine, struct outbox *outbox, const struct frame *frame, uint16_t discarded) {
    const bool ours = frame->epoch == outbox->epoch;
    if (!ours && frame->type != HELLO && frame->type != STOP) {
        answer(outbox, frame, REASON_WRONG_EPOCH);
        return;
    }
    if (frame->type == SETPOINTS) {
        take_setpoints(machine, outbox, frame);
    } else if (is_well_formed(frame)) {
        if (ours) {
            note_life(machine, outbox, frame);
        }
        heed(machine, outbox, frame, discarded);
    } else {
        const enum reason refused = frame->type == LIMITS ? machine_refuses_limits(machine) : REASON_NONE;
        answer(outbox, frame, refused != REASON_NONE ? refused : REASON_MALFORMED);
    }
    report_change(machine, outbox, discarded);
}
