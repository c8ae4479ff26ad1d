/* Frames on the wire: COBS-delimited bytes with a CRC-32. docs/wire.md, "Frame", is the law here. */
#ifndef KNEAD_FRAMING_H
#define KNEAD_FRAMING_H

#include <stdint.h>

enum {
    PAYLOAD_MAX = 64,
    HEADER_SIZE = 6,
    CRC_SIZE = 4,
    BODY_MIN = HEADER_SIZE + CRC_SIZE,
    BODY_MAX = BODY_MIN + PAYLOAD_MAX,
    CHUNK_MAX = BODY_MAX + 1, /* between two delimiters: COBS costs one byte below 254 */
    ENCODED_MAX = CHUNK_MAX + 1,
    STOP_ZEROS = 4 /* so many zero bytes in a row are a stop */
};

#define CRC_BEGIN 0xFFFFFFFFUL

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

/* Turns a byte stream, cut anywhere, into frames. Zeroed, it is ready. */
struct frame_decoder {
    uint16_t discarded; /* frames dropped so far, modulo 65536 */
    uint8_t count;      /* bytes since the last delimiter; CHUNK_MAX + 1 where they are too many */
    uint8_t zeros;      /* zero bytes in a row, at most STOP_ZEROS + 1 */
    uint8_t partial[CHUNK_MAX];
};

/* What a byte completed. */
enum decoded { DECODED_NOTHING, DECODED_FRAME, DECODED_STOP };

enum decoded decoder_feed(struct frame_decoder *decoder, uint8_t byte, struct frame *frame);

/* Bytes of the line, delimiter included, into `wire`, which has room for ENCODED_MAX; gives how many. */
uint8_t pack_frame(const struct frame *frame, uint8_t *wire);

/* CRC-32/ISO-HDLC: begins with CRC_BEGIN, and is ~crc in the end. */
uint32_t crc_add(uint32_t crc, uint8_t byte);
uint32_t crc_add_u16(uint32_t crc, uint16_t value);
uint32_t crc_add_u32(uint32_t crc, uint32_t value);

/* Little-endian numbers. */
uint16_t read_u16(const uint8_t *bytes);
uint32_t read_u32(const uint8_t *bytes);
void write_u16(uint8_t *bytes, uint16_t value);
void write_u32(uint8_t *bytes, uint32_t value);

#endif
