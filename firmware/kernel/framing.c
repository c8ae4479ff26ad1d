#include "framing.h"

#include "sizes.h"

#ifdef KNEAD_CRC_TABLE
#include "crc_table.h"
#else
/* The CRC of each half byte: 64 bytes in place of 1024, and fast enough for 115200 baud. */
static const uint32_t crc_of_nibble[16] KNEAD_FLASH = {
    0x00000000UL, 0x1DB71064UL, 0x3B6E20C8UL, 0x26D930ACUL, 0x76DC4190UL, 0x6B6B51F4UL, 0x4DB26158UL, 0x5005713CUL,
    0xEDB88320UL, 0xF00F9344UL, 0xD6D6A3E8UL, 0xCB61B38CUL, 0x9B64C2B0UL, 0x86D3D2D4UL, 0xA00AE278UL, 0xBDBDF21CUL,
};
#endif

uint32_t crc_add(uint32_t crc, uint8_t byte) {
#ifdef KNEAD_CRC_TABLE
    return (crc >> 8) ^ KNEAD_READ_U32(&crc_of_byte[(uint8_t)(crc & 0xFFU) ^ byte]);
#else
    crc ^= byte;
    crc = (crc >> 4) ^ KNEAD_READ_U32(&crc_of_nibble[crc % 16U]);
    return (crc >> 4) ^ KNEAD_READ_U32(&crc_of_nibble[crc % 16U]);
#endif
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
    return (uint16_t)(bytes[0] + 256U * bytes[1]);
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

/* Forget the frame that is unfinished. */
/*@ requires \valid(decoder);
  assigns decoder->crc, decoder->count, decoder->run, decoder->begun;
  ensures decoder->count == 0 && !decoder->begun; */
static void begin_frame(struct frame_decoder *decoder) {
    decoder->crc = CRC_BEGIN;
    decoder->count = 0;
    decoder->run = 0;
    decoder->begun = false;
}

void decoder_begin(struct frame_decoder *decoder) {
    decoder->discarded = 0;
    decoder->zeros = 0;
    begin_frame(decoder);
}

/*@ requires \valid(decoder) && decoder->count <= BODY_MAX + 1;
  assigns decoder->crc, decoder->count, decoder->body[0 .. BODY_MAX - 1];
  ensures decoder->count <= BODY_MAX + 1; */
static void add_to_body(struct frame_decoder *decoder, uint8_t byte) {
    if (decoder->count < BODY_MAX) {
        decoder->body[decoder->count++] = byte;
        decoder->crc = crc_add(decoder->crc, byte);
    } else {
        decoder->count = BODY_MAX + 1; /* too long to be a frame, however much longer */
    }
}

/* COBS undone byte by byte: a code tells how many bytes follow before a zero, which is none at the end of a frame. */
/*@ requires \valid(decoder) && decoder->count <= BODY_MAX + 1 && byte != 0;
  assigns decoder->crc, decoder->count, decoder->run, decoder->begun, decoder->body[0 .. BODY_MAX - 1];
  ensures decoder->count <= BODY_MAX + 1; */
static void add_encoded(struct frame_decoder *decoder, uint8_t byte) {
    if (decoder->run > 0) {
        decoder->run--;
        add_to_body(decoder, byte);
        return;
    }
    if (decoder->begun) {
        add_to_body(decoder, 0);
    }
    decoder->begun = true;
    decoder->run = (uint8_t)(byte - 1);
}

/*@ requires \valid_read(decoder);
  assigns \nothing;
  ensures \result ==> BODY_MIN <= decoder->count <= BODY_MAX; */
static bool is_whole(const struct frame_decoder *decoder) {
    return decoder->run == 0 && decoder->count >= BODY_MIN && decoder->count <= BODY_MAX && decoder->crc == CRC_WHOLE;
}

/*@ requires \valid_read(decoder) && BODY_MIN <= decoder->count <= BODY_MAX;
  requires \valid(frame) && \separated(decoder, frame);
  assigns *frame;
  ensures frame->payload == decoder->body + HEADER_SIZE && frame->size == decoder->count - BODY_MIN; */
static void read_body(const struct frame_decoder *decoder, struct frame *frame) {
    const uint8_t *body = decoder->body;
    frame->type = body[0];
    frame->seq = body[1];
    frame->t_ms = read_u16(body + 2);
    frame->epoch = body[4];
    frame->echo = body[5];
    frame->payload = body + HEADER_SIZE;
    frame->size = (uint8_t)(decoder->count - BODY_MIN);
}

enum decoded decoder_feed(struct frame_decoder *decoder, uint8_t byte, struct frame *frame) {
    if (byte != 0) {
        decoder->zeros = 0;
        add_encoded(decoder, byte);
        return DECODED_NOTHING;
    }
    if (decoder->zeros <= STOP_ZEROS) {
        decoder->zeros++;
    }
    if (!decoder->begun) {
        return decoder->zeros == STOP_ZEROS ? DECODED_STOP : DECODED_NOTHING;
    }
    const bool whole = is_whole(decoder);
    if (whole) {
        read_body(decoder, frame);
    } else {
        decoder->discarded++;
    }
    begin_frame(decoder);
    return whole ? DECODED_FRAME : DECODED_NOTHING;
}

/* COBS as it is written: where the next byte goes, and where the code of its run. */
struct cobs_writer {
    uint8_t *at;
    uint8_t *code;
};

static inline void cobs_put(struct cobs_writer *writer, uint8_t byte) {
    if (byte == 0) {
        *writer->code = (uint8_t)(writer->at - writer->code);
        writer->code = writer->at;
    } else {
        *writer->at = byte;
    }
    writer->at++;
}

uint8_t pack_frame(const struct frame *frame, uint8_t *wire) {
    const uint8_t header[HEADER_SIZE] = {
        frame->type,  frame->seq, (uint8_t)(frame->t_ms & 0xFFU), (uint8_t)(frame->t_ms >> 8),
        frame->epoch, frame->echo,
    };
    const uint8_t *payload = frame->payload;
    struct cobs_writer writer = {wire + 1, wire};
    uint32_t crc = CRC_BEGIN;
    for (uint8_t i = 0; i < HEADER_SIZE; i++) {
        crc = crc_add(crc, header[i]);
        cobs_put(&writer, header[i]);
    }
    for (uint8_t left = frame->size; left > 0; left--) {
        const uint8_t byte = *payload++;
        crc = crc_add(crc, byte);
        cobs_put(&writer, byte);
    }
    crc ^= 0xFFFFFFFFUL;
    for (uint8_t i = 0; i < CRC_SIZE; i++) {
        cobs_put(&writer, (uint8_t)(crc & 0xFFU));
        crc >>= 8;
    }
    *writer.code = (uint8_t)(writer.at - writer.code);
    *writer.at++ = 0;
    return (uint8_t)(writer.at - wire);
}
