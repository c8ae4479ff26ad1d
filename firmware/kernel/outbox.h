/* Reports on their way to the host, and which statuses the host has not yet spoken of. */
#ifndef KNEAD_OUTBOX_H
#define KNEAD_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "framing.h"
#include "messages.h"
#include "sizes.h"

enum {
    REPORT_MAX = IDENTITY_SIZE, /* the longest payload of a report */
    STATUS_MS = 75,             /* a status at least this often, once the host has greeted */
    ECHO_MS = 1000              /* an echo counts for so long */
};

struct report {
    uint16_t t_ms;
    uint8_t type;
    uint8_t seq;
    uint8_t size; /* of the payload */
    uint8_t payload[REPORT_MAX];
};

/* Numbers reports, stamps them with epoch and time, keeps them until they are taken. One is encoded when its first byte
 * is taken, and not when it is queued: so an answer of two reports is no more work at once than one of them. */
struct outbox {
    bool greeted;       /* no status goes out by itself before */
    uint8_t epoch;
    uint8_t seq;        /* of the last report; never 0 again: by that a host says that it has read none */
    uint8_t unspoken;   /* statuses of the last ECHO_MS that no frame has named: the oldest first */
    uint16_t now;       /* device time, modulo 65536 */
    uint16_t status_ms; /* since the last status */
    uint16_t first;
    uint16_t count;     /* reports of which a byte is still to be taken */
    uint8_t status_seq[KNEAD_STATUSES];
    uint16_t status_sent[KNEAD_STATUSES];
    uint8_t encoded;    /* bytes of the first report in `wire`; as many as were taken where it is not encoded yet */
    uint8_t taken;      /* of those */
    uint8_t wire[ENCODED_MAX];
    struct report reports[KNEAD_REPORTS];
};

/* `distinct`: of the statuses that no frame has named, no two have one number. */
/*@ predicate valid_outbox(struct outbox *outbox) =
    outbox->unspoken <= KNEAD_STATUSES && outbox->first < KNEAD_REPORTS && outbox->count <= KNEAD_REPORTS &&
    outbox->taken <= outbox->encoded <= ENCODED_MAX && (outbox->taken < outbox->encoded ==> 0 < outbox->count) &&
    (\forall integer i; 0 <= i < KNEAD_REPORTS ==> outbox->reports[i].size <= REPORT_MAX);

  predicate distinct(struct outbox *outbox) =
    \forall integer i, j; 0 <= i < j < outbox->unspoken ==> outbox->status_seq[i] != outbox->status_seq[j];
  predicate named(struct outbox *outbox, integer seq) =
    \exists integer i; 0 <= i < outbox->unspoken && outbox->status_seq[i] == seq; */

/* A zeroed outbox at device time `now`. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && outbox->unspoken == 0;
  assigns outbox->epoch, outbox->now;
  ensures valid_outbox(outbox) && distinct(outbox); */
void outbox_begin(struct outbox *outbox, uint8_t epoch, uint16_t now);

/* Time passes. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  assigns outbox->now, outbox->status_ms, outbox->unspoken, outbox->status_seq[0 .. KNEAD_STATUSES - 1],
    outbox->status_sent[0 .. KNEAD_STATUSES - 1];
  ensures valid_outbox(outbox) && distinct(outbox);
  ensures oldest: outbox->unspoken > 0 ==> (uint16_t)(outbox->now - outbox->status_sent[0]) <= ECHO_MS; */
void outbox_tick(struct outbox *outbox);

/* Whether the period of statuses is over. */
/*@ requires \valid_read(outbox);
  assigns \nothing;
  ensures \result <==> outbox->greeted && outbox->status_ms >= STATUS_MS; */
bool outbox_owes_status(const struct outbox *outbox);

/* Queue a report of type `type`. Where there is no room for it, it is lost, as it can be on the line. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  requires size <= REPORT_MAX && \valid_read(payload + (0 .. size - 1));
  requires \separated(outbox, payload + (0 .. size - 1));
  assigns *outbox;
  ensures valid_outbox(outbox) && distinct(outbox);
  ensures room: outbox->count == (\old(outbox->count) < KNEAD_REPORTS ? \old(outbox->count) + 1 : KNEAD_REPORTS);
  ensures seq: outbox->seq != 0;
  ensures awaits: type == STATUS && \old(outbox->count) < KNEAD_REPORTS ==> named(outbox, outbox->seq); */
void outbox_send(struct outbox *outbox, uint8_t type, const uint8_t *payload, uint8_t size);

/* Queue the answer to a request. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  assigns *outbox;
  ensures valid_outbox(outbox) && distinct(outbox); */
void outbox_answer(struct outbox *outbox, uint8_t type, uint8_t seq, uint8_t reason);

/* Whether `echo` names a status that went out at most ECHO_MS ago; each counts once. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  assigns outbox->unspoken, outbox->status_seq[0 .. KNEAD_STATUSES - 1],
    outbox->status_sent[0 .. KNEAD_STATUSES - 1];
  ensures valid_outbox(outbox) && distinct(outbox);
  ensures counts: \result <==> \old(named(outbox, echo));
  ensures once: !named(outbox, echo); */
bool outbox_redeem(struct outbox *outbox, uint8_t echo);

/* Whether bytes wait that are encoded: taking one of them is no work. */
/*@ requires \valid_read(outbox);
  assigns \nothing;
  ensures \result <==> outbox->taken < outbox->encoded; */
bool outbox_is_encoded(const struct outbox *outbox);

/* Up to `most` of the bytes that wait to go to the host, into `into`; gives how many. */
/*@ requires \valid(outbox) && valid_outbox(outbox) && distinct(outbox);
  requires \valid(into + (0 .. most - 1)) && \separated(outbox, into + (0 .. most - 1));
  assigns outbox->first, outbox->count, outbox->encoded, outbox->taken, outbox->wire[0 .. ENCODED_MAX - 1],
    into[0 .. most - 1];
  ensures valid_outbox(outbox) && distinct(outbox);
  ensures \result <= most && (\result < most ==> outbox->count == 0); */
uint16_t outbox_take(struct outbox *outbox, uint8_t *into, uint16_t most);

#endif
