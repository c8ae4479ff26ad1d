/* The kernel on a Raspberry Pi Pico. One thread calls it; interrupts only end its sleep. */
#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "board_self.h"
#include "clocks.h"
#include "device.h"
#include "messages.h"
#include "pins.h"
#include "registers.h"
#include "usb.h"

static struct knead_device device;

int main(void);
void fault(void);
void wake(void);

/* A fault of the processor: no power, and begin anew. */
void fault(void) {
    put_out_permit(false);
    reset_chip();
    for (;;) {
    }
}

/* Interrupts are masked, so this is never called; it would only end the one that is. */
void wake(void) { REGISTER(NVIC_ICER) = IRQ_TIMER_0 | IRQ_USBCTRL; }

static void play_tick(void) {
    knead_advance(&device, device.now_ms + 1U);
    put_out_drives(knead_drives(&device));
    if (button_is_pressed()) {
        knead_press_button(&device);
    }
    put_out_permit(knead_permits(&device));
    watchdog_feed();
}

/* Gives whether there may be more of it. */
static bool heed_line(void) {
    uint8_t data[USB_PACKET];
    const enum usb_event event = usb_look();
    switch (event) {
    case USB_RECEIVED:
        knead_receive(&device, data, usb_take(data));
        break;
    case USB_OPENED: /* what was meant for another host is out of date */
        while (knead_transmit(&device, data, sizeof data) > 0) {
        }
        break;
    case USB_DROPPED:
        knead_line_dropped(&device);
        break;
    case USB_BREAK:
        knead_line_break(&device);
        break;
    default:
        break;
    }
    put_out_permit(knead_permits(&device));
    if (usb_can_send()) {
        const uint16_t size = knead_transmit(&device, data, USB_PACKET - 1);
        if (size > 0) {
            usb_send(data, (uint8_t)size);
            return true;
        }
    }
    return event != USB_NOTHING;
}

int main(void) {
    pins_begin();
    clocks_begin();
    pwm_begin();
    if (!knead_start(&device, &board_self, draw_epoch(), 0, false)) {
        for (;;) { /* it contradicts itself: nothing is permitted, and no port appears */
        }
    }
    usb_begin(identity_u32(&board_self, IDENTITY_UNIT_ID));
    ticks_begin();
    watchdog_begin();
    for (;;) {
        while (tick_is_due()) {
            play_tick();
        }
        if (!heed_line()) {
            sleep_until_something();
        }
    }
}
