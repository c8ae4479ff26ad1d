/* What the port says of itself on the bus, and the numbers that go with it: USB 2.0 chapter 9, CDC PSTN 1.2. */
#ifndef RP2040_USB_DESCRIPTORS_H
#define RP2040_USB_DESCRIPTORS_H

#include <stdint.h>

enum { ENDPOINT_NOTIFY = 1, ENDPOINT_DATA = 2 };

/* Standard requests and what they are about. */
enum {
    REQUEST_GET_STATUS = 0,
    REQUEST_CLEAR_FEATURE = 1,
    REQUEST_SET_ADDRESS = 5,
    REQUEST_GET_DESCRIPTOR = 6,
    REQUEST_GET_CONFIGURATION = 8,
    REQUEST_SET_CONFIGURATION = 9,
    REQUEST_GET_INTERFACE = 10,
    REQUEST_SET_INTERFACE = 11
};

/* Requests of the class. */
enum { CDC_SET_LINE_CODING = 0x20, CDC_GET_LINE_CODING = 0x21, CDC_SET_CONTROL_LINE_STATE = 0x22, CDC_SEND_BREAK = 0x23 };

enum { LINE_CODING_SIZE = 7 };

struct bytes {
    const uint8_t *at;
    uint16_t size; /* 0: there is no such descriptor */
};

/* The descriptor of that type and index; `unit_id` is the serial number. One that was asked for before may change. */
struct bytes usb_descriptor(uint8_t type, uint8_t index, uint32_t unit_id);

#endif
