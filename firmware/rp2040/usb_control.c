#include "usb_control.h"

#include <stdbool.h>
#include <string.h>

#include "usb_descriptors.h"
#include "usb_memory.h"

#define DTR 1U
#define TO_HOST 0x80U
#define KIND(request) (((request) >> 5) & 3U) /* 0: standard, 1: of the class */

struct setup {
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t length;
};

enum stage { STAGE_IDLE, STAGE_IN, STAGE_OUT, STAGE_STATUS_IN, STAGE_STATUS_OUT };

static struct {
    uint32_t unit_id;
    enum stage stage;    /* of the request */
    struct bytes answer; /* what is still to go to the host */
    uint32_t in_data1;   /* USB_BUFFER_DATA1 or 0: of the next packet */
    bool ends_empty;     /* whether an empty packet has to say that this was all */
    bool has_address;
    uint8_t address; /* counts once its request is answered */
    uint8_t configuration;
    bool dtr;
    uint8_t line_coding[LINE_CODING_SIZE]; /* kept, and of no meaning: 115200 8N1 is what a host expects to read */
} control;

static void send(uint16_t size) {
    memcpy(packet(EP0_AT), control.answer.at, size);
    control.answer.at += size;
    control.answer.size = (uint16_t)(control.answer.size - size);
    hand_over(USB_IN_BUFFER(0), USB_BUFFER_FULL | control.in_data1 | size);
    control.in_data1 ^= USB_BUFFER_DATA1;
}

static void receive(enum stage stage, uint16_t size) {
    control.stage = stage;
    hand_over(USB_OUT_BUFFER(0), USB_BUFFER_DATA1 | size);
}

static void acknowledge(void) {
    control.stage = STAGE_STATUS_IN;
    control.answer.size = 0;
    hand_over(USB_IN_BUFFER(0), USB_BUFFER_FULL | USB_BUFFER_DATA1);
}

static void refuse(void) {
    control.stage = STAGE_IDLE;
    REGISTER(USB_EP_STALL_ARM) = 3; /* both directions, until the next request */
    REGISTER(USB_IN_BUFFER(0)) = USB_BUFFER_STALL;
    REGISTER(USB_OUT_BUFFER(0)) = USB_BUFFER_STALL;
}

static void answer(struct bytes bytes, uint16_t asked) {
    control.ends_empty = bytes.size < asked && bytes.size % USB_PACKET == 0;
    control.answer = bytes;
    if (control.answer.size > asked) {
        control.answer.size = asked;
    }
    control.stage = STAGE_IN;
    send(control.answer.size < USB_PACKET ? control.answer.size : USB_PACKET);
}

static void configure(uint8_t configuration) {
    control.configuration = configuration;
    data_configure(configuration);
}

static enum usb_event let_go(void) {
    const bool held = control.dtr;
    control.dtr = false;
    return held ? USB_DROPPED : USB_NOTHING;
}

/* Requests */

static enum usb_event take_standard(const struct setup *setup) {
    static const uint8_t nothing[2] = {0, 0};
    enum usb_event event = USB_NOTHING;
    switch (setup->request) {
    case REQUEST_GET_STATUS:
        answer((struct bytes){nothing, 2}, setup->length);
        break;
    case REQUEST_GET_DESCRIPTOR: {
        const struct bytes found = usb_descriptor((uint8_t)(setup->value >> 8), setup->value & 0xFFU, control.unit_id);
        if (found.size == 0) {
            refuse();
        } else {
            answer(found, setup->length);
        }
        break;
    }
    case REQUEST_GET_CONFIGURATION:
        answer((struct bytes){&control.configuration, 1}, setup->length);
        break;
    case REQUEST_GET_INTERFACE:
        answer((struct bytes){nothing, 1}, setup->length);
        break;
    case REQUEST_SET_ADDRESS:
        control.address = setup->value & 0x7FU;
        control.has_address = true;
        acknowledge();
        break;
    case REQUEST_SET_INTERFACE:
        acknowledge();
        break;
    case REQUEST_SET_CONFIGURATION:
        configure(setup->value & 0xFFU);
        event = control.configuration == 0 ? let_go() : USB_NOTHING;
        acknowledge();
        break;
    case REQUEST_CLEAR_FEATURE: /* a halt, which there never is */
        if (setup->index == (TO_HOST | ENDPOINT_DATA)) {
            data_restart_in();
        } else if (setup->index == ENDPOINT_DATA) {
            data_restart_out();
        }
        acknowledge();
        break;
    default:
        refuse();
        break;
    }
    return event;
}

