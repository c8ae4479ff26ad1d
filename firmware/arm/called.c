/* The kernel as machine code of a Cortex-M, called from outside: firmware/host/library.h over two pipes.
 *
 * It runs in an emulator with semihosting, in a folder with two named pipes. `requests`: operation u8, device u8, size
 * u16, argument u32, then so many bytes. `answers`: value u32, state, reason, permit and 0, size of the rows u32, size
 * of what goes to the host u32; then these. tests/helpers/arm_kernel.py is the other end.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "framing.h"
#include "identity.h"
#include "library.h"
#include "messages.h"
#include "sizes.h"

enum { SYS_OPEN = 1, SYS_WRITE = 5, SYS_READ = 6 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };
enum { DEVICES = 16, DEVICE_BYTES = 98304, ROWS_MOST = 2048, DATA_MOST = 65535, STATE_BYTES = 3 };
enum operation { FACT, NEW, FREE, PLAY, RECEIVE, BREAK, DROPPED, BUTTON, DECODE, EPOCH };

static struct {
    bool used;
    uint64_t memory[DEVICE_BYTES / 8];
} blocks[DEVICES];

static struct host_device *devices[DEVICES + 1]; /* by their number, which is never 0 */
static uint8_t data[DATA_MOST];
static uint8_t rows[ROWS_MOST * (2 * KNEAD_ACTUATORS + STATE_BYTES)];
static uint8_t out[2 * DATA_MOST];

int main(void);

void *malloc(size_t size) {
    for (uint8_t i = 0; i < DEVICES && size <= DEVICE_BYTES; i++) {
        if (!blocks[i].used) {
            blocks[i].used = true;
            return blocks[i].memory;
        }
    }
    return NULL;
}

void free(void *block) {
    for (uint8_t i = 0; i < DEVICES; i++) {
        if (block == blocks[i].memory) {
            blocks[i].used = false;
        }
    }
}

static uint32_t ask_host(uint32_t operation, const uint32_t *words) {
    register uint32_t r0 __asm("r0") = operation;
    register const uint32_t *r1 __asm("r1") = words;
    __asm volatile("bkpt #0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t address(const void *what) { return (uint32_t)(uintptr_t)what; }

static uint32_t open_pipe(const char *name, uint32_t size, uint32_t mode) {
    const uint32_t words[3] = {address(name), mode, size};
    return ask_host(SYS_OPEN, words);
}

static void read_all(uint32_t pipe, uint8_t *into, uint32_t size) {
    while (size > 0) { /* what is left is told, not what came */
        const uint32_t words[3] = {pipe, address(into), size};
        const uint32_t left = ask_host(SYS_READ, words);
        into += size - left;
        size = left;
    }
}

static void write_all(uint32_t pipe, const uint8_t *from, uint32_t size) {
    while (size > 0) {
        const uint32_t words[3] = {pipe, address(from), size};
        const uint32_t left = ask_host(SYS_WRITE, words);
        from += size - left;
        size = left;
    }
}

/* `argument` is the epoch, and 256 more where it cuts; the data: time, identity, table. Gives the device's number, or 0. */
static uint32_t begin_device(uint32_t argument, uint32_t size) {
    struct host_device *device = host_new(data + 4, data + 4 + IDENTITY_SIZE, size - 4U - IDENTITY_SIZE,
                                          (uint8_t)(argument & 255U), read_u32(data), argument >= 256);
    for (uint8_t number = 1; device != NULL && number <= DEVICES; number++) {
        if (devices[number] == NULL) {
            devices[number] = device;
            return number;
        }
    }
    return 0;
}

/* Up to `until`, at most ROWS_MOST ticks; gives how many, and in `size` how many bytes their rows have. */
static uint32_t play(struct host_device *device, uint32_t until, uint32_t now, uint32_t *size) {
    static uint8_t drives[ROWS_MOST * KNEAD_ACTUATORS];
    static uint8_t rates[ROWS_MOST * KNEAD_ACTUATORS];
    static uint8_t states[ROWS_MOST * STATE_BYTES];
    const uint32_t ticks = until - now;
    const uint32_t count = host_play(device, ticks > ROWS_MOST ? now + ROWS_MOST : until, drives, rates, states);
    const uint32_t width = data[0]; /* actuators */
    memcpy(rows, drives, count * width);
    memcpy(rows + count * width, rates, count * width);
    memcpy(rows + 2 * count * width, states, count * STATE_BYTES);
    *size = count * (2 * width + STATE_BYTES);
    return count;
}

int main(void) {
    const uint32_t requests = open_pipe("requests", 8, READ_BINARY);
    const uint32_t answers = open_pipe("answers", 7, WRITE_BINARY);
    for (;;) {
        uint8_t head[8];
        uint8_t answer[16] = {0};
        uint32_t value = 0;
        uint32_t row_bytes = 0;
        uint32_t out_bytes = 0;
        read_all(requests, head, sizeof head);
        const uint16_t size = read_u16(head + 2);
        const uint32_t argument = read_u32(head + 4);
        struct host_device **device = &devices[head[1] <= DEVICES ? head[1] : 0];
        read_all(requests, data, size);
        switch ((enum operation)head[0]) {
        case FACT:
            value = host_fact(argument);
            break;
        case NEW:
            value = begin_device(argument, size);
            device = &devices[value];
            break;
        case FREE:
            host_free(*device);
            *device = NULL;
            break;
        case PLAY:
            value = play(*device, argument, read_u32(data + 1), &row_bytes);
            break;
        case RECEIVE:
            value = host_receive(*device, data, size);
            break;
        case BREAK:
            host_line_break(*device);
            break;
        case DROPPED:
            host_line_dropped(*device);
            break;
        case BUTTON:
            host_press_button(*device);
            break;
        case DECODE: {
            uint32_t counts[3];
            out_bytes = host_decode(data, size, out, counts);
            row_bytes = sizeof counts;
            memcpy(rows, counts, sizeof counts);
            break;
        }
        case EPOCH:
            value = host_epoch(head[1], (uint8_t)argument);
            device = &devices[0];
            break;
        default:
            break;
        }
        if (*device != NULL) {
            host_now(*device, answer + 4);
            out_bytes = host_transmit(*device, out, sizeof out);
        }
        write_u32(answer, value);
        write_u32(answer + 8, row_bytes);
        write_u32(answer + 12, out_bytes);
        write_all(answers, answer, sizeof answer);
        write_all(answers, rows, row_bytes);
        write_all(answers, out, out_bytes);
    }
}
