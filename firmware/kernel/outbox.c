#include "outbox.h"

#include "watchdog.h"

void outbox_begin(struct outbox *outbox, uint8_t epoch, uint16_t now) {
    outbox->epoch = epoch;
    outbox->now = now;
}

/* Forget the status at `at`, and close the gap. */
static void forget(struct outbox *outbox, uint8_t at) {
    outbox->unspoken--;
    for (uint8_t i = at; i < outbox->unspoken; i++) {
        outbox->status_seq[i] = outbox->status_seq[i + 1];
        outbox->status_sent[i] = outbox->status_sent[i + 1];
    }
}

void outbox_tick(struct outbox *outbox) {
    outbox->now++;
    outbox->status_ms = one_more(outbox->status_ms);
    while (outbox->unspoken > 0 && (uint16_t)(outbox->now - outbox->status_sent[0]) > ECHO_MS) {
        forget(outbox, 0);
    }
}

bool outbox_owes_status(const struct outbox *outbox) { return outbox->greeted && outbox->status_ms >= STATUS_MS; }

/* The status of that number, and forget it; false where there is none. */
bool outbox_redeem(struct outbox *outbox, uint8_t echo) {
    for (uint8_t i = 0; i < outbox->unspoken; i++) {
        if (outbox->status_seq[i] == echo) {
            forget(outbox, i);
            return true;
        }
    }
    return false;
}

static void remember(struct outbox *outbox) {
    (void)outbox_redeem(outbox, outbox->seq); /* of an older one with the same number */
    if (outbox->unspoken == KNEAD_STATUSES) {
        forget(outbox, 0);
    }
    outbox->status_seq[outbox->unspoken] = outbox->seq;
    outbox->status_sent[outbox->unspoken] = outbox->now;
    outbox->unspoken++;
}

void outbox_send(struct outbox *outbox, uint8_t type, const uint8_t *payload, uint8_t size) {
    outbox->seq = (uint8_t)(outbox->seq == 255 ? 1 : outbox->seq + 1);
    if (type == STATUS) {
        outbox->status_ms = 0;
    }
    if (outbox->count == KNEAD_REPORTS) {
        return;
    }
    uint16_t at = (uint16_t)(outbox->first + outbox->count);
    if (at >= KNEAD_REPORTS) {
        at = (uint16_t)(at - KNEAD_REPORTS);
    }
    struct report *report = &outbox->reports[at];
    report->t_ms = outbox->now;
    report->type = type;
    report->seq = outbox->seq;
    report->size = size;
    for (uint8_t i = 0; i < size; i++) {
        report->payload[i] = payload[i];
    }
    outbox->count++;
    if (type == STATUS) {
        remember(outbox);
    }
}

void outbox_answer(struct outbox *outbox, uint8_t type, uint8_t seq, uint8_t reason) {
    const uint8_t payload[ANSWER_SIZE] = {type, seq, reason};
    outbox_send(outbox, ANSWER, payload, ANSWER_SIZE);
}

bool outbox_is_encoded(const struct outbox *outbox) { return outbox->taken < outbox->encoded; }

static void encode_first(struct outbox *outbox) {
    const struct report *report = &outbox->reports[outbox->first];
    const struct frame frame = {
        .type = report->type,
        .seq = report->seq,
        .t_ms = report->t_ms,
        .epoch = outbox->epoch,
        .payload = report->payload,
        .size = report->size,
    };
    outbox->encoded = pack_frame(&frame, outbox->wire);
    outbox->taken = 0;
}

static void forget_first(struct outbox *outbox) {
    outbox->count--;
    outbox->first++;
    if (outbox->first == KNEAD_REPORTS) {
        outbox->first = 0;
    }
}

uint16_t outbox_take(struct outbox *outbox, uint8_t *into, uint16_t most) {
    uint16_t given = 0;
    while (given < most && outbox->count > 0) {
        if (!outbox_is_encoded(outbox)) {
            encode_first(outbox);
        }
        into[given++] = outbox->wire[outbox->taken++];
        if (!outbox_is_encoded(outbox)) {
            forget_first(outbox);
        }
    }
    return given;
}
