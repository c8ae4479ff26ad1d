/* The line: bytes at 115200 baud, 8N1. The interrupt keeps what comes in a ring, and does nothing else. */
#ifndef KNEAD_AVR_UART_H
#define KNEAD_AVR_UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_begin(void);

/* The next byte that came; false where there is none. What found no room is lost, and its frame with it. */
bool uart_take(uint8_t *byte);

/* Whether a BREAK came since this was asked last: a zero byte without its stop bit. */
bool uart_take_break(void);

/* Whether anything has come that nobody has taken. */
bool uart_is_quiet(void);

/* Whether a byte can be sent now. */
bool uart_is_free(void);
void uart_send(uint8_t byte);

#endif
