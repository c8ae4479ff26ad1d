/* What a host asks of a device, frame by frame, and what it is answered. docs/wire.md, "Messages". */
#ifndef KNEAD_REQUESTS_H
#define KNEAD_REQUESTS_H

#include "framing.h"
#include "machine.h"
#include "outbox.h"

/* Do what a frame asks, and put the answers into `outbox`. */
void requests_take(struct machine *machine, struct outbox *outbox, const struct frame *frame, uint16_t discarded);

/* Queue a status now; `discarded` are the frames that were dropped so far. */
void report_status(struct machine *machine, struct outbox *outbox, uint16_t discarded);

/* Queue a status where the state has changed, and the host has greeted. */
void report_change(struct machine *machine, struct outbox *outbox, uint16_t discarded);

#endif
