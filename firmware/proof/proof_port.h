/* The port for which the kernel is proved: constants are read as out of a flash, which no program writes. */
#ifndef KNEAD_PROOF_PORT_H
#define KNEAD_PROOF_PORT_H

#include <stdint.h>

#ifdef PROVE_SMALL
#include "small_port.h"
#endif

/*@ axiomatic flash {
  logic uint8_t in_flash(uint8_t *address);
} */

/*@ requires readable: \valid_read(address);
  assigns \nothing;
  ensures \result == in_flash(address); */
uint8_t read_flash_u8(const uint8_t *address);

#define KNEAD_READ_U8(address) read_flash_u8(address)

#endif
