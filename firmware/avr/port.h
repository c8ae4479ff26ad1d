/* The kernel on an AVR: sizes and pins are the board's, constants stay in flash. */
#ifndef KNEAD_AVR_PORT_H
#define KNEAD_AVR_PORT_H

#include <avr/pgmspace.h>

#include "board.h"

#define KNEAD_CRC_TABLE
#define KNEAD_FLASH PROGMEM
#define KNEAD_READ_U8(address) pgm_read_byte(address)
#define KNEAD_READ_U32(address) pgm_read_dword(address)

#endif
