#include "usb.h"

#include <string.h>

#include "clocks.h"
#include "usb_control.h"
#include "usb_descriptors.h"
#include "usb_memory.h"

enum { TYPE_BULK = 2, TYPE_INTERRUPT = 3 };

static struct {
    uint32_t in_data1; /* USB_BUFFER_DATA1 or 0: of the next packet to the host */
    uint32_t out_data1;
    bool sends; /* whether a packet is on its way to the host */
    bool holds; /* whether one that came was not taken yet */
} usb;

static void receive_data(void) {
    hand_over(USB_OUT_BUFFER(ENDPOINT_DATA), usb.out_data1 | USB_PACKET);
    usb.out_data1 ^= USB_BUFFER_DATA1;
}

/* Both ends count their packets anew; one that was on its way to the host is lost. */
void data_restart_in(void) {
    REGISTER(USB_IN_BUFFER(ENDPOINT_DATA)) = 0;
    REGISTER(USB_BUFF_STATUS) = IN_DONE(ENDPOINT_DATA);
    usb.in_data1 = 0;
    usb.sends = false;
}

void data_restart_out(void) {
    REGISTER(USB_OUT_BUFFER(ENDPOINT_DATA)) = 0;
    REGISTER(USB_BUFF_STATUS) = OUT_DONE(ENDPOINT_DATA);
    usb.out_data1 = 0;
    usb.holds = false;
    if (control_configuration() != 0) {
        receive_data();
    }
}

static uint32_t control_of(uint32_t type, uint32_t offset) {
    return USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPTS | (type << USB_ENDPOINT_TYPE) | offset;
}

void data_configure(uint8_t configuration) {
    if (configuration != 0) {
        REGISTER(USB_IN_CONTROL(ENDPOINT_NOTIFY)) = control_of(TYPE_INTERRUPT, NOTIFY_AT);
        REGISTER(USB_IN_CONTROL(ENDPOINT_DATA)) = control_of(TYPE_BULK, DATA_IN_AT);
        REGISTER(USB_OUT_CONTROL(ENDPOINT_DATA)) = control_of(TYPE_BULK, DATA_OUT_AT);
    }
    data_restart_in();
    data_restart_out();
}

void usb_begin(uint32_t unit_id) {
    control_begin(unit_id);
    reset_parts(RESET_USBCTRL);
    memset(packet(0), 0, EP0_AT);
    REGISTER(USB_MUXING) = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
    REGISTER(USB_PWR) = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_OVERRIDE; /* the board is fed by the bus: it is there */
    REGISTER(USB_MAIN_CTRL) = USB_MAIN_ENABLE;
    REGISTER(USB_INTE) = USB_INT_BUFF_STATUS | USB_INT_BUS_RESET | USB_INT_SETUP | USB_INT_SUSPEND;
    REGISTER(USB_SIE_CTRL) = USB_SIE_EP0_INTERRUPTS | USB_SIE_PULLUP;
}

enum usb_event usb_look(void) {
    const uint32_t status = REGISTER(USB_SIE_STATUS); /* before the buffers: what a request follows is seen with it */
    const enum usb_event event = control_look(status, REGISTER(USB_BUFF_STATUS));
    if (event != USB_NOTHING) {
        return event;
    }
    const uint32_t done = REGISTER(USB_BUFF_STATUS);
    if ((done & IN_DONE(ENDPOINT_DATA)) != 0) {
        REGISTER(USB_BUFF_STATUS) = IN_DONE(ENDPOINT_DATA);
        usb.sends = false;
    }
    if ((done & OUT_DONE(ENDPOINT_DATA)) != 0 && control_configuration() != 0) {
        REGISTER(USB_BUFF_STATUS) = OUT_DONE(ENDPOINT_DATA);
        usb.holds = true;
        return USB_RECEIVED;
    }
    return USB_NOTHING;
}

uint8_t usb_take(uint8_t *into) {
    uint8_t size = 0;
    if (usb.holds) {
        const uint32_t came = REGISTER(USB_OUT_BUFFER(ENDPOINT_DATA)) & USB_BUFFER_LENGTH;
        size = came < USB_PACKET ? (uint8_t)came : USB_PACKET;
        memcpy(into, packet(DATA_OUT_AT), size);
        usb.holds = false;
        receive_data();
    }
    return size;
}

bool usb_can_send(void) { return control_configuration() != 0 && !usb.sends; }

void usb_send(const uint8_t *bytes, uint8_t size) {
    memcpy(packet(DATA_IN_AT), bytes, size);
    usb.sends = true;
    hand_over(USB_IN_BUFFER(ENDPOINT_DATA), USB_BUFFER_FULL | usb.in_data1 | size);
    usb.in_data1 ^= USB_BUFFER_DATA1;
}
