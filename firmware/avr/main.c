/* A Kneadwave cushion on an ATmega: the kernel between a UART and timers. docs/firmware.md says how it is wired. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "board_self.h"
#include "device.h"
#include "epoch.h"
#include "outputs.h"
#include "uart.h"

#ifndef BOARD_BUTTON_TICKS
#define BOARD_BUTTON_TICKS 2 /* open for longer: a press, and no spark of a motor */
#endif

struct knead_device device; /* tests find it by its name */

/* After a reset the watchdog may run on with 16 ms, which is less than a start takes. */
void watch_from_the_start(void) __attribute__((naked, used, section(".init3")));
void watch_from_the_start(void) {
    MCUSR = 0;
    wdt_enable(WDTO_60MS);
}

static void tick(void) {
    static uint8_t open_ticks;
    knead_advance(&device, device.now_ms + 1);
    outputs_permit(knead_permits(&device));
    outputs_put(knead_drives(&device));
    if (!outputs_button_is_open()) {
        open_ticks = 0;
    } else if (++open_ticks > BOARD_BUTTON_TICKS) {
        open_ticks = BOARD_BUTTON_TICKS;
        knead_press_button(&device); /* again and again: it stays tripped while it is open */
        outputs_permit(knead_permits(&device));
    }
    wdt_reset(); /* here, and nowhere else */
}

static void listen(void) {
    uint8_t byte;
    if (uart_take_break()) {
        knead_line_break(&device);
    }
    if (uart_take(&byte)) {
        knead_receive(&device, &byte, 1);
    }
    outputs_permit(knead_permits(&device));
}

/* A report is encoded early in a millisecond, as a byte is begun; what is encoded goes at any time. */
static bool can_speak(void) {
    const struct outbox *outbox = &device.outbox;
    return uart_is_free() && outbox->count > 0 && (outbox_is_encoded(outbox) || outputs_have_time());
}

static void speak(void) {
    uint8_t byte;
    if (can_speak() && knead_transmit(&device, &byte, 1) != 0) {
        uart_send(byte);
    }
}

/* Until an interrupt, unless one left something to do meanwhile. */
static void rest(void) {
    cli();
    if (!outputs_owe_tick() && (uart_is_quiet() || !outputs_have_time()) && !can_speak()) {
        sleep_enable();
        sei();
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

int main(void) {
    outputs_begin();
    uart_begin();
    /* One that contradicts itself stays as it is: it hears nothing and permits nothing. */
    (void)knead_start(&device, &board_self, epoch_begin(), 0, false);
    wdt_enable(WDTO_30MS);
    sei();
    for (;;) {
        if (outputs_take_tick()) {
            tick();
        }
        if (outputs_have_time()) { /* a byte may end a frame, and what comes of it is never on top of a tick that took long */
            listen();
        }
        speak();
        rest();
    }
}
