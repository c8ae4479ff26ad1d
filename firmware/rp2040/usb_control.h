/* Endpoint 0: what the bus and the class CDC ask for. */
#ifndef RP2040_USB_CONTROL_H
#define RP2040_USB_CONTROL_H

#include <stdint.h>

#include "usb.h"

void control_begin(uint32_t unit_id);

/* Do what is asked for, where the controller says `status`, and `done` of its buffers; `status` was read first. */
enum usb_event control_look(uint32_t status, uint32_t done);

/* The configuration that the host chose; 0: none, and no bytes go either way. */
uint8_t control_configuration(void);

/* What the endpoints of the port do about it: usb.c. */
void data_configure(uint8_t configuration);
void data_restart_in(void);
void data_restart_out(void);

#endif
