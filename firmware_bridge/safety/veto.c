/* The veto of veto.py and the encoder of encode.py, over several frames of setpoints at once: docs/decisions has why.
 *
 * All of the frames pass, and are remembered, or none is: then Python looks at them one by one, and says why not. Every
 * limit is handed in by Python, which has it from where a reader finds it. Nothing here is shared with the limiter.
 */
#include "veto.h"

#include <string.h>

enum {
    HEADER_BYTES = 6,
    CRC_BYTES = 4,
    PAYLOAD_BYTES = 64,
    BODY_BYTES = HEADER_BYTES + PAYLOAD_BYTES + CRC_BYTES
};

/* One frame, as veto.py looks at it; whether it passes. */
static bool passes(const struct veto_limits *limits, struct veto_memory *memory, const uint8_t *drives,
                   const uint8_t *rates) {
    bool works[VETO_ACTUATORS] = {false};
    bool any = false;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < limits->actuators; i++) {
        const uint32_t drive = drives[i];
        const uint32_t rate = rates[i];
        const uint32_t last = memory->last[i];
        const bool on = drive != 0U;
        if (drive > limits->ceilings[i] || rate > limits->rate_max[i]) {
            return false;
        }
        if (on ? (rate < limits->rate_min[i]) : (rate != 0U)) {
            return false; /* an adjustable actuator never runs at an unstated rate */
        }
        if (drive > (last + limits->attack[i]) || last > (drive + limits->release[i])) {
            return false;
        }
        sum += drive;
        works[limits->point_of[i]] = works[limits->point_of[i]] || on;
        any = any || on;
    }
    if (sum > limits->power_budget) {
        return false;
    }
    memory->now++;
    for (uint32_t p = 0; p < limits->points; p++) {
        if (works[p] && !memory->works[p] && ((memory->now - memory->ended[p]) >= limits->rest_frames)) {
            memory->began[p] = memory->now;
        }
        if (!works[p] && memory->works[p]) {
            memory->ended[p] = memory->now;
        }
        if (works[p] && ((memory->now - memory->began[p]) >= limits->dwell_frames)) {
            return false;
        }
        memory->works[p] = works[p];
    }
    memory->frames++;
    if (any && (memory->frames > limits->session_frames)) {
        return false;
    }
    memcpy(memory->last, drives, limits->actuators);
    return true;
}

bool veto_passes(const struct veto_limits *limits, struct veto_memory *memory, const uint8_t *drives,
                 const uint8_t *rates, uint32_t frames) {
    struct veto_memory after = *memory;
    for (uint32_t k = 0; k < frames; k++) {
        const uint32_t at = k * limits->actuators;
        if (!passes(limits, &after, drives + at, rates + at)) {
            return false;
        }
    }
    *memory = after;
    return true;
}

/* CRC-32/ISO-HDLC, four bits at a time. */
static uint32_t crc32_of(const uint8_t *data, uint32_t size) {
    static const uint32_t table[16] = {
        0x00000000U, 0x1DB71064U, 0x3B6E20C8U, 0x26D930ACU, 0x76DC4190U, 0x6B6B51F4U, 0x4DB26158U, 0x5005713CU,
        0xEDB88320U, 0xF00F9344U, 0xD6D6A3E8U, 0xCB61B38CU, 0x9B64C2B0U, 0x86D3D2D4U, 0xA00AE278U, 0xBDBDF21CU,
    };
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < size; i++) {
        crc = (crc >> 4) ^ table[(crc ^ data[i]) & 0xFU];
        crc = (crc >> 4) ^ table[(crc ^ ((uint32_t)data[i] >> 4)) & 0xFU];
    }
    return ~crc;
}

/* The payload of one frame: mask, drives, rates; 0 where it is too long. */
static uint32_t pack_payload(const uint8_t *drives, const uint8_t *rates, uint32_t actuators, uint8_t *payload) {
    const uint32_t mask_bytes = (actuators + 7U) / 8U;
    uint8_t packed[VETO_ACTUATORS / 8 + 2 * VETO_ACTUATORS] = {0};
    uint32_t size = mask_bytes;
    for (uint32_t i = 0; i < actuators; i++) {
        if (drives[i] != 0U) {
            packed[i / 8U] = (uint8_t)(packed[i / 8U] | (1U << (i % 8U)));
            packed[size] = drives[i];
            size++;
        }
    }
    for (uint32_t i = 0; i < actuators; i++) {
        if (rates[i] != 0U) {
            packed[size] = rates[i];
            size++;
        }
    }
    if (size > (uint32_t)PAYLOAD_BYTES) {
        return 0;
    }
    memcpy(payload, packed, size);
    return size;
}

/* COBS of fewer than 254 bytes, with the delimiter after it; gives its size, which is two more. */
static uint32_t stuff(const uint8_t *body, uint32_t size, uint8_t *into) {
    uint32_t code_at = 0;
    for (uint32_t i = 0; i < size; i++) {
        into[i + 1U] = body[i];
        if (body[i] == 0U) {
            into[code_at] = (uint8_t)(i + 1U - code_at);
            code_at = i + 1U;
        }
    }
    into[code_at] = (uint8_t)(size + 1U - code_at);
    into[size + 1U] = 0;
    return size + 2U;
}

uint32_t veto_encode(const struct veto_header *header, const uint8_t *drives, const uint8_t *rates,
                     const uint16_t *t_ms, uint32_t frames, uint8_t *into, uint8_t *sizes) {
    uint32_t written = 0;
    for (uint32_t k = 0; k < frames; k++) {
        const uint32_t at = k * header->actuators;
        uint8_t body[BODY_BYTES] = {0};
        uint32_t size = pack_payload(drives + at, rates + at, header->actuators, body + HEADER_BYTES);
        if (size == 0U) {
            return 0;
        }
        body[0] = header->type;
        body[1] = (uint8_t)(header->seq + k);
        body[2] = (uint8_t)(t_ms[k] & 0xFFU);
        body[3] = (uint8_t)(t_ms[k] >> 8);
        body[4] = header->epoch;
        body[5] = header->echo;
        size += (uint32_t)HEADER_BYTES;
        const uint32_t crc = crc32_of(body, size);
        for (uint32_t byte = 0; byte < (uint32_t)CRC_BYTES; byte++) {
            body[size + byte] = (uint8_t)((crc >> (8U * byte)) & 0xFFU);
        }
        size = stuff(body, size + (uint32_t)CRC_BYTES, into + written);
        sizes[k] = (uint8_t)size;
        written += size;
    }
    return written;
}

uint32_t veto_layout(void) { return (uint32_t)(sizeof(struct veto_limits) << 16U | sizeof(struct veto_memory)); }
