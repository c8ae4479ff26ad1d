/* As much of the C library as firmware/host/library.c asks for: called.c. */
#ifndef ARM_STDLIB_H
#define ARM_STDLIB_H

#include <stddef.h>

void *malloc(size_t size);
void free(void *block);

#endif
