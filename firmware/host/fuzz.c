/* Any bytes at any time: what libFuzzer feeds to a device, and what has to hold in every millisecond all the same.
 *
 * The input is a string of orders, so that states are reached that need a whole session: bytes as they are, frames
 * that are in order but for what they ask, time that passes, a button. With FUZZ_STREAM=1 it is what comes from the
 * line, and nothing else. FUZZ_BYTES ends it after so many bytes of the line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "framing.h"
#include "identity.h"
#include "session_limits.h"

enum { COUNT = 8, BUDGET = 900, REST_S = 2, PASSES_MS = 97, LATE_MS = 700, SILENT_MS = 1000, STREAM_BYTES = 512 };
enum order { RAW, FRAME, SETPOINT, PASS, GREET, ARM_IT, EVENT, LONG_PASS, ORDERS };

struct session {
    struct knead_device device;
    uint8_t identity[IDENTITY_SIZE];
    uint8_t table[COUNT * ACTUATOR_SIZE];
    struct device_self self;
    uint8_t seq;
    uint32_t heard_ms; /* since the last byte */
    uint32_t work_ms[COUNT];
    uint32_t idle_ms[COUNT];
};

/* What is left of the input. */
struct input {
    const uint8_t *data;
    size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(what)                                                       \
    do {                                                                  \
        if (!(what)) {                                                    \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                      \
        }                                                                 \
    } while (0)

static unsigned long long fed;

static uint8_t next(struct input *input) {
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

/* Eight actuators: the fourth is excluded, two pairs share a point, two knead at a rate. */
static void describe(struct session *session) {
    uint32_t crc = crc_add(CRC_BEGIN, PROTOCOL_VERSION);
    memset(session->table, 0, sizeof session->table);
    memset(session->identity, 0, sizeof session->identity);
    for (uint8_t i = 0; i < COUNT; i++) {
        uint8_t *row = session->table + i * ACTUATOR_SIZE;
        row[ACTUATOR_INDEX] = i;
        row[ACTUATOR_KIND] = i < 2 ? KNEADING : VIBRATION;
        row[ACTUATOR_EXCLUDED] = i == 3;
        write_u16(row + ACTUATOR_Y_MM, (uint16_t)(i == 5 || i == 7 ? 100 * i - 90 : 100 * i));
        row[ACTUATOR_RADIUS_MM] = 30;
        row[ACTUATOR_CEILING] = (uint8_t)(255 - 20 * i);
        write_u16(row + ACTUATOR_ATTACK, (uint16_t)(300 + 500 * i));
        write_u16(row + ACTUATOR_RELEASE, 4000);
        row[ACTUATOR_RATE_MIN] = i < 2 ? 10 : 0;
        row[ACTUATOR_RATE_MAX] = i < 2 ? 60 : 0;
    }
    session->identity[IDENTITY_PROTOCOL] = PROTOCOL_VERSION;
    session->identity[IDENTITY_ACTUATORS] = COUNT;
    session->identity[IDENTITY_SLOTS] = KNEAD_SLOTS;
    write_u16(session->identity + IDENTITY_POWER_BUDGET, BUDGET);
    write_u16(session->identity + IDENTITY_REST_S, REST_S);
    crc = crc_add(crc_add_u16(crc_add_u16(crc, BUDGET), REST_S), COUNT);
    for (size_t k = 0; k < sizeof session->table; k++) {
        crc = crc_add(crc, session->table[k]);
    }
    write_u32(session->identity + IDENTITY_LIMITS_HASH, crc ^ 0xFFFFFFFFUL);
    session->self.identity = session->identity;
    session->self.table = session->table;
}

static void look(struct session *session) {
    const struct machine *machine = &session->device.machine;
    const uint8_t *drives = knead_drives(&session->device);
    const uint8_t *rates = knead_rates(&session->device);
    const bool permitted = knead_permits(&session->device);
    uint32_t sum = 0;
    for (uint8_t i = 0; i < COUNT; i++) {
        sum += drives[i];
        HOLDS(drives[i] <= actuator_own_ceiling(&session->self, i));
        HOLDS(drives[i] == 0 || permitted);
        HOLDS(rates[i] == 0 || (drives[i] != 0 && rates[i] <= 60));
        session->idle_ms[i] = drives[i] != 0 ? 0 : session->idle_ms[i] + 1;
        session->work_ms[i] = session->idle_ms[i] >= REST_MS ? 0 : session->work_ms[i] + 1;
        HOLDS(session->idle_ms[i] > 0 || session->work_ms[i] <= DWELL_MS);
    }
    HOLDS(sum <= BUDGET);
    HOLDS(!permitted || session->heard_ms <= SILENT_MS + RAMP_MS);
    HOLDS(permitted == (machine->state == PLAYING || machine->state == HOLDING || machine->state == STOPPING));
}

static void pass(struct session *session, uint32_t ms) {
    uint8_t told[ENCODED_MAX];
    for (uint32_t k = 0; k < ms; k++) {
        knead_advance(&session->device, session->device.now_ms + 1);
        session->heard_ms++;
        look(session);
        (void)knead_transmit(&session->device, told, sizeof told);
    }
}

static void feed(struct session *session, const uint8_t *bytes, uint16_t size) {
    fed += size;
    session->heard_ms = 0;
    knead_receive(&session->device, bytes, size);
    look(session);
}

static void send(struct session *session, uint8_t type, uint16_t ahead_ms, const uint8_t *payload, uint8_t size) {
    const struct outbox *outbox = &session->device.outbox;
    uint8_t wire[ENCODED_MAX];
    const struct frame frame = {
        .type = type,
        .seq = ++session->seq,
        .t_ms = (uint16_t)(session->device.machine.now + ahead_ms),
        .epoch = outbox->epoch,
        .echo = outbox->unspoken > 0 ? outbox->status_seq[outbox->unspoken - 1] : 0,
        .payload = payload,
        .size = size,
    };
    feed(session, wire, pack_frame(&frame, wire));
}

/* Setpoints that can be read: which actuators, how strongly, and how far ahead, is the input's. */
static void send_setpoints(struct session *session, struct input *input) {
    uint8_t payload[1 + COUNT + KNEAD_RATED] = {0};
    uint8_t size = 1;
    const uint8_t mask = next(input);
    payload[0] = mask;
    for (uint8_t i = 0; i < COUNT; i++) {
        if ((mask & (1U << i)) != 0) {
            const uint8_t drive = next(input);
            payload[size++] = drive != 0 ? drive : 1;
        }
    }
    for (uint8_t i = 0; i < 2; i++) {
        if ((mask & (1U << i)) != 0) {
            payload[size++] = next(input);
        }
    }
    send(session, SETPOINTS, (uint16_t)(2U * next(input)), payload, size);
}

static void arm(struct session *session) {
    uint8_t limits[LIMITS_HEAD + COUNT] = {0, 30, 0, 200, 200, 200, 200, 200, 200, 200, 200};
    uint8_t hash[ARM_SIZE];
    send(session, LIMITS, 0, limits, sizeof limits);
    write_u32(hash, limits_session_hash(&session->device.machine.limits, &session->self));
    send(session, ARM, 0, hash, sizeof hash);
}

static void send_any(struct session *session, struct input *input) {
    uint8_t payload[PAYLOAD_MAX];
    const uint8_t type = next(input);
    const uint8_t size = next(input) % (PAYLOAD_MAX + 1);
    for (uint8_t i = 0; i < size; i++) {
        payload[i] = next(input);
    }
    send(session, type, next(input), payload, size);
}

static void happen(struct session *session, uint8_t what) {
    switch (what % 3) {
    case 0:
        knead_line_break(&session->device);
        break;
    case 1:
        knead_line_dropped(&session->device);
        break;
    default:
        knead_press_button(&session->device);
        break;
    }
    look(session);
}

static void obey(struct session *session, struct input *input, uint8_t order) {
    static const uint8_t greeting[] = {PROTOCOL_VERSION};
    uint8_t raw[PAYLOAD_MAX];
    uint8_t size;
    switch (order % ORDERS) {
    case RAW:
        size = next(input) % PAYLOAD_MAX;
        for (uint8_t i = 0; i < size; i++) {
            raw[i] = next(input);
        }
        feed(session, raw, size);
        break;
    case FRAME:
        send_any(session, input);
        break;
    case SETPOINT:
        send_setpoints(session, input);
        break;
    case PASS:
        pass(session, next(input) % PASSES_MS);
        break;
    case GREET:
        send(session, HELLO, 0, greeting, sizeof greeting);
        break;
    case ARM_IT:
        arm(session);
        break;
    case EVENT:
        happen(session, next(input));
        break;
    default:
        pass(session, LATE_MS);
        break;
    }
}

static unsigned long long told_by(const char *name, unsigned long long otherwise) {
    const char *told = getenv(name);
    return told != NULL ? strtoull(told, NULL, 10) : otherwise;
}

static void follow(struct session *session, struct input *input, bool plays) {
    if (plays) { /* half of all inputs begin where a session does */
        arm(session);
        send_setpoints(session, input);
    }
    while (input->size > 0) {
        obey(session, input, next(input));
    }
    pass(session, SILENT_MS + RAMP_MS + 1); /* nobody speaks: whatever was going on, it is over */
    HOLDS(!knead_permits(&session->device));
}

static void hear(struct session *session, struct input *input) {
    while (input->size > 0) {
        const uint16_t size = input->size < STREAM_BYTES ? (uint16_t)input->size : STREAM_BYTES;
        feed(session, input->data, size);
        input->data += size;
        input->size -= size;
        pass(session, 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned long long most;
    static bool stream;
    struct session session;
    struct input input = {data, size};
    memset(&session, 0, sizeof session);
    describe(&session);
    const uint8_t now = next(&input);
    const uint8_t how = next(&input);
    HOLDS(knead_start(&session.device, &session.self, 1, now, (how & 1U) != 0));
    if (most == 0) {
        most = told_by("FUZZ_BYTES", ~0ULL);
        stream = told_by("FUZZ_STREAM", 0) != 0;
    }
    if (stream) {
        hear(&session, &input);
    } else {
        follow(&session, &input, (how & 2U) != 0);
    }
    if (fed >= most) {
        printf("%llu bytes were fed; every limit held\n", fed);
        fflush(stdout);
        _exit(0);
    }
    return 0;
}
