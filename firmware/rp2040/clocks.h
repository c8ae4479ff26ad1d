/* Clocks, time and the hardware watchdog of the RP2040. */
#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TICK_US = 1000,
    WATCHDOG_US = 10000 /* so long nothing may hang; a tick takes a small part of a millisecond */
};

/* Take parts of the chip, RESET_..., through a reset, and wait until they are ready. */
void reset_parts(uint32_t parts);

/* 125 MHz from the crystal of 12 MHz for the system, 48 MHz for USB, microseconds for timer and watchdog. */
void clocks_begin(void);

/* Ticks are due from now on, one each TICK_US. */
void ticks_begin(void);

/* Whether one is due; each is told once. */
bool tick_is_due(void);

/* Sleep until a tick is due or something happens on USB; not at all where one is due already. */
void sleep_until_something(void);

/* From now on the chip is reset WATCHDOG_US after it was last fed. */
void watchdog_begin(void);
void watchdog_feed(void);

/* Reset the chip now. */
void reset_chip(void);

/* An epoch that is not the one before this reset. The watchdog's scratch registers keep it; a loss of power does not leave
 * it there, and then noise of the ring oscillator alone makes it another one, but for 1 time in 255. */
uint8_t draw_epoch(void);

#endif
