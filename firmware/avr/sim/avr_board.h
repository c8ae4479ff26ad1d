/* A board in simavr, for Python's ctypes: the very image that is flashed, its line and its pins, tick by tick. */
#ifndef KNEAD_AVR_BOARD_H
#define KNEAD_AVR_BOARD_H

#include <stdbool.h>
#include <stdint.h>

enum { AVR_ACTUATORS = 16 };

/* Addresses in the memory of the controller. */
struct avr_places {
    uint16_t ticks_taken; /* the image counts here, modulo 256, the ticks that it began */
    uint16_t bytes_taken; /* and here the bytes that it took from its ring */
    uint16_t line_broken; /* true from a BREAK on until it is heeded */
    uint16_t stack_end;   /* first byte behind what is no stack */
    uint16_t state;
    uint16_t reason;
    uint16_t waiting;
    uint16_t permit;
    uint16_t permit_bit;
    uint16_t count;
    uint16_t duty[AVR_ACTUATORS];
    uint16_t wide[AVR_ACTUATORS]; /* whether a duty has 16 bits */
};

/* What is told of a tick, at its end: state, reason, permit; bytes taken so far; BREAKs heeded so far, and how many bytes
 * were taken before the last one; bytes on their way out; cycles that it did not sleep. */
enum {
    AVR_STATE,
    AVR_REASON,
    AVR_PERMIT,
    AVR_CONSUMED,
    AVR_BREAKS,
    AVR_BREAK_AT,
    AVR_WAITING,
    AVR_BUSY,
    AVR_FACTS
};

struct avr_board;

/* NULL where the image cannot be read, or nobody knows the controller. Power is on, nothing has run. */
struct avr_board *avr_board_new(const char *image, const char *mcu, uint32_t hz, const struct avr_places *places);
void avr_board_free(struct avr_board *board);

/* Before anything runs: other constants, and the byte in the EEPROM. */
void avr_board_flash(struct avr_board *board, uint32_t at, const uint8_t *data, uint32_t size);
void avr_board_keep(struct avr_board *board, uint8_t epoch);

void avr_board_reset(struct avr_board *board);

/* Run until the watchdog resets the board; false where `cycles` are over before. */
bool avr_board_await_reset(struct avr_board *board, uint64_t cycles);

void avr_board_pin(struct avr_board *board, char port, uint32_t bit, bool high);
void avr_board_poke(struct avr_board *board, uint32_t at, uint8_t value);

/* How many cycles the line takes for a byte. */
void avr_board_line(struct avr_board *board, uint32_t byte_cycles);

/* Bytes, or as many BREAKs, that the line carries from tick `tick` on, one after the other. */
void avr_board_feed(struct avr_board *board, uint32_t tick, const uint8_t *data, uint32_t size, bool is_break);

/* Run until `ticks` more have begun, or `cycles` have gone by; a row for each tick that ended: duties as they stand in
 * the registers, and the facts. The first row is what was before the first tick. Gives how many rows there are. */
uint32_t avr_board_play(struct avr_board *board, uint32_t ticks, uint64_t cycles, uint16_t *duties, uint32_t *facts);
void avr_board_now(const struct avr_board *board, uint16_t *duties, uint32_t *facts);

/* The bytes sent since this was asked last, and the tick of each; gives how many. */
uint32_t avr_board_sent(struct avr_board *board, uint8_t *data, uint32_t *ticks);

/* Look at a pin from now on, as actuator `i`; and for how many cycles each was high since then. */
void avr_board_watch(struct avr_board *board, uint32_t i, char port, uint32_t bit);
void avr_board_high(const struct avr_board *board, uint64_t *cycles);

/* Bytes of stack that were ever used. */
uint32_t avr_board_stack(const struct avr_board *board);

uint64_t avr_board_cycle(const struct avr_board *board);

#endif
