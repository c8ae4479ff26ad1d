#include "library.h"

#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "framing.h"
#include "setpoint_check.h"

enum { STATE_BYTES = 3 };

/* simulator/kernel_library.py has the same, in this order: the interface, the wire, the sizes, the limits. */
static const uint32_t FACTS[] = {
    HOST_INTERFACE, PROTOCOL_VERSION, KNEAD_ACTUATORS, KNEAD_RATED,      KNEAD_POINTS, KNEAD_SLOTS,
    KNEAD_STATUSES, KNEAD_REPORTS,    SOFT_LOSS_MS,    HARD_LOSS_MS,     SESSION_MAX_S, UNHEARD_MS,
    RAMP_MS,        DWELL_MS,         DWELL_RELEASE_MS, REST_MS,         AHEAD_MAX_MS, KNEADING_MAX_CPM,
    STATUS_MS,      ECHO_MS,
};

struct host_device {
    struct knead_device device;
    struct device_self self;
    uint8_t identity[IDENTITY_SIZE];
    uint8_t table[KNEAD_ACTUATORS * ACTUATOR_SIZE];
    bool rests[KNEAD_POINTS]; /* which points must rest, as of the last tick */
};

uint32_t host_fact(uint32_t which) { return which < sizeof FACTS / sizeof FACTS[0] ? FACTS[which] : UINT32_MAX; }

struct host_device *host_new(const uint8_t *identity, const uint8_t *table, uint32_t table_bytes, uint8_t epoch,
                             uint32_t now_ms, bool cuts) {
    struct host_device *host = NULL;
    if (table_bytes > sizeof host->table || table_bytes != (uint32_t)identity[IDENTITY_ACTUATORS] * ACTUATOR_SIZE) {
        return NULL;
    }
    host = malloc(sizeof *host);
    if (host == NULL) {
        return NULL;
    }
    memcpy(host->identity, identity, IDENTITY_SIZE);
    memcpy(host->table, table, table_bytes);
    host->self.identity = host->identity;
    host->self.table = host->table;
    if (!knead_start(&host->device, &host->self, epoch, now_ms, cuts)) {
        free(host);
        return NULL;
    }
    const struct points *points = &host->device.machine.stage.points;
    for (uint8_t p = 0; p < points->count; p++) {
        host->rests[p] = points->at[p].must_rest;
    }
    return host;
}

void host_free(struct host_device *host) { free(host); }

/* A byte for each actuator that the last tick found at work, and whose point has to rest from now on; whether there is
 * any. */
static bool note_rests(struct host_device *host, uint8_t *forced) {
    const struct output_stage *stage = &host->device.machine.stage;
    const struct points *points = &stage->points;
    bool any = false;
    for (uint8_t p = 0; p < points->count; p++) {
        if (host->rests[p] == points->at[p].must_rest) {
            continue;
        }
        host->rests[p] = points->at[p].must_rest;
        for (uint8_t i = 0; host->rests[p] && i < stage->count; i++) {
            if (points->of[i] == p && stage->drives[i] != 0) {
                forced[i] = 1;
                any = true;
            }
        }
    }
    return any;
}

/* One tick, and its row of drives and rates. */
static void tick(struct host_device *host, uint8_t *drives, uint8_t *rates) {
    const size_t count = host->device.machine.stage.count;
    knead_advance(&host->device, host->device.now_ms + 1);
    memcpy(drives, knead_drives(&host->device), count);
    memcpy(rates, knead_rates(&host->device), count);
}

static bool is_before(const struct host_device *host, uint32_t until_ms) {
    return (int32_t)(until_ms - host->device.now_ms) > 0;
}

uint32_t host_play(struct host_device *host, uint32_t until_ms, uint8_t *drives, uint8_t *rates, uint8_t *states) {
    const uint32_t count = host->identity[IDENTITY_ACTUATORS];
    const enum device_state before = host->device.machine.state;
    const uint16_t waiting = host->device.outbox.count;
    uint8_t forced[KNEAD_ACTUATORS];
    uint32_t rows = 0;
    bool stopped = false;
    while (!stopped && is_before(host, until_ms)) {
        tick(host, drives + rows * count, rates + rows * count);
        host_now(host, states + rows * STATE_BYTES);
        rows++;
        stopped = note_rests(host, forced) || host->device.outbox.count > waiting ||
                  host->device.machine.state != before;
    }
    return rows;
}

