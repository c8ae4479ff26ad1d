#include "outbox.h"

#include <string.h>

#include "framing.h"
#include "messages.h"
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
    uint8_t wire[ENCODED_MAX];
    outbox->seq = (uint8_t)(outbox->seq == 255 ? 1 : outbox->seq + 1);
    if (type == STATUS) {
        outbox->status_ms = 0;
    }
    const struct frame frame = {
        .type = type,
        .seq = outbox->seq,
        .t_ms = outbox->now,
        .epoch = outbox->epoch,
        .payload = payload,
        .size = size,
    };
    const uint8_t length = pack_frame(&frame, wire);
    if (length > KNEAD_OUT_BYTES - outbox->count) {
        return;
    }
    uint16_t at = (uint16_t)(outbox->first + outbox->count);
    if (at >= KNEAD_OUT_BYTES) {
        at = (uint16_t)(at - KNEAD_OUT_BYTES);
    }
    const uint16_t before_end = (uint16_t)(KNEAD_OUT_BYTES - at);
    const uint16_t first = length < before_end ? length : before_end;
    memcpy(outbox->waiting + at, wire, first);
    memcpy(outbox->waiting, wire + first, (size_t)(length - first));
    outbox->count = (uint16_t)(outbox->count + length);
    if (type == STATUS) {
        remember(outbox);
    }
}

void outbox_answer(struct outbox *outbox, uint8_t type, uint8_t seq, uint8_t reason) {
    const uint8_t payload[ANSWER_SIZE] = {type, seq, reason};
    outbox_send(outbox, ANSWER, payload, ANSWER_SIZE);
}

uint16_t outbox_take(struct outbox *outbox, uint8_t *into, uint16_t most) {
    uint16_t taken = 0;
    while (taken < most && outbox->count > 0) {
        into[taken++] = outbox->waiting[outbox->first++];
        if (outbox->first == KNEAD_OUT_BYTES) {
            outbox->first = 0;
        }
        outbox->count--;
    }
    return taken;
}
