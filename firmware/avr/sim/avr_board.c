#include "avr_board.h"

#include <avr_eeprom.h>
#include <avr_extint.h>
#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_elf.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 20, STACK_PAINT = 0x5A, LONGEST_INSTRUCTION = 8 };

struct fed {
    uint32_t tick;
    uint32_t value;
};

struct watched {
    avr_t *avr;
    bool is_high;
    uint64_t since;
    uint64_t high; /* cycles, until it became low last */
};

struct avr_board {
    avr_t *avr;
    struct avr_places places;
    uint32_t tick;       /* that runs, or ran last */
    uint8_t last_ticks;  /* as the image counts them */
    uint8_t last_bytes;
    uint32_t consumed;
    uint32_t breaks;
    uint32_t break_at;
    bool was_broken;
    bool booting;        /* nothing is on the line meanwhile */
    uint32_t byte_cycles;
    uint64_t line_free;  /* the cycle from which on the line can carry another byte */
    uint64_t slept;
    uint64_t began;      /* cycle and sleep at the beginning of the tick */
    uint64_t began_slept;
    struct fed fed[LINE];
    uint32_t fed_from;
    uint32_t fed_to;
    struct watched watched[AVR_ACTUATORS];
    uint32_t sent_count;
    uint8_t sent[LINE];
    uint32_t sent_tick[LINE];
};

static void keep_byte(struct avr_irq_t *irq, uint32_t value, void *of) {
    struct avr_board *board = of;
    (void)irq;
    if (board->sent_count < LINE) {
        board->sent[board->sent_count] = (uint8_t)value;
        board->sent_tick[board->sent_count++] = board->tick;
    }
}

static void no_sleep(avr_t *avr, avr_cycle_count_t how_long) {
    (void)avr;
    (void)how_long;
}

/* No image uses external interrupts, and a strict one is looked at every other cycle while its pin is low. */
static void look_seldom(avr_t *avr) {
    for (uint8_t i = 0; i < EXTINT_COUNT; i++) {
        avr_extint_set_strict_lvl_trig(avr, i, 0);
    }
}

struct avr_board *avr_board_new(const char *image, const char *mcu, uint32_t hz, const struct avr_places *places) {
    elf_firmware_t firmware;
    struct avr_board *board = calloc(1, sizeof *board);
    uint32_t flags = 0;
    memset(&firmware, 0, sizeof firmware);
    if (board == NULL || elf_read_firmware(image, &firmware) != 0) {
        free(board);
        return NULL;
    }
    strncpy(firmware.mmcu, mcu, sizeof firmware.mmcu - 1);
    firmware.frequency = hz;
    board->avr = avr_make_mcu_by_name(mcu);
    if (board->avr == NULL) {
        free(board);
        return NULL;
    }
    avr_init(board->avr);
    avr_load_firmware(board->avr, &firmware);
    board->avr->log = LOG_ERROR;
    board->avr->sleep = no_sleep;
    look_seldom(board->avr);
    board->places = *places;
    board->booting = true;
    (void)avr_ioctl(board->avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(board->avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), keep_byte, board);
    memset(board->avr->data + places->stack_end, STACK_PAINT, (size_t)(board->avr->ramend - places->stack_end + 1));
    return board;
}

void avr_board_free(struct avr_board *board) {
    avr_terminate(board->avr);
    free(board);
}

void avr_board_flash(struct avr_board *board, uint32_t at, const uint8_t *data, uint32_t size) {
    memcpy(board->avr->flash + at, data, size);
}

void avr_board_keep(struct avr_board *board, uint8_t epoch) {
    avr_eeprom_desc_t what = {.ee = &epoch, .offset = 0, .size = 1};
    (void)avr_ioctl(board->avr, AVR_IOCTL_EEPROM_SET, &what);
}

static void begin_life(struct avr_board *board) {
    look_seldom(board->avr);
    board->booting = true;
    board->tick--; /* the one that has begun never ran */
    board->last_ticks = 0;
    board->last_bytes = 0;
    board->avr->data[board->places.ticks_taken] = 0; /* as after a loss of power; the image clears them, too */
    board->avr->data[board->places.bytes_taken] = 0;
}

void avr_board_reset(struct avr_board *board) {
    avr_reset(board->avr);
    begin_life(board);
}

bool avr_board_await_reset(struct avr_board *board, uint64_t cycles) {
    avr_t *avr = board->avr;
    const uint64_t until = avr->cycle + cycles;
    while (avr->cycle < until && avr_run(avr) < cpu_Done) {
        if (avr->pc == 0) {
            begin_life(board);
            return true;
        }
    }
    return false;
}

void avr_board_pin(struct avr_board *board, char port, uint32_t bit, bool high) {
    avr_ioport_external_t level = {.name = (unsigned)port & 0x7FU};
    level.mask = (1U << bit) & 0xFFU;
    level.value = high ? level.mask : 0;
    (void)avr_ioctl(board->avr, (uint32_t)AVR_IOCTL_IOPORT_SET_EXTERNAL(port), &level);
    avr_raise_irq(avr_io_getirq(board->avr, (uint32_t)AVR_IOCTL_IOPORT_GETIRQ(port), (int)bit), high ? 1 : 0);
}

void avr_board_poke(struct avr_board *board, uint32_t at, uint8_t value) { board->avr->data[at] = value; }

