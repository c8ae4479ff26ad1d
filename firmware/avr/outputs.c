#include "outputs.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "board.h"

/* Timers go round in a millisecond, those of 8 bits in 1024 us; the first one of 16 bits is the tick. As even a duty of 0
 * would be a spike in each round, the pin of an actuator that is off is taken from its timer, and stays low. A controller has
 * fewer channels than the board has actuators: the rest is switched in the tick, whole milliseconds at a time, by error
 * diffusion: in the mean the same, and a motor takes 50 ms to follow. */
#define TOP (BOARD_CLOCK_HZ / 1000UL - 1UL)
#define FULL 255UL
#define PER_DRIVE ((TOP * 256UL) / FULL + 1UL) /* 1/256 of a step */

#define BY_64_OF_0 (_BV(CS01) | _BV(CS00))
#define BY_64_OF_2 _BV(CS22)

#ifndef BOARD_LISTENS_UNTIL
#define BOARD_LISTENS_UNTIL (TOP / 16UL * 7UL)
#endif

/* Lists with the names of pins and timers, out of board.h. */
#define LOW(port, bit) PORT##port = (uint8_t)(PORT##port & ~_BV(bit))
#define HIGH(port, bit) PORT##port = (uint8_t)(PORT##port | _BV(bit))
#define OUTPUT(port, bit) DDR##port = (uint8_t)(DDR##port | _BV(bit))

static volatile uint8_t ticks_come;
static volatile uint8_t ticks_taken; /* a test looks here for where a tick begins */

#define LEVEL(index, port, bit) static volatile uint8_t level_##index;
BOARD_SWITCHED_PINS(LEVEL)

ISR(TIMER1_OVF_vect) {
    ticks_come++;
#define SWITCH(index, port, bit)                                 \
    {                                                            \
        static uint16_t owed_##index;                            \
        owed_##index = (uint16_t)(owed_##index + level_##index); \
        if (owed_##index >= FULL) {                              \
            owed_##index = (uint16_t)(owed_##index - FULL);      \
            HIGH(port, bit);                                     \
        } else {                                                 \
            LOW(port, bit);                                      \
        }                                                        \
    }
    BOARD_SWITCHED_PINS(SWITCH)
}

void outputs_begin(void) {
    BOARD_PERMIT(LOW);
    BOARD_PERMIT(OUTPUT);
    BOARD_BUTTON(HIGH); /* its pull-up */

#define SWITCHED(index, port, bit) OUTPUT(port, bit);
    BOARD_SWITCHED_PINS(SWITCHED)

#define BEGIN8(index, port, bit, timer, channel)                                            \
    TCCR##timer##A = (uint8_t)(TCCR##timer##A | _BV(WGM##timer##0) | _BV(WGM##timer##1));   \
    TCCR##timer##B = BY_64_OF_##timer;                                                      \
    OUTPUT(port, bit);
    BOARD_PWM8_PINS(BEGIN8)

#define WIDE(timer)                                                  \
    TCCR##timer##A = (uint8_t)(TCCR##timer##A | _BV(WGM##timer##1)); \
    ICR##timer = (uint16_t)TOP;                                      \
    TCCR##timer##B = _BV(WGM##timer##3) | _BV(WGM##timer##2) | _BV(CS##timer##0);
#define BEGIN16(index, port, bit, timer, channel) WIDE(timer) OUTPUT(port, bit);
    BOARD_PWM16_PINS(BEGIN16)

    WIDE(1)
    TIMSK1 = _BV(TOIE1);
}

bool outputs_owe_tick(void) { return ticks_taken != ticks_come; }

bool outputs_take_tick(void) {
    if (ticks_taken == ticks_come) {
        return false;
    }
    ticks_taken++;
    return true;
}

/* The time is read first: a timer that begins anew after that is early again, and owes a tick. */
bool outputs_have_time(void) { return TCNT1 < BOARD_LISTENS_UNTIL && !outputs_owe_tick(); }

/* drive * PER_DRIVE / 256, by multiplications that take two cycles each. */
static uint16_t steps(uint8_t drive) {
    const uint16_t whole = (uint16_t)(drive * (uint8_t)(PER_DRIVE >> 8));
    const uint16_t part = (uint16_t)(drive * (uint8_t)(PER_DRIVE & 0xFFU));
    return (uint16_t)(whole + (part >> 8));
}

void outputs_put(const uint8_t *drives) {
#define PUT(index, port, bit) level_##index = drives[index];
    BOARD_SWITCHED_PINS(PUT)
#define CONNECT(index, timer, channel)                                             \
    if (drives[index] != 0) {                                                      \
        TCCR##timer##A = (uint8_t)(TCCR##timer##A | _BV(COM##timer##channel##1));  \
    } else {                                                                       \
        TCCR##timer##A = (uint8_t)(TCCR##timer##A & ~_BV(COM##timer##channel##1)); \
    }
#define PUT8(index, port, bit, timer, channel) \
    OCR##timer##channel = drives[index];       \
    CONNECT(index, timer, channel)
    BOARD_PWM8_PINS(PUT8)
#define PUT16(index, port, bit, timer, channel)                                   \
    OCR##timer##channel = steps(drives[index]);                                   \
    CONNECT(index, timer, channel)
    BOARD_PWM16_PINS(PUT16)
}

void outputs_permit(bool permitted) {
    if (permitted) {
        BOARD_PERMIT(HIGH);
    } else {
        BOARD_PERMIT(LOW);
    }
}

#define IS_HIGH(port, bit) ((PIN##port & _BV(bit)) != 0)

bool outputs_button_is_open(void) { return BOARD_BUTTON(IS_HIGH); }
