/* The memory of the USB controller, in which packets and their state lie. */
#ifndef RP2040_USB_MEMORY_H
#define RP2040_USB_MEMORY_H

#include <stdint.h>

#include "registers.h"

#define IN_DONE(endpoint) BIT(2 * (endpoint))
#define OUT_DONE(endpoint) BIT(2 * (endpoint) + 1)

/* Where packets lie: that of endpoint 0 is given. */
enum { EP0_AT = 0x100, NOTIFY_AT = 0x180, DATA_IN_AT = 0x1C0, DATA_OUT_AT = 0x200 };

static inline uint8_t *packet(uint32_t offset) { return (uint8_t *)(uintptr_t)(USB_MEMORY + offset); }

/* Hand a buffer to the controller: everything else has to stand there a clock of USB before that (4.1.2.5.1). */
static inline void hand_over(uint32_t buffer, uint32_t what) {
    REGISTER(buffer) = what;
    __asm volatile("nop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop" ::: "memory");
    REGISTER(buffer) = what | USB_BUFFER_AVAILABLE;
}

#endif
