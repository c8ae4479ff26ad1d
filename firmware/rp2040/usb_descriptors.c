#include "usb_descriptors.h"

#include "usb.h"

enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, INTERFACE = 4, ENDPOINT = 5, CS_INTERFACE = 0x24 };
enum { LANGUAGES, MAKER, PRODUCT, SERIAL, STRINGS };
enum { CONFIGURATION_SIZE = 67, STRING_MAX = 2 + 2 * 24 };

static const uint8_t device[] = {
    18, DEVICE, 0x00, 0x02,     /* USB 2.0 */
    2, 0, 0,                    /* a communications device */
    USB_PACKET, 0x09, 0x12,     /* vendor 1209: pid.codes, */
    0x01, 0x00,                 /* whose product 0001 is for tests alone: whoever sells a device has one of their own */
    0x00, 0x01, MAKER, PRODUCT, SERIAL, 1,
};

static const uint8_t configuration[CONFIGURATION_SIZE] = {
    9, CONFIGURATION, CONFIGURATION_SIZE, 0, 2, 1, 0, 0x80, 50, /* two interfaces; 100 mA from the bus */
    /* the line: abstract control model */
    9, INTERFACE, 0, 0, 1, 2, 2, 0, 0,
    5, CS_INTERFACE, 0, 0x10, 0x01, /* CDC 1.1 */
    5, CS_INTERFACE, 1, 0, 1,       /* no calls, on interface 1 */
    4, CS_INTERFACE, 2, 6,          /* knows line coding, control line state and break */
    5, CS_INTERFACE, 6, 0, 1,       /* interfaces 0 and 1 belong together */
    7, ENDPOINT, 0x80 | ENDPOINT_NOTIFY, 3, 8, 0, 255,
    /* the bytes */
    9, INTERFACE, 1, 0, 2, 10, 0, 0, 0,
    7, ENDPOINT, ENDPOINT_DATA, 2, USB_PACKET, 0, 0,
    7, ENDPOINT, 0x80 | ENDPOINT_DATA, 2, USB_PACKET, 0, 0,
};

static const uint8_t languages[] = {4, STRING, 0x09, 0x04};

static uint8_t text[STRING_MAX];

static struct bytes as_string(const char *ascii) {
    uint8_t size = 2;
    for (const char *c = ascii; *c != '\0' && size < STRING_MAX; c++) {
        text[size++] = (uint8_t)*c;
        text[size++] = 0;
    }
    text[0] = size;
    text[1] = STRING;
    return (struct bytes){text, size};
}

static struct bytes as_serial(uint32_t unit_id) {
    char digits[9] = {0};
    for (uint8_t i = 0; i < 8; i++) {
        digits[i] = "0123456789abcdef"[(unit_id >> (28 - 4 * i)) & 15U];
    }
    return as_string(digits);
}

struct bytes usb_descriptor(uint8_t type, uint8_t index, uint32_t unit_id) {
    if (type == DEVICE && index == 0) {
        return (struct bytes){device, sizeof device};
    }
    if (type == CONFIGURATION && index == 0) {
        return (struct bytes){configuration, sizeof configuration};
    }
    if (type == STRING && index < STRINGS) {
        switch (index) {
        case LANGUAGES:
            return (struct bytes){languages, sizeof languages};
        case MAKER:
            return as_string("Kneadwave");
        case PRODUCT:
            return as_string("Kneadwave cushion");
        default: /* SERIAL */
            return as_serial(unit_id);
        }
    }
    return (struct bytes){0, 0}; /* such as the qualifier of a device that is never fast: there is none */
}