uint32_t host_receive(struct host_device *host, const uint8_t *data, uint32_t size) {
    const struct machine *machine = &host->device.machine;
    const enum device_state before = machine->state;
    const uint8_t waited = machine->stage.lines.queue.count;
    uint32_t taken = 0;
    while (taken < size && machine->stage.lines.queue.count == waited && machine->state == before) {
        knead_receive(&host->device, data + taken, 1);
        taken++;
    }
    return taken;
}

/* Keep what the newest setpoints of the queue are. */
static void note_accepted(const struct host_device *host, struct host_run *run) {
    const struct machine *machine = &host->device.machine;
    const struct queue *queue = &machine->stage.lines.queue;
    const struct keyframe *newest = &queue->keyframes[(queue->first + queue->count - 1) % queue->slots];
    run->due_ms[run->accepted] = (uint16_t)(newest->t - machine->now);
    memcpy(run->drives + run->accepted * machine->stage.count, newest->setpoints.drives, machine->stage.count);
    run->accepted++;
}

static bool changed(const struct machine *machine, const struct host_run *run) {
    return machine->state != run->before || machine->reason != run->because;
}

void host_run(struct host_device *host, uint32_t until_ms, const uint8_t *data, uint32_t size, uint8_t *drives,
              uint8_t *rates, struct host_run *run) {
    const struct machine *machine = &host->device.machine;
    const uint32_t count = machine->stage.count;
    const uint16_t waiting = host->device.outbox.count;
    run->rows = run->taken = run->accepted = run->forced = 0;
    run->before = machine->state;
    run->because = machine->reason;
    memset(run->resting, 0, count);
    while (run->forced == 0 && !changed(machine, run) && is_before(host, until_ms)) {
        tick(host, drives + run->rows * count, rates + run->rows * count);
        run->rows++;
        run->forced = note_rests(host, run->resting) ? 1 : 0;
    }
    run->news = host->device.outbox.count > waiting || changed(machine, run) ? 1 : 0;
    run->accepted_early = 0;
    if (!is_before(host, until_ms)) {
        while (run->taken < size && run->accepted < KNEAD_SLOTS && !changed(machine, run)) {
            const uint8_t waited = machine->stage.lines.queue.count;
            run->accepted_early = run->accepted;
            knead_receive(&host->device, data + run->taken, 1);
            run->taken++;
            if (machine->stage.lines.queue.count > waited) {
                note_accepted(host, run);
            }
        }
    }
    run->state = machine->state;
    run->reason = machine->reason;
    run->waiting = host->device.outbox.count;
}

uint32_t host_transmit(struct host_device *host, uint8_t *into, uint32_t most) {
    return knead_transmit(&host->device, into, (uint16_t)(most < UINT16_MAX ? most : UINT16_MAX));
}

void host_line_break(struct host_device *host) { knead_line_break(&host->device); }

void host_line_dropped(struct host_device *host) { knead_line_dropped(&host->device); }

void host_press_button(struct host_device *host) { knead_press_button(&host->device); }

void host_now(const struct host_device *host, uint8_t *states) {
    states[0] = (uint8_t)host->device.machine.state;
    states[1] = (uint8_t)host->device.machine.reason;
    states[2] = knead_permits(&host->device) ? 1 : 0;
}

uint32_t host_output_sum(const struct host_device *host) { return stage_output_sum(&host->device.machine.stage); }

uint32_t host_decode(const uint8_t *data, uint32_t size, uint8_t *wire, uint32_t *counts) {
    struct frame_decoder decoder;
    uint32_t at = 0;
    decoder_begin(&decoder);
    counts[0] = counts[1] = counts[2] = 0;
    for (uint32_t i = 0; i < size; i++) {
        struct frame frame;
        switch (decoder_feed(&decoder, data[i], &frame)) {
        case DECODED_FRAME:
            at += pack_frame(&frame, wire + at);
            counts[0]++;
            break;
        case DECODED_STOP:
            counts[2]++;
            break;
        default:
            break;
        }
    }
    counts[1] = decoder.discarded;
    return at;
}

uint8_t host_epoch(uint8_t kept, uint8_t noise) { return knead_epoch(kept, noise); }
