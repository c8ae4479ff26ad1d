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

/* `leads`: `steps` behind place `from` is the next zero of what stood in `wire` from 1 to `length`, or its end. */
/*@ predicate leads{Before}(uint8_t *wire, integer length, integer from, integer steps) =
    0 < steps && from + steps <= length + 1 &&
    (from + steps <= length ==> \at(wire[from + steps], Before) == 0) &&
    (\forall integer i; from < i < from + steps ==> \at(wire[i], Before) != 0); */

/* COBS in place, of the body that stands from wire[1] on: each zero of it becomes the distance to the next one. */
/*@ requires length <= BODY_MAX && \valid(wire + (0 .. length + 1));
  assigns wire[0 .. length + 1];
  ensures delimited: wire[length + 1] == 0;
  ensures no_other: \forall integer i; 0 <= i <= length ==> wire[i] != 0;
  ensures kept: \forall integer i; 0 < i <= length && \old(wire[i]) != 0 ==> wire[i] == \old(wire[i]);
  ensures led: leads{Pre}(wire, length, 0, wire[0]) &&
    \forall integer i; 0 < i <= length && \old(wire[i]) == 0 ==> leads{Pre}(wire, length, i, wire[i]); */
static void encode_zeros(uint8_t *wire, uint8_t length) {
    uint8_t code = 0; /* where the distance to the next zero will stand */
    /*@ loop invariant 0 < at <= length + 1 && code < at;
      loop invariant 0 < code ==> leads{Pre}(wire, length, 0, wire[0]);
      loop invariant \forall integer i; 0 < i == code ==> \at(wire[i], Pre) == 0;
      loop invariant \forall integer i; code < i < at ==> \at(wire[i], Pre) != 0;
      loop invariant \forall integer i; code < i <= length ==> wire[i] == \at(wire[i], Pre);
      loop invariant \forall integer i; 0 < i < code && \at(wire[i], Pre) != 0 ==> wire[i] == \at(wire[i], Pre);
      loop invariant \forall integer i; 0 < i < code && \at(wire[i], Pre) == 0 ==>
        leads{Pre}(wire, length, i, wire[i]);
      loop assigns at, code, wire[0 .. length];
      loop variant length + 1 - at; */
    for (uint8_t at = 1; at <= length; at++) {
        if (wire[at] == 0) {
            wire[code] = (uint8_t)(at - code);
            code = at;
        }
    }
    wire[code] = (uint8_t)(length + 1 - code);
    wire[length + 1] = 0;
}

uint8_t pack_frame(const struct frame *frame, uint8_t *wire) {
    const uint8_t size = frame->size;
    const uint8_t end = (uint8_t)(1 + HEADER_SIZE + size); /* of what the CRC is over */
    uint32_t crc = CRC_BEGIN;
    wire[1] = frame->type;
    wire[2] = frame->seq;
    write_u16(wire + 3, frame->t_ms);
    wire[5] = frame->epoch;
    wire[6] = frame->echo;
    /*@ loop invariant 0 <= i <= size;
      loop assigns i, wire[1 + HEADER_SIZE .. HEADER_SIZE + size];
      loop variant size - i; */
    for (uint8_t i = 0; i < size; i++) {
        wire[1 + HEADER_SIZE + i] = frame->payload[i];
    }
    /*@ loop invariant 1 <= at <= end;
      loop assigns at, crc;
      loop variant end - at; */
    for (uint8_t at = 1; at < end; at++) {
        crc = crc_add(crc, wire[at]);
    }
    write_u32(wire + end, crc ^ 0xFFFFFFFFUL);
    const uint8_t length = (uint8_t)(size + BODY_MIN);
    encode_zeros(wire, length);
    /*@ assert length == size + BODY_MIN <= BODY_MAX && wire[length + 1] == 0; */
    return (uint8_t)(length + 2);
}