void avr_board_line(struct avr_board *board, uint32_t byte_cycles) { board->byte_cycles = byte_cycles; }

void avr_board_feed(struct avr_board *board, uint32_t tick, const uint8_t *data, uint32_t size, bool is_break) {
    for (uint32_t i = 0; i < size; i++) {
        board->fed[board->fed_to % LINE] = (struct fed){tick, is_break ? (uint32_t)UART_INPUT_FE : data[i]};
        board->fed_to++;
    }
}

/* The line carries the next byte that is due. */
static void carry(struct avr_board *board) {
    avr_t *avr = board->avr;
    const struct fed *next = &board->fed[board->fed_from % LINE];
    if (board->booting || board->fed_from == board->fed_to || next->tick > board->tick || avr->cycle < board->line_free) {
        return;
    }
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), next->value);
    board->line_free = avr->cycle + board->byte_cycles;
    board->fed_from++;
}

static uint16_t duty(const struct avr_board *board, uint32_t i) {
    const uint8_t *data = board->avr->data;
    const uint16_t at = board->places.duty[i];
    return board->places.wide[i] ? (uint16_t)(data[at] | (data[at + 1] << 8)) : data[at];
}

void avr_board_now(const struct avr_board *board, uint16_t *duties, uint32_t *facts) {
    const struct avr_places *places = &board->places;
    const uint8_t *data = board->avr->data;
    for (uint32_t i = 0; i < places->count; i++) {
        duties[i] = duty(board, i);
    }
    facts[AVR_STATE] = data[places->state];
    facts[AVR_REASON] = data[places->reason];
    facts[AVR_PERMIT] = (data[places->permit] & places->permit_bit) != 0;
    facts[AVR_CONSUMED] = board->consumed;
    facts[AVR_BREAKS] = board->breaks;
    facts[AVR_BREAK_AT] = board->break_at;
    facts[AVR_WAITING] = (uint32_t)data[places->waiting] | ((uint32_t)data[places->waiting + 1] << 8);
    facts[AVR_BUSY] = (uint32_t)(board->avr->cycle - board->began - (board->slept - board->began_slept));
}

uint32_t avr_board_play(struct avr_board *board, uint32_t ticks, uint64_t cycles, uint16_t *duties, uint32_t *facts) {
    avr_t *avr = board->avr;
    const uint64_t until = avr->cycle + cycles;
    uint32_t rows = 0;
    while (rows < ticks && avr->cycle < until) {
        const uint64_t before = avr->cycle;
        const bool asleep = avr->state == cpu_Sleeping;
        carry(board);
        if (avr_run(avr) >= cpu_Done) {
            break;
        }
        if (asleep || avr->cycle - before > LONGEST_INSTRUCTION) { /* falling asleep is an instruction, and the sleep behind it */
            board->slept += avr->cycle - before;
        }
        if (avr->data[board->places.bytes_taken] != board->last_bytes) {
            board->consumed += (uint8_t)(avr->data[board->places.bytes_taken] - board->last_bytes);
            board->last_bytes = avr->data[board->places.bytes_taken];
        }
        if (avr->data[board->places.line_broken] != board->was_broken) {
            board->was_broken = !board->was_broken;
            if (!board->was_broken) {
                board->breaks++;
                board->break_at = board->consumed;
            }
        }
        if (avr->data[board->places.ticks_taken] != board->last_ticks) {
            avr_board_now(board, duties + rows * board->places.count, facts + rows * AVR_FACTS);
            board->last_ticks = avr->data[board->places.ticks_taken];
            board->began = avr->cycle;
            board->began_slept = board->slept;
            board->booting = false;
            board->tick++;
            rows++;
        }
    }
    return rows;
}

uint32_t avr_board_sent(struct avr_board *board, uint8_t *data, uint32_t *ticks) {
    const uint32_t count = board->sent_count;
    memcpy(data, board->sent, count);
    memcpy(ticks, board->sent_tick, count * sizeof *ticks);
    board->sent_count = 0;
    return count;
}

static void keep_level(struct avr_irq_t *irq, uint32_t value, void *of) {
    struct watched *pin = of;
    (void)irq;
    if (pin->is_high) {
        pin->high += pin->avr->cycle - pin->since;
    }
    pin->is_high = (value & 1U) != 0;
    pin->since = pin->avr->cycle;
}

void avr_board_watch(struct avr_board *board, uint32_t i, char port, uint32_t bit) {
    struct watched *pin = &board->watched[i];
    pin->avr = board->avr;
    pin->since = board->avr->cycle;
    avr_irq_register_notify(avr_io_getirq(board->avr, (uint32_t)AVR_IOCTL_IOPORT_GETIRQ(port), (int)bit), keep_level, pin);
}

void avr_board_high(const struct avr_board *board, uint64_t *cycles) {
    for (uint32_t i = 0; i < board->places.count; i++) {
        const struct watched *pin = &board->watched[i];
        cycles[i] = pin->high + (pin->is_high ? board->avr->cycle - pin->since : 0);
    }
}

uint32_t avr_board_stack(const struct avr_board *board) {
    uint32_t at = board->places.stack_end;
    while (at <= board->avr->ramend && board->avr->data[at] == STACK_PAINT) {
        at++;
    }
    return (uint32_t)board->avr->ramend - at + 1;
}

uint64_t avr_board_cycle(const struct avr_board *board) { return board->avr->cycle; }
