#include "outbox.h"

#include "watchdog.h"

void outbox_begin(struct outbox *outbox, uint8_t epoch, uint16_t now) {
    outbox->epoch = epoch;
    outbox->now = now;
}

/* Forget the status at `at`, and close the gap. */
/*@ requires \valid(outbox) && outbox->unspoken <= KNEAD_STATUSES && at < outbox->unspoken && distinct(outbox);
  assigns outbox->unspoken, outbox->status_seq[0 .. KNEAD_STATUSES - 1],
    outbox->status_sent[0 .. KNEAD_STATUSES - 1];
  ensures outbox->unspoken == \old(outbox->unspoken) - 1;
  ensures distinct: distinct(outbox);
  ensures before: \forall integer i; 0 <= i < at ==> outbox->status_seq[i] == \old(outbox->status_seq[i]);
  ensures behind: \forall integer i; at <= i < outbox->unspoken ==>
    outbox->status_seq[i] == \old(outbox->status_seq[i + 1]); */
static void forget(struct outbox *outbox, uint8_t at) {
    outbox->unspoken--;
    /*@ loop invariant at <= i <= outbox->unspoken;
      loop invariant \forall integer j; 0 <= j < at || i <= j < KNEAD_STATUSES ==>
        outbox->status_seq[j] == \at(outbox->status_seq[j], Pre);
      loop invariant \forall integer j; at <= j < i ==>
        outbox->status_seq[j] == \at(outbox->status_seq[j + 1], Pre);
      loop assigns i, outbox->status_seq[0 .. KNEAD_STATUSES - 1], outbox->status_sent[0 .. KNEAD_STATUSES - 1];
      loop variant outbox->unspoken - i; */
    for (uint8_t i = at; i < outbox->unspoken; i++) {
        outbox->status_seq[i] = outbox->status_seq[i + 1];
        outbox->status_sent[i] = outbox->status_sent[i + 1];
    }
    /*@ assert \forall integer i, j; 0 <= i < j < at && j < outbox->unspoken ==>
      outbox->status_seq[i] != outbox->status_seq[j]; */
    /*@ assert \forall integer i, j; 0 <= i < at <= j < outbox->unspoken ==>
      outbox->status_seq[i] != outbox->status_seq[j]; */
    /*@ assert \forall integer i, j; at <= i < j < outbox->unspoken ==>
      outbox->status_seq[i] != outbox->status_seq[j]; */
}

void outbox_tick(struct outbox *outbox) {
    outbox->now++;
    outbox->status_ms = one_more(outbox->status_ms);
    /*@ loop invariant valid_outbox(outbox) && distinct(outbox);
      loop assigns outbox->unspoken, outbox->status_seq[0 .. KNEAD_STATUSES - 1],
        outbox->status_sent[0 .. KNEAD_STATUSES - 1];
      loop variant outbox->unspoken; */
    while (outbox->unspoken > 0 && (uint16_t)(outbox->now - outbox->status_sent[0]) > ECHO_MS) {
        forget(outbox, 0);
    }
}

bool outbox_owes_status(const struct outbox *outbox) { return outbox->greeted && outbox->status_ms >= STATUS_MS; }

/* The status of that number, and forget it; false where there is none. */
bool outbox_redeem(struct outbox *outbox, uint8_t echo) {
    /*@ loop invariant 0 <= i <= outbox->unspoken;
      loop invariant \forall integer j; 0 <= j < i ==> outbox->status_seq[j] != echo;
      loop assigns i;
      loop variant outbox->unspoken - i; */
    for (uint8_t i = 0; i < outbox->unspoken; i++) {
        if (outbox->status_seq[i] == echo) {
            /*@ assert \forall integer j; 0 <= j < outbox->unspoken && j != i ==> outbox->status_seq[j] != echo; */
            forget(outbox, i);
            return true;
        }
    }
    return false;
}