static enum usb_event take_class(const struct setup *setup) {
    enum usb_event event = USB_NOTHING;
    switch (setup->request) {
    case CDC_GET_LINE_CODING:
        answer((struct bytes){control.line_coding, LINE_CODING_SIZE}, setup->length);
        break;
    case CDC_SET_LINE_CODING:
        receive(STAGE_OUT, USB_PACKET);
        break;
    case CDC_SET_CONTROL_LINE_STATE:
        if ((setup->value & DTR) == 0) {
            event = let_go();
        } else if (!control.dtr) {
            control.dtr = true;
            event = USB_OPENED;
        }
        acknowledge();
        break;
    case CDC_SEND_BREAK:
        event = setup->value != 0 ? USB_BREAK : USB_NOTHING; /* 0 ends one */
        acknowledge();
        break;
    default:
        refuse();
        break;
    }
    return event;
}

static enum usb_event take_setup(void) {
    const uint32_t low = REGISTER(USB_SETUP_PACKET);
    const uint32_t high = REGISTER(USB_SETUP_PACKET + 4U);
    const struct setup setup = {
        .type = low & 0xFFU,
        .request = (low >> 8) & 0xFFU,
        .value = (uint16_t)(low >> 16),
        .index = (uint16_t)(high & 0xFFFFU),
        .length = (uint16_t)(high >> 16),
    };
    enum usb_event event = USB_NOTHING;
    REGISTER(USB_IN_BUFFER(0)) = 0; /* of a request that the host gave up */
    REGISTER(USB_OUT_BUFFER(0)) = 0;
    REGISTER(USB_BUFF_STATUS) = IN_DONE(0) | OUT_DONE(0);
    control.in_data1 = USB_BUFFER_DATA1;
    if ((setup.type & TO_HOST) != 0 && setup.length == 0) {
        refuse();
    } else if (KIND(setup.type) == 0) {
        event = take_standard(&setup);
    } else if (KIND(setup.type) == 1) {
        event = take_class(&setup);
    } else {
        refuse();
    }
    return event;
}

static void go_on_sending(void) {
    if (control.stage == STAGE_STATUS_IN) {
        control.stage = STAGE_IDLE;
        if (control.has_address) {
            control.has_address = false;
            REGISTER(USB_ADDR_ENDP) = control.address;
        }
    } else if (control.stage == STAGE_IN) {
        if (control.answer.size > 0 || control.ends_empty) {
            control.ends_empty = control.ends_empty && control.answer.size > 0;
            send(control.answer.size < USB_PACKET ? control.answer.size : USB_PACKET);
        } else {
            receive(STAGE_STATUS_OUT, 0);
        }
    }
}

static void go_on_receiving(void) {
    if (control.stage == STAGE_OUT) {
        const uint32_t size = REGISTER(USB_OUT_BUFFER(0)) & USB_BUFFER_LENGTH;
        memcpy(control.line_coding, packet(EP0_AT), size < LINE_CODING_SIZE ? size : LINE_CODING_SIZE);
        acknowledge();
    } else {
        control.stage = STAGE_IDLE;
    }
}

void control_begin(uint32_t unit_id) {
    static const uint8_t coding[LINE_CODING_SIZE] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8};
    control.unit_id = unit_id;
    memcpy(control.line_coding, coding, sizeof coding);
}

enum usb_event control_look(uint32_t status, uint32_t done) {
    if ((status & USB_STATUS_BUS_RESET) != 0) {
        REGISTER(USB_SIE_STATUS) = USB_STATUS_BUS_RESET;
        REGISTER(USB_ADDR_ENDP) = 0;
        control.stage = STAGE_IDLE;
        control.has_address = false;
        configure(0);
        return let_go();
    }
    if ((REGISTER(USB_INTS) & USB_INT_SUSPEND) != 0) { /* raised as it begins and as it ends, and kept until this */
        REGISTER(USB_SIE_STATUS) = USB_STATUS_SUSPENDED;
    }
    if ((status & USB_STATUS_SUSPENDED) != 0) { /* 3 ms without a sign of the host: asleep, or the cable is cut */
        if (let_go() != USB_NOTHING) {
            return USB_DROPPED;
        }
    }
    if ((done & IN_DONE(0)) != 0) { /* before a request, which comes after it */
        REGISTER(USB_BUFF_STATUS) = IN_DONE(0);
        go_on_sending();
    }
    if ((done & OUT_DONE(0)) != 0) {
        REGISTER(USB_BUFF_STATUS) = OUT_DONE(0);
        go_on_receiving();
    }
    if ((status & USB_STATUS_SETUP) != 0) {
        REGISTER(USB_SIE_STATUS) = USB_STATUS_SETUP;
        return take_setup();
    }
    return USB_NOTHING;
}

uint8_t control_configuration(void) { return control.configuration; }
