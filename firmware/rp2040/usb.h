/* The USB device: a serial port (CDC ACM) of one configuration. Nothing here waits, nothing is an interrupt. */
#ifndef RP2040_USB_H
#define RP2040_USB_H

#include <stdbool.h>
#include <stdint.h>

enum { USB_PACKET = 64 };

enum usb_event {
    USB_NOTHING,
    USB_RECEIVED, /* usb_take has bytes */
    USB_OPENED,   /* a host took the port: DTR */
    USB_DROPPED,  /* the host let go of the port: DTR, or the bus itself */
    USB_BREAK
};

/* Attach to the bus, as the device of that unit. */
void usb_begin(uint32_t unit_id);

/* Do what the bus asks for; one event at a time, so that they keep their order. */
enum usb_event usb_look(void);

/* The bytes that came, at most USB_PACKET, into `into`; gives how many. */
uint8_t usb_take(uint8_t *into);

/* Whether the next packet may be handed over. */
bool usb_can_send(void);

/* Hand over `size` bytes, fewer than USB_PACKET, so that no packet has to be followed by an empty one. */
void usb_send(const uint8_t *bytes, uint8_t size);

#endif
