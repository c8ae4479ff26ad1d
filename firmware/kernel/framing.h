/* Frames on the wire: COBS-delimited bytes with a CRC-32. docs/wire.md, "Frame", is the law here. */
#ifndef KNEAD_FRAMING_H
#define KNEAD_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PAYLOAD_MAX = 64,
    HEADER_SIZE = 6,
    CRC_SIZE = 4,
    BODY_MIN = HEADER_SIZE + CRC_SIZE,
    BODY_MAX = BODY_MIN + PAYLOAD_MAX,
    ENCODED_MAX = BODY_MAX + 2, /* COBS costs one byte below 254, and the delimiter is another */
    STOP_ZEROS = 4 /* so many zero bytes in a row are a stop */
};

#define CRC_BEGIN 0xFFFFFFFFUL
#define CRC_WHOLE 0xDEBB20E3UL /* what the CRC is after a body and the check of that body, before it is inverted */

/* One frame, its check passed. Its payload lies in the decoder until the next byte is fed. */
struct frame {
    const uint8_t *payload;
    uint16_t t_ms;
    uint8_t size; /* of the payload */
    uint8_t type;
    uint8_t seq;
    uint8_t epoch;
    uint8_t echo;
};

/* Turns a byte stream, cut anywhere, into frames. Each byte is worked in as it comes, so that none that ends a frame takes
 * long. Ready after decoder_begin. */
struct frame_decoder {
    uint32_t crc;       /* over the body so far */
    uint16_t discarded; /* frames dropped so far, modulo 65536 */
    uint8_t count;      /* bytes of the body so far; BODY_MAX + 1 where they are too many */
    uint8_t run;        /* bytes that are still to come before COBS has a zero */
    uint8_t zeros;      /* zero bytes in a row, at most STOP_ZEROS + 1 */
    bool begun;         /* whether there was a byte since the last delimiter */
    uint8_t body[BODY_MAX];
};

/*@ predicate valid_decoder(struct frame_decoder *decoder) =
    decoder->count <= BODY_MAX + 1 && decoder->zeros <= STOP_ZEROS + 1 && (decoder->zeros > 0 ==> !decoder->begun);

  predicate valid_frame(struct frame *frame) =
    frame->size <= PAYLOAD_MAX && \valid_read(frame->payload + (0 .. frame->size - 1)); */

/*@ requires \valid(decoder);
  assigns *decoder;
  ensures valid_decoder(decoder); */
void decoder_begin(struct frame_decoder *decoder);

/* What a byte completed. */
enum decoded { DECODED_NOTHING, DECODED_FRAME, DECODED_STOP };

/*@ requires \valid(decoder) && valid_decoder(decoder) && \valid(frame) && \separated(decoder, frame);
  assigns *decoder, *frame;
  ensures valid_decoder(decoder);
  ensures \result == DECODED_FRAME ==> valid_frame(frame) && frame->payload == decoder->body + HEADER_SIZE;
  ensures stops: \result == DECODED_STOP <==> byte == 0 && \old(decoder->zeros) == STOP_ZEROS - 1; */
enum decoded decoder_feed(struct frame_decoder *decoder, uint8_t byte, struct frame *frame);

/* Bytes of the line, delimiter included, into `wire`, which has room for ENCODED_MAX; gives how many. */
/*@ requires \valid_read(frame) && valid_frame(frame) && \valid(wire + (0 .. ENCODED_MAX - 1));
  requires \separated(wire + (0 .. ENCODED_MAX - 1), frame, frame->payload + (0 .. frame->size - 1));
  assigns wire[0 .. ENCODED_MAX - 1];
  ensures \result == \old(frame->size) + BODY_MIN + 2;
  ensures delimited: wire[\result - 1] == 0;
  ensures no_other: \forall integer i; 0 <= i < \result - 1 ==> wire[i] != 0; */
uint8_t pack_frame(const struct frame *frame, uint8_t *wire);

/* CRC-32/ISO-HDLC: begins with CRC_BEGIN, and is ~crc in the end. */
/*@ assigns \nothing; */
uint32_t crc_add(uint32_t crc, uint8_t byte);
/*@ assigns \nothing; */
uint32_t crc_add_u16(uint32_t crc, uint16_t value);
/*@ assigns \nothing; */
uint32_t crc_add_u32(uint32_t crc, uint32_t value);

/* Little-endian numbers. */
/*@ requires \valid_read(bytes + (0 .. 1));
  assigns \nothing;
  ensures \result == bytes[0] + 256 * bytes[1]; */
uint16_t read_u16(const uint8_t *bytes);
/*@ requires \valid_read(bytes + (0 .. 3));
  assigns \nothing; */
uint32_t read_u32(const uint8_t *bytes);
/*@ requires \valid(bytes + (0 .. 1));
  assigns bytes[0 .. 1]; */
void write_u16(uint8_t *bytes, uint16_t value);
/*@ requires \valid(bytes + (0 .. 3));
  assigns bytes[0 .. 3]; */
void write_u32(uint8_t *bytes, uint32_t value);

#endif
