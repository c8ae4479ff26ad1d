/* The epoch: one byte that outlives a loss of power. */
#ifndef KNEAD_AVR_EPOCH_H
#define KNEAD_AVR_EPOCH_H

#include <stdint.h>

/* Draw the epoch of this life, and keep it. */
uint8_t epoch_begin(void);

#endif