/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  assigns outbox->unspoken, outbox->status_seq[0 .. KNEAD_STATUSES - 1],
    outbox->status_sent[0 .. KNEAD_STATUSES - 1];
  ensures valid_outbox(outbox);
  ensures distinct: distinct(outbox);
  ensures named: named(outbox, outbox->seq); */
static void remember(struct outbox *outbox) {
    (void)outbox_redeem(outbox, outbox->seq); /* of an older one with the same number */
    if (outbox->unspoken == KNEAD_STATUSES) {
        forget(outbox, 0);
    }
    /*@ assert valid_outbox(outbox) && outbox->unspoken < KNEAD_STATUSES; */
    /*@ assert \forall integer i; 0 <= i < outbox->unspoken ==> outbox->status_seq[i] != outbox->seq; */
    outbox->status_seq[outbox->unspoken] = outbox->seq;
    outbox->status_sent[outbox->unspoken] = outbox->now;
    outbox->unspoken++;
}

/*@ requires \valid(outbox) && valid_outbox(outbox) && outbox->count < KNEAD_REPORTS;
  requires size <= REPORT_MAX && \valid_read(payload + (0 .. size - 1));
  requires \separated(outbox, payload + (0 .. size - 1));
  assigns outbox->count, outbox->reports[0 .. KNEAD_REPORTS - 1];
  ensures valid_outbox(outbox) && outbox->count == \old(outbox->count) + 1; */
static void put(struct outbox *outbox, uint8_t type, const uint8_t *payload, uint8_t size) {
    uint16_t at = (uint16_t)(outbox->first + outbox->count);
    if (at >= KNEAD_REPORTS) {
        at = (uint16_t)(at - KNEAD_REPORTS);
    }
    struct report *report = &outbox->reports[at];
    report->t_ms = outbox->now;
    report->type = type;
    report->seq = outbox->seq;
    report->size = size;
    /*@ loop invariant 0 <= i <= size;
      loop assigns i, report->payload[0 .. REPORT_MAX - 1];
      loop variant size - i; */
    for (uint8_t i = 0; i < size; i++) {
        report->payload[i] = payload[i];
    }
    outbox->count++;
}

void outbox_send(struct outbox *outbox, uint8_t type, const uint8_t *payload, uint8_t size) {
    outbox->seq = (uint8_t)(outbox->seq == 255 ? 1 : outbox->seq + 1);
    if (type == STATUS) {
        outbox->status_ms = 0;
    }
    if (outbox->count == KNEAD_REPORTS) {
        return;
    }
    put(outbox, type, payload, size);
    if (type == STATUS) {
        remember(outbox);
    }
}

void outbox_answer(struct outbox *outbox, uint8_t type, uint8_t seq, uint8_t reason) {
    const uint8_t payload[ANSWER_SIZE] = {type, seq, reason};
    outbox_send(outbox, ANSWER, payload, ANSWER_SIZE);
}

bool outbox_is_encoded(const struct outbox *outbox) { return outbox->taken < outbox->encoded; }

/*@ requires \valid(outbox) && valid_outbox(outbox) && 0 < outbox->count;
  assigns outbox->encoded, outbox->taken, outbox->wire[0 .. ENCODED_MAX - 1];
  ensures valid_outbox(outbox) && outbox->taken < outbox->encoded; */
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

/*@ requires \valid(outbox) && valid_outbox(outbox) && 0 < outbox->count && outbox->taken == outbox->encoded;
  assigns outbox->first, outbox->count;
  ensures valid_outbox(outbox); */
static void forget_first(struct outbox *outbox) {
    outbox->count--;
    outbox->first++;
    if (outbox->first == KNEAD_REPORTS) {
        outbox->first = 0;
    }
}

uint16_t outbox_take(struct outbox *outbox, uint8_t *into, uint16_t most) {
    uint16_t given = 0;
    /*@ loop invariant given <= most && valid_outbox(outbox);
      loop assigns given, outbox->first, outbox->count, outbox->encoded, outbox->taken,
        outbox->wire[0 .. ENCODED_MAX - 1], into[0 .. most - 1];
      loop variant most - given; */
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
