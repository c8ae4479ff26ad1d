/* As much of the C library as the kernel and the compiler ask for: memory.c. */
#ifndef RP2040_STRING_H
#define RP2040_STRING_H

#include <stddef.h>

void *memcpy(void *restrict into, const void *restrict from, size_t size);
void *memset(void *into, int value, size_t size);

#endif
