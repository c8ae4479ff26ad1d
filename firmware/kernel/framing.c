#include "framing.h"

#include <stdbool.h>
#include <stddef.h>

#include "sizes.h"

/* The CRC of each half byte: 64 bytes in place of 1024, and fast enough for 115200 baud. */
static const uint32_t crc_of_nibble[16] KNEAD_FLASH = {
    0x00000000UL, 0x1DB71064UL, 0x3B6E20C8UL, 0x26D930ACUL, 0x76DC4190UL, 0x6B6B51F4UL, 0x4DB26158UL, 0x5005713CUL,
    0xEDB88320UL, 0xF00F9344UL, 0xD6D6A3E8UL, 0xCB61B38CUL, 0x9B64C2B0UL, 0x86D3D2D4UL, 0xA00AE278UL, 0xBDBDF21CUL,
};

uint32_t crc_add(uint32_t crc, uint8_t byte) {
    crc ^= byte;
    crc = (crc >> 4) ^ KNEAD_READ_U32(&crc_of_nibble[crc & 15U]);
    return (crc >> 4) ^ KNEAD_READ_U32(&crc_of_nibble[crc & 15U]);
}

uint32_t crc_add_u16(uint32_t crc, uint16_t value) {
    crc = crc_add(crc, (uint8_t)(value & 0xFFU));
    return crc_add(crc, (uint8_t)(value >> 8));
}

uint32_t crc_add_u32(uint32_t crc, uint32_t value) {
    crc = crc_add_u16(crc, (uint16_t)(value & 0xFFFFU));
    return crc_add_u16(crc, (uint16_t)(value >> 16));
}

uint16_t read_u16(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] | ((uint16_t)bytes[1] << 8));
}

uint32_t read_u32(const uint8_t *bytes) {
    return read_u16(bytes) | ((uint32_t)read_u16(bytes + 2) << 16);
}

void write_u16(uint8_t *bytes, uint16_t value) {
    bytes[0] = (uint8_t)(value & 0xFFU);
    bytes[1] = (uint8_t)(value >> 8);
}

void write_u32(uint8_t *bytes, uint32_t value) {
    write_u16(bytes, (uint16_t)(value & 0xFFFFU));
    write_u16(bytes + 2, (uint16_t)(value >> 16));
}

/* COBS undone where it stands; the size of the body, 0 where it is none. */
static uint8_t cobs_decode(uint8_t *bytes, uint8_t count) {
    uint8_t from = 0;
    uint8_t to = 0;
    while (from < count) {
        const uint8_t code = bytes[from++];
        if (code - 1 > count - from) {
            return 0;
        }
        for (uint8_t k = 1; k < code; k++) {
            bytes[to++] = bytes[from++];
        }
        if (from < count) {
            bytes[to++] = 0;
        }
    }
    return to;
}

static bool unpack_frame(uint8_t *chunk, uint8_t count, struct frame *frame) {
    if (count > CHUNK_MAX) {
        return false;
    }
    const uint8_t size = cobs_decode(chunk, count);
    if (size < BODY_MIN || size > BODY_MAX) {
        return false;
    }
    const uint8_t checked = (uint8_t)(size - CRC_SIZE);
    uint32_t crc = CRC_BEGIN;
    for (uint8_t i = 0; i < checked; i++) {
        crc = crc_add(crc, chunk[i]);
    }
    crc ^= 0xFFFFFFFFUL;
    if (crc != read_u32(chunk + checked)) {
        return false;
    }
    frame->type = chunk[0];
    frame->seq = chunk[1];
    frame->t_ms = read_u16(chunk + 2);
    frame->epoch = chunk[4];
    frame->echo = chunk[5];
    frame->payload = chunk + HEADER_SIZE;
    frame->size = (uint8_t)(checked - HEADER_SIZE);
    return true;
}

enum decoded decoder_feed(struct frame_decoder *decoder, uint8_t byte, struct frame *frame) {
    if (byte != 0) {
        decoder->zeros = 0;
        if (decoder->count < CHUNK_MAX) {
            decoder->partial[decoder->count++] = byte;
        } else {
            decoder->count = CHUNK_MAX + 1; /* too long to be a frame, however much longer */
        }
        return DECODED_NOTHING;
    }
    if (decoder->zeros <= STOP_ZEROS) {
        decoder->zeros++;
    }
    if (decoder->count == 0) {
        return decoder->zeros == STOP_ZEROS ? DECODED_STOP : DECODED_NOTHING;
    }
    const uint8_t count = decoder->count;
    decoder->count = 0;
    if (unpack_frame(decoder->partial, count, frame)) {
        return DECODED_FRAME;
    }
    decoder->discarded++;
    return DECODED_NOTHING;
}

/* COBS as it is written: where the next byte goes, and where the code of its run. */
struct cobs_writer {
    uint8_t *wire;
    uint8_t at;
    uint8_t code_at;
};

static void cobs_put(struct cobs_writer *writer, uint8_t byte) {
    if (byte != 0) {
        writer->wire[writer->at++] = byte;
        return;
    }
    writer->wire[writer->code_at] = (uint8_t)(writer->at - writer->code_at);
    writer->code_at = writer->at++;
}

uint8_t pack_frame(const struct frame *frame, uint8_t *wire) {
    const uint8_t header[HEADER_SIZE] = {
        frame->type,  frame->seq, (uint8_t)(frame->t_ms & 0xFFU), (uint8_t)(frame->t_ms >> 8),
        frame->epoch, frame->echo,
    };
    struct cobs_writer writer = {wire, 1, 0};
    uint32_t crc = CRC_BEGIN;
    for (uint8_t i = 0; i < HEADER_SIZE; i++) {
        crc = crc_add(crc, header[i]);
        cobs_put(&writer, header[i]);
    }
    for (uint8_t i = 0; i < frame->size; i++) {
        crc = crc_add(crc, frame->payload[i]);
        cobs_put(&writer, frame->payload[i]);
    }
    crc ^= 0xFFFFFFFFUL;
    for (uint8_t i = 0; i < CRC_SIZE; i++) {
        cobs_put(&writer, (uint8_t)(crc & 0xFFU));
        crc >>= 8;
    }
    wire[writer.code_at] = (uint8_t)(writer.at - writer.code_at);
    wire[writer.at++] = 0;
    return writer.at;
}
