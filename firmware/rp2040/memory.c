#include <string.h>

void *memcpy(void *restrict into, const void *restrict from, size_t size) {
    unsigned char *to = into;
    const unsigned char *bytes = from;
    while (size > 0) {
        *to++ = *bytes++;
        size--;
    }
    return into;
}

void *memset(void *into, int value, size_t size) {
    unsigned char *to = into;
    while (size > 0) {
        *to++ = (unsigned char)value;
        size--;
    }
    return into;
}
