#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "board.h"

#ifndef BOARD_BAUD
#define BOARD_BAUD 115200UL
#endif

#if defined(USART0_RX_vect) /* a controller with several of them */
#define RECEIVED_vect USART0_RX_vect
#define FREE_vect USART0_UDRE_vect
#else
#define RECEIVED_vect USART_RX_vect
#define FREE_vect USART_UDRE_vect
#endif

enum { STOP_ZEROS = 4, RING = 128 }; /* 11 ms of the line, and as many bytes as a host may have on it */

/* At 16 MHz and double speed 117647 baud: 2.1 % off, as on every such board. */
#define DIVISOR ((BOARD_CLOCK_HZ + 4UL * BOARD_BAUD) / (8UL * BOARD_BAUD) - 1UL)

static volatile uint8_t ring[RING];
static volatile uint8_t bytes_come;  /* bytes so far, modulo 256 */
static volatile uint8_t bytes_taken; /* of those */
static volatile bool line_broken;

/* A stop is heard even where it finds no room. */
ISR(RECEIVED_vect) {
    static uint8_t zeros; /* in a row */
    static bool zero_lost;
    const bool unfinished = (UCSR0A & _BV(FE0)) != 0; /* to be read before the byte */
    const uint8_t byte = UDR0;
    if (byte != 0) {
        zeros = 0;
        zero_lost = false;
    } else if (zeros < STOP_ZEROS) {
        zeros++;
    }
    if (unfinished && byte == 0) {
        line_broken = true;
    } else if ((uint8_t)(bytes_come - bytes_taken) < RING) {
        ring[bytes_come % RING] = byte;
        bytes_come++;
    } else if (byte == 0) {
        zero_lost = true;
    }
    if (zero_lost && zeros == STOP_ZEROS) {
        line_broken = true;
    }
}

/* Wakes the main loop, which sends the next one. */
ISR(FREE_vect) { UCSR0B = (uint8_t)(UCSR0B & ~_BV(UDRIE0)); }

void uart_begin(void) {
    UCSR0A = _BV(U2X0); /* before the divisor: an emulator reckons the speed as that is written */
    UBRR0 = (uint16_t)DIVISOR;
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

bool uart_take(uint8_t *byte) {
    if (bytes_taken == bytes_come) {
        return false;
    }
    *byte = ring[bytes_taken % RING];
    bytes_taken++;
    return true;
}

bool uart_take_break(void) {
    const bool was = line_broken;
    if (was) {
        line_broken = false;
    }
    return was;
}

bool uart_is_quiet(void) { return bytes_taken == bytes_come && !line_broken; }

bool uart_is_free(void) { return (UCSR0B & _BV(UDRIE0)) == 0; }

void uart_send(uint8_t byte) {
    UDR0 = byte;
    UCSR0B = (uint8_t)(UCSR0B | _BV(UDRIE0));
}
