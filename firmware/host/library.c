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
    bool news;
    bool accepted;
    uint8_t forced[KNEAD_ACTUATORS];
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
    return host;
}

void host_free(struct host_device *host) { free(host); }

/* One tick; whether actuators at work have to rest from now on. */
static bool tick(struct host_device *host) {
    const struct points *points = &host->device.machine.stage.points;
    const uint8_t count = host->device.machine.stage.count;
    bool rested[KNEAD_ACTUATORS];
    bool any = false;
    for (uint8_t i = 0; i < count; i++) {
        rested[i] = points_rest(points, i);
    }
    knead_advance(&host->device, host->device.now_ms + 1);
    for (uint8_t i = 0; i < count; i++) {
        host->forced[i] = !rested[i] && points_rest(points, i) && knead_drives(&host->device)[i] != 0;
        any = any || host->forced[i] != 0;
    }
    return any;
}

uint32_t host_play(struct host_device *host, uint32_t until_ms, uint8_t *drives, uint8_t *rates, uint8_t *states) {
    const uint32_t count = host->identity[IDENTITY_ACTUATORS];
    const enum device_state before = host->device.machine.state;
    const uint16_t waiting = host->device.outbox.count;
    uint32_t rows = 0;
    memset(host->forced, 0, sizeof host->forced);
    host->news = false;
    bool forced = false;
    while (!host->news && !forced && (int32_t)(until_ms - host->device.now_ms) > 0) {
        forced = tick(host);
        memcpy(drives + rows * count, knead_drives(&host->device), count);
        memcpy(rates + rows * count, knead_rates(&host->device), count);
        if (states != NULL) {
            host_now(host, states + rows * STATE_BYTES);
        }
        rows++;
        host->news = host->device.outbox.count > waiting || host->device.machine.state != before;
    }
    return rows;
}

bool host_has_news(const struct host_device *host) { return host->news; }

uint32_t host_receive(struct host_device *host, const uint8_t *data, uint32_t size) {
    const struct machine *machine = &host->device.machine;
    const enum device_state before = machine->state;
    const uint8_t waited = machine->stage.queue.count;
    uint32_t taken = 0;
    host->accepted = false;
    while (taken < size && !host->accepted && machine->state == before) {
        knead_receive(&host->device, data + taken, 1);
        taken++;
        host->accepted = machine->stage.queue.count > waited;
    }
    return taken;
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

uint32_t host_accepted(const struct host_device *host, uint8_t *drives) {
    const struct queue *queue = &host->device.machine.stage.queue;
    if (!host->accepted) {
        return 0;
    }
    const struct keyframe *newest = &queue->keyframes[(queue->first + queue->count - 1) % queue->slots];
    memcpy(drives, newest->setpoints.drives, host->device.machine.stage.count);
    return (uint16_t)(newest->t - host->device.machine.now);
}

void host_forced(const struct host_device *host, uint8_t *forced) {
    memcpy(forced, host->forced, host->device.machine.stage.count);
}

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
